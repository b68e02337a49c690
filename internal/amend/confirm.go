package amend

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/repair"
)

// confirm reads what was written into Terraform and compares it with what was
// meant.
func (w *writer) confirm(edits []repair.Edit, changes []Change) error {
	now := &configuration{modules: map[string]*module{}}
	for _, m := range w.terraform.modules {
		for _, f := range m.files {
			data := f.data
			if i := slices.IndexFunc(changes, func(c Change) bool { return c.Path == f.path }); i >= 0 {
				data = changes[i].New
			}
			if err := now.add(f.index, File{f.path, data}); err != nil {
				return err
			}
		}
	}
	now.resolveCalls()
	for i := range edits {
		if problem := now.says(&edits[i]); problem != "" {
			return diagnostic.Errorf("not-confirmed", edits[i].Target().At, "the text written for %s does not state the change, read back: %s", edits[i].Target().Label(), problem).
				WithHint("take the change apart from the files with --as, and report the file")
		}
	}
	return nil
}

// says tells how the configuration differs from an edit; empty if it does not.
func (c *configuration) says(s *repair.Edit) string {
	switch change := s.Change.(type) {
	case nil:
	case *repair.NetworkRule:
		return c.saysRule(change)
	case *repair.CollectionMove:
		return c.saysMove(change)
	case *repair.RouteChange:
		return c.saysRoute(change)
	case *repair.RouteRemoval:
		if b, reason := c.route(&repair.RouteChange{Table: change.Table, Was: change.Was}); reason == "" {
			return fmt.Sprintf("the route %s is there still", readRoute(b.Body).Name)
		}
		return ""
	case *repair.Detachment:
		if b, reason := c.association(change); reason == "" {
			return b.address() + " is there still"
		}
		return ""
	case *repair.AddressRemoval:
		if b, reason := c.addressBlock(change); reason == "" {
			return fmt.Sprintf("the address %s is there still, in line %d", change.Address.Name, b.TypeRange.Start.Line)
		}
		return ""
	case *repair.Delegation:
		return c.saysDelegation(change)
	default: // a literal in place of another, which the grammar takes
		return ""
	}
	e := &edit{kind: ruleKind, labels: map[string]bool{}}
	name := nameOf(s)
	if s.Route != nil {
		e.kind = routeKind
	}
	var reason string
	if e.at, reason = c.find(s.Target(), e.parent); reason != "" {
		return reason
	}
	e.children()
	found := namedBlocks(slices.Concat(e.own, e.apart), name)
	if len(found) != 1 {
		return fmt.Sprintf("%d blocks have the name %s", len(found), name)
	}
	switch {
	case s.Action == repair.Modify:
		if n, ok := number(found[0].Body.Attributes["priority"].Expr); !ok || n != s.Rule.Priority {
			return fmt.Sprintf("%s has another priority", name)
		}
	case s.Route != nil:
		want := *s.Route
		want.Firewall = nil
		if got := readRoute(found[0].Body); got != want {
			return fmt.Sprintf("it reads %s", got.Text())
		}
	default:
		if got := readRule(found[0].Body); !reflect.DeepEqual(got, s.Rule) {
			return fmt.Sprintf("it reads %s", got.Text())
		}
	}
	return ""
}

// saysDelegation tells how the configuration differs from a delegation; empty if it
// does not.
func (c *configuration) saysDelegation(d *repair.Delegation) string {
	at, reason := c.find(&d.Subnet.Resource, "azurerm_subnet")
	if reason != "" {
		return reason
	}
	for _, b := range innerBlocks(at.Body, "delegation") {
		if len(namedBlocks(innerBlocks(b.Body, "service_delegation"), d.Service)) == 1 {
			return ""
		}
	}
	return "it is not delegated to " + d.Service
}

// readRule reads a rule whose attributes are all literal.
func readRule(body *hclsyntax.Body) repair.Rule {
	one := func(name string) string { return strings.Join(literals(body, name), ",") }
	either := func(singular, plural string) []string {
		return slices.Concat(literals(body, singular), literals(body, plural))
	}
	r := repair.Rule{
		Name: one("name"), Direction: azure.Direction(one("direction")), Access: azure.Access(one("access")),
		Protocol: azure.Protocol(one("protocol")), Description: one("description"), Complete: true,
		Source: either("source_address_prefix", "source_address_prefixes"), Destination: either("destination_address_prefix", "destination_address_prefixes"),
		SourcePorts: either("source_port_range", "source_port_ranges"), DestinationPorts: either("destination_port_range", "destination_port_ranges"),
	}
	if a := body.Attributes["priority"]; a != nil {
		r.Priority, _ = number(a.Expr)
	}
	return r
}

func readRoute(body *hclsyntax.Body) repair.Route {
	one := func(name string) string { return strings.Join(literals(body, name), ",") }
	return repair.Route{Name: one("name"), AddressPrefix: one("address_prefix"), NextHopType: azure.NextHopType(one("next_hop_type")), NextHopIPAddress: one("next_hop_in_ip_address")}
}

// literals are the literal texts of an attribute, none where it has others.
func literals(body *hclsyntax.Body, name string) []string {
	a := body.Attributes[name]
	if a == nil {
		return nil
	}
	v, problems := a.Expr.Value(nil)
	if problems.HasErrors() || !v.IsWhollyKnown() || v.IsNull() {
		return nil
	}
	if v.Type() == cty.String {
		return []string{v.AsString()}
	}
	if !v.CanIterateElements() {
		return nil
	}
	var list []string
	for _, x := range v.AsValueSlice() {
		if x.Type() == cty.String && !x.IsNull() {
			list = append(list, x.AsString())
		}
	}
	return list
}
