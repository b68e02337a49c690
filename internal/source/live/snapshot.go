package live

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// schema of the document that a snapshot is.
const schema = "wayleave.snapshot/v1"

// Snapshot is what Pull read. It is frozen: safe for concurrent use.
type Snapshot struct {
	cloud                 string
	subscriptions, groups []string
	takenAt               time.Time
	resources             []resource
	missing               []Missing
}

// resource is one resource as Azure states it.
type resource struct {
	// id as written, typ in the spelling of the kind.
	id, typ string
	// text is the JSON, indented as an element of the snapshot's list.
	text []byte
}

// Missing is a list that is not in a snapshot.
type Missing struct {
	// Type of the resources, in Azure's spelling; Microsoft.Resources/resources
	// is the list of everything.
	Type string `json:"type"`
	// Scope is the id of the subscription, resource group or parent resource.
	Scope string `json:"scope"`
	// Reason says in words why.
	Reason string `json:"reason"`
}

func compareMissing(a, b Missing) int {
	return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Scope, b.Scope), strings.Compare(a.Reason, b.Reason))
}

func (s *Snapshot) miss(k kind, scope, why string) {
	s.missing = append(s.missing, Missing{Type: k.name, Scope: scope, Reason: why})
}

func (s *Snapshot) isMissing(typ, scope string) bool {
	return slices.ContainsFunc(s.missing, func(m Missing) bool { return m.Type == typ && m.Scope == scope })
}

// Missing returns the lists that are not in the snapshot, by type and scope.
func (s *Snapshot) Missing() []Missing { return slices.Clone(s.missing) }

// Len returns the number of resources, children that stand inside another
// resource not counted.
func (s *Snapshot) Len() int { return len(s.resources) }

// head are the members of a snapshot before its resources.
type head struct {
	Schema         string    `json:"schema"`
	Cloud          string    `json:"cloud"`
	Subscriptions  []string  `json:"subscriptions"`
	ResourceGroups []string  `json:"resourceGroups,omitempty"`
	TakenAt        string    `json:"takenAt"`
	Missing        []Missing `json:"missing"`
}

// JSON returns the snapshot as one document: resources sorted by id, their
// members in Azure's order, without the properties that hold secrets. Equal
// answers of Azure at one time give equal bytes.
func (s *Snapshot) JSON() []byte {
	data := marshal(head{schema, s.cloud, s.subscriptions, s.groups, s.takenAt.Format(time.RFC3339), s.missing}, "  ")
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(data, []byte("\n}")))
	b.WriteString(",\n  \"resources\": [")
	for i, r := range s.resources {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    ")
		b.Write(r.text)
	}
	if len(s.resources) > 0 {
		b.WriteString("\n  ")
	}
	b.WriteString("]\n}\n")
	return b.Bytes()
}

// Inventory returns the resources of the snapshot as Read does; name is the
// File of their positions.
func (s *Snapshot) Inventory(name string) (*azure.Inventory, error) {
	data := s.JSON()
	doc, err := document.Parse(name, data, document.Options{MaxBytes: maxBytes, MaxDepth: maxDepth, MaxNodes: maxNodes})
	if err != nil {
		return nil, err
	}
	return Read(doc), nil
}

// diagnostic says what is missing, at a place.
func (m Missing) diagnostic(at diagnostic.Position) diagnostic.Diagnostic {
	d := diagnostic.Warningf("missing-from-snapshot", at, "%s of %s could not be read: %s", m.Type, m.Scope, m.Reason)
	if e := m.effect(); e != "" {
		d = d.WithDetail("%s", e)
	}
	if strings.Contains(m.Reason, "permission") {
		d = d.WithHint("give the sign-in the role of docs/reader-role.json, or Reader, and pull again")
	}
	return d
}

// effect says what verdicts leave out.
func (m Missing) effect() string {
	if k, ok := kindNamed(m.Type); ok {
		return k.effect
	}
	return "what depends on them is not known"
}
