package live

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

const (
	sub   = "11111111-2222-3333-4444-555555555555"
	other = "99999999-2222-3333-4444-555555555555"
	token = "eyJhbGciOiJub25lIn0.c2VjcmV0.c2lnbmF0dXJl"
)

// resourceManager is a stand-in for Azure Resource Manager on the loopback
// interface. A path without an answer is an empty list.
type resourceManager struct {
	*httptest.Server
	t *testing.T
	// answers by path in lower case; the handler gets the number of the
	// request to that path, from 1.
	answers map[string]func(w http.ResponseWriter, r *http.Request, n int)

	mu       sync.Mutex
	requests []request
	counts   map[string]int
	active   int
	peak     int
}

// request is one that came in.
type request struct{ method, path, version, authorization string }

func newResourceManager(t *testing.T) *resourceManager {
	m := &resourceManager{t: t, answers: map[string]func(http.ResponseWriter, *http.Request, int){}, counts: map[string]int{}}
	m.Server = httptest.NewUnstartedServer(m)
	m.EnableHTTP2 = true // one connection, as with Azure
	m.Config.ErrorLog = log.New(io.Discard, "", 0)
	m.StartTLS()
	t.Cleanup(m.Close)
	return m
}

func (m *resourceManager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.ToLower(r.URL.Path)
	m.mu.Lock()
	m.requests = append(m.requests, request{r.Method, r.URL.Path, r.URL.Query().Get("api-version"), r.Header.Get("Authorization")})
	m.counts[path]++
	n := m.counts[path]
	m.active++
	m.peak = max(m.peak, m.active)
	answer := m.answers[path]
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		m.active--
		m.mu.Unlock()
	}()
	if answer == nil {
		answer = page("")
	}
	answer(w, r, n)
}

// on sets the answer of a path below the subscription.
func (m *resourceManager) on(path string, answer func(w http.ResponseWriter, r *http.Request, n int)) {
	m.answers[strings.ToLower(under(sub)+path)] = answer
}

// list sets the resources that a subscription has of a type, in its list and in
// that of everything.
func (m *resourceManager) list(typ string, resources ...string) {
	m.on("/providers/"+typ, page("", resources...))
}

func under(subscription string) string { return "/subscriptions/" + subscription }

// page answers with one page of a list.
func page(nextLink string, resources ...string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		next := ""
		if nextLink != "" {
			next = fmt.Sprintf(`,"nextLink":%q`, nextLink)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprintf(w, `{"value":[%s]%s}`, strings.Join(resources, ","), next)
	}
}

// refuse answers with an error of Azure.
func refuse(status int, code, message string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		text, _ := json.Marshal(map[string]any{"error": map[string]string{"code": code, "message": message}})
		_, _ = w.Write(text)
	}
}

func denied(w http.ResponseWriter, r *http.Request, n int) {
	refuse(http.StatusForbidden, "AuthorizationFailed", "The client 'ada@example.com' with object id 'x' does not have authorization to perform action over scope "+r.URL.Path)(w, r, n)
}

// turns answers one request after the other; the last answer stays.
func turns(answers ...func(http.ResponseWriter, *http.Request, int)) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, n int) { answers[min(n, len(answers))-1](w, r, n) }
}

func text200(body string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = io.WriteString(w, body) }
}

// client is a client of the stand-in, whose pauses pass on a clock of its own.
func (m *resourceManager) client() (*Client, *clock) {
	m.t.Helper()
	c := &clock{now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	client, err := NewClient(Settings{Credential: credential{}, Endpoint: m.URL, Transport: m.Client().Transport, Now: c.Now, Wait: c.Wait})
	if err != nil {
		m.t.Fatal(err)
	}
	return client, c
}

// pull reads the subscription and fails the test on an error.
func (m *resourceManager) pull(o Options) (*Snapshot, diagnostic.List) {
	m.t.Helper()
	client, _ := m.client()
	if len(o.Subscriptions) == 0 {
		o.Subscriptions = []string{sub}
	}
	s, list := Pull(context.Background(), client, o)
	if s == nil {
		m.t.Fatalf("no snapshot: %v", list)
	}
	return s, list
}

// fail reads the subscription and expects one error of that code.
func (m *resourceManager) fail(code string) diagnostic.Diagnostic {
	m.t.Helper()
	client, _ := m.client()
	s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}})
	if s != nil || len(list) != 1 || list[0].Code != code || list[0].Severity != diagnostic.Error {
		m.t.Fatalf("want the one error %s and no snapshot, got %v", code, list)
	}
	return list[0]
}

