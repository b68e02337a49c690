// Package repair finds the change of a network that lets failing requirements
// pass and nothing else.
//
// # The method
//
// A requirement is one product of protocols, addresses and ports, so an Allow
// rule for its packets, placed before what blocks them, opens exactly the
// packets that are missing: the others of the product pass already. One such
// rule is planned for every security group on the way that blocks. Rules that
// agree in two of source, destination and ports become one, because the union
// of their products is then a product again; an exact search for a smaller cover
// beats that or proves it. What is translated on its way in gets rules for what the
// group sees. Nothing is removed, and an existing rule changes only
// its priority and only where no priority is free.
//
// Where a user's route blocks, forward or back, a more specific route is planned
// beside it, for the tag or the prefixes of the requirement. A firewall that
// denies gets a network rule; one that is asked for and not there is planned with
// all that leads packets to it. What these lack in turn shows when the changed
// network is asked again: see Plan.Step.
//
// A rule that the user marked as deliberate is never overridden: then the
// requirement and the rule are named, which cannot both hold.
//
// The plan is applied to the inventories as they were read, so the changed
// network goes through the same checks as any input; whether it does what it
// should is then asked, not assumed.
package repair
