package live

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/servicetag"
)

const tagPath = "/providers/Microsoft.Network/locations/westeurope/serviceTags"

// tagPage is an answer of the service-tag API (TAG-41).
func tagPage(number, nextLink string, tags ...string) func(http.ResponseWriter, *http.Request, int) {
	var values []string
	for _, name := range tags {
		values = append(values, fmt.Sprintf(`{"name":%q,"id":%q,"serviceTagChangeNumber":"63","properties":{"changeNumber":"7","region":"","state":"GA","systemService":"X","addressPrefixes":["13.66.60.0/24"]}}`, name, name))
	}
	next := ""
	if nextLink != "" {
		next = fmt.Sprintf(`,"nextLink":%q`, nextLink)
	}
	return text200(fmt.Sprintf(`{"name":"public","id":"%s/providers/Microsoft.Network/serviceTags/public","type":"Microsoft.Network/serviceTags","changeNumber":%q,"cloud":"Public","values":[%s]%s}`,
		under(sub), number, strings.Join(values, ","), next))
}

func (m *resourceManager) tags(location string) (*servicetag.Catalogue, error) {
	m.t.Helper()
	client, _ := m.client()
	data, err := PullTags(context.Background(), client, sub, location)
	if err != nil {
		if list := diagnostic.Of(err, ""); len(list) != 1 || list[0].Code == "" {
			m.t.Errorf("%v is not one diagnostic", err)
		}
		return nil, err
	}
	c, err := servicetag.Parse("tags.json", data)
	if err != nil {
		m.t.Fatalf("servicetag refuses it: %v\n%s", err, data)
	}
	return c, nil
}

func TestTAG41PagesAreOneDocument(t *testing.T) {
	m := newResourceManager(t)
	m.on(tagPath, turns(tagPage("63", m.link(tagPath, "$skipToken=1"), "Storage", "Sql"), tagPage("63", m.link(tagPath, "$skipToken=2")), tagPage("63", "", "LogicApps")))
	c, err := m.tags("West Europe")
	if err != nil {
		t.Fatal(err)
	}
	if c.Len() != 3 || !c.Complete() || c.Cloud() != "Public" || c.ChangeNumber() != "63" {
		t.Errorf("%d tags, complete %t, %s %s", c.Len(), c.Complete(), c.Cloud(), c.ChangeNumber())
	}
	if tag, err := c.Lookup("logicapps"); err != nil || tag.Usage != servicetag.UsageAPI {
		t.Errorf("got %+v, %v", tag, err)
	}
	for _, r := range m.seen() {
		if r.method != http.MethodGet || !strings.EqualFold(r.path, under(sub)+tagPath) {
			t.Errorf("asked %+v", r)
		}
	}
}

func TestTagsOfOnePage(t *testing.T) {
	m := newResourceManager(t)
	m.on(tagPath, tagPage("63", "", "Storage"))
	if c, err := m.tags("westeurope"); err != nil || c.Len() != 1 {
		t.Errorf("got %v", err)
	}
}

func TestTagsThatAreNotRead(t *testing.T) {
	for name, c := range map[string]struct {
		answer   func(m *resourceManager) func(http.ResponseWriter, *http.Request, int)
		location string
		code     string
	}{
		"pages of two editions": {func(m *resourceManager) func(http.ResponseWriter, *http.Request, int) {
			return turns(tagPage("63", m.link(tagPath, "p=2"), "Storage"), tagPage("64", "", "Sql"))
		}, "westeurope", "changed-meanwhile"},
		"a page that links to itself": {func(m *resourceManager) func(http.ResponseWriter, *http.Request, int) {
			return tagPage("63", m.link(tagPath, "p=2"), "Storage")
		}, "westeurope", "endless-list"},
		"another host": {func(*resourceManager) func(http.ResponseWriter, *http.Request, int) {
			return tagPage("63", "https://example.com"+under(sub)+tagPath, "Storage")
		}, "westeurope", "foreign-link"},
		"no permission": {func(*resourceManager) func(http.ResponseWriter, *http.Request, int) { return denied }, "westeurope", "no-permission"},
		"no token": {func(*resourceManager) func(http.ResponseWriter, *http.Request, int) {
			return refuse(http.StatusUnauthorized, "ExpiredAuthenticationToken", "expired")
		}, "westeurope", "not-signed-in"},
		"no list": {func(*resourceManager) func(http.ResponseWriter, *http.Request, int) { return page("") }, "westeurope", "unexpected-answer"},
		"a region that is a path": {func(*resourceManager) func(http.ResponseWriter, *http.Request, int) {
			t.Error("asked")
			return page("")
		}, "west/../europe", "bad-location"},
	} {
		m := newResourceManager(t)
		if c.code != "bad-location" {
			m.on(tagPath, c.answer(m))
		}
		_, err := m.tags(c.location)
		if list := diagnostic.Of(err, ""); len(list) != 1 || list[0].Code != c.code {
			t.Errorf("%s: want %s, got %v", name, c.code, err)
		}
	}
	m := newResourceManager(t)
	client, _ := m.client()
	if _, err := PullTags(context.Background(), client, "production", "westeurope"); err == nil || len(m.seen()) > 0 {
		t.Errorf("a subscription by name: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := PullTags(ctx, client, sub, "westeurope"); len(diagnostic.Of(err, "")) != 1 || diagnostic.Of(err, "")[0].Code != "cancelled" {
		t.Errorf("cancelled: %v", err)
	}
}

func TestTagsOfAnOlderVersion(t *testing.T) {
	m := newResourceManager(t)
	m.on(tagPath, turns(refuse(http.StatusBadRequest, "InvalidApiVersionParameter", "no such version"), tagPage("63", "", "Storage")))
	if c, err := m.tags("westeurope"); err != nil || c.Len() != 1 {
		t.Errorf("got %v", err)
	}
}
