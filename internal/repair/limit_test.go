package repair_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	. "github.com/wayleave/wayleave/internal/azure/azuretest"
	"github.com/wayleave/wayleave/internal/repair"
)

// rules are so many inbound rules that decide nothing about what goes out.
func rules(n int) []Item {
	var list []Item
	for i := range n {
		list = append(list, AllowIn(100+i, "udp", "*", "*", fmt.Sprint(1+i)))
	}
	return list
}

// hosts are so many prefixes outside the network.
func hosts(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("172.16.%d.%d", i/256, i%256))
	}
	return strings.Join(list, ",")
}

// A change that Azure would refuse is not proposed (LIM-1): as many needs as fit
// are satisfied, and of the others the group and its limit are named.
func TestLimitsOfAGroup(t *testing.T) {
	deny := DenyOut(200, "tcp", "*", "*", "*")
	const (
		many      = "cannot: g would have more than 1000 security rules, which is the limit of a group"
		from      = "cannot: the rules of g would name more than 4000 source prefixes, which is the limit of a group"
		to        = "cannot: the rules of g would name more than 4000 destination prefixes, which is the limit of a group"
		remedy    = "; take out rules that are not needed (wayleave lint names those without effect)"
		sql       = "out app Sql tcp 1433"
		storage   = "out app Storage tcp 443"
		narrow    = "out app 8.8.8.0/24 tcp 443"
		other     = "out app 8.8.4.0/24 tcp 80"
		wide      = "out app 8.8.0.0/16 tcp 80,443"
		toSQL     = "+g Outbound 190 Allow Tcp 10.1.1.0/24 -> Sql port 1433"
		toNetwork = "+g Outbound 190 Allow Tcp 10.1.1.0/24 -> 8.8.0.0/16 port 80, 443"
	)
	for _, x := range []struct {
		name  string
		rules []Item
		needs []string
		want  string
	}{
		{"the last rule", append(rules(998), deny), []string{sql}, toSQL},
		{"one rule too many", append(rules(999), deny), []string{sql}, many + remedy},
		{"room for one of two", append(rules(998), deny), []string{sql, storage}, toSQL + "\n" + many + remedy},
		{"two that are one rule", append(rules(998), deny), []string{sql, "out db Sql tcp 1433"}, "+g Outbound 190 Allow Tcp 10.1.1.0/24, 10.1.2.0/24 -> Sql port 1433"},
		{"a wide rule makes room for the narrow ones", append(rules(998), deny), []string{narrow, other, wide, sql}, toNetwork + "\n" + many + remedy},
		{"both directions count", append(rules(998), DenyIn(4000, "tcp", "*", "*", "*"), deny), []string{sql}, many + remedy},
		{"the last source", []Item{AllowIn(100, "udp", hosts(3999), "*", "1"), deny}, []string{sql}, toSQL},
		{"one source too many", []Item{AllowIn(100, "udp", hosts(4000), "*", "1"), deny}, []string{sql}, from + remedy},
		{"destinations are counted apart", []Item{AllowIn(100, "udp", "*", hosts(4000), "1"), deny}, []string{sql}, toSQL},
		{"the last destination", []Item{AllowIn(100, "udp", "*", hosts(3999), "1"), deny}, []string{wide}, toNetwork},
		{"one destination too many", []Item{AllowIn(100, "udp", "*", hosts(4000), "1"), deny}, []string{wide, sql}, toSQL + "\n" + to + remedy},
	} {
		t.Run(x.name, func(t *testing.T) {
			inventory := Inventory(azure.RankExport, items(x.rules)...)
			f := compile(t, inventory)
			var needs []repair.Need
			for _, text := range x.needs {
				needs = append(needs, need(t, f, text))
			}
			plan := repair.Make(f, needs, repair.Keep{})
			if got := lines(plan); got != x.want {
				t.Errorf("got\n%s\nwant\n%s", got, x.want)
			}
			if len(plan.Needs)+len(plan.Unfixable) != len(needs) {
				t.Errorf("%d needs are planned for and %d are not, of %d", len(plan.Needs), len(plan.Unfixable), len(needs))
			}
			list, err := repair.Apply([]*azure.Inventory{inventory}, plan.Edits)
			if err != nil {
				t.Fatal(err)
			}
			if _, problems := azure.Build(list...); len(plan.Unfixable) == 0 && len(problems) > 0 {
				t.Errorf("the changed network is not one that Azure takes: %v", problems)
			}
		})
	}
}

// Where every priority up to the last is taken there is no place for a rule
// (NSG-2).
func TestNoPriorityLeft(t *testing.T) {
	for _, x := range []struct {
		kept int
		want string
	}{
		{4094, "+g Outbound 4095 Allow Tcp 10.1.1.0/24 -> Sql port 1433"},
		{4095, "cannot: g has no outbound priority left for a rule, up to 4096"},
	} {
		f := compile(t, Inventory(azure.RankExport, items([]Item{
			DenyOut(x.kept, "tcp", "*", "Storage", "*", Named("kept")), DenyOut(4096, "tcp", "*", "*", "*"),
		})...))
		plan := repair.Make(f, []repair.Need{need(t, f, "out app Sql tcp 1433")}, repair.Keep{Names: []string{"kept"}})
		if got := lines(plan); got != x.want {
			t.Errorf("kept at %d: got\n%s\nwant\n%s", x.kept, got, x.want)
		}
	}
}

// Likewise for the routes of a table (LIM-2).
func TestLimitsOfATable(t *testing.T) {
	tags := func(n int) []Item {
		list := []Item{Route("0.0.0.0/0", "None")}
		for i := range n {
			list = append(list, Route(fmt.Sprintf("Tag%d", i), "None"))
		}
		return list
	}
	prefixes := func(n int) []Item {
		list := []Item{Route("0.0.0.0/0", "None")}
		for i := range n - 1 {
			list = append(list, Route(fmt.Sprintf("172.16.%d.%d/32", i/256, i%256), "None"))
		}
		return list
	}
	for _, x := range []struct {
		name   string
		routes []Item
		want   string
	}{
		{"the last route", prefixes(399), "+rt internet-Sql: route Sql to Internet"},
		{"one route too many", prefixes(400), "cannot: rt would have more than 400 routes, which is the limit of a table"},
		{"the last tag", tags(24), "+rt internet-Sql: route Sql to Internet"},
		{"one tag too many", tags(25), "cannot: rt would have more than 25 routes for service tags, which is the limit of a table"},
	} {
		t.Run(x.name, func(t *testing.T) {
			f := compile(t, Inventory(azure.RankExport, VNet("v", "10.1.0.0/16", Subnet("app", "10.1.1.0/24", Routes("rt", x.routes...)))))
			plan := repair.Make(f, []repair.Need{need(t, f, "out app Sql tcp 1433")}, repair.Keep{})
			if got := lines(plan); got != x.want {
				t.Errorf("got\n%s\nwant\n%s", got, x.want)
			}
		})
	}
}
