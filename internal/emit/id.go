package emit

import (
	"regexp"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
)

// link refers to a resource as others do; nil where nothing is referred to.
func (w *writer) link(r azure.Reference) any {
	if !r.IsSet() {
		return nil
	}
	return tree{{"id", w.id(r)}}
}

// id is that of a resource: of a new one an expression, of an existing one the
// id where the input tells it.
func (w *writer) id(r azure.Reference) any {
	if r.Unknown != nil {
		w.lack("what %s refers to is not known", r.Unknown.Name)
		return ""
	}
	symbol := w.made[r.ID]
	if symbol == "" && isID(r.Text) {
		return r.Text
	}
	typ, names := typeAndNames(r)
	if typ == "" {
		w.lack("the id of %s is not in the input", r.ID.Name())
		return ""
	}
	if symbol != "" {
		return expression{resourceID(nil, typ, names...).arm, symbol + ".id"}
	}
	text := whole(r.ID, r.Text)
	if !inGroup.MatchString(text) || strings.ContainsAny(typ+strings.Join(names, ""), "{}") {
		w.lack("not all of the id %s is known", text)
		return ""
	}
	return w.resourceID(text, typ, names...)
}

// inGroup is an id of Azure up to the type, of what is in a resource group: the
// subscription and the group, in braces where they are not known.
var inGroup = regexp.MustCompile(`(?i)^/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/`)

// resourceID is the expression for the id of an existing resource, of which the
// input has the text.
func (w *writer) resourceID(text, typ string, names ...string) expression {
	in, target := inGroup.FindStringSubmatch(text), inGroup.FindStringSubmatch(string(w.target))
	if in == nil {
		return resourceID(nil, typ, names...)
	}
	if target == nil {
		target = []string{"", "{subscription().subscriptionId}", "{resourceGroup().name}"}
	}
	name := names[len(names)-1]
	ownSubscription, ownGroup := w.isOwn("subscription", in[1], target[1], name), w.isOwn("resource group", in[2], target[2], name)
	group := quoted(in[2])
	if ownGroup {
		group = expression{"resourceGroup().name", "resourceGroup().name"}
	}
	var scope []expression
	switch {
	case !ownSubscription:
		scope = []expression{quoted(in[1]), group}
	case !ownGroup:
		scope = []expression{group}
	}
	return resourceID(scope, typ, names...)
}

// isOwn reports whether a segment of an id is that of the target, though not known:
// what is called alike is the same. Any other has to be known.
func (w *writer) isOwn(what, segment, target, name string) bool {
	if !strings.ContainsAny(segment, "{}") {
		return false
	}
	if strings.EqualFold(segment, target) {
		return true
	}
	w.lack("the %s %s of %s is not known", what, strings.Trim(segment, "{}"), name)
	return false
}

// whole is the id of a resource as the input writes it, else as it compares.
func whole(id azure.ID, text string) string {
	if strings.Contains(strings.ToLower(text), "/providers/") {
		return text
	}
	return string(id)
}

// typeAndNames are what resourceId takes, from the id.
func typeAndNames(r azure.Reference) (typ string, names []string) {
	const mark = "/providers/"
	text := whole(r.ID, r.Text)
	i := strings.LastIndex(strings.ToLower(text), mark)
	if i < 0 {
		return "", nil
	}
	parts := strings.Split(text[i+len(mark):], "/")
	if len(parts) < 3 || len(parts)%2 == 0 {
		return "", nil
	}
	typ = parts[0]
	for j := 1; j < len(parts); j += 2 {
		typ += "/" + parts[j]
		names = append(names, parts[j+1])
	}
	return typ, names
}
