package live

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

const tables = "/providers/Microsoft.Network/routeTables"

func table(name string) string {
	return made("rg", network("routeTables"), name, `"disableBgpRoutePropagation":false,"routes":[]`)
}

func TestPaging(t *testing.T) {
	m := newResourceManager(t)
	m.on(tables, func(w http.ResponseWriter, r *http.Request, n int) {
		token := r.URL.Query().Get("$skipToken")
		switch token {
		case "":
			page(m.link(tables, "api-version=2025-01-01&$skipToken=b%2Bc%3D"), table("a"), table("b"))(w, r, n)
		case "b+c=":
			page(strings.ToUpper(m.URL)+strings.ToUpper(under(sub))+tables+"?%24skipToken=d", table("c"))(w, r, n)
		case "d":
			text200(`{"value":[`+table("d")+`],"nextLink":""}`)(w, r, n)
		default:
			t.Errorf("asked for page %q", token)
		}
	})
	if s, list := m.pull(Options{}); s.Len() != 4 || m.count(tables) != 3 || len(list) > 0 {
		t.Errorf("%d resources in %d pages, %v", s.Len(), m.count(tables), list)
	}
}

// A resource that two pages state is one, the later statement the newer.
func TestPagesMayOverlap(t *testing.T) {
	m := newResourceManager(t)
	newer := strings.Replace(table("A"), `"routes":[]`, `"routes":[],"newer":true`, 1)
	m.on(tables, turns(page(m.link(tables, "p=2"), table("a"), table("b")), page("", newer)))
	s, _ := m.pull(Options{})
	if s.Len() != 2 || !strings.Contains(string(s.JSON()), `"newer": true`) {
		t.Errorf("got %s", s.JSON())
	}
}

func TestALinkElsewhereIsNotFollowed(t *testing.T) {
	strange := newResourceManager(t)
	for _, link := range []string{
		strange.URL + under(sub) + tables,
		"https://management.azure.com" + under(sub) + tables,
		"HTTP", "HOST/subscriptions/" + other + tables, "HOST/subscriptions/" + sub, "HOST/providers/x", "HOST" + under(sub) + "/../" + other + tables,
		"https://user@HOSTNAME" + under(sub) + tables, "//HOSTNAME" + under(sub) + tables, "relative", "http://[::1", `7`,
	} {
		m := newResourceManager(t)
		link = strings.NewReplacer("HTTP", strings.Replace(m.URL, "https", "http", 1)+under(sub)+tables, "HOSTNAME", mustURL(t, m.URL).Host, "HOST", m.URL).Replace(link)
		next := fmt.Sprintf("%q", link)
		if link == "7" {
			next = link
		}
		m.on(tables, text200(`{"value":[],"nextLink":`+next+`}`))
		m.fail("foreign-link")
		if m.count(tables) != 1 {
			t.Errorf("%s: asked %d times", link, m.count(tables))
		}
	}
	if len(strange.seen()) > 0 {
		t.Errorf("a link led to another host: %v", strange.asked())
	}
}

func TestSameHost(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"https://management.azure.com", "https://management.azure.com:443/x", true},
		{"https://MANAGEMENT.azure.com", "https://management.azure.com", true},
		{"https://management.azure.com:444", "https://management.azure.com", false},
		{"https://management.azure.com.example", "https://management.azure.com", false},
		{"http://management.azure.com", "https://management.azure.com", false},
	} {
		if got := sameHost(mustURL(t, c.a), mustURL(t, c.b)); got != c.same {
			t.Errorf("%s and %s: %t", c.a, c.b, got)
		}
	}
}

func TestListsThatDoNotEnd(t *testing.T) {
	for name, link := range map[string]func(m *resourceManager, n int) string{
		"a page links to itself":         func(m *resourceManager, _ int) string { return m.link(tables, "p=same") },
		"two pages link to each other":   func(m *resourceManager, n int) string { return m.link(tables, fmt.Sprintf("p=%d", n%2)) },
		"every page links to a new page": func(m *resourceManager, n int) string { return m.link(tables, fmt.Sprintf("p=%d", n)) },
	} {
		m := newResourceManager(t)
		m.on(tables, func(w http.ResponseWriter, r *http.Request, n int) { page(link(m, n), table("a"))(w, r, n) })
		client, _ := m.client()
		client.limits.pages = 20
		s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}})
		if s != nil || len(list) != 1 || list[0].Code != "endless-list" {
			t.Errorf("%s: %v", name, list)
		}
		if n := m.count(tables); n > 20 {
			t.Errorf("%s: %d pages were read", name, n)
		}
	}
}

