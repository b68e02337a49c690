package amend

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

// writeResources adds the new resources of a change at the end of the file that
// states the virtual network they are for, or says why it does not.
func (w *writer) writeResources(edits []repair.Edit) string {
	var text bytes.Buffer
	if err := emit.Write(&text, "terraform", edits, w.inline); err != nil {
		return err.Error()
	}
	body, problems := hclsyntax.ParseConfig(text.Bytes(), "", hcl.InitialPos)
	if problems.HasErrors() {
		return "what would be written is no Terraform: " + problems.Error()
	}
	at, reason := w.home(edits)
	if reason != "" {
		return reason
	}
	for _, b := range body.Body.(*hclsyntax.Body).Blocks {
		switch {
		case b.Type == "variable":
			return fmt.Sprintf("the files given do not tell the %s of what is new", strings.ReplaceAll(b.Labels[0], "_", " "))
		case at.in.resource(b.Labels[0], b.Labels[1]) != nil:
			return fmt.Sprintf("%s.%s is there already", b.Labels[0], b.Labels[1])
		}
	}
	end := len(at.file.data)
	gap := "\n"
	if end > 0 && at.file.data[end-1] != '\n' {
		gap = "\n\n"
	}
	w.splices[at.file.index] = append(w.splices[at.file.index], insertion{end, end, gap + text.String()})
	return ""
}

// home is the block of the virtual network, subnet or table that new resources
// stand beside; it has to be in the root module, whose addresses they name.
func (w *writer) home(edits []repair.Edit) (*place, string) {
	reason := "the change names no virtual network"
	for i := range edits {
		r, typ := besideOf(&edits[i])
		if r == nil {
			continue
		}
		at, why := w.terraform.find(r, typ)
		switch {
		case why != "":
			reason = why
		case len(at.in.callers) > 0 || at.key != "":
			reason = fmt.Sprintf("%s stands in a module or is one of several, and what is new would have to name it from outside", at.address())
		default:
			return at, ""
		}
	}
	return nil, reason
}

// besideOf is the existing resource that an edit is for.
func besideOf(e *repair.Edit) (*azure.Resource, string) {
	switch c := e.Change.(type) {
	case *repair.NewSubnet:
		return &c.Network.Resource, "azurerm_virtual_network"
	case *repair.NewFirewall:
		return &c.Network.Resource, "azurerm_virtual_network"
	case *repair.Association:
		return &c.Subnet.Resource, "azurerm_subnet"
	case *repair.NetworkRule:
		if c.Group == nil {
			return &c.Firewall.Resource, "azurerm_firewall"
		}
		return &c.Group.Policy.Resource, "azurerm_firewall_policy"
	}
	if e.Route != nil {
		return &e.Table.Resource, "azurerm_route_table"
	}
	return nil, ""
}

// inline reports whether the rules or routes of a group or table stand in its
// own block.
func (w *writer) inline(r *azure.Resource) bool {
	k := ruleKind
	if r.Type == azure.TypeRouteTable {
		k = routeKind
	}
	at, reason := w.terraform.find(r, k.parent)
	if reason != "" {
		return false
	}
	e := &edit{kind: k, at: at, labels: map[string]bool{}}
	e.children()
	return e.inline
}

// setting is an attribute that a change gives an existing resource.
type setting struct {
	of         *azure.Resource
	typ        string
	name, text string
}

// settingOf is the attribute of a change that is no more than one.
func settingOf(c repair.Change) (setting, bool) {
	quoted := func(list []string) string {
		var texts []string
		for _, t := range list {
			texts = append(texts, fmt.Sprintf("%q", t))
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	switch c := c.(type) {
	case *repair.PeeringChange:
		return setting{&c.Link.Resource, "azurerm_virtual_network_peering", "allow_forwarded_traffic", "true"}, true
	case *repair.Forwarding:
		return setting{&c.Interface.Resource, "azurerm_network_interface", "ip_forwarding_enabled", "true"}, true
	case *repair.PrivateRanges:
		if c.Policy != nil {
			return setting{&c.Policy.Resource, "azurerm_firewall_policy", "private_ip_ranges", quoted(c.Ranges)}, true
		}
		return setting{&c.Firewall.Resource, "azurerm_firewall", "private_ip_ranges", quoted(c.Ranges)}, true
	}
	return setting{}, false
}

// oldNames are what earlier versions of the provider call an attribute.
var oldNames = map[string]string{"ip_forwarding_enabled": "enable_ip_forwarding"}

// writeSetting sets an attribute of a resource, in place of the value that is
// there, or says why it does not.
func (w *writer) writeSetting(s setting) string {
	at, reason := w.terraform.find(s.of, s.typ)
	if reason != "" {
		return reason
	}
	if argument := looped(at.Block); argument != "" {
		return fmt.Sprintf("%s has %s, and the attribute would be that of every one", at.address(), argument)
	}
	return w.setAttribute(at.block, at.address(), []string{s.name, oldNames[s.name]}, s.text)
}

// setAttribute sets an attribute of a block, under the first of its names that is
// there, or adds it under the first. of names the block to people.
func (w *writer) setAttribute(at *block, of string, names []string, text string) string {
	for _, name := range names {
		a := at.Body.Attributes[name]
		if a == nil {
			continue
		}
		if _, problems := a.Expr.Value(nil); problems.HasErrors() {
			return fmt.Sprintf("%s of %s is an expression", name, of)
		}
		r := a.Expr.Range()
		w.splices[at.file.index] = append(w.splices[at.file.index], insertion{r.Start.Byte, r.End.Byte, text})
		return ""
	}
	order := attributeOrder(at.Body)
	if len(order) == 0 {
		return of + " has no attributes"
	}
	last := at.Body.Attributes[order[len(order)-1]].SrcRange
	for _, name := range slices.Backward(order) { // not behind what stands apart at the end
		if name != "depends_on" && name != "tags" {
			last = at.Body.Attributes[name].SrcRange
			break
		}
	}
	end := lineEnd(at.file.data, last.End.Byte)
	w.splices[at.file.index] = append(w.splices[at.file.index], insertion{end, end, "\n" + indentation(at.file.data, last.Start.Byte) + names[0] + " = " + text})
	return ""
}
