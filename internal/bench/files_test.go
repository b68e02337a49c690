package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload"
	"github.com/wayleave/wayleave/internal/servicetag"
	"github.com/wayleave/wayleave/internal/source/export"
)

// files are a workload as a user has it: one network security group and the
// virtual network it guards as Azure's REST interface writes them, and the
// service tags, which a program reads once.
type files struct {
	name           string
	group, network []byte
	catalogue      *servicetag.Catalogue
	wanted         []flow.Cube
}

func makeFiles(tb testing.TB, rules, tag int, naming workload.Naming) *files {
	tb.Helper()
	w := workload.Realistic(workload.Params{Rules: rules, Tag: tag, Seed: 1})
	var group, network, tags bytes.Buffer
	for _, err := range []error{
		w.WriteSecurityGroup(&group, naming), workload.WriteVirtualNetwork(&network), w.Tags.WriteServiceTags(&tags),
	} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	catalogue, err := servicetag.Parse("ServiceTags_Public.json", tags.Bytes())
	if err != nil {
		tb.Fatal(err)
	}
	index := workload.IndexOver(catalogue.Index(), workload.InIPv4())
	if naming == workload.Expanded {
		index = workload.IndexOver(flow.NewTagIndex(nil, nil), workload.InIPv4())
	}
	return &files{
		name:  fmt.Sprintf("%s %s", w.Name, [...]string{workload.ByName: "by name", workload.Expanded: "expanded"}[naming]),
		group: group.Bytes(), network: network.Bytes(), catalogue: catalogue, wanted: w.Flow(index).Requirements,
	}
}

// decode is the yardstick: the bytes into the structs of the format.
func (f *files) decode() error {
	var group workload.SecurityGroup
	if err := json.Unmarshal(f.group, &group); err != nil {
		return err
	}
	var network workload.VirtualNetwork
	return json.Unmarshal(f.network, &network)
}

func (f *files) parse() ([]*document.Document, error) {
	group, err := document.Parse("group.json", f.group, document.Options{})
	if err != nil {
		return nil, err
	}
	network, err := document.Parse("network.json", f.network, document.Options{})
	return []*document.Document{group, network}, err
}

func read(docs []*document.Document) []*azure.Inventory {
	var inventories []*azure.Inventory
	for _, doc := range docs {
		inventories = append(inventories, export.Read(doc))
	}
	return inventories
}

func build(inventories []*azure.Inventory) (*azure.Network, error) {
	network, found := azure.Build(inventories...)
	return network, found.Err()
}

func (f *files) compile(network *azure.Network) (*fabric.Policy, error) {
	compiled, found := fabric.Compile(network, f.catalogue, fabric.Assumptions{})
	if compiled == nil {
		return nil, found.Err()
	}
	return compiled.SubnetRules(network.Subnets()[0], azure.Inbound), nil
}

// check is Q1: is each requirement met, and which packet shows it where not?
func (f *files) check(p *fabric.Policy) (met []bool, err error) {
	for _, q := range f.wanted {
		passes, _, err := p.Passes(q)
		if err != nil {
			return nil, err
		}
		met = append(met, passes)
	}
	return met, nil
}

// blockers is what the program asks beyond Q1: the exact sets of packets that
// pass and that each rule blocks.
func (f *files) blockers(p *fabric.Policy) {
	for _, q := range f.wanted {
		p.Split([]flow.Cube{q}, false)
	}
}

// rest is Q3 and Q4 on the rules as the program sees them.
func (f *files) rest(p *fabric.Policy) error {
	var rules []flow.Rule
	for _, e := range p.Rules() {
		for _, c := range e.Must {
			rules = append(rules, flow.Rule{Match: c, Permit: e.Rule.Access.V == azure.Allow})
		}
	}
	policy, err := flow.NewPolicy(rules, flow.WithQueries(f.wanted...))
	if err != nil {
		return err
	}
	if _, _, err := policy.Dead(); err != nil {
		return err
	}
	_, err = policy.Beyond(f.wanted, 1)
	return err
}
