package servicetag

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/flow"
)

// maxFile bounds a service-tag file; the largest known has 4 MiB.
const maxFile = 128 << 20

// Load reads the service-tag file at path: see Parse.
func Load(path string) (*Catalogue, error) {
	data, err := document.ReadFile(path, maxFile)
	if err != nil {
		return nil, err
	}
	return Parse(filepath.ToSlash(path), data)
}

// Parse reads service-tag data; file is the File of its positions, and its
// last part gives Source and Date. data must not change during the call.
//
// It takes Microsoft's weekly file (TAG-40) and the answer of the service-tag
// API, also as az and PowerShell print it (TAG-41, TAG-42), with or without a
// byte order mark, LF or CRLF. Property names fold case, and unknown ones are
// ignored. Data that is damaged in any part gives no catalogue but one
// Diagnostic with its position.
func Parse(file string, data []byte) (*Catalogue, error) {
	doc, err := document.Parse(file, data, document.Options{MaxBytes: maxFile})
	if err != nil {
		return nil, err
	}
	r := reader{interned: map[string]string{}}
	r.c = &Catalogue{file: file, source: baseName(file), date: dateOf(baseName(file))}
	if err := r.root(doc.Root()); err != nil {
		return nil, err
	}
	return r.c, nil
}

// reader turns one document into a catalogue.
type reader struct {
	c        *Catalogue
	api      bool
	interned map[string]string // strings that many entries share
}

func (r *reader) root(root document.Value) error {
	values := root.GetFold("values")
	if values.Kind() == document.Ambiguous {
		return values.Err()
	}
	if values.Kind() != document.Array {
		return notServiceTags(root)
	}
	cloud, err := text(root, "cloud", "the name of a cloud")
	if err != nil {
		return err
	}
	if !isWord(cloud) {
		return diagnostic.Errorf("not-service-tags", root.GetFold("cloud").Position(), "%q is not the name of a cloud, expected letters and digits", cloud)
	}
	number, err := changeNumber(root)
	if err != nil {
		return err
	}
	if number == "" {
		return expected(root, "changeNumber", "the number of this data, such as 375")
	}
	next, err := r.optional(root, "nextLink")
	if err != nil {
		return err
	}
	kind, _ := root.GetFold("type").String()
	r.api = strings.EqualFold(kind, "Microsoft.Network/serviceTags")
	r.c.cloud, r.c.changeNumber, r.c.partial = strings.Clone(cloud), number, next != ""
	return r.values(values)
}

// notServiceTags is the error for a document of another shape.
func notServiceTags(root document.Value) error {
	at := root.Position()
	if root.GetFold("value").Kind() == document.Array {
		return diagnostic.Errorf("not-service-tags", at, `found a list under "value" without a cloud and a change number, expected a whole service-tag file`).
			WithHint("export with: az network list-service-tags --location LOCATION")
	}
	return diagnostic.Errorf("not-service-tags", at, `not a service-tag file, expected an object with "changeNumber", "cloud" and a list "values"`).
		WithHint("download the weekly file from https://www.microsoft.com/download/details.aspx?id=56519, or export with: az network list-service-tags --location LOCATION")
}

func (r *reader) values(values document.Value) error {
	c := r.c
	n := values.Len()
	if n == 0 {
		return diagnostic.Errorf("not-service-tags", values.Position(), "the list of service tags is empty")
	}
	c.entries = make([]*entry, 0, n)
	empty := true
	for v := range values.Elements() {
		e, err := r.entry(v)
		if err != nil {
			return err
		}
		empty = empty && e.set.IsEmpty()
		c.entries = append(c.entries, e)
	}
	if empty {
		return diagnostic.Errorf("not-service-tags", values.Position(), "no service tag has an address prefix").
			WithHint("export again without noAddressPrefixes")
	}
	slices.SortFunc(c.entries, func(a, b *entry) int { return strings.Compare(a.tag.Name, b.tag.Name) })
	c.byName = make(map[string]int, len(c.entries))
	for i := range c.entries {
		key := fold(c.entries[i].tag.Name)
		if first, twice := c.byName[key]; twice {
			return duplicate(values.Document(), c.entries[first], c.entries[i])
		}
		c.byName[key] = i
	}
	for i := range c.entries {
		c.connect(&c.entries[i].tag)
	}
	return nil
}

func duplicate(doc *document.Document, a, b *entry) error {
	if b.offset < a.offset {
		a, b = b, a
	}
	return diagnostic.Errorf("duplicate-service-tag", doc.Position(b.offset), "service tag %s stands twice in the file", b.tag.Name).
		WithRelated(doc.Position(a.offset), "%s stands here", a.tag.Name).
		WithHint("download the file again")
}

// connect finds the global tag of a regional one. The region decides, not the
// dot (TAG-3).
func (c *Catalogue) connect(t *Tag) {
	if t.Region == "" {
		return
	}
	base, _, _ := split(t.Name)
	if i, ok := c.byName[fold(base)]; ok {
		t.Global = c.entries[i].tag.Name
	}
}

