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
	sliceNetworks  = 50
	sliceQuestions = 340
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

// draw takes questions that both sides can answer.
func (w *network) draw(questions *random.Questions, count int, c *tally) ([]asked, error) {
	var list []asked
	for i := range count {
		q := questions.Next()
		if in, ok := questions.IntoFirewall(); ok && i%6 == 0 {
			q = in
		}
		q.Managed = false
		sendable(&q.Packet)
		p := lab.Probe{
			Protocol: q.Packet.Protocol, Source: q.Packet.Source, Destination: q.Packet.Destination,
			SourcePort: q.Packet.SourcePort, DestinationPort: q.Packet.DestinationPort, From: q.From, To: q.To,
		}
		if p.Protocol == lab.ICMP {
			q.Packet.DestinationPort = 8 // an echo request
		}
		if limits := w.plan.Limits(p); len(limits) > 0 {
			c.skip(kindOf(limits[0]))
			continue
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

// differs sends the questions and returns the first on which packet and
// interpreter differ, nil if none. A packet that got no answer where one was
// expected is sent again alone, with more patience: the machine may be busy.
func (w *network) differs(r *lab.Running, list []asked) (*asked, lab.Packet, error) {
	probes := make([]lab.Probe, len(list))
	for i, a := range list {
		probes[i] = a.probe
	}
	packets, err := r.Probe(probes, 500*time.Millisecond)
	if err != nil {
		return nil, lab.Packet{}, err
	}
	for i, a := range list {
		if packets[i].Answered == (a.answer.Verdict == plain.Allow) {
			if packets[i].Answered && !seenAs(a.answer.Seen, packets[i].Seen.Addr()) {
				return &list[i], packets[i], nil
			}
			continue
		}
		again, err := r.Probe(probes[i:i+1], lab.Patience)
		if err != nil {
			return nil, lab.Packet{}, err
		}
		if again[0].Answered != (a.answer.Verdict == plain.Allow) {
			return &list[i], again[0], nil
		}
	}
	return nil, lab.Packet{}, nil
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
	if c.allowed < c.probes/20 || c.denied < c.probes/20 {
		t.Errorf("hardly a comparison: %v", c)
	}
}

// agree compares one network and reports a difference.
func agree(t *testing.T, seed uint64, c *tally) bool {
	n := random.New(seed)
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
	small := random.Shrink(random.New(seed), func(n *random.Network) bool {
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
		list := []asked{{found.question, answer, found.probe}}
		now, p, err := w.differs(r, list)
		if err != nil || now == nil {
			return false
		}
		found, packet = now, p
		return true
	})
	return fmt.Sprintf("%v\nthe packet: answered %v, arrived at %q from %v\nthe interpreter: %v\nin\n%v", found.probe, packet.Answered, packet.Arrived, packet.Seen, found.answer, small)
}
