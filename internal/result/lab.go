package result

// LabSchema names the shape of Lab.
const LabSchema = "wayleave.lab/v1"

// Lab is the answer of `wayleave lab status`.
type Lab struct {
	Schema  string `json:"schema"`
	Name    string `json:"name"`
	Running bool   `json:"running"`
	// Inputs are the paths the network was read from.
	Inputs []string `json:"inputs"`
	// Started is a time in UTC, empty where nothing runs.
	Started    string         `json:"started,omitempty"`
	Namespaces []LabNamespace `json:"namespaces"`
	Links      int            `json:"links"`
	// Programs are the commands of `lab exec` that run now.
	Programs int `json:"programs"`
}

// LabNamespace is one network namespace of a lab.
type LabNamespace struct {
	Name string `json:"name"`
	// Role: subnet, nic, router, edge, internet, firewall.
	Role    string   `json:"role"`
	Devices []string `json:"devices"`
}
