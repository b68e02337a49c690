package wayleave

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/expect"
	"github.com/wayleave/wayleave/internal/fabric"
	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/reach"
	"github.com/wayleave/wayleave/internal/result"
	"github.com/wayleave/wayleave/internal/service"
)

// ExpectationsName is the name of a file of expectations beside the inputs.
const ExpectationsName = expect.Name

// Expectations is a file of expectations.
type Expectations = expect.File

// ReadExpectations reads files of expectations. The error is an *InputError.
func ReadExpectations(paths ...string) ([]*Expectations, error) {
	var files []*Expectations
	var problems diagnostic.List
	for _, path := range paths {
		f, list := expect.Read(path)
		files, problems = append(files, f), append(problems, list...)
	}
	if problems.HasErrors() {
		return nil, &InputError{Diagnostics: problems}
	}
	return files, nil
}

// FindExpectations names the files of expectations beside the inputs: in each
// folder that is an input, and in the folder of each file, by path.
func FindExpectations(paths []string) []string {
	var found []string
	for _, path := range paths {
		folder := "."
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			folder = path
		} else if path != "-" && !strings.Contains(path, "://") {
			folder = filepath.Dir(path)
		}
		file := filepath.Join(folder, expect.Name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && !slices.Contains(found, file) {
			found = append(found, file)
		}
	}
	return found
}

// proposals bounds for how many untouched rules Test looks for expectations.
const proposals = 5

// Test compares the network with expectations and tells which rules and routes
// neither these nor the requirements of the managed services in the input
// meet. The error is an *InputError for an expectation about something that is
// not there.
func (n *Network) Test(files ...*Expectations) (*result.Test, error) {
	t, err := n.tester()
	if err != nil {
		return nil, err
	}
	answer := &result.Test{
		Schema: result.TestSchema, Tags: tagData(n.catalogue), Results: []result.TestResult{},
		Assumptions: t.assumptions, NotModelled: n.notModelled(), Diagnostics: t.diagnostics,
	}
	var wrong diagnostic.List
	for _, f := range files {
		for i := range f.Expectations {
			j, err := t.judge(&f.Expectations[i])
			if err != nil {
				wrong = append(wrong, diagnostic.Of(err, "invalid-expectation")...)
				continue
			}
			answer.Results = append(answer.Results, j.Result)
			t.coverage.Touch(j.Touched)
			for _, a := range j.Assumptions {
				answer.Assumptions = joinAssumptions(answer.Assumptions, []result.Assumption{assumption(a)})
			}
		}
	}
	if len(wrong) > 0 {
		return nil, &InputError{Diagnostics: wrong}
	}
	answer.Coverage = t.coverage.Count(t.proposer(), proposals)
	return answer, nil
}

// FirstExpectations is a file of expectations that hold today: the
// requirements that are met, and what meets the rules and routes beyond them.
// skipped counts requirements that are not met, or not known to be.
func (n *Network) FirstExpectations() (file []byte, written, skipped int, err error) {
	t, err := n.tester()
	if err != nil {
		return nil, 0, 0, err
	}
	list, skipped := t.coverage.Met(t.services)
	list = append(list, t.coverage.Propose(t.proposer())...)
	return expect.Write(list,
		"What this network must and must not do. These hold today; keep those that are",
		"meant, give each its own reason, and run: wayleave test"), len(list), skipped, nil
}

// tester answers expectations over one network.
type tester struct {
	network     *Network
	fabric      *fabric.Fabric
	bindings    []*service.Binding
	services    []result.Service
	coverage    *expect.Coverage
	assumptions []result.Assumption
	diagnostics diagnostic.List
}

func (n *Network) tester() (*tester, error) {
	bindings, err := n.bindings(CheckOptions{AllowNone: true})
	if err != nil {
		return nil, err
	}
	var mentioned []string
	for _, b := range bindings {
		mentioned = append(mentioned, b.Tags()...)
	}
	f, problems, err := n.compile(mentioned)
	if err != nil {
		return nil, err
	}
	t := &tester{network: n, fabric: f, bindings: bindings, coverage: expect.NewCoverage(n.network), diagnostics: problems}
	for _, b := range bindings {
		s, assumed := check.Run(f, b)
		t.services = append(t.services, s)
		t.assumptions = joinAssumptions(t.assumptions, assumed)
		t.coverage.Touch(check.Touched(f, b))
	}
	return t, nil
}

func (t *tester) proposer() *expect.Proposer {
	ports, err := service.ParsePorts(DefaultSourcePorts)
	if err != nil {
		panic("wayleave: " + err.Error()) // a constant
	}
	return &expect.Proposer{Fabric: t.fabric, Coverage: t.coverage, SourcePorts: ports}
}

