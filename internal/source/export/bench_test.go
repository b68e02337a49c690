package export

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/document"
)

// manyGroups is the answer of az network nsg list for a large subscription.
func manyGroups(groups, rules int) []byte {
	var b strings.Builder
	b.WriteString("[")
	for g := range groups {
		if g > 0 {
			b.WriteString(",")
		}
		id := fmt.Sprintf("/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg%d", g)
		fmt.Fprintf(&b, `{"id":%q,"name":"nsg%d","type":"Microsoft.Network/networkSecurityGroups","location":"westeurope","securityRules":[`, id, g)
		for r := range rules {
			if r > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, `{"access":"Allow","description":"rule","destinationAddressPrefix":null,"destinationAddressPrefixes":["10.%d.%d.0/24","10.%d.%d.4"],"destinationPortRange":"443","destinationPortRanges":[],"direction":"Inbound","etag":"W/1","id":"%s/securityRules/r%d","name":"r%d","priority":%d,"protocol":"Tcp","provisioningState":"Succeeded","resourceGroup":"rg","sourceAddressPrefix":"VirtualNetwork","sourceAddressPrefixes":[],"sourcePortRange":"*","sourcePortRanges":[],"type":"Microsoft.Network/networkSecurityGroups/securityRules"}`,
				g%250, r%250, g%250, r%250, id, r, r, 100+r)
		}
		b.WriteString(`]}`)
	}
	b.WriteString("]")
	return []byte(b.String())
}

func BenchmarkRead(b *testing.B) {
	data := manyGroups(200, 100)
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := document.Parse("nsgs.json", data, document.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	doc, err := document.Parse("nsgs.json", data, document.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			Read(doc)
		}
	})
	inv := Read(doc)
	b.Run("build", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if n, list := azure.Build(inv); n == nil {
				b.Fatal(list)
			}
		}
	})
}