// entry reads one tag.
func (r *reader) entry(v document.Value) (*entry, error) {
	name, err := text(v, "name", "the name of a service tag")
	if err != nil {
		return nil, err
	}
	if !isPrintable(name) {
		return nil, diagnostic.Errorf("not-service-tags", v.GetFold("name").Position(), "%q is not the name of a service tag", name).
			WithHint("give Microsoft's weekly file as it was downloaded")
	}
	p := v.GetFold("properties")
	if p.Kind() != document.Object {
		return nil, expected(v, "properties", "an object")
	}
	e := &entry{tag: Tag{Name: strings.Clone(name)}, offset: v.Offset()}
	if e.tag.Region, err = r.optional(p, "region"); err != nil {
		return nil, err
	}
	if e.tag.SystemService, err = r.optional(p, "systemService"); err != nil {
		return nil, err
	}
	if e.tag.ChangeNumber, err = changeNumber(p); err != nil {
		return nil, err
	}
	if err := r.features(p.GetFold("networkFeatures"), &e.tag); err != nil {
		return nil, err
	}
	return e, r.prefixes(p, e)
}

// features reads networkFeatures, which may be absent, null or a list in any
// order (TAG-40).
func (r *reader) features(v document.Value, t *Tag) error {
	switch v.Kind() {
	case document.Missing:
		if r.api {
			t.Usage = UsageAPI
		}
		return nil
	case document.Null, document.Array:
		t.Usage = UsageListed
	default:
		return v.Mismatch("a list of network features or null")
	}
	for f := range v.Elements() {
		s, ok := f.String()
		if !ok {
			return f.Mismatch("the name of a network feature")
		}
		t.Features = append(t.Features, r.intern(s))
	}
	slices.Sort(t.Features)
	return nil
}

// prefixes reads addressPrefixes. A list that is missing is an error, not an
// empty tag (TAG-8).
func (r *reader) prefixes(properties document.Value, e *entry) error {
	v := properties.GetFold("addressPrefixes")
	if v.Kind() != document.Array {
		d := expected(properties, "addressPrefixes", "a list of address prefixes")
		if v.Kind() == document.String {
			d = d.WithHint("PowerShell shortens nested lists to one string: use ConvertTo-Json -Depth 5")
		}
		return d
	}
	var b flow.AddressSetBuilder
	e.listed = make([]netip.Prefix, 0, v.Len())
	for item := range v.Elements() {
		s, ok := item.String()
		if !ok {
			return item.Mismatch("an address prefix")
		}
		p, problem := parsePrefix(s)
		if problem != "" {
			return diagnostic.Errorf("malformed-prefix", item.Position(), "address prefix %q of service tag %s %s", s, e.tag.Name, problem).
				WithHint("download the file again")
		}
		b.AddPrefix(p)
		e.listed = append(e.listed, p)
		if p.Addr().Is4() {
			e.prefixes[0]++
		} else {
			e.prefixes[1]++
		}
	}
	e.set = b.Set()
	return nil
}

// text returns a string member that must be there and not be empty.
func text(object document.Value, name, want string) (string, error) {
	if s, ok := object.GetFold(name).String(); ok && s != "" {
		return s, nil
	}
	return "", expected(object, name, want)
}

// optional returns a string member, or "" for one that is missing or null.
func (r *reader) optional(object document.Value, name string) (string, error) {
	v := object.GetFold(name)
	if v.IsZero() {
		return "", nil
	}
	s, ok := v.String()
	if !ok {
		return "", v.Mismatch("a string")
	}
	return r.intern(s), nil
}

// intern returns a copy of s that does not keep the document in memory.
func (r *reader) intern(s string) string {
	if kept, ok := r.interned[s]; ok {
		return kept
	}
	s = strings.Clone(s)
	r.interned[s] = s
	return s
}

// changeNumber returns the member changeNumber, which files write as an
// integer and the API as a string (TAG-41), in decimal without leading zeros,
// or "" if it is missing or null.
func changeNumber(object document.Value) (string, error) {
	v := object.GetFold("changeNumber")
	if v.IsZero() {
		return "", nil
	}
	s, ok := v.Number()
	if !ok {
		s, ok = v.String()
	}
	if n, err := strconv.ParseUint(s, 10, 63); ok && err == nil {
		return strconv.FormatUint(n, 10), nil
	}
	return "", v.Mismatch("a change number, such as 375")
}

// expected is the error for a member that is missing or not as it should be.
func expected(object document.Value, name, want string) diagnostic.Diagnostic {
	switch v := object.GetFold(name); v.Kind() {
	case document.Missing:
		return diagnostic.Errorf("missing-property", object.Position(), "%s has no %q, expected %s", object.Path(), name, want)
	case document.String: // of the right kind, so empty
		if s, _ := v.String(); s == "" {
			return diagnostic.Errorf("wrong-type", v.Position(), "%s is empty, expected %s", v.Path(), want)
		}
		return v.Mismatch(want)
	default:
		return v.Mismatch(want)
	}
}
