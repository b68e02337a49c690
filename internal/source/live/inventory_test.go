package live

import (
	"reflect"
	"slices"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/live/snapshot"
)

func parse(t *testing.T, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse("resource.json", []byte(text), document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestReadGivesTheNetworkThatWasPulled(t *testing.T) {
	s, _ := everything(t).pull(Options{})
	inv, err := s.Inventory("azure://" + sub)
	if err != nil {
		t.Fatal(err)
	}
	n, list := azure.Build(inv)
	if n == nil || len(list) > 0 {
		t.Fatal(list)
	}
	app, ok := n.Subnet(azure.MakeID(subnetID("one", "app")))
	if !ok || app.NetworkSecurityGroup.ID.Name() != "one" || app.At.File != "azure://"+sub || app.VirtualNetwork.Location.V != "westeurope" || len(n.NetworkInterfaces) != 1 || len(n.ApplicationSecurityGroups) != 1 || len(n.RouteTables) != 1 {
		t.Errorf("got %+v", n)
	}
	if len(n.AdminRules) != 1 || n.AdminRules[0].Access.V != azure.AdminAllow || n.AdminRules[0].Collection.ID.Name() != "one" {
		t.Errorf("admin rules %+v", n.AdminRules)
	}
	if pool := n.ManagedServices; !slices.ContainsFunc(pool, func(m *azure.ManagedService) bool {
		return m.Type == "Microsoft.Batch/batchAccounts/pools" && len(m.Subnets) == 1 && m.Subnets[0].ID == app.ID
	}) {
		t.Errorf("managed services %+v", pool)
	}
	if len(n.AzureFirewalls) != 1 || len(n.FirewallPolicies) != 1 || len(n.FirewallPolicies[0].Groups) != 1 || n.FirewallPolicies[0].Groups[0].Stub {
		t.Errorf("firewalls %+v, policies %+v", n.AzureFirewalls, n.FirewallPolicies)
	}
}

// decisions 29: live data and snapshots have a rank of their own, in every
// resource.
func TestEveryResourceHasTheRankOfLiveData(t *testing.T) {
	s, _ := everything(t).pull(Options{})
	inv, err := s.Inventory("x")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			if r, ok := v.Interface().(azure.Resource); ok {
				found++
				if r.Rank != azure.RankLive {
					t.Errorf("%s has the rank %s", r.ID, r.Rank)
				}
				return
			}
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(inv))
	if inv.Rank != azure.RankLive || found < 7 {
		t.Errorf("rank %s, %d resources", inv.Rank, found)
	}
}

// Every list that can be missing has an effect of its own to state.
func TestEveryMissingListHasAnEffect(t *testing.T) {
	other := snapshot.Missing{Type: "Microsoft.Network/future"}.Effect()
	for _, k := range append([]kind{all}, kinds...) {
		if e := (snapshot.Missing{Type: k.name}).Effect(); e == other {
			t.Errorf("%s: %s", k.name, e)
		}
	}
}
