package amend

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

// templateEdit writes the steps of one group or table into a template.
type templateEdit struct {
	*template
	parent *found
	// list is the property that holds the children.
	list       string
	insertions []insertion
	extensions []extension
	removals   []removal
}

// extension is what a list or an object gets at its end.
type extension struct {
	container document.Value
	texts     []string
}

// child is a rule or route within its parent.
type child struct {
	Name       string `json:"name"`
	Properties any    `json:"properties"`
}

// apartChild is a rule or route that is a resource of a template.
type apartChild struct {
	Type       string   `json:"type"`
	APIVersion string   `json:"apiVersion"`
	Name       string   `json:"name"`
	DependsOn  []string `json:"dependsOn,omitempty"`
	Properties any      `json:"properties"`
}

func (e *templateEdit) write(steps []repair.Edit) string {
	properties := e.parent.GetFold("properties")
	list := properties.GetFold(e.list)
	sibling := e.apart(steps[0].Target(), steps)
	switch {
	case !list.IsZero():
		array, reason := e.listIn(list)
		if reason != "" {
			return reason
		}
		return e.writeInto(steps, func(text []string) { e.extend(array, text) })
	case sibling != nil:
		return e.writeBeside(steps, sibling)
	case properties.Kind() != document.Object:
		return fmt.Sprintf("%s has no properties in %s", steps[0].Target().Label(), e.path)
	}
	return e.writeInto(steps, func(text []string) {
		e.extend(properties, []string{fmt.Sprintf("%q: [\n%s\n]", e.list, indented(strings.Join(text, ",\n"), e.unit))})
	})
}

// writeInto adds children to a list, which Azure gets as one.
func (e *templateEdit) writeInto(steps []repair.Edit, add func([]string)) string {
	var texts []string
	for i := range steps {
		s := &steps[i]
		if s.Action == repair.Modify {
			if reason := e.setPriority(s, nil); reason != "" {
				return reason
			}
			continue
		}
		texts = append(texts, e.json(child{nameOf(s), properties(s)}))
	}
	if len(texts) > 0 {
		add(texts)
	}
	return ""
}

// apart is the last child of the parent that is a resource of this template.
func (e *templateEdit) apart(target *azure.Resource, steps []repair.Edit) *found {
	var last *found
	for _, r := range childrenOf(&steps[0]) {
		if r.At == target.At { // the change itself added it, in an earlier step
			continue
		}
		if f, ok := e.at(r.At); ok && f.GetFold("type").Exists() && (last == nil || f.Offset() > last.Offset()) {
			last = f
		}
	}
	return last
}

// childrenOf are the rules or routes that a target has.
func childrenOf(e *repair.Edit) []*azure.Resource {
	var list []*azure.Resource
	if e.Table != nil {
		for _, r := range e.Table.Routes {
			list = append(list, &r.Resource)
		}
		return list
	}
	for _, r := range e.Group.Rules {
		list = append(list, &r.Resource)
	}
	return list
}

// writeBeside adds resources beside one of their kind. Resource Manager changes
// resources at the same time, so where rules make room each step waits for the
// one before it.
func (e *templateEdit) writeBeside(steps []repair.Edit, sibling *found) string {
	if sibling.looped() {
		return fmt.Sprintf("the children of %s come from a copy loop of %s", steps[0].Target().Label(), e.path)
	}
	inTurn := slices.ContainsFunc(steps, func(s repair.Edit) bool { return s.Action == repair.Modify })
	container := sibling.around[len(sibling.around)-1]
	typ, _ := sibling.GetFold("type").String()
	version, _ := sibling.GetFold("apiVersion").String()
	if inTurn && container.Kind() == document.Object {
		return fmt.Sprintf("rules of %s have to move one after the other, and the symbolic names of %s leave that open", steps[0].Target().Label(), e.path)
	}
	var before string
	var texts []string
	for i := range steps {
		s := &steps[i]
		var wait []string
		if inTurn && before != "" {
			wait = append(wait, before)
		}
		before = e.id(s)
		if s.Action == repair.Modify {
			if reason := e.setPriority(s, wait); reason != "" {
				return reason
			}
			continue
		}
		c := apartChild{typ, version, e.childName(s, strings.Contains(typ, "/")), slices.Concat(e.dependsOn(sibling), wait), properties(s)}
		text := e.json(c)
		if container.Kind() == document.Object {
			text = fmt.Sprintf("%q: %s", symbol(nameOf(s)), text)
		}
		texts = append(texts, text)
	}
	if len(texts) > 0 {
		e.extend(container, texts)
	}
	return ""
}

func symbol(name string) string {
	return strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			return c
		}
		return '_'
	}, name)
}

func (e *templateEdit) dependsOn(sibling *found) []string {
	var list []string
	for v := range sibling.GetFold("dependsOn").Elements() {
		if s, ok := v.String(); ok {
			list = append(list, s)
		}
	}
	return list
}

