package recheck

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/source"
)

// Options say what to check.
type Options struct {
	// Evidence is the file to check, Tags the service-tag file, Paths the inputs
	// of the network before the change, Parameters those of templates.
	Evidence, Tags    string
	Paths, Parameters []string
	// Budget is the most packets asked of one cell; 0 is 2,000.
	Budget int
	// Seed of what is drawn where a cell has more classes than the budget.
	Seed uint64
}

// Report is what was checked.
type Report struct {
	// False are the claims that do not hold, at most a few of each cell.
	False []string
	// Rows and Cells were checked, Exact of the cells in every class of their
	// packets, and Packets asked.
	Rows, Cells, Exact, Packets int
	// Unchanged are the packets asked before and after that no claim is about.
	Unchanged int
	// Undecided are the cells of packets of which nothing is claimed.
	Undecided int
	// Open are the rows about which nothing is claimed, with the reason.
	Open []string
}

// Run checks an evidence file. The error is about files that cannot be read, or
// a network that the interpreter does not follow.
func Run(o Options) (*Report, error) {
	c, err := readClaims(o.Evidence)
	if err != nil {
		return nil, err
	}
	tags := plain.Tags{}
	if o.Tags != "" {
		if tags, err = readTags(o.Tags); err != nil {
			return nil, err
		}
	}
	k := &checker{report: &Report{}, tags: tags, dice: rand.New(rand.NewPCG(o.Seed, 1)), budget: o.Budget}
	if k.budget <= 0 {
		k.budget = 2000
	}
	if err := k.load(o, c); err != nil {
		return nil, err
	}
	k.examples()
	k.rows(c)
	k.turned("opened", c.opened, plain.Deny, plain.Allow)
	k.turned("closed", c.closed, plain.Allow, plain.Deny)
	k.unchanged(c)
	k.report.Undecided = len(c.undecided)
	return k.report, nil
}

// checker is one run.
type checker struct {
	report        *Report
	tags          plain.Tags
	dice          *rand.Rand
	budget        int
	before, after *side
	classes       *classes
	changed       *changes
	// defaults asks for the documented reading alone.
	defaults bool
	// senders are what is known of managed services, by the id of their subnet, and
	// sender of the one whose row is checked, nil for no row.
	senders map[string]*azure.OwnAddress
	sender  *azure.OwnAddress
	// needGroup are the subnets, by id in lower case, whose frontends let nothing in
	// without a security group.
	needGroup map[string]bool
}

// side is the network before or after, with its interpreter.
type side struct {
	network *azure.Network
	twin    *plain.Twin
}

// load reads the network twice and changes it once.
func (k *checker) load(o Options, c *claims) error {
	old, err := read(o)
	if err != nil {
		return err
	}
	if err := k.digests(old, c.inputs); err != nil {
		return err
	}
	now, err := read(o)
	if err != nil {
		return err
	}
	if err := change(now, c.changes); err != nil {
		return err
	}
	if k.before, err = k.side(old); err != nil {
		return err
	}
	if k.after, err = k.side(now); err != nil {
		return err
	}
	k.defaults, k.senders, k.needGroup = c.defaults, c.senders, c.needGroup
	k.classes = classesOf(k.tags, k.before.network, k.after.network)
	k.changed = differences(k.before.network, k.after.network)
	return nil
}

func read(o Options) ([]*azure.Inventory, error) {
	list, problems := source.Load(o.Paths, source.Options{Parameters: o.Parameters})
	return list, problems.Err()
}

// digests compares the inputs with those of the evidence.
func (k *checker) digests(inventories []*azure.Inventory, claimed map[string]string) error {
	left := maps.Clone(claimed)
	for _, inv := range inventories {
		data, err := os.ReadFile(filepath.FromSlash(inv.Source))
		if err != nil {
			return diagnostic.Errorf("unreadable-file", diagnostic.Position{File: inv.Source}, "cannot read: %v", err).WithHint("check the name")
		}
		sum := sha256.Sum256(data)
		digest := hex.EncodeToString(sum[:])
		path := ""
		for p, d := range left {
			if d == digest {
				path = p
			}
		}
		if path == "" {
			k.report.False = append(k.report.False, fmt.Sprintf("%s is not a file of the evidence: its content has another digest", inv.Source))
			continue
		}
		delete(left, path)
	}
	for _, path := range slices.Sorted(maps.Keys(left)) {
		k.report.False = append(k.report.False, fmt.Sprintf("the evidence rests on %s, which is not among the inputs", path))
	}
	return nil
}

