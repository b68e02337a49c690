package emit_test

import (
	"testing"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/emit"
	"github.com/wayleave/wayleave/internal/repair"
)

// A block follows the order of attributes that is found in a file; a list
// stands where the single value would.
func TestBlockFollowsTheOrderFound(t *testing.T) {
	e := &repair.Edit{Action: repair.Add, Rule: repair.Rule{
		Name: "allow-sql", Direction: azure.Outbound, Access: azure.Allow, Priority: 110, Protocol: "Tcp", Description: `a "quoted" ${text}`,
		Source: []string{"10.0.0.0/27", "10.0.0.32/27"}, Destination: []string{"Sql"}, SourcePorts: []string{"*"}, DestinationPorts: []string{"1433"},
	}}
	got := emit.Block(e, "security_rule", nil, []string{"priority", "name", "destination_address_prefix", "source_address_prefix", "access"}, nil, nil)
	want := `security_rule {
  priority                   = 110
  name                       = "allow-sql"
  destination_address_prefix = "Sql"
  source_address_prefixes    = ["10.0.0.0/27", "10.0.0.32/27"]
  access                     = "Allow"
  description                = "a \"quoted\" $${text}"
  direction                  = "Outbound"
  protocol                   = "Tcp"
  source_port_range          = "*"
  destination_port_range     = "1433"
}
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}
