package live

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/live/snapshot"
)

var update = flag.Bool("update", false, "rewrite the expected files in testdata")

// golden compares with a file in testdata.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with: go test -update)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: (-want +got)\n%s", file, diff)
	}
}

// content are the properties of children by type.
var content = map[string]string{
	"Microsoft.Network/firewallPolicies/ruleCollectionGroups": `"priority":100,"ruleCollections":[]`,
	azure.TypeAdminRule: `"access":"Allow","direction":"Inbound","priority":10,"protocol":"Tcp","sources":[{"addressPrefixType":"IPPrefix","addressPrefix":"*"}],
		"destinations":[{"addressPrefixType":"IPPrefix","addressPrefix":"*"}],"sourcePortRanges":["0-65535"],"destinationPortRanges":["22"]`,
	"Microsoft.Batch/batchAccounts/pools": `"networkConfiguration":{"subnetId":"` + subnetID("one", "app") + `"},"startTask":{"commandLine":"--password hunter4"}`,
}

// nested is the id of a resource called one, in parents called one.
func nested(typ string) string {
	parts := strings.Split(typ, "/")
	return id("rg", parts[0], strings.Join(parts[1:], "/one/")) + "/one"
}

// everything is a subscription that has one resource of each kind, and some
// that are kept by name or not at all.
func everything(t *testing.T) *resourceManager {
	m := newResourceManager(t)
	var inventory []string
	for _, k := range kinds {
		_, full := kindNamed(k.parent)
		switch {
		case k.parent != "":
			m.answers[strings.ToLower(nested(k.parent)+"/"+k.last())] = page("", fmt.Sprintf(`{"name":"one","id":%q,"type":%q,"properties":{%s}}`, nested(k.name), k.name, content[k.name]))
			if !full {
				inventory = append(inventory, fmt.Sprintf(`{"id":%q,"name":"one","type":%q}`, nested(k.parent), k.parent))
			}
		case k.groupOnly:
			m.on("/resourceGroups/rg/providers/"+k.name, page("", made("rg", k.name, "one", "")))
			inventory = append(inventory, listed("RG", k.name, "one"))
		default:
			m.list(k.name, made("rg", k.name, "one", ""))
			inventory = append(inventory, listed("RG", k.name, "one"))
		}
	}
	inventory = append(inventory, listed("rg", network("virtualWans"), "wan"), listed("rg", "Microsoft.Compute/virtualMachines", "vm"), listed("rg", "Microsoft.Insights/alerts", "50% #1"))
	m.on("/resources", page("", inventory...))
	m.list(network("virtualNetworks"), vnet("one",
		subnet("one", "app", "10.0.1.0/24", refer("networkSecurityGroup", id("rg", network("networkSecurityGroups"), "one")),
			id("rg", network("networkInterfaces"), "one")+"/ipConfigurations/ip")))
	m.list(network("networkSecurityGroups"), group("one"))
	m.list(network("routeTables"), made("rg", network("routeTables"), "one", `"disableBgpRoutePropagation":false,"routes":[]`))
	m.list(network("azureFirewalls"), made("rg", network("azureFirewalls"), "one", `"natRuleCollections":[],"networkRuleCollections":[],"applicationRuleCollections":[]`))
	m.list(typeFirewallPolicy, made("rg", typeFirewallPolicy, "one", `"ruleCollectionGroups":[{"id":"`+id("rg", typeFirewallPolicy, "one")+`/ruleCollectionGroups/one"}]`))
	m.list(network("networkInterfaces"), nic("one", subnetID("one", "app"), "10.0.1.4"))
	m.on("/resourceGroups/rg/providers/"+network("connections"),
		page("", made("rg", network("connections"), "one", `"sharedKey":"hunter2","authorizationKey":"hunter3","connectionType":"IPsec"`)))
	return m
}

func TestPullReadsEveryKind(t *testing.T) {
	m := everything(t)
	s, list := m.pull(Options{})
	if len(list) > 0 {
		t.Errorf("got %v", list)
	}
	if s.Len() != len(kinds)+1 {
		t.Errorf("%d resources, want one of each of %d kinds and the virtual WAN by name", s.Len(), len(kinds))
	}
	golden(t, "snapshot.json", s.JSON())
}

