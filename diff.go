package wayleave

import (
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/difference"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// foldedItems bounds the lists in sentences about packets.
const foldedItems = 4

// Diff tells exactly which packets pass in one network and not in the other.
// The assumptions are those of the second network. The error is an *InputError
// for a tag that does not exist.
func Diff(old, now *Network) (*result.Diff, error) {
	before, list, err := now.compileAs(old.network, fabric.TagNames(now.network))
	if err != nil {
		return nil, err
	}
	after, problems, err := now.compileAs(now.network, fabric.TagNames(old.network))
	if err != nil {
		return nil, err
	}
	found, err := difference.Compare(before, after, frontendsOf(append(old.discovered(), now.discovered()...)))
	if err != nil {
		return nil, err
	}
	answer := differenceResult(found)
	for i, c := range found.Closed {
		answer.Closed[i].OpenConnections = openConnections(now.network, c)
	}
	answer.Tags = tagData(now.catalogue)
	answer.NotModelled = now.notModelled()
	for _, was := range old.notModelled() {
		if !slices.Contains(answer.NotModelled, was) {
			answer.NotModelled = append(answer.NotModelled, was)
		}
	}
	answer.Diagnostics = append(append(old.diagnostics[:len(old.diagnostics):len(old.diagnostics)], list...), append(now.diagnostics[:len(now.diagnostics):len(now.diagnostics)], problems...)...)
	return answer, nil
}

// Planned reports whether the network is what a Terraform plan makes of it, so
// that there is a network before it.
func (n *Network) Planned() bool {
	for _, v := range n.network.VirtualNetworks {
		if v.Rank == azure.RankPlan && !v.Stub {
			return true
		}
	}
	for _, g := range n.network.NetworkSecurityGroups {
		if g.Rank == azure.RankPlan && !g.Stub {
			return true
		}
	}
	for _, t := range n.network.RouteTables {
		if t.Rank == azure.RankPlan && !t.Stub {
			return true
		}
	}
	return false
}

// compileAs prepares another network as this one is: with its tags and its
// assumptions.
func (n *Network) compileAs(network *azure.Network, mentioned []string) (*fabric.Fabric, diagnostic.List, error) {
	f, problems := fabric.Compile(network, n.catalogue, n.assumptions, mentioned...)
	if f == nil {
		return nil, nil, &InputError{Diagnostics: problems}
	}
	return f, problems, nil
}

// discovered are the managed services in the input; none where a setting of theirs
// makes no sense.
func (n *Network) discovered() []*service.Binding {
	bindings, err := n.services.Discover(n.network, nil, nil)
	if err != nil {
		return nil
	}
	return bindings
}

// frontendsOf are the subnets whose frontends belong to managed services.
func frontendsOf(bindings []*service.Binding) difference.Options {
	o := difference.Options{Managed: map[azure.ID]bool{}, NeedsGroup: map[azure.ID]bool{}}
	for _, b := range bindings {
		needs := b.NeedsGroup()
		for _, s := range b.Subnets {
			o.Managed[s.ID], o.NeedsGroup[s.ID] = true, needs || o.NeedsGroup[s.ID]
		}
	}
	return o
}

// differenceResult is a difference as data.
func differenceResult(a *difference.Answer) *result.Diff {
	d := &result.Diff{
		Schema: result.DiffSchema, Equal: a.Equal(), Opened: []result.DiffChange{}, Closed: []result.DiffChange{}, Undecided: []result.DiffDoubt{},
		Added: append([]string{}, a.Added...), Removed: append([]string{}, a.Removed...),
		Proof: result.DiffProof{Subnets: a.Subnets, Walked: a.Walked},
	}
	for _, c := range a.Opened {
		d.Opened = append(d.Opened, changeResult(a, c))
	}
	for _, c := range a.Closed {
		d.Closed = append(d.Closed, changeResult(a, c))
	}
	for _, x := range a.Undecided {
		d.Undecided = append(d.Undecided, result.DiffDoubt{
			From: strings.Join(x.From, ", "), To: strings.Join(x.To, ", "), Space: check.Cubes(x.Space.Cubes()),
			Summary: a.Lines(x.From, x.To, x.Space, foldedItems), Was: x.Was, Is: x.Is, Reasons: append([]string{}, x.Reasons...),
		})
	}
	return d
}

func changeResult(a *difference.Answer, c difference.Change) result.DiffChange {
	w, _ := c.Space.Witness(flow.Preference{})
	out := result.DiffChange{
		From: strings.Join(c.From, ", "), To: strings.Join(c.To, ", "), Space: check.Cubes(c.Space.Cubes()),
		Summary: a.Lines(c.From, c.To, c.Space, foldedItems), Witness: check.Packet(w), Because: []result.DiffCause{},
	}
	for _, x := range c.Because {
		cause := result.DiffCause{In: "old", Hop: check.Hops([]fabric.Hop{x.Hop})[0]}
		if x.New {
			cause.In = "new"
		}
		out.Because = append(out.Because, cause)
	}
	return out
}
