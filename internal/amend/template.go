package amend

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/repair"
)

// template is a template for Resource Manager.
type template struct {
	path  string
	index int
	// data and offset: the places of the document count after a byte order mark.
	data   []byte
	offset int
	root   document.Value
	// unit is one step of indentation.
	unit string
	// splices are the numbers to replace, extensions what is added to lists and
	// objects, by their places.
	splices    []insertion
	extensions map[int]*extension
	// removals are the entries that go, by the place of their list or object.
	removals map[int]*removal
	// fresh are the resources that the change adds here, with all that belongs to them.
	fresh map[azure.ID]bool
}

func newTemplate(index int, f File, doc *document.Document) *template {
	t := &template{path: f.Path, index: index, data: f.Data, root: doc.Root(), unit: "  ", extensions: map[int]*extension{}, removals: map[int]*removal{}, fresh: map[azure.ID]bool{}}
	t.offset = len(f.Data) - doc.Size()
	for _, member := range t.root.Members() {
		if space := indentation(t.data, t.offset+member.Offset()); space != "" {
			t.unit = space
		}
		break
	}
	return t
}

// found is an object of a template with what is around it, the root first.
type found struct {
	document.Value
	around []document.Value
	// keys are the names of members on the way, "" for elements.
	keys []string
}

// at finds the object at a place.
func (t *template) at(p azure.Position) (*found, bool) {
	return t.search(&found{Value: t.root}, func(v document.Value) bool { return v.Kind() == document.Object && v.Position() == p })
}

func (t *template) search(in *found, is func(document.Value) bool) (*found, bool) {
	if is(in.Value) {
		return in, true
	}
	deeper := func(v document.Value, key string) (*found, bool) {
		return t.search(&found{v, append(in.around[:len(in.around):len(in.around)], in.Value), append(in.keys[:len(in.keys):len(in.keys)], key)}, is)
	}
	for v := range in.Elements() {
		if f, ok := deeper(v, ""); ok {
			return f, true
		}
	}
	for key, v := range in.Members() {
		if f, ok := deeper(v, key.String()); ok {
			return f, true
		}
	}
	return nil, false
}

// looped reports whether what stands here stands for several.
func (f *found) looped() bool {
	for i, key := range f.keys {
		if strings.EqualFold(key, "copy") || f.around[i].GetFold("copy").Exists() {
			return true
		}
	}
	return f.GetFold("copy").Exists()
}

// isA reports whether what stands here is a resource of a type, which within its
// parent has the last name alone; an object without a type is. What a change adds
// has the place of what it stands beside, and is not that.
func (f *found) isA(typ string) bool {
	own, told := f.GetFold("type").String()
	return !told || strings.EqualFold(own, typ) || strings.HasSuffix(strings.ToLower(typ), "/"+strings.ToLower(own))
}

// compiled reports whether the template is made from Bicep.
func (t *template) compiled() bool {
	name, _ := t.root.GetFold("metadata").GetFold("_generator").GetFold("name").String()
	return strings.EqualFold(name, "bicep")
}

func (t *template) compiledReason() string {
	return fmt.Sprintf("%s is what bicep build makes, and its next run would take the change back; --as bicep prints what the .bicep file needs", t.path)
}

// write notes the steps of one group or table, or says why it does not.
func (t *template) write(steps []repair.Edit) string {
	target := steps[0].Target()
	if t.compiled() {
		return t.compiledReason()
	}
	if t.fresh[target.ID] {
		return ""
	}
	parent, ok := t.at(target.At)
	if !ok || !parent.isA(target.Type) {
		return fmt.Sprintf("%s is stated in %s by something else than a resource", target.Label(), t.path)
	}
	if parent.looped() {
		return fmt.Sprintf("%s comes from a copy loop of %s, and a change of it changes all", target.Label(), t.path)
	}
	e := &templateEdit{template: t, parent: parent, list: "securityRules"}
	if steps[0].Table != nil {
		e.list = "routes"
	}
	if reason := e.write(steps); reason != "" {
		return reason
	}
	t.note(e)
	return ""
}

// note keeps what an edit inserts.
func (t *template) note(e *templateEdit) {
	t.splices = append(t.splices, e.insertions...)
	for _, x := range e.extensions {
		if have := t.extensions[x.container.Offset()]; have != nil {
			have.texts = append(have.texts, x.texts...)
			continue
		}
		t.extensions[x.container.Offset()] = &x
	}
	for _, x := range e.removals {
		if have := t.removals[x.container.Offset()]; have != nil {
			have.entries = append(have.entries, x.entries...)
			continue
		}
		t.removals[x.container.Offset()] = &x
	}
}

// insertions are all that was noted.
func (t *template) insertions() []insertion {
	list := t.splices
	for _, at := range slices.Sorted(maps.Keys(t.extensions)) {
		x := t.extensions[at]
		if r := t.removals[at]; r != nil {
			list = append(list, t.exchange(r, x.texts))
			continue
		}
		list = append(list, t.insert(x.container, x.texts)...)
	}
	for _, at := range slices.Sorted(maps.Keys(t.removals)) {
		list = append(list, t.remove(t.removals[at])...)
	}
	return list
}

// stated is how many templates of the file, nested ones among them, have a variable
// of a name.
func (t *template) stated(name string) int {
	n := 0
	t.search(&found{Value: t.root}, func(v document.Value) bool {
		if v.Kind() == document.Object && v.GetFold("variables").GetFold(name).Exists() {
			n++
		}
		return false
	})
	return n
}

// variable is the list that the only mention of a variable stands for.
var variable = regexp.MustCompile(`^\[\s*variables\(\s*'([^']+)'\s*\)\s*\]$`)

// listIn is the literal list that a value is, itself or by a variable that is
// used nowhere else.
func (t *template) listIn(v document.Value) (document.Value, string) {
	if v.Kind() == document.Array {
		return v, ""
	}
	expression, _ := v.String()
	m := variable.FindStringSubmatch(expression)
	if m == nil {
		return v, fmt.Sprintf("%s comes from an expression", v.Path())
	}
	list := t.root.GetFold("variables").GetFold(m[1])
	uses := regexp.MustCompile(`(?i)variables\(\s*'`+regexp.QuoteMeta(m[1])+`'\s*\)`).FindAllIndex(t.data, -1)
	if list.Kind() != document.Array || len(uses) != 1 || t.stated(m[1]) != 1 {
		return v, fmt.Sprintf("%s comes from the variable %s, which is no list of its own", v.Path(), m[1])
	}
	return list, ""
}
