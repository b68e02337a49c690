package live

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/live/snapshot"
)

// Snapshot is what Pull read. It is frozen: safe for concurrent use.
type Snapshot struct {
	cloud                 string
	subscriptions, groups []string
	takenAt               time.Time
	resources             []resource
	missing               []snapshot.Missing
}

// resource is one resource as Azure states it.
type resource struct {
	// id as written, typ in the spelling of the kind.
	id, typ string
	// text is the JSON, indented as an element of the snapshot's list.
	text []byte
}

func compareMissing(a, b snapshot.Missing) int {
	return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Scope, b.Scope), strings.Compare(a.Reason, b.Reason))
}

func (s *Snapshot) miss(k kind, scope, why string) {
	s.missing = append(s.missing, snapshot.Missing{Type: k.name, Scope: scope, Reason: why})
}

func (s *Snapshot) isMissing(typ, scope string) bool {
	return slices.ContainsFunc(s.missing, func(m snapshot.Missing) bool { return m.Type == typ && m.Scope == scope })
}

// Missing returns the lists that are not in the snapshot, by type and scope.
func (s *Snapshot) Missing() []snapshot.Missing { return slices.Clone(s.missing) }

// Len returns the number of resources, children that stand inside another
// resource not counted.
func (s *Snapshot) Len() int { return len(s.resources) }

// head are the members of a snapshot before its resources.
type head struct {
	Schema         string             `json:"schema"`
	Cloud          string             `json:"cloud"`
	Subscriptions  []string           `json:"subscriptions"`
	ResourceGroups []string           `json:"resourceGroups,omitempty"`
	TakenAt        string             `json:"takenAt"`
	Missing        []snapshot.Missing `json:"missing"`
}

// JSON returns the snapshot as one document: resources sorted by id, their
// members in Azure's order, without the properties that hold secrets. Equal
// answers of Azure at one time give equal bytes.
func (s *Snapshot) JSON() []byte {
	data := marshal(head{snapshot.Schema, s.cloud, s.subscriptions, s.groups, s.takenAt.Format(time.RFC3339), s.missing}, "  ")
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

// Inventory returns the resources of the snapshot as snapshot.Read does; name is
// the File of their positions.
func (s *Snapshot) Inventory(name string) (*azure.Inventory, error) {
	doc, err := document.Parse(name, s.JSON(), snapshot.Options())
	if err != nil {
		return nil, err
	}
	return snapshot.Read(doc), nil
}
