package live

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// locationForm is the programmatic name of a region: "westeurope".
var locationForm = regexp.MustCompile(`^[a-z0-9]+$`)

// PullTags reads the service tags of the API (TAG-41) and returns them as one
// document that package servicetag parses, all pages together.
//
// The location is a region of the cloud, "westeurope" or "West Europe". The
// tags are those that security rules there accept (TAG-43). The error is a
// Diagnostic.
func PullTags(ctx context.Context, c *Client, subscription, location string) ([]byte, error) {
	o := Options{Subscriptions: []string{subscription}}
	scopes, err := o.scopes()
	if err != nil {
		return nil, err
	}
	region := strings.ToLower(strings.ReplaceAll(location, " ", ""))
	if !locationForm.MatchString(region) {
		return nil, diagnostic.Errorf("bad-location", diagnostic.Position{}, "%q is no region, expected a name such as westeurope", location).
			WithHint("az account list-locations -o table shows the names")
	}
	t := &tagPages{lister: lister{client: c, at: scopes[0].at(), what: "service tags"}}
	err = t.read(ctx, scopes[0].path()+"/providers/Microsoft.Network/locations/"+region+"/serviceTags")
	var f *failure
	switch {
	case err == nil:
		return t.document(), nil
	case ctx.Err() != nil:
		return nil, diagnostic.Errorf("cancelled", t.at, "the pull was stopped before it was complete")
	case !errors.As(err, &f):
		return nil, err
	case f.denied():
		return nil, diagnostic.Errorf("no-permission", t.at, "no permission for Microsoft.Network/locations/serviceTags/read").
			WithHint("give the sign-in the role of docs/reader-role.json, or Reader, on the subscription")
	}
	return nil, f.diagnostic(t.at, t.what)
}

// tagPages joins the pages of the tags.
type tagPages struct {
	lister
	printer printer
	// count counts the tags so far.
	count int
	// cloud and number are those of the first page, number as written.
	cloud, number string
}

// read reads all pages with the first version of the API that the cloud serves.
func (t *tagPages) read(ctx context.Context, path string) error {
	var err error
	for _, version := range networkVersions {
		t.printer, t.count = printer{names: map[string]string{}}, 0
		err = t.pages(ctx, t.client.address(path, version), t.page)
		var f *failure
		if !errors.As(err, &f) || !f.notServed() {
			return err
		}
	}
	return err
}

// page takes over one page. All pages must be of one edition: one that changes
// while it is read would mix two.
func (t *tagPages) page(root document.Value) error {
	values := root.GetFold("values")
	cloud, _ := root.GetFold("cloud").String()
	number := root.GetFold("changeNumber").Raw()
	switch {
	case values.Kind() != document.Array:
		return t.unexpected(`has no list "values"`)
	case t.printer.b == nil:
		t.cloud, t.number = cloud, number
		t.open(root)
	case cloud != t.cloud || number != t.number:
		return diagnostic.Errorf("changed-meanwhile", t.at, "the service tags changed while they were read: one page is of edition %s %s, the first of %s %s", cloud, number, t.cloud, t.number).
			WithHint("try again")
	}
	for v := range values.Elements() {
		if t.count > 0 {
			t.printer.b = append(t.printer.b, ',')
		}
		t.count++
		t.printer.b = append(t.printer.b, "\n    "...)
		t.printer.value(v, "\n    ", nil)
		if int64(len(t.printer.b)) > t.client.limits.page {
			return diagnostic.Errorf("too-much-data", t.at, "the service tags are larger than this program reads").
				WithHint("download Microsoft's weekly file instead")
		}
	}
	return nil
}

// open writes what the first page says besides its tags.
func (t *tagPages) open(root document.Value) {
	p := &t.printer
	p.b = append(p.b, '{')
	for key, member := range root.Members() {
		if key.EqualFold("values") || key.EqualFold("nextLink") {
			continue
		}
		p.b = append(p.b, "\n  "+p.quoted(key.String())+": "...)
		p.value(member, "\n  ", nil)
		p.b = append(p.b, ',')
	}
	p.b = append(p.b, "\n  \"values\": ["...)
}

// document closes what was read.
func (t *tagPages) document() []byte { return append(t.printer.b, "\n  ]\n}\n"...) }
