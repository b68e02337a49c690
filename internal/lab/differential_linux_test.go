package lab_test

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/lab"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// slice is what every go test compares; WAYLEAVE_SOAK=10m compares as long as
// it says, from a seed of its own or of WAYLEAVE_SEED.
const (
	sliceNetworks  = 110
	sliceQuestions = 220
	// atLeast is what the whole slice must send for real.
	atLeastNetworks, atLeastProbes = 100, 20000
)

// tally counts what became of the questions.
type tally struct {
	sync.Mutex
	networks, probes, allowed, denied int
	// firewalls counts the packets that a firewall decided or translated, inward
	// those among them that a NAT rule let in.
	firewalls, inward int
	// skipped counts the questions left out, by reason.
	skipped map[string]int
}

func (c *tally) String() string {
	text := fmt.Sprintf("%d networks, %d real packets agree with the interpreter (%d allowed, %d denied; %d by way of a firewall, %d translated by its NAT rules)", c.networks, c.probes, c.allowed, c.denied, c.firewalls, c.inward)
	for _, why := range sorted(c.skipped) {
		text += fmt.Sprintf("\n  left out %d: %s", c.skipped[why], why)
	}
	return text
}

func (c *tally) skip(why string) {
	c.Lock()
	defer c.Unlock()
	c.skipped[why]++
}

// add counts the questions of a network on which both sides agree.
func (c *tally) add(list []asked) {
	c.Lock()
	defer c.Unlock()
	c.networks++
	c.probes += len(list)
	for _, a := range list {
		if throughFirewall(a.answer) {
			c.firewalls++
		}
		if translated(a.answer) {
			c.inward++
		}
		if a.answer.Verdict == plain.Allow {
			c.allowed++
		} else {
			c.denied++
		}
	}
}

func throughFirewall(a plain.Answer) bool {
	return slices.ContainsFunc(a.Hops, func(h plain.Hop) bool {
		return h.Kind == plain.FirewallRule || h.Kind == plain.FirewallDefaultDeny || h.Kind == plain.Translation
	})
}

// translated reports whether a NAT rule led the packet on.
func translated(a plain.Answer) bool {
	return a.Verdict == plain.Allow && slices.ContainsFunc(a.Hops, func(h plain.Hop) bool { return h.Kind == plain.FirewallRule && h.Decision == plain.Translates })
}