func (k *checker) side(inventories []*azure.Inventory) (*side, error) {
	n, problems := azure.Build(inventories...)
	if n == nil {
		return nil, problems.Err()
	}
	twin, err := plain.New(n, k.tags, plain.Documented())
	if err != nil {
		return nil, diagnostic.Errorf("not-followed", diagnostic.Position{}, "the interpreter does not follow this network: %v", err).
			WithHint("a tag needs its data: --tags ServiceTags_Public_<date>.json")
	}
	return &side{n, twin}, nil
}

// rows checks the cover of every row.
func (k *checker) rows(c *claims) {
	defer func() { k.sender = nil }()
	for _, r := range c.rows {
		k.report.Rows++
		k.sender = r.sender
		if len(r.open) > 0 {
			k.report.Open = append(k.report.Open, r.title+": "+strings.Join(r.open, "; "))
			continue
		}
		if len(r.cells) == 0 {
			k.wrong("%s has no cell and no reason for it", r.title)
		}
		for i := range r.cells {
			k.cell(r.title, &r.cells[i])
		}
		if r.repaired && !slices.ContainsFunc(r.cells, k.failed) {
			k.wrong("%s: no witness of it is blocked before the change", r.title)
		}
	}
}

// failed reports whether the witness of a cell is blocked before the change, or seen
// with another address than is claimed after it.
func (k *checker) failed(x cell) bool {
	was, err := k.ask(k.before, x.witness)
	return err == nil && (was.Verdict == plain.Deny || len(x.seen) > 0 && !slices.Equal(was.Seen.Addresses, x.seen))
}

func (k *checker) wrong(format string, a ...any) {
	k.report.False = append(k.report.False, fmt.Sprintf(format, a...))
}

// verdicts are the words of the interpreter for those of the evidence.
var verdicts = map[result.Verdict]plain.Verdict{result.Allowed: plain.Allow, result.Blocked: plain.Deny, result.Undecided: plain.Undecided}

// cell asks about the packets of a cell after the change.
func (k *checker) cell(title string, x *cell) {
	if !x.holds(x.witness) {
		k.wrong("%s: the witness %v is no packet of its cell (%v)", title, x.witness, x.at)
	}
	list, exact := k.classes.packets(x, k.budget, k.dice)
	k.report.Cells++
	if exact {
		k.report.Exact++
	}
	for _, p := range append(list, x.witness) {
		if k.changed.isFresh(p) { // a row leaves out the network's own public addresses
			continue
		}
		k.report.Packets++
		answer, err := k.ask(k.after, p)
		switch {
		case err != nil:
			k.wrong("%s: %v: %v (%v)", title, p, err, x.at)
		case answer.Verdict != verdicts[x.verdict]:
			k.wrong("%s: %v is claimed to be %s and is %s by %s %s (%v)", title, p, x.verdict, words[answer.Verdict], answer.Decider.Kind, answer.Decider.Name, x.at)
		case x.verdict == result.Allowed && !slices.Equal(deciders(answer), x.rules):
			k.wrong("%s: %v passes by %v, claimed is %v (%v)", title, p, deciders(answer), x.rules, x.at)
		case x.verdict == result.Allowed && len(x.seen) > 0 && !slices.Equal(answer.Seen.Addresses, x.seen):
			k.wrong("%s: %v is seen with %v, claimed is %v (%v)", title, p, answer.Seen.Addresses, x.seen, x.at)
		default:
			continue
		}
		return // one packet of a cell is enough
	}
}

var words = map[plain.Verdict]result.Verdict{plain.Allow: result.Allowed, plain.Deny: result.Blocked, plain.Undecided: result.Undecided}

// deciders are the rules that let a packet pass.
func deciders(a plain.Answer) []string {
	var list []string
	for _, h := range a.Hops {
		if (h.Kind == plain.NSGRule || h.Kind == plain.NSGDefaultRule) && h.Decision == plain.Allows {
			list = append(list, ruleKey(string(h.Resource), h.Name))
		}
	}
	return list
}

// ask asks the interpreter about a packet between the places that have its
// addresses.
func (k *checker) ask(s *side, p plain.Packet) (plain.Answer, error) {
	q := plain.Question{Packet: p, Managed: true}
	if q.From = holder(s.network, p.Source); q.From == "" {
		q.To = holder(s.network, p.Destination)
		q.NeedsGroup = k.needGroup[strings.ToLower(string(q.To))]
	} else if q.Own = k.sender; q.Own == nil {
		q.Own = k.senders[strings.ToLower(string(q.From))]
	}
	if k.defaults {
		return s.twin.Follow(q)
	}
	return s.twin.Settled(q)
}

func (k *checker) verdict(s *side, p plain.Packet) plain.Verdict {
	a, err := k.ask(s, p)
	if err != nil {
		return ""
	}
	return a.Verdict
}

