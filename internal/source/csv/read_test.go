package csv

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayleave/wayleave/internal/azure"
)

// show prints what a table states, one rule or range a line.
func show(i *azure.Inventory) []string {
	var lines []string
	for _, d := range i.Diagnostics {
		lines = append(lines, d.Error())
	}
	for _, g := range i.NetworkSecurityGroups {
		for _, r := range g.Rules {
			var terms []string
			for _, side := range []azure.Side{r.Source, r.Destination} {
				for _, t := range side.Terms() {
					terms = append(terms, t.Text)
				}
				terms = append(terms, "|")
			}
			for _, p := range r.DestinationPorts.Terms {
				terms = append(terms, p.Text)
			}
			lines = append(lines, fmt.Sprintf("%d:%d %s/%s %d %s %s %s %s", r.At.Line, r.At.Column, g.Name, r.Name,
				r.Priority.V, r.Direction.V, r.Access.V, r.Protocol.V, strings.Join(terms, " ")))
		}
	}
	for _, g := range i.IPGroups {
		for _, t := range g.Addresses {
			lines = append(lines, fmt.Sprintf("%d:%d %s %s", t.At.Line, t.At.Column, g.Name, t.Text))
		}
	}
	return lines
}

func TestTables(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"in the order of the columns": {
			"a,100,Inbound,Allow,TCP,10.0.0.0/8,*,*,443\nb,110,outbound,DENY,*,\"10.0.0.0/8, 192.168.0.0/24\",*,Internet,\"80;443\"\n",
			"1:1 rules/a 100 Inbound Allow Tcp 10.0.0.0/8 | * | 443\n2:1 rules/b 110 Outbound Deny * 10.0.0.0/8 192.168.0.0/24 | Internet | 80 443",
		},
		"by the names of the columns, with a byte order mark": {
			bom + "Priority,Name,NSG,Access,Direction,Protocol,SourceAddressPrefix,Source Port Range,Destination,Destination Ports,Description\n" +
				"100,a,web,Allow,Inbound,Tcp,Internet,*,*,443,\"from, everywhere\"\n100,a,db,Deny,Inbound,*,*,*,*,*,\n",
			"2:1 web/a 100 Inbound Allow Tcp Internet | * | 443\n3:1 db/a 100 Inbound Deny * * | * | *",
		},
		"with semicolons": {
			"a;100;Inbound;Allow;TCP;10.0.0.0/8,10.1.0.0/16;*;*;443\n",
			"1:1 rules/a 100 Inbound Allow Tcp 10.0.0.0/8 10.1.0.0/16 | * | 443",
		},
		"as Export-Csv writes it": {
			"\"Name\",\"Priority\",\"Direction\",\"Access\",\"Protocol\",\"SourceAddressPrefix\",\"SourcePortRange\",\"DestinationAddressPrefix\",\"DestinationPortRange\"\r\n" +
				"\"web\",\"100\",\"Inbound\",\"Allow\",\"Tcp\",\"10.0.0.0/24,10.0.1.0/24\",\"*\",\"VirtualNetwork\",\"443,8080-8090\"\r\n",
			"2:1 rules/web 100 Inbound Allow Tcp 10.0.0.0/24 10.0.1.0/24 | VirtualNetwork | 443 8080-8090",
		},
		"a list of prefixes": {"cidr\n10.0.0.0/8\n192.0.2.1\n", "2:1 rules 10.0.0.0/8\n3:1 rules 192.0.2.1"},
		"a wrong value": {
			"name,priority,direction,access,protocol,source,sourceports,destination,ports\na,100,Inbound,Allow,Tcp,10.0.0.1/8,*,*,443\n",
			`rules.csv:2:25: error: the prefix "10.0.0.1/8" has bits set beyond its length`,
		},
		"a missing column":        {"name,priority,direction\n", `rules.csv:1:1: error: the table has no column "access" [csv-columns]`},
		"a priority that is none": {"a,high,Inbound,Allow,TCP,*,*,*,443\n", `rules.csv:1:1: error: "high" is no priority`},
		"a row of another length": {"a,100,Inbound,Allow,TCP,*,*,*,443\nb,110\n", "rules.csv:2:1: error: the row cannot be read: wrong number of fields [csv-syntax]"},
		"a quote that stays open": {"a,100,Inbound,Allow,TCP,*,*,*,\"443\n", "rules.csv:1:"},
		"a rule without a name":   {",100,Inbound,Allow,TCP,*,*,*,443\n", "rules.csv:1:1: error: the rule has no name"},
		"nothing":                 {"", "rules.csv:1:1: error: the table has no rows [empty-file]"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(show(Read("dir/rules.csv", []byte(tt.text))), "\n")
			got = strings.ReplaceAll(got, "dir/", "")
			if strings.Contains(tt.want, "error:") || strings.HasSuffix(tt.want, ":") {
				if !strings.HasPrefix(got, tt.want) {
					t.Errorf("got %s\nwant %s...", got, tt.want)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(tt.want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestOnlyTablesOfRulesAreRecognised(t *testing.T) {
	for text, want := range map[string]bool{
		"a,100,Inbound,Allow,TCP,*,*,*,443\n": true, "cidr\n10.0.0.0/8\n": true,
		"Name,Priority,Direction,Access,Protocol,Source,SourcePorts,Destination,DestinationPorts": true,
		"invoice,amount\n1,2\n": false, "": false, "10.0.0.0/8\n": false, "name: value\n": false,
	} {
		if got := Recognise([]byte(text)); got != want {
			t.Errorf("%q is recognised: %v, want %v", text, got, want)
		}
	}
}

// Whatever the text, nothing panics, and what is refused has a place.
func FuzzTable(f *testing.F) {
	f.Add("a,100,Inbound,Allow,TCP,10.0.0.0/8,*,*,\"80,443\"\n")
	f.Add("cidr\n10.0.0.0/8\n")
	f.Add("Name,Priority,Direction,Access,Protocol,Source,Source Port Range,Destination,Destination Port Range\n")
	f.Add(bom + "Name;Priority;Direction;Access;Protocol;Source;SourcePorts;Destination;Ports;nsg\n\"a\"\"b\";100;;;;;;;;x\n")
	f.Fuzz(func(t *testing.T, text string) {
		Recognise([]byte(text))
		inventory := Read("t.csv", []byte(text))
		n, list := azure.Build(inventory)
		if n == nil && !list.HasErrors() {
			t.Error("neither a network nor an error")
		}
		for _, d := range list {
			if d.At.Line == 0 {
				t.Errorf("%v has no place", d)
			}
		}
	})
}
