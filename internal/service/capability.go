package service

// Capabilities is the closed list of what can stop working (decisions 30), in
// the order reports group by: what stops everything comes first.
var Capabilities = []string{
	"deployment", "management", "identity", "storage", "certificates", "dns",
	"runtime-inbound", "runtime-outbound", "connectors", "designer",
	"run-history", "health", "scaling", "monitoring", "licensing",
	"replication", "other",
}

// Severities a row can have.
const (
	Required = "required"
	Optional = "optional"
	Advice   = "advice"
)
