package amend

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

// goneRoute is the block of a route that goes, within that of its table.
type goneRoute struct{ block, table *block }

// leaving are the blocks of the routes that edits take away.
func (c *configuration) leaving(edits []repair.Edit) map[*hclsyntax.Block]bool {
	going := map[*hclsyntax.Block]bool{}
	for i := range edits {
		if r, ok := edits[i].Change.(*repair.RouteRemoval); ok {
			if b, reason := c.route(&repair.RouteChange{Table: r.Table, Was: r.Was}); reason == "" {
				going[b.Block] = true
			}
		}
	}
	return going
}

// removeRoute takes the block of a route away, or says why it does not.
func (w *writer) removeRoute(c *repair.RouteRemoval) string {
	b, reason := w.terraform.route(&repair.RouteChange{Table: c.Table, Was: c.Was})
	if reason != "" {
		return reason
	}
	if len(b.Labels) == 2 {
		return w.takeResource(b)
	}
	at, reason := w.terraform.find(&c.Table.Resource, routeKind.parent)
	if reason == "" {
		w.gone = append(w.gone, goneRoute{b, at.block})
	}
	return reason
}

// takeRoutes takes away the blocks of routes that go. Of a table that loses all of
// them and gets no other, the last one leaves an empty list: without any, Terraform
// would leave alone what the table has.
func (w *writer) takeRoutes() {
	for _, g := range w.gone {
		own := innerBlocks(g.table.Body, routeKind.list)
		stays := func(b *hclsyntax.Block) bool {
			return !slices.ContainsFunc(w.gone, func(o goneRoute) bool { return o.block.Block == b })
		}
		if own[len(own)-1] != g.block.Block || w.terraform.filled[g.table.Block] || slices.ContainsFunc(own, stays) {
			w.take(g.block)
			continue
		}
		r := g.block.Range()
		w.splices[g.block.file.index] = append(w.splices[g.block.file.index], insertion{r.Start.Byte, r.End.Byte, routeKind.list + " = []"})
	}
}

// removeAddress takes the block of an address of a firewall away.
func (w *writer) removeAddress(c *repair.AddressRemoval) string {
	b, reason := w.terraform.addressBlock(c)
	if reason == "" {
		w.take(b)
	}
	return reason
}

// addressBlock is the block of an address of a firewall.
func (c *configuration) addressBlock(r *repair.AddressRemoval) (*block, string) {
	at, reason := c.find(&r.Firewall.Resource, "azurerm_firewall")
	if reason != "" {
		return nil, reason
	}
	if argument := looped(at.Block); argument != "" {
		return nil, fmt.Sprintf("%s has %s, and a change of it would be in every one", at.address(), argument)
	}
	found := namedBlocks(innerBlocks(at.Body, "ip_configuration"), r.Address.Name)
	if len(found) != 1 {
		return nil, fmt.Sprintf("the address %s of %s stands in no block of its own", r.Address.Name, at.address())
	}
	return &block{found[0], at.file, at.in}, ""
}

// detach takes away the association of a subnet.
func (w *writer) detach(c *repair.Detachment) string {
	b, reason := w.terraform.association(c)
	if reason != "" {
		return reason
	}
	return w.takeResource(b)
}

// association is the resource that gives a subnet what it shall use no longer.
func (c *configuration) association(d *repair.Detachment) (*block, string) {
	typ := "azurerm_subnet_nat_gateway_association"
	if d.Kind == azure.SubnetToRouteTable {
		typ = "azurerm_subnet_route_table_association"
	}
	at, reason := c.find(&d.Subnet.Resource, "azurerm_subnet")
	if reason != "" {
		return nil, reason
	}
	for _, b := range at.in.resources(typ) {
		if b.source("subnet_id") == at.address()+at.key+".id" {
			return b, ""
		}
	}
	return nil, fmt.Sprintf("no %s in the files given is of %s", typ, at.address())
}

// delegate adds a delegation to the block of a subnet.
func (w *writer) delegate(c *repair.Delegation) string {
	at, reason := w.terraform.find(&c.Subnet.Resource, "azurerm_subnet")
	if reason != "" {
		return reason
	}
	if argument := looped(at.Block); argument != "" {
		return fmt.Sprintf("%s has %s, and a block in it would be in every one", at.address(), argument)
	}
	return w.addInner(at.block, "delegation", emit.DelegationBlock(c))
}

// takeResource takes a resource away that nothing else names.
func (w *writer) takeResource(b *block) string {
	if argument := looped(b.Block); argument != "" {
		return fmt.Sprintf("%s has %s, and would go for every one", b.address(), argument)
	}
	named := regexp.MustCompile(`(^|[^\w.-])` + regexp.QuoteMeta(b.address()) + `($|[^\w-])`)
	for _, f := range b.in.files {
		data := f.data
		if f == b.file {
			r := b.Range()
			data = slices.Concat(data[:r.Start.Byte], data[r.End.Byte:])
		}
		if named.Match(data) {
			return fmt.Sprintf("%s has to go, and %s names it", b.address(), f.path)
		}
	}
	w.take(b)
	return ""
}

// take takes the lines of a block away.
func (w *writer) take(b *block) {
	w.splices[b.file.index] = append(w.splices[b.file.index], linesOf(b))
}

// linesOf are the lines of a block, and the empty line in front where another one or
// the end follows, with nothing in their place. A comment above stays.
func linesOf(b *block) insertion {
	data := b.file.data
	start, end := lineStart(data, b.TypeRange.Start.Byte), nextLine(data, b.CloseBraceRange.End.Byte)
	behind := strings.TrimSpace(string(data[end:nextLine(data, end)]))
	if before := lineStart(data, max(start-1, 0)); before < start && len(bytes.TrimSpace(data[before:start])) == 0 && (behind == "" || behind == "}") {
		start = before
	}
	return insertion{start: start, end: end}
}

// nextLine is the offset at which the line behind that of another begins.
func nextLine(data []byte, offset int) int {
	if n := bytes.IndexByte(data[offset:], '\n'); n >= 0 {
		return offset + n + 1
	}
	return len(data)
}
