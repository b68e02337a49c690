package live

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/live/snapshot"
)

// throttled answers 429 with a header.
func throttled(name, value string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		if name != "" {
			w.Header().Set(name, value)
		}
		refuse(http.StatusTooManyRequests, "TooManyRequests", "slow down")(w, r, n)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, c := range []struct {
		name, value string
		least, most time.Duration
	}{
		{"Retry-After", "17", 17 * time.Second, 17 * time.Second},
		{"Retry-After", "Fri, 20 Nov 2026 10:00:42 GMT", 42 * time.Second, 42 * time.Second},
		{"Retry-After-Ms", "250", 250 * time.Millisecond, 250 * time.Millisecond},
		{"x-ms-retry-after-ms", "1500", 1500 * time.Millisecond, 1500 * time.Millisecond},
		{"Retry-After", "soon", 800 * time.Millisecond, 1200 * time.Millisecond},
		{"Retry-After", "-5", 800 * time.Millisecond, 1200 * time.Millisecond},
		{"", "", 800 * time.Millisecond, 1200 * time.Millisecond},
	} {
		m := newResourceManager(t)
		m.on("/resources", turns(throttled(c.name, c.value), page("")))
		client, clock := m.client()
		s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}})
		waits := clock.waited()
		if s == nil || len(waits) != 1 || waits[0] < c.least || waits[0] > c.most {
			t.Errorf("%s: %s: waited %v, want %s to %s; %v", c.name, c.value, waits, c.least, c.most, list)
		}
	}
}

// While one request is told to wait, no other is sent.
func TestThrottlingHoldsAllRequests(t *testing.T) {
	m := newResourceManager(t)
	client, clock := m.client()
	m.on("/resources", turns(throttled("Retry-After", "60"), page("")))
	var held []time.Duration
	client.pace.sleep = func(ctx context.Context, d time.Duration) error {
		client.pace.mu.Lock()
		held = append(held, client.pace.until.Sub(clock.Now()))
		client.pace.mu.Unlock()
		return clock.Wait(ctx, d)
	}
	client.pace.hold(10 * time.Second)
	if _, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}}); len(list) > 0 {
		t.Fatal(list)
	}
	want := []time.Duration{10 * time.Second, time.Minute}
	if waits := clock.waited(); !slices.Equal(waits, want) || !slices.Equal(held, want) {
		t.Errorf("waited %v, while all requests were held for %v", waits, held)
	}
	client.pace.hold(time.Minute)
	client.pace.hold(time.Second) // a shorter pause does not end a longer one
	if err := client.pace.wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if waits := clock.waited(); waits[len(waits)-1] != time.Minute {
		t.Errorf("waited %v", waits)
	}
}

func TestThrottledForGood(t *testing.T) {
	m := newResourceManager(t)
	m.on("/resources", throttled("Retry-After", "1"))
	d := m.fail("azure-busy")
	if n := m.count("/resources"); n != 10 {
		t.Errorf("%d tries, want 10", n)
	}
	if !strings.Contains(d.Hint, "1s") {
		t.Errorf("hint: %s", d.Hint)
	}
}

func TestAPauseTooLongIsLeftToTheUser(t *testing.T) {
	m := newResourceManager(t)
	m.on("/resources", throttled("Retry-After", "3600"))
	d := m.fail("azure-busy")
	if n := m.count("/resources"); n != 1 || !strings.Contains(d.Hint, "1h0m0s") {
		t.Errorf("%d tries, %s", n, d.Hint)
	}
}

func TestServerErrorsAreRetriedWithBackOff(t *testing.T) {
	m := newResourceManager(t)
	failing := refuse(http.StatusServiceUnavailable, "ServiceUnavailable", "later")
	m.on("/providers/"+network("routeTables"), turns(failing, failing, failing, page("", made("rg", network("routeTables"), "r", ""))))
	client, clock := m.client()
	s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}, Concurrency: 1})
	if s == nil || s.Len() != 1 || len(list) > 0 {
		t.Fatalf("got %v", list)
	}
	for i, d := range clock.waited() {
		middle := time.Second << i
		if d < middle*8/10 || d > middle*12/10 {
			t.Errorf("pause %d is %s, want about %s", i, d, middle)
		}
	}
	if n := len(clock.waited()); n != 3 {
		t.Errorf("%d pauses, want 3", n)
	}
}

