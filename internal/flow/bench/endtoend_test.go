package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload"
	"github.com/wayleave/wayleave/internal/servicetag"
	"github.com/wayleave/wayleave/internal/source/export"
)

// files are a workload as a user has it: a network security group and its
// virtual network as Azure writes them, and the service tags, which a program
// reads once.
type files struct {
	*workload.Workload
	group, network []byte
	catalogue      *servicetag.Catalogue
	wanted         []flow.Cube
}

func write(b *testing.B, w *workload.Workload, naming workload.Naming) *files {
	b.Helper()
	var group, network, tags bytes.Buffer
	for _, err := range []error{
		w.WriteSecurityGroup(&group, naming), workload.WriteVirtualNetwork(&network), w.Tags.WriteServiceTags(&tags),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
	catalogue, err := servicetag.Parse("ServiceTags_Public.json", tags.Bytes())
	if err != nil {
		b.Fatal(err)
	}
	index := workload.IndexOver(catalogue.Index(), workload.InIPv4())
	if naming == workload.Expanded {
		index = workload.IndexOver(flow.NewTagIndex(nil, nil), workload.InIPv4())
	}
	return &files{w, group.Bytes(), network.Bytes(), catalogue, w.Flow(index).Requirements}
}

// decode is the yardstick: the bytes into the structs of the format.
func (f *files) decode() error {
	var group workload.SecurityGroup
	var network workload.VirtualNetwork
	if err := json.Unmarshal(f.group, &group); err != nil {
		return err
	}
	return json.Unmarshal(f.network, &network)
}

// read is the way of the program from bytes to the rules at the subnet.
func (f *files) read() (*fabric.Policy, error) {
	var inventories []*azure.Inventory
	for _, file := range []struct {
		name string
		data []byte
	}{{"group.json", f.group}, {"network.json", f.network}} {
		doc, err := document.Parse(file.name, file.data, document.Options{})
		if err != nil {
			return nil, err
		}
		inventories = append(inventories, export.Read(doc))
	}
	network, found := azure.Build(inventories...)
	if network == nil {
		return nil, fmt.Errorf("%d problems, the first: %v", len(found), found[0])
	}
	compiled, found := fabric.Compile(network, f.catalogue, fabric.Assumptions{})
	if compiled == nil {
		return nil, fmt.Errorf("%d problems, the first: %v", len(found), found[0])
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

// endToEnd is K7: from the bytes of the files to the answers, against the
// standard library's decoding of the same bytes.
func endToEnd(b *testing.B) []row {
	var rows []row
	for _, c := range []struct {
		rules, tag int
		naming     workload.Naming
		bound      float64
		all        float64 // 0: no demand
	}{
		{100, 5000, workload.ByName, 1.2, 0},
		{100, 20_000, workload.ByName, 1.2, 0},
		{1000, 5000, workload.ByName, 1.2, 0},
		{1000, 20_000, workload.ByName, 1.2, 0},
		{100, 20_000, workload.Expanded, 0.6, 1.3},
		{1000, 5000, workload.Expanded, 0.6, 1.3},
		{1000, 20_000, workload.Expanded, 0.6, 1.3},
	} {
		f := write(b, realistic(c.rules, c.tag), c.naming)
		must := func(err error) {
			if err != nil {
				b.Fatalf("%s: %v", f.Name, err)
			}
		}
		on := fmt.Sprintf("%s by name, %d KB", f.Name, len(f.group)>>10)
		if c.naming == workload.Expanded {
			on = fmt.Sprintf("%s expanded, %d KB", f.Name, len(f.group)>>10)
			f.agree(b)
		}
		check := func() *fabric.Policy {
			p, err := f.read()
			must(err)
			_, err = f.check(p)
			must(err)
			return p
		}
		runs := []func(){func() { must(f.decode()) }, func() { check() }}
		if c.all > 0 {
			runs = append(runs, func() { must(f.rest(check())) })
		}
		var jobs []job
		for _, run := range runs {
			jobs = append(jobs, job{func() func() { return run }, 1})
		}
		times := usual.medians(jobs...)
		rows = append(rows, atMost("K7", "bytes to Q1, of decoding with encoding/json", on, c.bound, times[1], times[0]))
		if c.all > 0 {
			rows = append(rows, atMost("K7", "bytes to Q1, Q3 and Q4, of decoding with encoding/json", on, c.all, times[2], times[0]))
		}
	}
	return rows
}

// agree compares what the program makes of the files with the kernel on the
// workload itself.
func (f *files) agree(b *testing.B) {
	b.Helper()
	p, err := f.read()
	if err != nil {
		b.Fatal(err)
	}
	s := newSubject(f.Workload)
	fresh := s.fresh()
	got, err := f.check(p)
	if err != nil {
		b.Fatal(err)
	}
	if want := s.check(s.compile(fresh), fresh); !slices.Equal(got, want) {
		b.Fatalf("%s: the files give %v, the workload %v", f.Name, got, want)
	}
}

// BenchmarkEndToEnd measures the steps of the way from bytes to Q1 apart.
func BenchmarkEndToEnd(b *testing.B) {
	for _, naming := range []workload.Naming{workload.ByName, workload.Expanded} {
		f := write(b, realistic(1000, 20_000), naming)
		name := [...]string{"by name", "expanded"}[naming]
		b.Run(name+"/decode", func(b *testing.B) {
			for b.Loop() {
				if err := f.decode(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/read", func(b *testing.B) {
			for b.Loop() {
				if _, err := f.read(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/read and Q1", func(b *testing.B) {
			for b.Loop() {
				p, err := f.read()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := f.check(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