func sorted(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// asked is a question with its answer and the probe that asks it of the lab.
type asked struct {
	question plain.Question
	answer   plain.Answer
	probe    lab.Probe
}

// network is one random network as both sides read it.
type network struct {
	twin *plain.Twin
	plan *lab.Plan
}

// newNetwork is the random network of a seed without stated appliances, which the
// lab does not reproduce.
func newNetwork(seed uint64) *random.Network {
	n := random.New(seed)
	n.Appliances = nil
	return n
}

// read builds both sides; alter changes what the lab alone reads, and the network
// is nil if it had nothing to change.
func read(n *random.Network, alter func(*azure.Network) bool) (*network, error) {
	inventory, err := n.Inventory()
	if err != nil {
		return nil, err
	}
	built, problems := azure.Build(inventory)
	if built == nil {
		return nil, problems.Err()
	}
	for _, d := range problems {
		if d.Code == "subnet-outside" || d.Code == "missing-property" {
			return nil, d // a network that Azure would not hold
		}
	}
	twin, err := plain.New(built, n.Tags(), plain.Documented())
	if err != nil {
		return nil, err
	}
	if alter != nil {
		again, _ := n.Inventory() // so that nothing is shared
		built, _ = azure.Build(again)
		if !alter(built) {
			return nil, nil
		}
	}
	return &network{twin: twin, plan: lab.Compile(built, n.Tags(), plain.Documented())}, nil
}

// draw takes so many questions that both sides can answer, as long as the network
// gives occasion for them.
func (w *network) draw(questions *random.Questions, count int, c *tally) ([]asked, error) {
	var list []asked
	for i := 0; i < 4*count && len(list) < count; i++ {
		q := questions.Next()
		if in, ok := questions.IntoPublic(); ok && i%6 == 0 {
			q = in
		}
		q.Managed = false
		sendable(&q.Packet)
		p := probeOf(q)
		if p.Protocol == lab.ICMP {
			q.Packet.DestinationPort = 8 // an echo request
		}
		if limits := w.plan.Limits(p); len(limits) > 0 {
			c.skip(kindOf(limits[0]))
			continue
		}
		shot, err := w.plan.Shot(p)
		if err != nil {
			return nil, err
		}
		if shot.Translated { // those of one source port would go one after the other
			q.Packet.SourcePort = uint16(50000 + i)
			p = probeOf(q)
		}
		answer, err := w.twin.Follow(q)
		if err != nil {
			return nil, err
		}
		if answer.Verdict == plain.Undecided {
			c.skip("the interpreter does not decide")
			continue
		}
		list = append(list, asked{q, answer, p})
	}
	return list, nil
}

// probeOf is the probe that asks a question of the lab.
func probeOf(q plain.Question) lab.Probe {
	return lab.Probe{
		Protocol: q.Packet.Protocol, Source: q.Packet.Source, Destination: q.Packet.Destination,
		SourcePort: q.Packet.SourcePort, DestinationPort: q.Packet.DestinationPort, From: q.From, To: q.To,
	}
}

// sendable gives a packet from or to port 0, which no program can use, port 1.
func sendable(p *plain.Packet) {
	if p.Protocol == lab.TCP || p.Protocol == lab.UDP {
		p.SourcePort, p.DestinationPort = max(p.SourcePort, 1), max(p.DestinationPort, 1)
	}
}

// kindOf leaves the names out of a limit.
func kindOf(limit string) string {
	var words []string
	for word := range strings.FieldsSeq(limit) {
		if strings.ContainsAny(word, "0123456789") {
			word = "*"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// rounds are the patience with which a comparison asks. What fares otherwise than
// expected is asked again with more patience, and then once more alone: the machine
// may be busy, and an answer that comes ends the wait.
var rounds = [2]time.Duration{200 * time.Millisecond, 3 * time.Second}

// aloneFor is the patience of the last round.
const aloneFor = 10 * time.Second

// differs sends the questions and returns the first on which packet and
// interpreter differ, nil if none.
func (w *network) differs(r *lab.Running, list []asked) (*asked, lab.Packet, error) {
	open := make([]*asked, len(list))
	for i := range list {
		open[i] = &list[i]
	}
	for _, patience := range rounds {
		packets, err := send(r, open, patience)
		if err != nil {
			return nil, lab.Packet{}, err
		}
		var again []*asked
		for i, a := range open {
			switch {
			case a.sawAnother(packets[i]):
				return a, packets[i], nil
			case a.faredOtherwise(packets[i]):
				again = append(again, a)
			}
		}
		open = again
	}
	for _, a := range open {
		packets, err := send(r, []*asked{a}, aloneFor)
		switch {
		case err != nil:
			return nil, lab.Packet{}, err
		case a.faredOtherwise(packets[0]), a.sawAnother(packets[0]):
			return a, packets[0], nil
		}
	}
	return nil, lab.Packet{}, nil
}

func send(r *lab.Running, list []*asked, patience time.Duration) ([]lab.Packet, error) {
	probes := make([]lab.Probe, len(list))
	for i, a := range list {
		probes[i] = a.probe
	}
	return r.Probe(probes, patience)
}

// faredOtherwise reports whether the packet got an answer that the interpreter
// does not expect, or none that it does.
func (a *asked) faredOtherwise(p lab.Packet) bool {
	return p.Answered != (a.answer.Verdict == plain.Allow)
}

// sawAnother reports whether the receiver saw a source that the interpreter does
// not expect.
func (a *asked) sawAnother(p lab.Packet) bool {
	return !a.faredOtherwise(p) && p.Answered && !seenAs(a.answer.Seen, p.Seen.Addr())
}

// seenAs reports whether a source is one that the interpreter expects, which it
// tells of packets through a firewall alone.
func seenAs(expected plain.Seen, seen netip.Addr) bool {
	for _, text := range expected.Addresses {
		p, err := netip.ParsePrefix(text)
		if text == seen.String() || err == nil && p.Contains(seen) {
			return true
		}
	}
	return len(expected.Addresses) == 0
}

// compare runs the network and reports the first difference.
func (w *network) compare(questions *random.Questions, count int, c *tally) (*asked, lab.Packet, error) {
	list, err := w.draw(questions, count, c)
	if err != nil {
		return nil, lab.Packet{}, err
	}
	r, err := lab.Start(w.plan)
	if err != nil {
		return nil, lab.Packet{}, err
	}
	defer r.Close()
	found, packet, err := w.differs(r, list)
	if found == nil && err == nil {
		c.add(list)
	}
	return found, packet, err
}

// Real packets do what the interpreter says, in random networks (L-01).
func TestSoakPacketsEqualInterpreter(t *testing.T) {
	if err := lab.Missing(); err != nil {
		t.Skipf("NOT RUN, no packet is sent: %v", err)
	}
	seed, limit := uint64(1), time.Duration(0)
	if text := os.Getenv("WAYLEAVE_SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("WAYLEAVE_SOAK is %q, expected a duration such as 10m", text)
		}
		seed, limit = uint64(time.Now().UnixNano()), d
	}
	if text := os.Getenv("WAYLEAVE_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("WAYLEAVE_SEED is %q, expected a number", text)
		}
	}
	if testing.Short() {
		t.Logf("a tenth of the networks under -short")
	}
	networks := uint64(sliceNetworks)
	if testing.Short() {
		networks /= 10
	}
	start, c := time.Now(), &tally{skipped: map[string]int{}}
	var next atomic.Uint64
	var failed atomic.Bool
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for !failed.Load() {
				i := next.Add(1) - 1
				if limit == 0 && i >= networks || limit > 0 && time.Since(start) > limit {
					return
				}
				if !agree(t, seed+i, c) {
					failed.Store(true)
				}
			}
		})
	}
	wait.Wait()
	t.Logf("%v\n  from seed %d in %v", c, seed, time.Since(start).Round(time.Millisecond))
	enough := testing.Short() || limit > 0 || c.networks >= atLeastNetworks && c.probes >= atLeastProbes
	if c.allowed < c.probes/20 || c.denied < c.probes/20 || !enough && !t.Failed() {
		t.Errorf("hardly a comparison: %v", c)
	}
}

