package live

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// errNotServed says that the cloud serves no version of a type.
var errNotServed = errors.New("the cloud does not offer the type in an api-version that this program reads")

// lister reads one list.
type lister struct {
	client *Client
	// at and what name the list in messages.
	at   diagnostic.Position
	what string
	// taken counts the bytes that all lists of a snapshot keep; take refuses
	// what is beyond the limit.
	taken *atomic.Int64
}

// list reads all pages of a list and hands out its elements, in order. A list
// of a provider that the subscription does not use is empty. The error is a
// *failure, errNotServed, a Diagnostic or that of ctx.
func (l *lister) list(ctx context.Context, path string, versions []string, element func(document.Value) error) error {
	for _, version := range versions {
		first := l.client.address(path, version)
		err := l.pages(ctx, first, func(page document.Value) error { return l.elements(page, element) })
		var f *failure
		switch {
		case !errors.As(err, &f):
			return err
		case f.unregistered():
			return nil
		case !f.notServed():
			return err
		}
	}
	return errNotServed
}

// address is the URL of a path of Resource Manager.
func (c *Client) address(path, version string) string {
	u := *c.endpoint
	u.Path = path
	u.RawQuery = url.Values{"api-version": {version}}.Encode()
	return u.String()
}

// pages reads an answer and those it links to.
func (l *lister) pages(ctx context.Context, address string, page func(document.Value) error) error {
	seen := map[string]bool{}
	for address != "" {
		if seen[address] || len(seen) == l.client.limits.pages {
			return diagnostic.Errorf("endless-list", l.at, "the list of %s does not end: page %d links to a page that was read", l.what, len(seen)).
				WithHint("try again")
		}
		seen[address] = true
		doc, err := l.client.get(ctx, address)
		if err != nil {
			return err
		}
		if err := page(doc.Root()); err != nil {
			return err
		}
		if address, err = l.next(address, doc.Root().GetFold("nextLink")); err != nil {
			return err
		}
	}
	return nil
}

// next is the address of the next page, empty after the last. A link must stay
// with the host and the subscription that were asked, because the token goes
// with it.
func (l *lister) next(from string, link document.Value) (string, error) {
	if link.IsZero() {
		return "", nil
	}
	text, ok := link.String()
	if ok && text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if !ok || err != nil || !sameHost(u, l.client.endpoint) || !sameSubscription(from, u.Path) {
		return "", diagnostic.Errorf("foreign-link", l.at, "the list of %s goes on at another place than %s, which is not read", l.what, l.client.endpoint.Host).
			WithHint("check --cloud and whether a proxy on the way changes answers")
	}
	return text, nil
}

// sameSubscription reports whether a path is in the subscription of an address.
func sameSubscription(address, path string) bool {
	want := strings.SplitN(strings.ToLower(pathOf(address)), "/", 4)
	have := strings.SplitN(strings.ToLower(path), "/", 4)
	return len(want) > 3 && len(have) > 3 && want[1] == have[1] && want[2] == have[2] && isCleanPath(path)
}

// elements hands out the objects of a page's "value".
func (l *lister) elements(page document.Value, element func(document.Value) error) error {
	value := page.GetFold("value")
	if value.Kind() != document.Array {
		return l.unexpected("has no list \"value\"")
	}
	for e := range value.Elements() {
		if e.Kind() != document.Object {
			return l.unexpected("has an element that is " + e.Kind().String() + ", expected an object")
		}
		if err := element(e); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) unexpected(what string) error {
	return diagnostic.Errorf("unexpected-answer", l.at, "the list of %s %s", l.what, what).
		WithHint("check --cloud and whether a proxy on the way changes answers")
}

// take counts bytes that are kept.
func (l *lister) take(n int) error {
	if l.taken.Add(int64(n)) > l.client.limits.snapshot {
		return diagnostic.Errorf("too-much-data", l.at, "the resources are more than %d bytes, which is more than one snapshot holds", l.client.limits.snapshot).
			WithHint("read one resource group at a time: --resource-group")
	}
	return nil
}
