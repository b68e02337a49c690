package emit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/repair"
)

// bicep writes the change as a Bicep file for the resource group of the
// security groups, from the same resources as the template.
func bicep(steps []repair.Edit) (string, error) {
	if hasChanges(steps) {
		return wholeBicep(steps)
	}
	if len(groups(steps)) > 1 {
		return "", errors.New("a Bicep file deploys to one resource group, and the change is in several; use --as arm or az")
	}
	var b strings.Builder
	parents := map[azure.ID]string{}
	for i := range steps {
		e := &steps[i]
		target := e.Target()
		r, err := resource(steps, i)
		if err != nil {
			return "", err
		}
		if parents[target.ID] == "" {
			parents[target.ID] = fmt.Sprintf("parent%d", len(parents)+1)
			fmt.Fprintf(&b, "resource %s '%s@%s' existing = {\n  name: %s\n}\n\n", parents[target.ID], r.Type[:strings.LastIndexByte(r.Type, '/')], apiNetwork, bicepText(target.Name))
		}
		_, name := child(e)
		fmt.Fprintf(&b, "resource child%d '%s@%s' = {\n", i+1, r.Type, r.APIVersion)
		fmt.Fprintf(&b, "  parent: %s\n  name: %s\n  properties: {\n", parents[target.ID], bicepText(name))
		if e.Route != nil {
			fmt.Fprintf(&b, "    addressPrefix: %s\n    nextHopType: %s\n", bicepText(e.Route.AddressPrefix), bicepText(string(e.Route.NextHopType)))
			if e.Route.NextHopIPAddress != "" {
				fmt.Fprintf(&b, "    nextHopIpAddress: %s\n", bicepText(e.Route.NextHopIPAddress))
			}
		} else {
			bicepRule(&b, &e.Rule)
		}
		b.WriteString("  }\n")
		if len(r.DependsOn) > 0 {
			fmt.Fprintf(&b, "  dependsOn: [\n    child%d\n  ]\n", i)
		}
		b.WriteString("}\n\n")
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

func bicepRule(b *strings.Builder, r *repair.Rule) {
	p := Properties(r)
	for _, x := range []struct {
		name string
		one  string
		many []string
	}{
		{"description", p.Description, nil}, {"protocol", p.Protocol, nil},
		{"sourcePortRange", p.SourcePortRange, nil}, {"sourcePortRanges", "", p.SourcePortRanges},
		{"destinationPortRange", p.DestinationPortRange, nil}, {"destinationPortRanges", "", p.DestinationPortRanges},
		{"sourceAddressPrefix", p.SourceAddressPrefix, nil}, {"sourceAddressPrefixes", "", p.SourceAddressPrefixes},
		{"destinationAddressPrefix", p.DestinationAddressPrefix, nil}, {"destinationAddressPrefixes", "", p.DestinationAddressPrefixes},
		{"access", p.Access, nil},
	} {
		switch {
		case x.one != "":
			fmt.Fprintf(b, "    %s: %s\n", x.name, bicepText(x.one))
		case len(x.many) > 0:
			fmt.Fprintf(b, "    %s: [\n", x.name)
			for _, item := range x.many {
				fmt.Fprintf(b, "      %s\n", bicepText(item))
			}
			b.WriteString("    ]\n")
		}
	}
	for _, x := range []struct {
		name string
		ids  []string
	}{{"sourceApplicationSecurityGroups", r.SourceGroups}, {"destinationApplicationSecurityGroups", r.DestinationGroups}} {
		if len(x.ids) == 0 {
			continue
		}
		fmt.Fprintf(b, "    %s: [\n", x.name)
		for _, id := range x.ids {
			fmt.Fprintf(b, "      {\n        id: %s\n      }\n", bicepText(id))
		}
		b.WriteString("    ]\n")
	}
	fmt.Fprintf(b, "    priority: %d\n    direction: %s\n", p.Priority, bicepText(p.Direction))
}

// bicepText is a literal text.
func bicepText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "${", `\${`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text) + "'"
}