// The list of requests is the whole list: GET only, of these paths only, each
// once, and the token goes with each.
func TestPullSendsReadsAndNothingElse(t *testing.T) {
	m := everything(t)
	m.pull(Options{})
	want := []string{"GET " + under(sub) + "/resources 2021-04-01"}
	for _, k := range kinds {
		path := under(sub) + "/providers/" + k.name
		switch {
		case k.parent != "":
			path = nested(k.parent) + "/" + k.last()
		case k.groupOnly:
			path = under(sub) + "/resourceGroups/rg/providers/" + k.name
		}
		want = append(want, "GET "+path+" "+k.versions[0])
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, m.asked()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, r := range m.seen() {
		if r.authorization != "Bearer "+token {
			t.Errorf("%s has the authorization %q", r.path, r.authorization)
		}
	}
}

// Whatever Azure answers, nothing but GET is sent: an unregistered provider
// makes Azure's own clients send POST .../register.
func TestNoAnswerLeadsToAWrite(t *testing.T) {
	for _, status := range []int{202, 301, 302, 307, 308, 400, 401, 403, 404, 405, 409, 410, 412, 429, 500, 503} {
		m := newResourceManager(t)
		client, _ := m.client()
		m.list(network("virtualNetworks"), "never read")
		m.on("/providers/"+network("virtualNetworks"), func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Location", m.URL+"/elsewhere")
			w.Header().Set("Azure-AsyncOperation", m.URL+"/elsewhere")
			w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="https://login.example/x", error="invalid_token"`)
			refuse(status, "MissingSubscriptionRegistration", "register Microsoft.Network")(w, r, n)
		})
		_, _ = Pull(context.Background(), client, Options{Subscriptions: []string{sub}})
		for _, r := range m.seen() {
			if r.method != http.MethodGet || !strings.HasPrefix(r.path, under(sub)+"/") {
				t.Errorf("status %d leads to %s %s", status, r.method, r.path)
			}
		}
	}
}

// Managed services are read where there are any, in the version of their own
// provider; the security admin rules of a network manager level by level.
func TestServicesAndAdminRulesAreFound(t *testing.T) {
	asked := func(m *resourceManager) string {
		m.pull(Options{})
		return strings.Join(m.asked(), "\n")
	}
	if list := asked(newResourceManager(t)); strings.Contains(list, "Microsoft.Web") || strings.Contains(list, "securityAdmin") {
		t.Errorf("asked for what is not there:\n%s", list)
	}
	m := everything(t)
	list := asked(m)
	for _, want := range []string{
		"GET " + under(sub) + "/providers/Microsoft.Web/hostingEnvironments 2022-09-01",
		"GET " + id("rg", "Microsoft.NetApp", "netAppAccounts/one/capacityPools/one/volumes") + " 2023-11-01",
		"GET " + id("rg", "Microsoft.Network", "networkManagers/one/securityAdminConfigurations/one/ruleCollections/one/rules") + " 2025-01-01",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("not asked: %s", want)
		}
	}
	// Nobody may read the configurations: the pull goes on and says so.
	m = everything(t)
	m.on("/resourceGroups/rg/providers/Microsoft.Network/networkManagers/one/securityAdminConfigurations", denied)
	s, problems := m.pull(Options{})
	if missing := s.Missing(); len(missing) != 1 || missing[0].Type != snapshot.TypeAdminSettings || len(problems) != 1 || !strings.Contains(problems[0].Detail, "is undecided") {
		t.Errorf("missing %+v, %v", missing, problems)
	}
}

// Two pulls of the same network give the same bytes, whether the answers come
// one after the other or all at once.
func TestTwoPullsPrintTheSameBytes(t *testing.T) {
	first, _ := everything(t).pull(Options{Concurrency: 1})
	for range 5 {
		again, _ := everything(t).pull(Options{Concurrency: maxConcurrency})
		if diff := cmp.Diff(string(first.JSON()), string(again.JSON())); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestResourceGroups(t *testing.T) {
	m := newResourceManager(t)
	m.on("/resourceGroups/hub/providers/"+network("virtualNetworks"), page("", made("HUB", network("virtualNetworks"), "v", "")))
	m.on("/resourceGroups/spoke/providers/"+network("connections"), page("", made("spoke", network("connections"), "c", "")))
	s, list := m.pull(Options{ResourceGroups: []string{"Spoke", "hub", "SPOKE"}})
	if len(list) > 0 || s.Len() != 2 {
		t.Errorf("%d resources, %v", s.Len(), list)
	}
	always := 1 // the list of everything
	for _, k := range kinds {
		if k.parent == "" && !k.found {
			always++
		}
	}
	if n := len(m.asked()); n != 2*always {
		t.Errorf("%d requests:\n%s", n, strings.Join(m.asked(), "\n"))
	}
	for _, r := range m.asked() {
		if !strings.Contains(r, "/resourceGroups/hub/") && !strings.Contains(r, "/resourceGroups/spoke/") {
			t.Errorf("asked beyond the groups: %s", r)
		}
	}
	if !strings.Contains(string(s.JSON()), "\"resourceGroups\": [\n    \"hub\",\n    \"spoke\"\n  ]") {
		t.Errorf("the snapshot does not say which groups it has:\n%s", s.JSON())
	}
}

func TestSeveralSubscriptions(t *testing.T) {
	m := newResourceManager(t)
	m.list(network("routeTables"), made("rg", network("routeTables"), "a", ""))
	m.answers[under(other)+"/providers/microsoft.network/routetables"] = page("", strings.ReplaceAll(made("rg", network("routeTables"), "b", ""), sub, other))
	s, _ := m.pull(Options{Subscriptions: []string{strings.ToUpper(other), sub, other}})
	var got struct {
		Subscriptions []string
		Resources     []struct{ Name string }
	}
	if err := json.Unmarshal(s.JSON(), &got); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Subscriptions, []string{sub, other}) || len(got.Resources) != 2 || got.Resources[0].Name != "a" {
		t.Errorf("got %+v", got)
	}
}

func TestConcurrencyIsBounded(t *testing.T) {
	for _, c := range []struct{ asked, most int }{{1, 1}, {3, 3}, {0, defaultConcurrency}, {1000, maxConcurrency}} {
		m := newResourceManager(t)
		var waiting atomic.Int32
		full := make(chan struct{})
		for _, k := range kinds {
			for _, subscription := range []string{sub, other} {
				m.answers[strings.ToLower(under(subscription)+"/providers/"+k.name)] = func(w http.ResponseWriter, r *http.Request, n int) {
					if int(waiting.Add(1)) == c.most {
						time.Sleep(20 * time.Millisecond) // a request too many would come now
						close(full)
					}
					select {
					case <-full:
					case <-time.After(5 * time.Second):
						t.Errorf("%d asked: no more than %d requests at a time, want %d", c.asked, waiting.Load(), c.most)
					}
					page("")(w, r, n)
				}
			}
		}
		m.pull(Options{Subscriptions: []string{sub, other}, Concurrency: c.asked})
		if m.most() != c.most {
			t.Errorf("%d asked: %d requests at a time, want %d", c.asked, m.most(), c.most)
		}
	}
}

func TestProgress(t *testing.T) {
	var all []Progress
	everything(t).pull(Options{Progress: func(p Progress) { all = append(all, p) }})
	for i, p := range all {
		if p.Done != i+1 || p.Done > p.Total || i > 0 && p.Total < all[i-1].Total {
			t.Errorf("step %d: %+v", i, p)
		}
	}
	last := all[len(all)-1]
	if last.Done != last.Total || last.Total != len(kinds)+1 || last.Resources != len(kinds)+1 || last.Type != azure.TypeAdminRule {
		t.Errorf("at the end: %+v", last)
	}
}

func TestCancelling(t *testing.T) {
	m := newResourceManager(t)
	ctx, cancel := context.WithCancel(context.Background())
	m.on("/providers/"+network("routeTables"), func(_ http.ResponseWriter, r *http.Request, _ int) {
		cancel()
		<-r.Context().Done() // the connection is given up
	})
	client, _ := m.client()
	started := time.Now()
	s, list := Pull(ctx, client, Options{Subscriptions: []string{sub}})
	if s != nil || len(list) != 1 || list[0].Code != "cancelled" {
		t.Errorf("got %v", list)
	}
	if d := time.Since(started); d > 10*time.Second {
		t.Errorf("it took %s", d)
	}
}

func TestCancelledBeforeItBegan(t *testing.T) {
	m := newResourceManager(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	client, _ := m.client()
	if s, list := Pull(ctx, client, Options{Subscriptions: []string{sub}}); s != nil || len(list) != 1 || list[0].Code != "cancelled" {
		t.Errorf("got %v", list)
	}
	if len(m.seen()) > 0 {
		t.Errorf("asked %v", m.asked())
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		options Options
		code    string
	}{
		{Options{}, "no-subscription"},
		{Options{Subscriptions: []string{"production"}}, "bad-address"},
		{Options{Subscriptions: []string{sub + "/../x"}}, "bad-address"},
		{Options{Subscriptions: []string{sub}, ResourceGroups: []string{"a/b"}}, "bad-address"},
		{Options{Subscriptions: []string{sub}, ResourceGroups: []string{"dot."}}, "bad-address"},
		{Options{Subscriptions: []string{sub}, ResourceGroups: []string{""}}, "bad-address"},
		{Options{Subscriptions: []string{sub, other}, ResourceGroups: []string{"rg"}}, "ambiguous-group"},
	} {
		m := newResourceManager(t)
		client, _ := m.client()
		s, list := Pull(context.Background(), client, c.options)
		if s != nil || len(list) != 1 || list[0].Code != c.code || list[0].Hint == "" {
			t.Errorf("%+v: want %s, got %v", c.options, c.code, list)
		}
		if len(m.seen()) > 0 {
			t.Errorf("%+v: asked %v", c.options, m.asked())
		}
	}
}

func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		path  string
		group []string
		ok    bool
	}{
		{"azure://" + sub, nil, true},
		{"AZURE://" + strings.ToUpper(sub) + "/", nil, true},
		{"azure://" + sub + "/rg-hub_(1).x", []string{"rg-hub_(1).x"}, true},
		{"azure://" + sub + "/rg/more", nil, false},
		{"azure://", nil, false},
		{"azure://production", nil, false},
		{"plan.json", nil, false},
	} {
		o, err := ParseAddress(c.path)
		if (err == nil) != c.ok || c.ok && !slices.Equal(o.ResourceGroups, c.group) {
			t.Errorf("%s: %+v, %v", c.path, o, err)
		}
		if err != nil && len(diagnostic.Of(err, "")) != 1 {
			t.Errorf("%s: %v is no diagnostic", c.path, err)
		}
	}
	if IsAddress("azure") || !IsAddress("Azure://x") {
		t.Error("IsAddress folds the scheme and needs all of it")
	}
}

func TestEach(t *testing.T) {
	errOdd := errors.New("odd")
	calls := 0
	err := each(context.Background(), 1, 100, func(_ context.Context, i int) error {
		if calls++; i == 3 {
			return errOdd
		}
		return nil
	})
	if err != errOdd || calls != 4 {
		t.Errorf("%d calls, %v: after an error no further call starts", calls, err)
	}
	// Of several errors that of the smallest number counts, whichever is first.
	second := make(chan struct{})
	err = each(context.Background(), 2, 2, func(ctx context.Context, i int) error {
		if i == 1 {
			close(second)
			return errors.New("second")
		}
		<-second
		return errOdd
	})
	if err != errOdd {
		t.Errorf("got %v", err)
	}
	if err := each(context.Background(), 8, 0, nil); err != nil {
		t.Errorf("nothing to do: %v", err)
	}
}
