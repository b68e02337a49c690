package result

import "github.com/wayleave/wayleave/internal/diagnostic"

// InspectSchema names the shape of Inspect.
const InspectSchema = "wayleave.inspect/v1"

// Inspect is the answer of `wayleave inspect`: what was read, what of it is not
// known, and what was left alone.
type Inspect struct {
	Schema string `json:"schema"`
	// Inputs in the order they were read.
	Inputs []InspectInput `json:"inputs"`
	Counts InspectCounts  `json:"counts"`
	// Tree has the virtual networks by id, then what is in none of them.
	Tree []InspectNode `json:"tree"`
	// Unknowns by name.
	Unknowns    []InspectUnknown        `json:"unknowns"`
	NotModelled []NotModelled           `json:"notModelled"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// InspectInput is a file and what it was taken for.
type InspectInput struct {
	File string `json:"file"`
	// Kind is plan, template, state, snapshot, export or effective rules.
	Kind string `json:"kind"`
}

// InspectCounts counts resources, each once however often the inputs state it.
// What is only referred to and the default rules of groups do not count.
type InspectCounts struct {
	VirtualNetworks           int `json:"virtualNetworks"`
	Subnets                   int `json:"subnets"`
	NetworkSecurityGroups     int `json:"networkSecurityGroups"`
	SecurityRules             int `json:"securityRules"`
	RouteTables               int `json:"routeTables"`
	Routes                    int `json:"routes"`
	Peerings                  int `json:"peerings"`
	NetworkInterfaces         int `json:"networkInterfaces"`
	PublicIPAddresses         int `json:"publicIPAddresses"`
	PublicIPPrefixes          int `json:"publicIPPrefixes"`
	NATGateways               int `json:"natGateways"`
	Firewalls                 int `json:"firewalls"`
	FirewallPolicies          int `json:"firewallPolicies"`
	RuleCollectionGroups      int `json:"ruleCollectionGroups"`
	RuleCollections           int `json:"ruleCollections"`
	FirewallRules             int `json:"firewallRules"`
	IPGroups                  int `json:"ipGroups"`
	PrivateEndpoints          int `json:"privateEndpoints"`
	LoadBalancers             int `json:"loadBalancers"`
	VirtualNetworkGateways    int `json:"virtualNetworkGateways"`
	LocalNetworkGateways      int `json:"localNetworkGateways"`
	Connections               int `json:"connections"`
	SecurityAdminRules        int `json:"securityAdminRules"`
	ApplicationSecurityGroups int `json:"applicationSecurityGroups"`
	Services                  int `json:"services"`
}

// InspectNode is a resource, or a link to one, with what belongs to it.
type InspectNode struct {
	// Kind in words: "virtual network", "subnet".
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Resource is the id or the address in the input.
	Resource string `json:"resource"`
	// Facts in words, in reading order: prefixes, counts, settings.
	Facts    []string             `json:"facts"`
	At       *diagnostic.Position `json:"at,omitempty"`
	Children []InspectNode        `json:"children"`
}

// InspectUnknown is a value that the inputs do not tell.
type InspectUnknown struct {
	// Name identifies the value; verdicts name it so.
	Name string `json:"name"`
	// Why says in words why it is not known.
	Why string               `json:"why"`
	At  *diagnostic.Position `json:"at,omitempty"`
	// UsedBy are the resources that need it, by id or address.
	UsedBy []string `json:"usedBy"`
}
