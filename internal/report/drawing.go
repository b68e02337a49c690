package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// drawing is a network as nested boxes, with the ends that its services speak
// to beside them: those that call on the left, those that are called on the
// right. Lengths are units of the picture.
type drawing struct {
	Width, Height int
	Networks      []*networkBox
	Far           []*farBox
	Edges         []*edge
	// Folded counts subnets that are not drawn.
	Folded int
}

// box is a rectangle by its upper left corner.
type box struct{ X, Y, W, H int }

// Right and Bottom are the other edges; Middle is the height of the centre.
func (b box) Right() int  { return b.X + b.W }
func (b box) Bottom() int { return b.Y + b.H }
func (b box) Middle() int { return b.Y + b.H/2 }

type networkBox struct {
	box
	Name, Facts string
	Subnets     []*subnetBox
}

type subnetBox struct {
	box
	resource    string
	Name, Facts string
	Chips       []*chip
	edges       [2][]*edge // by side
	worst       int
}

// chip is something in a subnet, or attached to it.
type chip struct {
	box
	// Class is service, nic, firewall or attached.
	Class, Text, Title string
	// resource is the id or address of what it shows.
	resource string
}

// farBox is an end outside the subnets, as the tables call it.
type farBox struct {
	box
	Name  string
	side  int
	edges []*edge
}

// edge is all rows between a subnet and a far end in one direction.
type edge struct {
	ID   string
	rows []*result.Requirement
	// State is fail, undecided, warning or pass, and Path the line.
	State, Path, Arrow string
	Label              string
	subnet             *subnetBox
	far                *farBox
	nearY, farY        int
}

// Sides of a subnet.
const (
	left  = 0 // who calls in
	right = 1 // what is called
)

const (
	margin, farWidth, farHeight, farGap = 24, 190, 38, 12
	wireWidth                           = 150
	networkWidth, networkHead           = 470, 46
	subnetHead, subnetGap, inset        = 46, 14, 14
	chipHeight, chipGap                 = 26, 8
	portGap                             = 9
	// shownSubnets and shownChips bound the picture of a large network.
	shownSubnets, shownChips = 40, 12
)

// states from the best to the worst.
var states = []string{"pass", "warning", "undecided", "fail"}

// state is how the worst of some rows fares.
func state(rows []*result.Requirement) string {
	worst := 0
	for _, r := range rows {
		switch {
		case r.Outcome == result.Fail:
			worst = max(worst, 3)
		case r.Outcome == result.UndecidedOutcome:
			worst = max(worst, 2)
		case r.Outcome == result.Warning:
			worst = max(worst, 1)
		}
	}
	return states[worst]
}

// draw lays out a network and the rows of its services.
func draw(c *result.Check, tree []result.InspectNode) *drawing {
	d := &drawing{}
	subnets := d.boxes(tree)
	d.connect(c, subnets)
	d.fold()
	d.layout()
	return d
}

// boxes makes the networks and their subnets, by resource.
func (d *drawing) boxes(tree []result.InspectNode) map[string]*subnetBox {
	subnets := map[string]*subnetBox{}
	for i := range tree {
		n := &tree[i]
		if n.Kind != "virtual network" {
			continue
		}
		v := &networkBox{Name: n.Name, Facts: strings.Join(n.Facts, ", ")}
		for k := range n.Children {
			child := &n.Children[k]
			switch child.Kind {
			case "subnet":
				s := &subnetBox{resource: child.Resource, Name: child.Name, Facts: strings.Join(child.Facts, ", ")}
				s.attach(child.Children)
				v.Subnets = append(v.Subnets, s)
				subnets[s.resource] = s
			case "peering":
				v.Facts += "; peering " + strings.Join(child.Facts, ", ")
			}
		}
		d.Networks = append(d.Networks, v)
	}
	return subnets
}