// cutOff promises more than it sends.
func cutOff(body string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)+100))
		_, _ = w.Write([]byte(body))
	}
}

func TestTruncatedAnswersAreReadAgain(t *testing.T) {
	whole := `{"value":[` + table("a") + `,` + table("b") + `]}`
	for name, broken := range map[string]func(http.ResponseWriter, *http.Request, int){
		"the connection ends early":   cutOff(whole[:len(whole)/2]),
		"it ends after a whole value": cutOff(whole),
		"the document ends early":     text200(whole[:len(whole)-2]),
		"nothing":                     text200(""),
		"no JSON":                     text200("<html>sign in to the hotel's network</html>"),
		"not UTF-8":                   text200("{\"value\":[\"\xff\"]}"),
		"a name stands twice":         text200(`{"value":[],"value":[]}`),
	} {
		m := newResourceManager(t)
		m.on(tables, turns(broken, broken, text200(whole)))
		if s, list := m.pull(Options{}); s.Len() != 2 || len(list) > 0 {
			t.Errorf("%s: %d resources, %v", name, s.Len(), list)
		}
		m = newResourceManager(t)
		m.on(tables, broken)
		m.fail("unexpected-answer")
		if n := m.count(tables); n != 3 {
			t.Errorf("%s: %d tries, want 3", name, n)
		}
	}
}

// What is no list of resources is not an empty one.
func TestUnexpectedAnswers(t *testing.T) {
	for _, body := range []string{
		`null`, `[]`, `{}`, `{"value":null}`, `{"value":{}}`, `{"value":[null]}`, `{"value":["x"]}`, `{"value":[{}]}`, `{"value":[{"id":7}]}`,
		`{"value":[{"id":"/subscriptions/` + other + `/resourceGroups/rg/providers/Microsoft.Network/routeTables/r"}]}`,
		`{"value":[{"id":"` + under(sub) + `/resourceGroups/rg/../../x"}]}`, `{"value":[{"id":"` + under(sub) + `/x?y"}]}`, `{"value":[{"id":"` + under(sub) + `"}]}`,
		`{"value":[],"Value":[]}`,
	} {
		m := newResourceManager(t)
		m.on(tables, text200(body))
		m.fail("unexpected-answer")
	}
}

func TestHugeAnswersAreBounded(t *testing.T) {
	m := newResourceManager(t)
	var sent atomic.Int64
	m.on(tables, func(w http.ResponseWriter, r *http.Request, _ int) {
		_, _ = w.Write([]byte(`{"value":["`))
		for r.Context().Err() == nil && sent.Load() < 1<<30 {
			n, err := w.Write([]byte(strings.Repeat("x", 1<<16)))
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	client, _ := m.client()
	client.limits.page = 1 << 20
	s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}})
	if s != nil || len(list) != 1 || list[0].Code != "too-much-data" || m.count(tables) != 1 {
		t.Errorf("%d tries, %v", m.count(tables), list)
	}
	if n := sent.Load(); n > 64<<20 {
		t.Errorf("%d bytes were taken of an answer that is too large from 1 MiB on", n)
	}
}

func TestTheWholeIsBounded(t *testing.T) {
	m := newResourceManager(t)
	m.on(tables, func(w http.ResponseWriter, r *http.Request, n int) {
		page(m.link(tables, fmt.Sprintf("p=%d", n)), table(fmt.Sprintf("r%d", n)))(w, r, n)
	})
	client, _ := m.client()
	client.limits.snapshot = 100_000
	s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}})
	if s != nil || len(list) != 1 || list[0].Code != "too-much-data" {
		t.Errorf("got %v", list)
	}
}

func TestDeepAnswersAreRefused(t *testing.T) {
	m := newResourceManager(t)
	m.on(tables, text200(`{"value":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+`}`))
	m.fail("unexpected-answer")
}
