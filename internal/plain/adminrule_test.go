package plain_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/plain"
	"github.com/wayleave/wayleave/internal/plain/random"
)

// admin is a collection of security admin rules for network V.
func (s setting) admin(name string, rules ...string) setting {
	c := &random.Admin{Name: name, VNets: []string{"V"}}
	for _, text := range rules {
		r := rule(text)
		r.Name = name + "-" + r.Name
		c.Rules = append(c.Rules, r)
	}
	s.Admin = append(s.Admin, c)
	return s
}

// TestAdminRules asks what security admin rules do to packets before the groups
// see them (section 2.10).
func TestAdminRules(t *testing.T) {
	for _, row := range []struct {
		id, what string
		setting  setting
		packet   string
		want     string
	}{
		{"T80", "ADM-2", common().group("app", "100 In Allow Tcp * -> * 22").admin("a", "10 In Deny Tcp 10.1.2.0/24 -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:22", "deny a-rule10In"},
		{"T81", "ADM-2", common().group("app", denyIn).admin("a", "10 In Allow Tcp * -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:22", "deny rule100In"},
		{"T82", "ADM-2", common().group("app", denyIn).admin("a", "10 In AlwaysAllow Tcp 10.1.2.0/24 -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:22", "allow 10.1.0.0/16 VnetLocal"},
		{"T82", "ADM-2, another port", common().group("app", denyIn).admin("a", "10 In AlwaysAllow Tcp 10.1.2.0/24 -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:23", "deny rule100In"},
		{"T83", "ADM-5", common().group("db", "100 Out Deny * * -> * 22").admin("a", "10 In AlwaysAllow Tcp * -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:22", "deny rule100Out"},
		{"ADM-1", "outbound, without any group", common().admin("a", "10 Out Deny Tcp * -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:22", "deny a-rule10Out"},
		{"ADM-2", "the smaller priority decides", common().admin("a", "10 In Deny Tcp * -> * 22", "9 In AlwaysAllow Tcp * -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:22", "allow 10.1.0.0/16 VnetLocal"},
		{"ADM-3", "of one priority in two collections nobody knows", common().admin("a", "10 In Deny Tcp * -> * 22").admin("b", "10 In Allow Tcp * -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:22", "undecided a-rule10In"},
		{"ADM-3", "unless the group denies it anyway", common().group("app", denyIn).admin("a", "10 In Deny Tcp * -> * 22").admin("b", "10 In Allow Tcp * -> * 22"), "tcp 10.1.2.4 -> 10.1.1.4:22", "deny rule100In"},
	} {
		twin := row.setting.twin(t)
		answer, err := twin.Settled(plain.Question{Packet: packet(row.packet), From: row.setting.id("db")})
		if got := string(answer.Verdict) + " " + answer.Decider.Name; err != nil || got != row.want {
			t.Errorf("%s %s: got %s, %v, want %s\n%v", row.id, row.what, got, err, row.want, answer)
		}
	}
}
