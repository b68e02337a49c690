package snapshot

import (
	"slices"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/export"
)

// Recognise reports whether the document is a snapshot, of this or another
// version.
func Recognise(doc *document.Document) bool {
	text, _ := doc.Root().GetFold("schema").String()
	name, _, _ := strings.Cut(Schema, "/")
	return strings.HasPrefix(text, name+"/")
}

// Read reads a snapshot. The resources are those that package export reads, of
// rank live.
//
// What the snapshot does not have is never empty: every missing list is a
// warning and a NotModelled entry that says what is left out; subnets that hold
// network interfaces which the snapshot does not state have one of unknown
// address and security group; application security groups of which not all
// members are certainly known are left out, so that rules which name them are
// undecided.
func Read(doc *document.Document) *azure.Inventory {
	s, problem := headOf(doc)
	if problem != nil {
		return &azure.Inventory{Source: doc.Name(), Rank: azure.RankLive, Diagnostics: diagnostic.List{*problem}}
	}
	inv := &azure.Inventory{Source: doc.Name()}
	if s.resources.Len() > 0 {
		resources, err := only(s.resources)
		if err != nil {
			return &azure.Inventory{Source: doc.Name(), Rank: azure.RankLive, Diagnostics: diagnostic.Of(err, "unreadable-file")}
		}
		inv = export.Read(resources)
	}
	rank(inv, azure.RankLive)
	s.miss(inv)
	s.unread(inv)
	return inv
}

// stated is a snapshot as a document states it.
type stated struct {
	groups    []string
	resources document.Value
	missing   []statedMissing
	// limited is where the snapshot says that it has resource groups only.
	limited diagnostic.Position
}

type statedMissing struct {
	Missing
	at diagnostic.Position
}

// headOf reads everything but the resources.
func headOf(doc *document.Document) (*stated, *diagnostic.Diagnostic) {
	root := doc.Root()
	if text, _ := root.GetFold("schema").String(); text != Schema {
		d := diagnostic.Errorf("unknown-schema", root.GetFold("schema").Position(), "the snapshot has the schema %q, expected %q", text, Schema).
			WithHint("take it again with this program: wayleave pull --subscription ID -o snapshot.json")
		return nil, &d
	}
	r := &headReader{}
	s := &stated{resources: root.GetFold("resources")}
	r.texts(root.GetFold("subscriptions"))
	if groups := root.GetFold("resourceGroups"); !groups.IsZero() {
		s.groups, s.limited = r.texts(groups), groups.Position()
	}
	taken := root.GetFold("takenAt")
	if text, _ := taken.String(); r.problem == nil {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			r.mismatch(taken, "a time such as 2026-11-20T10:00:00Z")
		}
	}
	r.array(s.resources)
	missing := root.GetFold("missing")
	r.array(missing)
	for m := range missing.Elements() {
		s.missing = append(s.missing, statedMissing{
			Missing{r.text(m.GetFold("type")), r.text(m.GetFold("scope")), r.text(m.GetFold("reason"))}, m.Position(),
		})
	}
	return s, r.problem
}

// hidesAdminRules reports whether a network manager that is known to exist has
// security admin rules that could not be read.
func (m statedMissing) hidesAdminRules() bool {
	return slices.ContainsFunc([]string{TypeAdminSettings, TypeAdminCollection, azure.TypeAdminRule}, func(typ string) bool { return strings.EqualFold(typ, m.Type) })
}

// adminRule stands for those rules: nothing of it is known.
func (m statedMissing) adminRule() *azure.AdminRule {
	u := &azure.Unknown{Name: "security admin rules of " + m.Scope, Why: "they could not be read: " + m.Reason, At: m.at}
	address := m.Scope + "/unread"
	return &azure.AdminRule{
		Resource: azure.Resource{ID: azure.MakeID(address), Type: azure.TypeAdminRule, Name: "not read", Address: address, At: m.at, Rank: azure.RankLive},
		Access:   azure.NotKnown[azure.AdminAccess](u), Direction: azure.NotKnown[azure.Direction](u),
		Priority: azure.NotKnown[int](u), Protocol: azure.NotKnown[string](u),
	}
}

// headReader keeps the first problem.
type headReader struct{ problem *diagnostic.Diagnostic }

func (r *headReader) mismatch(v document.Value, want string) {
	if r.problem == nil {
		d := v.Mismatch(want)
		r.problem = &d
	}
}

func (r *headReader) array(v document.Value) {
	if v.Kind() != document.Array {
		r.mismatch(v, "an array")
	}
}

func (r *headReader) text(v document.Value) string {
	text, ok := v.String()
	if !ok || text == "" {
		r.mismatch(v, "text")
	}
	return text
}

func (r *headReader) texts(v document.Value) []string {
	r.array(v)
	var list []string
	for e := range v.Elements() {
		list = append(list, r.text(e))
	}
	return list
}

// only is a document that has nothing but one value of another one, at the same
// place in the same file: what package export reads is a whole document.
func only(v document.Value) (*document.Document, error) {
	at := v.Position()
	var b strings.Builder
	b.WriteString(strings.Repeat("\n", at.Line-1))
	b.WriteString(strings.Repeat(" ", at.Column-1))
	b.WriteString(v.Raw())
	return document.Parse(v.Document().Name(), []byte(b.String()), Options())
}

// Options read a snapshot of any size: the most that package document accepts.
func Options() document.Options {
	return document.Options{Dialect: document.ARM, MaxBytes: 4<<30 - 2, MaxDepth: 9000, MaxNodes: 1 << 30}
}

// miss states what is missing and what that leaves out.
func (s *stated) miss(inv *azure.Inventory) {
	if len(s.groups) > 0 {
		inv.Diagnostics = append(inv.Diagnostics, diagnostic.Infof("partial-snapshot", s.limited,
			"the snapshot has only the resource groups %s; what they refer to elsewhere is known by name alone", strings.Join(s.groups, ", ")))
	}
	for _, m := range s.missing {
		inv.Diagnostics = append(inv.Diagnostics, m.Diagnostic(m.at))
		inv.NotModelled = append(inv.NotModelled, azure.NotModelled{
			Type: m.Type, Address: m.Scope, Effect: "missing from the snapshot: " + m.Effect(), At: m.at,
		})
		if m.hidesAdminRules() {
			inv.AdminRules = append(inv.AdminRules, m.adminRule())
		}
	}
}