// attach makes a chip of each thing in a subnet, services and machines first.
func (s *subnetBox) attach(children []result.InspectNode) {
	class := map[string]string{"service": "service", "network interface": "nic", "firewall": "firewall"}
	for i := range children {
		n := &children[i]
		c := &chip{Class: cmp.Or(class[n.Kind], "attached"), Text: n.Name, Title: n.Kind + " " + n.Name, resource: n.Resource}
		if c.Class == "nic" || c.Class == "firewall" {
			c.Text = strings.TrimSpace(n.Name + " " + strings.Join(n.Facts, " "))
		}
		if len(n.Facts) > 0 {
			c.Title += ": " + strings.Join(n.Facts, ", ")
		}
		s.Chips = append(s.Chips, c)
	}
	order := map[string]int{"service": 0, "firewall": 1, "nic": 2, "attached": 3}
	slices.SortStableFunc(s.Chips, func(a, b *chip) int { return cmp.Compare(order[a.Class], order[b.Class]) })
	if extra := len(s.Chips) - shownChips; extra > 0 {
		s.Chips = append(s.Chips[:shownChips], &chip{Class: "attached", Text: fmt.Sprintf("and %d more", extra), Title: "not drawn"})
	}
}

// connect makes an edge of the rows between a subnet and a far end. Advice is
// not drawn: it never counts.
func (d *drawing) connect(c *result.Check, subnets map[string]*subnetBox) {
	far, edges := map[string]*farBox{}, map[string]*edge{}
	for i := range c.Services {
		s := &c.Services[i]
		for _, name := range s.Subnets {
			d.subnet(subnets, name).serves(s)
		}
		for k := range s.Requirements {
			r := &s.Requirements[k]
			at := r.Subnet
			if at == "" && len(s.Subnets) > 0 {
				at = s.Subnets[0]
			}
			if r.Severity == "advice" || at == "" {
				continue
			}
			side, name := right, r.Needs.Destination
			if r.Direction == "inbound" {
				side, name = left, r.Needs.Source
			}
			if name == "*" {
				name = "any address"
			}
			key := fmt.Sprint(side, " ", name)
			if far[key] == nil {
				far[key] = &farBox{Name: name, side: side}
				d.Far = append(d.Far, far[key])
			}
			e := edges[key+" "+at]
			if e == nil {
				e = &edge{subnet: d.subnet(subnets, at), far: far[key]}
				edges[key+" "+at] = e
				e.subnet.edges[side] = append(e.subnet.edges[side], e)
				far[key].edges = append(far[key].edges, e)
				d.Edges = append(d.Edges, e)
			}
			e.rows = append(e.rows, r)
		}
	}
	for i, e := range d.Edges {
		e.ID, e.State = fmt.Sprintf("edge-%d", i+1), state(e.rows)
		e.Label = e.title() + ": " + stateWord[e.State]
		e.subnet.worst = max(e.subnet.worst, slices.Index(states, e.State))
	}
}

var stateWord = map[string]string{"pass": "allowed", "warning": "worth a look", "undecided": "undecided", "fail": "fails"}

func (e *edge) title() string {
	if e.far.side == left {
		return e.far.Name + " to " + e.subnet.Name
	}
	return e.subnet.Name + " to " + e.far.Name
}

// subnet is the box of a subnet; one that no input states stands in a network
// of its own.
func (d *drawing) subnet(known map[string]*subnetBox, resource string) *subnetBox {
	if s := known[resource]; s != nil {
		return s
	}
	const name = "in no input"
	last := len(d.Networks) - 1
	if last < 0 || d.Networks[last].Name != name {
		d.Networks = append(d.Networks, &networkBox{Name: name})
		last++
	}
	s := &subnetBox{resource: resource, Name: shortName(resource)}
	d.Networks[last].Subnets = append(d.Networks[last].Subnets, s)
	known[resource] = s
	return s
}

// serves shows a service in the subnet, once.
func (s *subnetBox) serves(of *result.Service) {
	if of.Resource != nil {
		for _, c := range s.Chips {
			if (c.Class == "service" || c.Class == "firewall") && (c.resource == *of.Resource || brief(c.Text) == shortName(*of.Resource)) {
				c.Class, c.Title = "service", of.Title
				return
			}
		}
	}
	s.Chips = append([]*chip{{Class: "service", Text: serviceName(of), Title: of.Title}}, s.Chips...)
}

// fold leaves out subnets without an edge where there are very many, and puts
// the networks with edges first.
func (d *drawing) fold() {
	total := 0
	for _, v := range d.Networks {
		total += len(v.Subnets)
	}
	for _, v := range d.Networks {
		var kept []*subnetBox
		for _, s := range v.Subnets {
			if total > shownSubnets && len(s.edges[left])+len(s.edges[right]) == 0 {
				d.Folded++
				continue
			}
			kept = append(kept, s)
		}
		v.Subnets = kept
	}
	busy := func(v *networkBox) int {
		for _, s := range v.Subnets {
			if len(s.edges[left])+len(s.edges[right]) > 0 {
				return 0
			}
		}
		return 1
	}
	slices.SortStableFunc(d.Networks, func(a, b *networkBox) int { return cmp.Compare(busy(a), busy(b)) })
	if total > shownSubnets {
		d.Networks = slices.DeleteFunc(d.Networks, func(v *networkBox) bool { return len(v.Subnets) == 0 })
	}
}

