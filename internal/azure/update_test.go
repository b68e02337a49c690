package azure

import "testing"

// What an update sets counts over statements that are believed no more than it is: one of
// a state leaves what a plan says alone.
func TestUpdatesCountOverWhatIsBelievedNoMore(t *testing.T) {
	for _, row := range []struct {
		says           string
		stated, update Rank
		private        bool
	}{
		{"a plan over an export", RankExport, RankPlan, true},
		{"a plan over itself", RankPlan, RankPlan, true},
		{"a state under a plan", RankPlan, RankState, false},
	} {
		w := input(row.stated, "network.json")
		v := w.vnet("v 10.0.0.0/16")
		w.inline(v, "a 10.0.0.0/24").DefaultOutboundAccess = Of(true, w.at())
		u := input(row.update, "update.json")
		u.inv.Updates = []Update{{
			Resource: Resource{Type: TypeSubnet, Address: "u", Rank: row.update, At: u.at()}, Target: Reference{ID: MakeID(sub("v", "a"))},
			Set:  onlySubnet(row.update, func(s *Subnet) { s.DefaultOutboundAccess = Of(false, Position{}) }),
			Bare: onlySubnet(row.update, func(*Subnet) {}),
			Open: onlySubnet(row.update, func(s *Subnet) { s.DefaultOutboundAccess = NotKnown[bool](&Unknown{Name: "u"}) }),
		}}
		n, problems := build(w, u)
		if n == nil {
			t.Fatal(problems)
		}
		if access, known := n.Subnets()[0].DefaultOutboundAccess.Known(); !known || access == row.private {
			t.Errorf("%s: default outbound access %v, known %v", row.says, access, known)
		}
	}
}

// onlySubnet states a subnet and nothing else.
func onlySubnet(rank Rank, set func(*Subnet)) *Inventory {
	s := &Subnet{Resource: Resource{ID: MakeID(sub("v", "a")), Type: TypeSubnet, Name: "a", Rank: rank}}
	set(s)
	return &Inventory{Rank: rank, Subnets: []Child[*Subnet]{{Parent: Reference{ID: MakeID(net("v"))}, Resource: s}}}
}