func TestBackOffIsBounded(t *testing.T) {
	for try := 1; try < 200; try++ {
		if d := backOff(try); d <= 0 || d > lastPause*12/10 {
			t.Errorf("try %d: %s", try, d)
		}
	}
}

func TestServerErrorForGood(t *testing.T) {
	for _, status := range []int{408, 500, 502, 503, 504} {
		m := newResourceManager(t)
		m.on("/providers/"+network("virtualNetworks"), refuse(status, "InternalServerError", "oh"))
		m.fail("azure-busy")
		if n := m.count("/providers/" + network("virtualNetworks")); n != 6 {
			t.Errorf("%d: %d tries, want 6", status, n)
		}
	}
}

func TestExpiredTokenIsOneErrorWithAHint(t *testing.T) {
	m := newResourceManager(t)
	m.on("/resources", func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="The access token has expired."`)
		refuse(http.StatusUnauthorized, "ExpiredAuthenticationToken", "The access token expiry UTC time '11/20/2026 9:59:00 AM' is earlier than current UTC time. Token: "+r.Header.Get("Authorization"))(w, r, n)
	})
	d := m.fail("not-signed-in")
	if !strings.Contains(d.Hint, "az login") || !strings.Contains(d.Detail, "ExpiredAuthenticationToken") {
		t.Errorf("got %+v", d)
	}
	if strings.Contains(d.Detail, token) || !strings.Contains(d.Detail, "(token)") {
		t.Errorf("the message has the token: %s", d.Detail)
	}
	if len(m.seen()) != 1 {
		t.Errorf("asked %v, want the first list alone", m.asked())
	}
}

// A token that expires on the way ends the pull too: half a network is none.
func TestTokenExpiresOnTheWay(t *testing.T) {
	m := newResourceManager(t)
	m.list(network("virtualNetworks"), vnet("v"))
	m.on("/providers/"+network("networkSecurityGroups"), refuse(http.StatusUnauthorized, "ExpiredAuthenticationToken", "expired"))
	m.fail("not-signed-in")
}

// failing is a credential that gives no token, as those of azidentity do.
type failing struct{ asked *int }

type credentialError struct{}

func (credentialError) Error() string {
	return "DefaultAzureCredential: failed to acquire a token.\nAttempted credentials:\n\tAzureCLICredential: Please run 'az login'"
}
func (credentialError) NonRetriable() {}

func (f failing) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	*f.asked++
	return azcore.AccessToken{}, credentialError{}
}

func TestNoSignInIsOneErrorWithAHint(t *testing.T) {
	m := newResourceManager(t)
	asked := 0
	client, err := NewClient(Settings{Credential: failing{&asked}, Endpoint: m.URL, Transport: m.Client().Transport, Wait: (&clock{}).Wait})
	if err != nil {
		t.Fatal(err)
	}
	s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}})
	if s != nil || len(list) != 1 || list[0].Code != "not-signed-in" || !strings.Contains(list[0].Hint, "az login") || !strings.Contains(list[0].Detail, "AzureCLICredential") {
		t.Errorf("got %+v", list)
	}
	if asked != 1 || len(m.seen()) > 0 {
		t.Errorf("%d tries for a token, asked %v without one", asked, m.asked())
	}
}

func TestPartialPermissionIsMissing(t *testing.T) {
	m := everything(t)
	m.on("/providers/"+network("azureFirewalls"), denied)
	m.answers[strings.ToLower(id("rg", typeFirewallPolicy, "one")+"/ruleCollectionGroups")] = denied
	s, list := m.pull(Options{})
	want := []snapshot.Missing{
		{Type: network("azureFirewalls"), Scope: under(sub), Reason: "no permission for Microsoft.Network/azureFirewalls/read (AuthorizationFailed)"},
		{Type: network("firewallPolicies/ruleCollectionGroups"), Scope: id("rg", typeFirewallPolicy, "one"), Reason: "no permission for Microsoft.Network/firewallPolicies/ruleCollectionGroups/read (AuthorizationFailed)"},
	}
	if got := s.Missing(); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if s.Len() != len(kinds)-1 {
		t.Errorf("%d resources", s.Len())
	}
	if len(list) != 2 || list.HasErrors() || list[0].Severity != diagnostic.Warning || list[0].Hint == "" || list[0].Detail == "" {
		t.Errorf("got %+v", list)
	}
	if strings.Contains(string(s.JSON()), "ada@example.com") {
		t.Error("the snapshot names who took it")
	}
}

func TestListOfEverythingIsMissing(t *testing.T) {
	m := everything(t)
	m.on("/resources", denied)
	s, _ := m.pull(Options{})
	var types []string
	for _, missing := range s.Missing() {
		types = append(types, missing.Type)
	}
	want := []string{network("connections"), network("localNetworkGateways"), network("virtualNetworkGateways"), snapshot.TypeAll}
	if !slices.Equal(types, want) {
		t.Errorf("missing %v, want %v: gateways are found by that list", types, want)
	}
}

func TestNoPermissionAtAllIsAnError(t *testing.T) {
	m := newResourceManager(t)
	for _, k := range kinds {
		m.on("/providers/"+k.name, denied)
	}
	if d := m.fail("no-permission"); !strings.Contains(d.Hint, "az role assignment create") {
		t.Errorf("hint: %s", d.Hint)
	}
}

func TestNotFound(t *testing.T) {
	m := newResourceManager(t)
	m.on("/resources", refuse(http.StatusNotFound, "SubscriptionNotFound", "The subscription could not be found."))
	if d := m.fail("subscription-not-found"); d.At.File != "azure://"+sub || d.Hint == "" {
		t.Errorf("got %+v", d)
	}
	m = newResourceManager(t)
	m.on("/resourceGroups/nope/resources", refuse(http.StatusNotFound, "ResourceGroupNotFound", "Resource group 'nope' could not be found."))
	client, _ := m.client()
	_, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}, ResourceGroups: []string{"nope"}})
	if len(list) != 1 || list[0].Code != "resource-group-not-found" || list[0].At.File != "azure://"+sub+"/nope" {
		t.Errorf("got %v", list)
	}
}

func TestAPolicyThatGoesAwayMeanwhileIsMissing(t *testing.T) {
	m := everything(t)
	m.answers[strings.ToLower(id("rg", typeFirewallPolicy, "one")+"/ruleCollectionGroups")] = refuse(http.StatusNotFound, "ResourceNotFound", "gone")
	if s, _ := m.pull(Options{}); len(s.Missing()) != 1 || !strings.Contains(s.Missing()[0].Reason, "deleted") {
		t.Errorf("got %+v", s.Missing())
	}
}

func TestAnyOtherRefusalIsAnError(t *testing.T) {
	for _, status := range []int{202, 204, 302, 400, 404, 405, 409, 410} {
		m := newResourceManager(t)
		m.on("/providers/"+network("routeTables"), func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(status) })
		m.fail("unexpected-answer")
		if n := m.count("/providers/" + network("routeTables")); n != 1 {
			t.Errorf("%d: %d tries", status, n)
		}
	}
}

func TestUnregisteredProviderHasNoResources(t *testing.T) {
	m := newResourceManager(t)
	m.on("/providers/Microsoft.Logic/integrationServiceEnvironments", refuse(http.StatusConflict, "MissingSubscriptionRegistration", "The subscription is not registered to use namespace 'Microsoft.Logic'."))
	if s, list := m.pull(Options{}); len(list) > 0 || len(s.Missing()) > 0 {
		t.Errorf("got %v", list)
	}
}

func TestOlderVersionsOfTheAPI(t *testing.T) {
	m := newResourceManager(t)
	old := func(w http.ResponseWriter, r *http.Request, n int) {
		if v := r.URL.Query().Get("api-version"); v != networkVersions[1] {
			refuse(http.StatusBadRequest, "NoRegisteredProviderFound", "No registered resource provider found for location 'usgovvirginia' and API version '"+v+"'")(w, r, n)
			return
		}
		page("", made("rg", network("routeTables"), "r", ""))(w, r, n)
	}
	m.on("/providers/"+network("routeTables"), old)
	m.on("/providers/Microsoft.Logic/integrationServiceEnvironments", refuse(http.StatusNotFound, "InvalidResourceType", "The resource type could not be found"))
	s, list := m.pull(Options{})
	if s.Len() != 1 || len(list) != 1 || list.HasErrors() || list[0].Hint != "" {
		t.Errorf("%d resources, %v", s.Len(), list)
	}
	if got := s.Missing(); len(got) != 1 || got[0].Type != "Microsoft.Logic/integrationServiceEnvironments" || !strings.Contains(got[0].Reason, "does not offer") {
		t.Errorf("a type that the cloud does not know is missing, not empty: %+v", got)
	}
}

func TestUnreachable(t *testing.T) {
	m := newResourceManager(t)
	client, clock := m.client()
	m.Server.CloseClientConnections()
	m.Server.Close()
	s, list := Pull(context.Background(), client, Options{Subscriptions: []string{sub}})
	if s != nil || len(list) != 1 || list[0].Code != "azure-unreachable" || !strings.Contains(list[0].Summary, "127.0.0.1") {
		t.Errorf("got %v", list)
	}
	if n := len(clock.waited()); n != 2 {
		t.Errorf("%d pauses, want 2", n)
	}
}

// A request that is no GET, or that goes to another host, does not leave the
// program even if a mistake makes one.
func TestTheGuardNextToTheWire(t *testing.T) {
	m := newResourceManager(t)
	client, _ := m.client()
	for _, c := range []struct{ method, address string }{
		{http.MethodPut, m.URL + under(sub)}, {http.MethodPost, m.URL + under(sub)}, {http.MethodPatch, m.URL + under(sub)},
		{http.MethodDelete, m.URL + under(sub)}, {http.MethodHead, m.URL + under(sub)}, {http.MethodGet, "https://management.azure.com" + under(sub)},
	} {
		req, err := runtime.NewRequest(context.Background(), c.method, c.address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.pipeline.Do(req) //nolint:bodyclose // there is no answer
		var d diagnostic.Diagnostic
		if !errors.As(err, &d) || d.Code != "not-a-read" {
			t.Errorf("%s %s: %v", c.method, c.address, err)
		}
	}
	if len(m.seen()) > 0 {
		t.Errorf("sent %v", m.asked())
	}
}

func TestEndpoints(t *testing.T) {
	for name, host := range map[string]string{
		"": "management.azure.com", "Public": "management.azure.com", "AzureCloud": "management.azure.com",
		"usgov": "management.usgovcloudapi.net", "AzureUSGovernment": "management.usgovcloudapi.net", "AzureChinaCloud": "management.chinacloudapi.cn",
	} {
		c, err := CloudNamed(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		client, err := NewClient(Settings{Cloud: c, Credential: credential{}})
		if err != nil || client.endpoint.String() != "https://"+host {
			t.Errorf("%s: %v, %v", name, client.endpoint, err)
		}
	}
	if _, err := CloudNamed("AzureGermanCloud"); len(diagnostic.Of(err, "")) != 1 {
		t.Errorf("got %v", err)
	}
	for _, endpoint := range []string{"http://localhost", "https://localhost/arm", "ftp://x", "::"} {
		if _, err := NewClient(Settings{Credential: credential{}, Endpoint: endpoint}); err == nil {
			t.Errorf("%s is accepted", endpoint)
		}
	}
	if _, err := NewClient(Settings{}); err == nil {
		t.Error("a client without a credential is accepted")
	}
	if _, err := Connect(Cloud{}); err != nil {
		t.Errorf("connecting sends nothing, so it works anywhere: %v", err)
	}
}