// agree compares one network and reports a difference.
func agree(t *testing.T, seed uint64, c *tally) bool {
	n := newNetwork(seed)
	w, err := read(n, nil)
	if err != nil {
		t.Errorf("network %d: %v", seed, err)
		return false
	}
	found, packet, err := w.compare(n.Questions(seed), sliceQuestions, c)
	if err != nil {
		t.Errorf("network %d: %v", seed, err)
		return false
	}
	if found != nil {
		t.Errorf("network %d: %v", seed, explain(seed, found, packet))
		return false
	}
	return true
}

// explain prints a difference: the packet, both answers, and the network cut
// down to what still shows it, in at most a minute.
func explain(seed uint64, found *asked, packet lab.Packet) string {
	end := time.Now().Add(time.Minute)
	small := random.Shrink(newNetwork(seed), func(n *random.Network) bool {
		if time.Now().After(end) {
			return false
		}
		w, err := read(n, nil)
		if err != nil || len(w.plan.Limits(found.probe)) > 0 {
			return false
		}
		answer, err := w.twin.Follow(found.question)
		if err != nil || answer.Verdict != found.answer.Verdict {
			return false
		}
		r, err := lab.Start(w.plan)
		if err != nil {
			return false
		}
		defer r.Close()
		now := &asked{found.question, answer, found.probe}
		packets, err := send(r, []*asked{now}, time.Second)
		if err != nil || !now.faredOtherwise(packets[0]) && !now.sawAnother(packets[0]) {
			return false
		}
		found, packet = now, packets[0]
		return true
	})
	return fmt.Sprintf("%v\nthe packet: answered %v, arrived at %q from %v\nthe interpreter: %v\nin\n%v", found.probe, packet.Answered, packet.Arrived, packet.Seen, found.answer, small)
}
