// Package lab runs a network as Linux network namespaces with real routes and
// real stateful filters, so that a real packet says what becomes of it.
//
// [Compile] turns the resources of package azure into a [Plan]: namespaces,
// links, routes in the language of ip and rulesets in the language of nft. It
// is pure and needs neither Linux nor rights. It is written straight from the
// semantics documents, over azure and the plain lists of package plain, and
// shares nothing with the engine, so that no mistake of the engine is repeated.
//
// A virtual network is a stateless router that holds a routing table for each
// subnet (L-04, L-07). Every network interface is a namespace of its own, with
// its security groups as a stateful ruleset (TWIN-2, L-26); the addresses of a
// subnet that no interface owns share one. An edge per virtual network stands
// for the platform: it answers at the platform's addresses and translates what
// leaves (TWIN-6). Behind the edges lies one internet that owns every address.
//
// Only IPv4 is reproduced. What else is not is a [Limit] of a place or of a
// route, and a probe that meets one is not compared.
package lab