// judge finds what an expectation names and compares it.
func (t *tester) judge(e *expect.Expectation) (expect.Judgement, error) {
	if e.Requirement.Value != "" {
		var subnets []string
		for _, name := range e.Subnets {
			s, err := service.FindSubnet(t.network.network, name.Value)
			if err != nil {
				return expect.Judgement{}, misplaced(name, err, "subnets: "+service.SubnetNames(t.network.network.Subnets()))
			}
			subnets = append(subnets, s.Label())
		}
		return expect.JudgeRequirement(t.services, e, subnets)
	}
	queries, err := t.queries(e)
	if err != nil {
		return expect.Judgement{}, err
	}
	return expect.Judge(t.fabric, e, queries)
}

// queries are the questions of an expectation, one for each pair of ends.
func (t *tester) queries(e *expect.Expectation) ([]reach.Query, error) {
	q := reach.Query{ByRule: true}
	var err error
	if q.Protocols, err = parseProtocols("protocol", cmp.Or(e.Protocol.Value, "tcp")); err != nil {
		return nil, misplaced(e.Protocol, err, "such as protocol: tcp, or protocol: [tcp, udp]")
	}
	if q.DestinationPorts, err = parsePorts("port", e.Port.Value, "*"); err != nil {
		return nil, misplaced(e.Port, err, "such as port: 443, or port: [443, 8080-8090]")
	}
	if q.SourcePorts, err = parsePorts("sourcePort", e.SourcePort.Value, DefaultSourcePorts); err != nil {
		return nil, misplaced(e.SourcePort, err, "such as sourcePort: 1024-65535")
	}
	if e.Port.Value != "" && !q.Protocols.Overlaps(flow.PortProtocols()) {
		return nil, diagnostic.Errorf("invalid-expectation", e.Port.At, "%s has no ports", q.Protocols).WithHint("leave port out")
	}
	from, err := t.ends("from", e.From)
	if err != nil {
		return nil, err
	}
	to, err := t.ends("to", e.To)
	if err != nil {
		return nil, err
	}
	var list []reach.Query
	for _, q.From = range from {
		for _, q.To = range to {
			list = append(list, q)
		}
	}
	return list, nil
}

// ends finds the places that an expectation names: those of explain, and with
// a service or a virtual network all of its subnets.
func (t *tester) ends(label string, names []expect.Text) ([]reach.Endpoint, error) {
	var list []reach.Endpoint
	for _, name := range names {
		if subnets := t.subnetsOf(name.Value); len(subnets) > 0 {
			if s, err := service.FindSubnet(t.network.network, name.Value); err == nil && (len(subnets) > 1 || subnets[0] != s) {
				return nil, diagnostic.Errorf("invalid-expectation", name.At, "%q is a subnet, and a virtual network or service too", name.Value).
					WithHint("write subnet:%[1]s, vnet:%[1]s or service:%[1]s", name.Value)
			}
			for _, s := range subnets {
				list = append(list, reach.Subnet(s.ID))
			}
			continue
		}
		e, _, err := t.network.endpoint(label, name.Value)
		if err != nil {
			return nil, misplaced(name, err, "name a subnet, network/subnet, a service, a network interface, an address or a service tag")
		}
		list = append(list, e)
	}
	return list, nil
}

// subnetsOf are the subnets of a managed service (by the name of the resource
// or of its profile) or of a virtual network.
func (t *tester) subnetsOf(name string) []*azure.Subnet {
	kind, own, marked := strings.Cut(name, ":")
	if !marked {
		kind, own = "", name
	}
	var list []*azure.Subnet
	for _, b := range t.bindings {
		named := strings.EqualFold(b.Profile.Service, own) || b.Resource != nil &&
			(strings.EqualFold(b.Resource.Name, own) || strings.EqualFold(b.Resource.Label(), own))
		if (kind == "" || kind == "service") && named {
			list = append(list, b.Subnets...)
		}
	}
	if len(list) > 0 || kind != "" && kind != "vnet" {
		return list
	}
	for _, v := range t.network.network.VirtualNetworks {
		if strings.EqualFold(v.Name, own) || strings.EqualFold(v.Label(), own) {
			list = append(list, v.Subnets...)
		}
	}
	return list
}

// misplaced puts an error where the name stands in the file of expectations.
func misplaced(t expect.Text, err error, hint string) error {
	d := diagnostic.Errorf("invalid-expectation", t.At, "%v", err)
	var usage *UsageError
	if errors.As(err, &usage) && len(usage.Hints) > 0 {
		return d.WithHint("%s", usage.Hints[0])
	}
	return d.WithHint("%s", hint)
}