// layout places everything, from the inside out.
func (d *drawing) layout() {
	x := margin + farWidth + wireWidth
	y := margin
	for _, v := range d.Networks {
		v.box = box{X: x, Y: y, W: networkWidth}
		inner := y + networkHead
		for _, s := range v.Subnets {
			s.place(x+inset, inner, networkWidth-2*inset)
			inner = s.Bottom() + subnetGap
		}
		v.H = inner - y
		y = v.Bottom() + 2*subnetGap
	}
	d.Width, d.Height = x+networkWidth+wireWidth+farWidth+margin, y
	for side, at := range []int{margin, x + networkWidth + wireWidth} {
		d.placeFar(side, at)
	}
	d.wires()
	// The worst lines lie on top.
	slices.SortStableFunc(d.Edges, func(a, b *edge) int {
		return cmp.Compare(slices.Index(states, a.State), slices.Index(states, b.State))
	})
}

// place puts a subnet and the chips in it, in rows.
func (s *subnetBox) place(x, y, width int) {
	s.box = box{X: x, Y: y, W: width}
	cx, cy := x+inset, y+subnetHead
	for _, c := range s.Chips {
		w := min(textWidth(c.Text)+30, width-2*inset)
		if cx > x+inset && cx+w > x+width-inset {
			cx, cy = x+inset, cy+chipHeight+chipGap
		}
		c.box = box{X: cx, Y: cy, W: w, H: chipHeight}
		cx += w + chipGap
	}
	bottom := y + subnetHead
	if len(s.Chips) > 0 {
		bottom = cy + chipHeight + inset
	}
	ports := max(len(s.edges[left]), len(s.edges[right]))
	s.H = max(bottom-y, (ports+1)*portGap)
}

// textWidth estimates how wide a text is at the size of a chip.
func textWidth(text string) int { return len([]rune(text)) * 15 / 2 }

// placeFar puts the far ends of one side in a column, in the order of the rows,
// in the middle of what they belong to.
func (d *drawing) placeFar(side, x int) {
	var column []*farBox
	for _, f := range d.Far {
		if f.side == side {
			column = append(column, f)
		}
	}
	height := len(column)*(farHeight+farGap) - farGap
	y := margin
	if used := d.Height - 2*margin; height < used {
		y = margin + min((used-height)/2, 120)
	}
	for _, f := range column {
		f.box = box{X: x, Y: y, W: farWidth, H: farHeight}
		y += farHeight + farGap
	}
	d.Height = max(d.Height, y+margin)
}

// wires draws the edges, so that those of one box do not cross each other there.
func (d *drawing) wires() {
	for _, v := range d.Networks {
		for _, s := range v.Subnets {
			for side := range s.edges {
				list := slices.Clone(s.edges[side])
				slices.SortStableFunc(list, func(a, b *edge) int { return cmp.Compare(a.far.Y, b.far.Y) })
				for i, e := range list {
					e.nearY = s.Y + (i+1)*s.H/(len(list)+1)
				}
			}
		}
	}
	for _, f := range d.Far {
		list := slices.Clone(f.edges)
		slices.SortStableFunc(list, func(a, b *edge) int { return cmp.Compare(a.subnet.Y, b.subnet.Y) })
		for i, e := range list {
			e.farY = f.Y + (i+1)*f.H/(len(list)+1)
		}
	}
	for _, e := range d.Edges {
		e.draw()
	}
}

const arrow = 7

// draw makes the line and its arrow: packets go from left to right.
func (e *edge) draw() {
	x1, y1, x2, y2 := e.far.Right(), e.farY, e.subnet.X, e.nearY
	if e.far.side == right {
		x1, y1, x2, y2 = e.subnet.Right(), e.nearY, e.far.X, e.farY
	}
	bend := (x2 - x1) / 2
	e.Path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+bend, y1, x2-bend, y2, x2-arrow, y2)
	e.Arrow = fmt.Sprintf("M%d %dl-%d -4v8z", x2, y2, arrow+1)
}
