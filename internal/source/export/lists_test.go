package export

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// listRule is a rule with this list as its source.
func listRule(priority int, elements []string) string {
	return fmt.Sprintf(`
      {"name": "rule-%d", "properties": {"direction": "Inbound", "access": "Allow", "protocol": "*", "priority": %d, "sourcePortRange": "*",
        "sourceAddressPrefixes": [
          %s
        ], "destinationAddressPrefix": "*", "destinationPortRange": "443"}}`, priority, priority, strings.Join(elements, ",\n          "))
}

func listGroup(rules ...string) string {
	return `{"type": "Microsoft.Network/networkSecurityGroups", "name": "lists", "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/lists",
  "properties": {"securityRules": [` + strings.Join(rules, ",") + "\n]}}"
}

func manyPrefixes(last string) (elements []string) {
	for i := range 40 {
		elements = append(elements, fmt.Sprintf(`"10.%d.0.0/16"`, i))
	}
	return append(elements, last)
}

// Lists that are written alike are read once, and each prefix of each of them keeps
// its own place.
func TestListsWrittenAlikeHaveTheirOwnPlaces(t *testing.T) {
	lists := [][]string{manyPrefixes(`"10.50.0.0/16"`), manyPrefixes(`"10.50.0.0/16"`), manyPrefixes(`"10.50.0.4"`), manyPrefixes(`"10.50.0.0/16"`),
		manyPrefixes(`"fd00::/8"`)[40:], manyPrefixes(`"10.50.0.4"`)}
	var rules []string
	for i, list := range lists {
		rules = append(rules, listRule(100+i, list))
	}
	text := listGroup(rules...)
	lines := strings.Split(text, "\n")
	for i, r := range mustRead(t, parse(t, text)).NetworkSecurityGroups[0].Rules {
		if got := r.Source.Len(); got != len(lists[i]) {
			t.Fatalf("rule %d has %d prefixes, want %d", i, got, len(lists[i]))
		}
		if want := r.Source.Term(0).At; r.Source.At != want {
			t.Errorf("the source of rule %d is at %v, want %v", i, r.Source.At, want)
		}
		for k, term := range r.Source.Terms() {
			if quoted := `"` + term.Text + `"`; quoted != lists[i][k] || !strings.HasPrefix(lines[term.At.Line-1][term.At.Column-1:], quoted) {
				t.Errorf("prefix %d of rule %d is %s at %v, want %s there", k, i, quoted, term.At, lists[i][k])
			}
		}
	}
}

// What is wrong in a list is said of each that is written like it.
func TestListsWrittenAlikeEachTellWhatIsWrong(t *testing.T) {
	for _, last := range []string{`"10.50.0.1/16"`, `null`, `7`, `"Storage"`, `{}`} {
		one, two := problemsOf(t, listGroup(listRule(100, manyPrefixes(last)))), problemsOf(t, listGroup(listRule(100, manyPrefixes(last)), listRule(200, manyPrefixes(last))))
		if two != 2*one {
			t.Errorf("with %s: %d problems in one list, %d in two", last, one, two)
		}
	}
	if one := problemsOf(t, listGroup(listRule(100, manyPrefixes(`"10.50.0.1/16"`)))); one != 1 {
		t.Errorf("%d problems with host bits, want 1", one)
	}
}

func problemsOf(t *testing.T, text string) int {
	t.Helper()
	return len(Read(parse(t, text)).Diagnostics)
}

// A side to which more is added after its list was read leaves the list of others alone.
func TestListsInCommonAreNotWrittenTo(t *testing.T) {
	doc := parse(t, `["10.0.0.0/8"]`)
	known := azure.PrefixLists{}
	var first, second azure.SideFields
	begin := func(side *azure.SideFields) document.Value {
		list := doc.Root()
		side.Expect(64, doc, list.Offset())
		return list
	}
	list := begin(&first)
	for range 32 {
		first.AddPrefix("10.0.0.0/8", list.Offset()+1)
	}
	known.Keep(list.Raw(), &first, 32)
	if !known.Repeat(list.Raw(), &second, doc, list.Offset()) {
		t.Fatal("the list is not kept")
	}
	first.AddPrefix("10.1.0.0/16", list.Offset()+1)
	second.AddPrefix("10.2.0.0/16", list.Offset()+1)
	for _, c := range []struct {
		fields azure.SideFields
		last   string
	}{{first, "10.1.0.0/16"}, {second, "10.2.0.0/16"}} {
		side, _ := azure.MakeSide("source", c.fields)
		if got := side.Term(32).Text; side.Len() != 33 || got != c.last {
			t.Errorf("%d prefixes, the last %s, want 33 and %s", side.Len(), got, c.last)
		}
	}
}
