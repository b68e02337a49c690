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
		w := &writer{target: target.ID}
		properties := w.securityRule(&e.Rule)
		if e.Route != nil {
			properties = w.newRoute(e.Route)
		}
		fmt.Fprintf(&b, "  parent: %s\n  name: %s\n  properties: %s\n", parents[target.ID], bicepText(name), bicepValue(properties, "  "))
		if len(r.DependsOn) > 0 {
			fmt.Fprintf(&b, "  dependsOn: [\n    child%d\n  ]\n", i)
		}
		b.WriteString("}\n\n")
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// bicepText is a literal text.
func bicepText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "${", `\${`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text) + "'"
}
