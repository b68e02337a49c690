package export

import (
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// answer is a form of Azure data that is no resource, known so that the
// message can name it.
type answer struct {
	what string
	// all names stand in the row.
	all  []string
	hint string
}

const (
	asResources = "give the resources themselves: az network vnet list, az network nsg list, az network route-table list, az network nic list"
	askInForce  = "give the resources themselves, or what is in force at an interface: az network nic list-effective-nsg -g RG -n NIC"
	askExplain  = "give the resources themselves and ask wayleave explain the same question"
)

// answers of Azure's tools (section 6 of the semantics: NW-1 to NW-10).
var answers = []answer{
	{"a security group view", []string{"securityRuleAssociations"}, askInForce},
	{"a security group view", []string{"effectiveSecurityRules", "defaultSecurityRules"}, askInForce},
	{"an answer of IP flow verify", []string{"access", "ruleName"}, askExplain},
	{"an answer of next hop", []string{"nextHopType", "routeTableId"}, askExplain},
	{"an answer of the NSG diagnostics", []string{"networkSecurityGroupResult"}, askExplain},
	{"an answer of connection troubleshoot", []string{"hops", "connectionStatus"}, askExplain},
	{"a topology", []string{"associations", "name"}, asResources},
	{"a service-tag file", []string{"changeNumber", "cloud", "values"}, "name it with --tags"},
	{"an error message of Azure", []string{"error"}, "the command that wrote this file failed: run it again"},
}

// containers are members of an answer that hold rows of one.
var containers = []string{"value", "results", "networkInterfaces", "resources"}

// shapeOfAnswer tells which answer a row is.
func shapeOfAnswer(row document.Value) (answer, bool) {
	for _, a := range answers {
		if hasAll(row, row, a.all) {
			return a, true
		}
	}
	return answer{}, false
}

// answerOf says that the document is an answer of one of Azure's tools.
func answerOf(root, row document.Value) (diagnostic.Diagnostic, bool) {
	for _, v := range append([]document.Value{row, root}, inside(row)...) {
		if a, ok := shapeOfAnswer(v); ok {
			d := diagnostic.Errorf("not-resources", v.Position(), "this is %s, not resources", a.what).WithHint("%s", a.hint)
			if message, _ := row.GetFold("error").GetFold("message").String(); message != "" {
				d = d.WithDetail("%s", message)
			}
			return d, true
		}
	}
	return diagnostic.Diagnostic{}, false
}

// inside are the first rows of the containers of an answer.
func inside(row document.Value) []document.Value {
	var first []document.Value
	for _, name := range containers {
		if v := row.GetFold(name).Index(0); v.Kind() == document.Object {
			first = append(first, v)
		}
	}
	return first
}