// holder is the subnet that has an address.
func holder(n *azure.Network, a netip.Addr) azure.ID {
	for _, v := range n.VirtualNetworks {
		for _, s := range v.Subnets {
			for _, p := range s.Prefixes {
				if p.V.Contains(a) {
					return s.ID
				}
			}
		}
	}
	return ""
}

// turned asks about what is claimed to be opened or closed, before and after.
func (k *checker) turned(how string, cells []cell, from, to plain.Verdict) {
	for i := range cells {
		x := &cells[i]
		list, exact := k.classes.packets(x, k.budget, k.dice)
		k.report.Cells++
		if exact {
			k.report.Exact++
		}
		if verdicts[x.verdict] != to {
			k.wrong("%s: a cell is claimed to be %s after the change (%v)", how, x.verdict, x.at)
		}
		if !x.holds(x.witness) {
			k.wrong("%s: the witness %v is no packet of its cell (%v)", how, x.witness, x.at)
		}
		for _, p := range append(list, x.witness) {
			if k.changed.isFresh(p) {
				continue
			}
			k.report.Packets++
			was, is := k.verdict(k.before, p), k.verdict(k.after, p)
			if was == "" && is == "" && p != x.witness { // nobody can send it
				continue
			}
			if was != from || is != to {
				k.wrong("%v is claimed to be %s; it was %s and is %s (%v)", p, how, words[was], words[is], x.at)
				break
			}
		}
	}
}

// unchanged asks about the packets that the changes can decide: what is not
// claimed to be opened or closed fares as before.
func (k *checker) unchanged(c *claims) {
	told := slices.Concat(c.opened, c.closed, c.undecided)
	for _, x := range k.changedCells(c) {
		list, _ := k.classes.packets(x, k.budget, k.dice)
		wrong := 0
		for _, p := range list {
			if wrong > 2 || k.changed.isFresh(p) || k.nobodys(p) || slices.ContainsFunc(told, func(o cell) bool { return o.holds(p) }) {
				continue
			}
			was, is := k.verdict(k.before, p), k.verdict(k.after, p)
			if was == "" { // the interpreter does not follow it
				continue
			}
			k.report.Unchanged++
			if was != is {
				wrong++
				k.wrong("%v was %s and is %s, and is claimed neither to be opened nor closed", p, words[was], words[is])
			}
		}
	}
}

// nobodys reports whether an end of a packet is an address of a virtual network that
// nobody can have: of no subnet, or kept by Azure (FAB-4).
func (k *checker) nobodys(p plain.Packet) bool {
	for _, a := range []netip.Addr{p.Source, p.Destination} {
		for _, v := range k.after.network.VirtualNetworks {
			inside := slices.ContainsFunc(v.AddressSpace, func(s azure.Value[netip.Prefix]) bool { return s.V.Contains(a) })
			if inside && !slices.ContainsFunc(v.Subnets, func(s *azure.Subnet) bool { return usable(s, a) }) {
				return true
			}
		}
	}
	return false
}

// examples checks the addresses that stand for those which Azure chooses: a firewall
// has one of its subnet that anybody can have.
func (k *checker) examples() {
	for _, f := range k.after.network.AzureFirewalls {
		for _, c := range f.IPConfigurations {
			s, ok := k.after.network.Subnet(c.Subnet.ID)
			if a, known := c.PrivateIPAddress.Known(); ok && known && !usable(s, a) {
				k.wrong("%s has the address %v, which nobody can have in subnet %s", f.Label(), a, s.Name)
			}
		}
	}
}

// Text prints a report for people.
func (r *Report) Text(w io.Writer) {
	for _, f := range r.False {
		fmt.Fprintf(w, "FALSE %s\n", f)
	}
	for _, o := range r.Open {
		fmt.Fprintf(w, "open  %s\n", o)
	}
	how := "each asked in every class of its packets"
	if n := r.Cells - r.Exact; n > 0 {
		how = fmt.Sprintf("%d asked in every class of their packets, %d in a sample", r.Exact, n)
	}
	fmt.Fprintf(w, "%s, %s: %s\n", digits(r.Rows, "row", "rows"), digits(r.Cells, "cell", "cells"), how)
	fmt.Fprintf(w, "%s asked, %s besides before and after the change\n", digits(r.Packets, "packet", "packets"), digits(r.Unchanged, "packet", "packets"))
	if r.Undecided > 0 {
		fmt.Fprintf(w, "nothing is claimed of %s: they are not decided before or after the change\n", digits(r.Undecided, "cell", "cells"))
	}
	if len(r.False) == 0 {
		fmt.Fprintln(w, "every claim holds")
		return
	}
	fmt.Fprintf(w, "%s false\n", digits(len(r.False), "claim is", "claims are"))
}
