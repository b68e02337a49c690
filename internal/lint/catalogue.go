package lint

// Check is the metadata of one kind of finding.
type Check struct {
	// Code names the findings, in lower case with hyphens.
	Code string
	// Title says in one line what is wrong.
	Title string
	// Text says why it matters and cites the statements it rests on.
	Text string
	// Avoid and Prefer are examples in a few words.
	Avoid, Prefer string
}

// checks are all checks in the order of the documentation.
var checks = []struct {
	check *Check
	run   func(*run)
}{
	{&shadowed, runShadowed},
	{&redundant, runRedundant},
	{&partlyShadowed, runPartlyShadowed},
	{&matchesNothing, runMatchesNothing},
	{&otherSubnet, runOtherSubnet},
	{&sourcePort, runSourcePort},
	{&icmpPorts, runICMPPorts},
	{&probeDenied, runProbeDenied},
	{&probesAlone, runProbesAlone},
	{&platformExempt, runPlatformExempt},
	{&tagWidened, runTagWidened},
	{&groupIgnored, runGroupIgnored},
	{&deadRoute, runDeadRoute},
	{&peeringGap, runPeeringGap},
	{&firewallIgnored, runFirewallIgnored},
}

// Checks lists the metadata of all checks in the order of the documentation.
func Checks() []Check {
	var list []Check
	for _, c := range checks {
		list = append(list, *c.check)
	}
	return list
}
