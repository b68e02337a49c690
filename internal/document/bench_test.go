package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
)

// securityGroups returns some 12 MB of network security groups as Azure's REST
// interface lists them, 100 rules each.
var securityGroups = sync.OnceValue(func() []byte {
	const id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg-%d"
	rule := `
        {
          "name": "rule-%d",
          "id": "` + id + `/securityRules/rule-%d",
          "etag": "W/\"00000000-0000-0000-0000-000000000000\"",
          "type": "Microsoft.Network/networkSecurityGroups/securityRules",
          "properties": {
            "provisioningState": "Succeeded",
            "protocol": "TCP",
            "sourcePortRange": "*",
            "destinationPortRange": "443",
            "sourceAddressPrefixes": [
              "10.0.0.0/8",
              "10.%d.0.0/16"
            ],
            "destinationAddressPrefix": "Internet",
            "access": "Allow",
            "priority": %d,
            "direction": "Inbound",
            "sourcePortRanges": [],
            "destinationPortRanges": []
          }
        }`
	var b bytes.Buffer
	b.WriteString("[")
	for group := 0; b.Len() < 12e6; group++ {
		if group > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n  {\n    \"name\": \"nsg-%d\",\n    \"id\": \""+id+"\",\n    \"properties\": {\n      \"securityRules\": [", group, group)
		for i := range 100 {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, rule, i, group, i, i, 100+i)
		}
		b.WriteString("\n      ]\n    }\n  }")
	}
	b.WriteString("\n]\n")
	return b.Bytes()
})

// securityGroup is what a reader takes from a network security group.
type securityGroup struct {
	Name, ID   string
	Properties struct{ SecurityRules []securityRule }
}

type securityRule struct {
	Name, ID   string
	Properties struct {
		Priority                                      int64
		Access, Direction, Protocol                   string
		SourcePortRange, DestinationPortRange         string
		SourceAddressPrefix, DestinationAddressPrefix string
		SourcePortRanges, DestinationPortRanges       []string
		SourceAddressPrefixes                         []string
		DestinationAddressPrefixes                    []string
	}
}

// readGroups takes from a tree what encoding/json stores in securityGroup.
func readGroups(root Value) []securityGroup {
	text := func(v Value) string { s, _ := v.String(); return s }
	list := func(v Value) []string {
		var out []string
		for element := range v.Elements() {
			out = append(out, text(element))
		}
		return out
	}
	var groups []securityGroup
	for g := range root.Elements() {
		group := securityGroup{Name: text(g.GetFold("name")), ID: text(g.GetFold("id"))}
		for r := range g.GetFold("properties").GetFold("securityRules").Elements() {
			p := r.GetFold("properties")
			rule := securityRule{Name: text(r.GetFold("name")), ID: text(r.GetFold("id"))}
			rule.Properties.Priority, _ = p.GetFold("priority").Int()
			rule.Properties.Access = text(p.GetFold("access"))
			rule.Properties.Direction = text(p.GetFold("direction"))
			rule.Properties.Protocol = text(p.GetFold("protocol"))
			rule.Properties.SourcePortRange = text(p.GetFold("sourcePortRange"))
			rule.Properties.DestinationPortRange = text(p.GetFold("destinationPortRange"))
			rule.Properties.SourceAddressPrefix = text(p.GetFold("sourceAddressPrefix"))
			rule.Properties.DestinationAddressPrefix = text(p.GetFold("destinationAddressPrefix"))
			rule.Properties.SourcePortRanges = list(p.GetFold("sourcePortRanges"))
			rule.Properties.DestinationPortRanges = list(p.GetFold("destinationPortRanges"))
			rule.Properties.SourceAddressPrefixes = list(p.GetFold("sourceAddressPrefixes"))
			rule.Properties.DestinationAddressPrefixes = list(p.GetFold("destinationAddressPrefixes"))
			r.Position() // every rule is explained by its place
			group.Properties.SecurityRules = append(group.Properties.SecurityRules, rule)
		}
		groups = append(groups, group)
	}
	return groups
}

// BenchmarkReadSecurityGroups is the yardstick: the promise is that a tree,
// even with all its values read, costs less than half of encoding/json into
// structs.
func BenchmarkReadSecurityGroups(b *testing.B) {
	data := securityGroups()
	run := func(name string, once func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := once(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("document/parse", func() error {
		_, err := Parse("f", data, Options{})
		return err
	})
	run("document/parse-and-read", func() error {
		d, err := Parse("f", data, Options{})
		if err == nil {
			readGroups(d.Root())
		}
		return err
	})
	run("document/arm-comments", func() error {
		_, err := Parse("f", append(data[:len(data):len(data)], "// end"...), Options{Dialect: ARM})
		return err
	})
	run("document/folded-duplicates", func() error {
		d, err := Parse("f", data, Options{})
		if err == nil {
			err = d.Root().FoldedDuplicates().Err()
		}
		return err
	})
	run("encoding-json/structs", func() error {
		var groups []securityGroup
		return json.Unmarshal(data, &groups)
	})
	run("encoding-json/any", func() error {
		var groups any
		return json.Unmarshal(data, &groups)
	})
	run("encoding-json/valid", func() error {
		json.Valid(data)
		return nil
	})
}

func TestReadingATreeGivesWhatEncodingJSONGives(t *testing.T) {
	data := securityGroups()
	d, err := Parse("f", data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var want []securityGroup
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	// Printing both is enough to compare, and quicker than cmp on 12 MB.
	if got := readGroups(d.Root()); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Error("the values differ")
	}
}