func (m *resourceManager) count(path string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts[strings.ToLower(under(sub)+path)]
}

// seen are the requests that came in, in order.
func (m *resourceManager) seen() []request {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.requests)
}

// most is how many requests were under way at a time.
func (m *resourceManager) most() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peak
}

// asked lists the requests that came in, sorted.
func (m *resourceManager) asked() []string {
	var list []string
	for _, r := range m.seen() {
		list = append(list, r.method+" "+r.path+" "+r.version)
	}
	slices.Sort(list)
	return list
}

// credential gives the token of the tests.
type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// clock passes only while somebody waits.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = append(c.waits, d)
	c.now = c.now.Add(d)
	return ctx.Err()
}

// waited are the pauses so far.
func (c *clock) waited() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.waits)
}

// Constructors of resources as Azure lists them.

func id(group, typ, name string) string {
	return under(sub) + "/resourceGroups/" + group + "/providers/" + typ + "/" + name
}

func network(typ string) string { return "Microsoft.Network/" + typ }

// made is a resource with an id, a type and its properties.
func made(group, typ, name, properties string) string {
	return fmt.Sprintf(`{"name":%q,"id":%q,"etag":"W/\"1\"","type":%q,"location":"westeurope","properties":{"provisioningState":"Succeeded"%s}}`,
		name, id(group, typ, name), typ, comma(properties))
}

// listed is a resource as the list of everything has it.
func listed(group, typ, name string) string {
	return fmt.Sprintf(`{"id":%q,"name":%q,"type":%q,"location":"westeurope","tags":{"env":"test"}}`, id(group, typ, name), name, typ)
}

func comma(properties string) string {
	if properties == "" {
		return ""
	}
	return "," + properties
}

// vnet is a network 10.0.0.0/16 with subnets.
func vnet(name string, subnets ...string) string {
	return made("rg", network("virtualNetworks"), name, `"addressSpace":{"addressPrefixes":["10.0.0.0/16"]},"virtualNetworkPeerings":[],"subnets":[`+strings.Join(subnets, ",")+`]`)
}

func subnetID(vnet, name string) string {
	return id("rg", network("virtualNetworks"), vnet) + "/subnets/" + name
}

// subnet has a prefix and lists the ids of IP configurations.
func subnet(vnet, name, prefix, properties string, configurations ...string) string {
	var list []string
	for _, c := range configurations {
		list = append(list, fmt.Sprintf(`{"id":%q}`, c))
	}
	return fmt.Sprintf(`{"name":%q,"id":%q,"properties":{"addressPrefix":%q,"ipConfigurations":[%s]%s},"type":"Microsoft.Network/virtualNetworks/subnets"}`,
		name, subnetID(vnet, name), prefix, strings.Join(list, ","), comma(properties))
}

func refer(name, id string) string { return fmt.Sprintf(`%q:{"id":%q}`, name, id) }

// group is a network security group without rules of its own.
func group(name string) string {
	return made("rg", network("networkSecurityGroups"), name, `"securityRules":[],"defaultSecurityRules":[]`)
}

// nic is a network interface with one address in a subnet.
func nic(name, subnet, address string) string {
	return made("rg", network("networkInterfaces"), name, fmt.Sprintf(`"enableIPForwarding":false,"ipConfigurations":[{"name":"ip","id":%q,"properties":{"privateIPAddress":%q,%s}}]`,
		id("rg", network("networkInterfaces"), name)+"/ipConfigurations/ip", address, refer("subnet", subnet)))
}

func (m *resourceManager) link(path, query string) string {
	return m.URL + under(sub) + path + "?" + query
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
