package live

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// everywhere answers every request with the same bytes.
type everywhere struct {
	status int
	body   []byte
	other  *int
}

func (e everywhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet || r.URL.Host != "management.azure.com" {
		*e.other++
	}
	return &http.Response{StatusCode: e.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(e.body)), Request: r}, nil
}

// FuzzPull: whatever Azure answers, there is a snapshot that can be read, or
// one error that says why not; nothing leads to another host.
func FuzzPull(f *testing.F) {
	for _, body := range []string{
		`{"value":[]}`, `{"value":[` + vnet("v", subnet("v", "app", "10.0.1.0/24", "", id("rg", network("networkInterfaces"), "a")+"/ipConfigurations/ip")) + `]}`,
		`{"value":[],"nextLink":"https://management.azure.com` + under(sub) + `/x"}`, `{"value":[],"nextLink":"https://example.com"}`,
		`{"error":{"code":"AuthorizationFailed","message":"no"}}`, `{"code":"MissingSubscriptionRegistration"}`, `{"error":{"code":"InvalidResourceType"}}`,
		`{"cloud":"Public","changeNumber":"1","values":[{"name":"Sql","properties":{"addressPrefixes":["1.2.3.0/24"]}}]}`, `{`, ``, `null`,
	} {
		f.Add(200, []byte(body))
		f.Add(403, []byte(body))
		f.Add(409, []byte(body))
		f.Add(429, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			t.Skip("no status of HTTP")
		}
		others := 0
		c := &clock{}
		client, err := NewClient(Settings{Credential: credential{}, Transport: everywhere{status, body, &others}, Now: c.Now, Wait: c.Wait})
		if err != nil {
			t.Fatal(err)
		}
		client.limits.pages = 3
		s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}, Concurrency: 1})
		if (s == nil) != list.HasErrors() || s == nil && len(list) != 1 {
			t.Fatalf("snapshot %t and %v", s != nil, list)
		}
		if s != nil {
			if _, err := s.Inventory("x"); err != nil {
				t.Fatalf("the snapshot cannot be read: %v\n%s", err, s.JSON())
			}
		}
		data, err := PullTags(context.Background(), client, sub, "westeurope")
		if err == nil {
			_, _ = servicetag.Parse("tags.json", data)
			if !json.Valid(data) {
				t.Fatalf("no JSON: %s", data)
			}
		}
		if others > 0 {
			t.Fatalf("%d requests were no reads of the endpoint", others)
		}
	})
}

// TestCorpus serves what Azure's API returns according to its specification and
// checks that the way over a snapshot loses and invents nothing.
func TestCorpus(t *testing.T) {
	corpus := os.Getenv("WAYLEAVE_CORPUS")
	if corpus == "" {
		t.Skip("WAYLEAVE_CORPUS is not set: the real answers are not read")
	}
	for file, typ := range map[string]string{
		"NetworkSecurityGroupListAll": network("networkSecurityGroups"), "RouteTableListAll": network("routeTables"), "IpGroupsListBySubscription": network("ipGroups"),
	} {
		data, err := os.ReadFile(filepath.Join(corpus, "az", "ambientlight__azure-rest-api-specs__"+file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var example struct {
			Responses map[string]struct{ Body json.RawMessage }
		}
		if err := json.Unmarshal(data, &example); err != nil {
			t.Fatal(err)
		}
		body := example.Responses["200"].Body
		body = []byte(strings.NewReplacer("/subscriptions/subid/", under(sub)+"/", "/subscriptions/subId/", under(sub)+"/", "/subscriptions/{subscription-id}/", under(sub)+"/").Replace(string(body)))
		m := newResourceManager(t)
		m.on("/providers/"+typ, text200(string(body)))
		s, list := m.pull(Options{})
		var want, got struct{ Value, Resources []json.RawMessage }
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(s.JSON(), &got); err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 || len(got.Resources) != len(want.Value) || len(want.Value) == 0 {
			t.Errorf("%s: %d of %d resources, %v", file, len(got.Resources), len(want.Value), list)
		}
		inv, err := s.Inventory(file)
		if err != nil {
			t.Fatal(err)
		}
		if n, problems := azure.Build(inv); n == nil || problems.HasErrors() {
			t.Errorf("%s: %v", file, problems)
		}
		if n := len(inv.NetworkSecurityGroups) + len(inv.RouteTables) + len(inv.IPGroups) + len(inv.NotModelled); n != len(want.Value) {
			t.Errorf("%s: %d resources of %d came out", file, n, len(want.Value))
		}
	}
}

// diagnostics print on one line, whatever Azure puts into its messages.
func TestMessagesAreOneLine(t *testing.T) {
	m := newResourceManager(t)
	m.on("/resources", refuse(http.StatusBadRequest, "Bad\nRequest", "first\x1b[31m\nsecond"))
	d := m.fail("unexpected-answer")
	if strings.ContainsAny(d.Error(), "\n\x1b") {
		t.Errorf("%q", d.Error())
	}
}