// parentName is the name of the parent as an expression, without brackets.
func (e *templateEdit) parentName() string {
	name, _ := e.parent.GetFold("name").String()
	if inner, ok := strings.CutPrefix(name, "["); ok && !strings.HasPrefix(inner, "[") {
		return strings.TrimSuffix(inner, "]")
	}
	return quoted(name)
}

// quoted is a text as expressions write it.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// childName names a child with its parent, or alone within the parent.
func (e *templateEdit) childName(s *repair.Edit, full bool) string {
	if !full {
		return nameOf(s)
	}
	return e.nameWithin(nameOf(s))
}

// nameWithin is a name with that of the parent in front.
func (e *templateEdit) nameWithin(name string) string {
	if parent := e.parentName(); !strings.HasPrefix(parent, "'") || strings.Contains(parent, "(") {
		return fmt.Sprintf("[format('{0}/{1}', %s, %s)]", parent, quoted(name))
	}
	parent, _ := e.parent.GetFold("name").String()
	return parent + "/" + name
}

// id is the id of a child in an expression.
func (e *templateEdit) id(s *repair.Edit) string {
	typ := azure.TypeSecurityRule
	if s.Route != nil {
		typ = azure.TypeRoute
	}
	return fmt.Sprintf("[resourceId('%s', %s, %s)]", typ, e.parentName(), quoted(nameOf(s)))
}

func properties(s *repair.Edit) any {
	if s.Route != nil {
		return emit.RouteProperties(s.Route)
	}
	p := emit.Properties(&s.Rule)
	if strings.HasPrefix(p.Description, "[") {
		p.Description = "[" + p.Description
	}
	return p
}

// json writes a value in the indentation of the file, from the first column.
func (e *templateEdit) json(v any) string {
	data, err := document.Marshal(v, e.unit)
	if err != nil {
		panic("amend: " + err.Error()) // plain structs
	}
	return string(data)
}

// setPriority gives an existing rule another priority and what it waits for.
func (e *templateEdit) setPriority(s *repair.Edit, wait []string) string {
	rule, ok := e.at(s.Was.At)
	if !ok {
		return fmt.Sprintf("the rule %s has to make room and is not stated in %s", s.Rule.Name, e.path)
	}
	if rule.looped() {
		return fmt.Sprintf("the rule %s has to make room and comes from a copy loop of %s", s.Rule.Name, e.path)
	}
	priority := rule.GetFold("properties").GetFold("priority")
	if n, ok := priority.Int(); !ok || int(n) != s.Was.Priority.V {
		return fmt.Sprintf("the rule %s has to make room, and its priority is no number in %s", s.Rule.Name, e.path)
	}
	start := e.offset + priority.Offset()
	e.insertions = append(e.insertions, insertion{start, start + len(priority.Raw()), strconv.Itoa(s.Rule.Priority)})
	if len(wait) == 0 {
		return ""
	}
	texts := []string{strconv.Quote(wait[0])}
	if list := rule.GetFold("dependsOn"); list.Kind() == document.Array {
		e.extend(list, texts)
		return ""
	}
	e.extend(rule.Value, []string{fmt.Sprintf("\"dependsOn\": [\n%s%s\n]", e.unit, texts[0])})
	return ""
}

// comment is what may follow the last element on its line: a comma, a comment.
var comment = regexp.MustCompile(`^[ \t]*,?[ \t]*(//[^\n]*|/\*[^\n]*\*/[ \t]*)?$`)

// extend notes elements of a list or members of an object.
func (e *templateEdit) extend(container document.Value, texts []string) {
	e.extensions = append(e.extensions, extension{container, texts})
}

// insert adds elements to a list or members to an object, as they would stand
// there.
func (t *template) insert(container document.Value, texts []string) []insertion {
	start := t.offset + container.Offset()
	first, last := -1, -1 // where the last entry begins and ends
	entry := func(v document.Value) {
		first, last = t.offset+v.Offset(), t.offset+v.Offset()+len(v.Raw())
	}
	for v := range container.Elements() {
		entry(v)
	}
	for _, v := range container.Members() {
		entry(v)
	}
	if last < 0 {
		outer := indentation(t.data, start)
		text := "\n" + indented(strings.Join(texts, ",\n"), outer+t.unit)
		if !strings.Contains(container.Raw(), "\n") {
			text += "\n" + outer
		}
		return []insertion{{start + 1, start + 1, text}}
	}
	space, end := indentation(t.data, first), lineEnd(t.data, last)
	rest := string(t.data[last:end])
	switch text := "\n" + indented(strings.Join(texts, ",\n"), space); {
	case !comment.MatchString(rest):
		text = ", " + strings.TrimLeft(indented(strings.Join(texts, ", "), space), " \t")
		return []insertion{{last, last, text}}
	case strings.HasPrefix(strings.TrimLeft(rest, " \t"), ","):
		return []insertion{{end, end, text + ","}}
	default:
		return []insertion{{last, last, ","}, {end, end, text}}
	}
}
