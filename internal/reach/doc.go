// Package reach carries a set of packets from a sender to a receiver through
// the decisions of package fabric, and the replies' route back, and tells how
// the set splits on its way: what arrives, what is blocked and by whom, and of
// what it cannot be known.
//
// The way is that of section 1 of the semantics: the platform's exemptions,
// the fabric's limits, the security groups of the sender, the effective routes
// of its subnet, the receiver, its security groups, and the independent route
// of the reply (ASY-1). What is blocked goes on as if it had passed, so that
// all blockers of a path are found, not only the first.
//
// Several senders are asked about one by one, or at once with Together: what of
// them one firewall takes goes on from there as one set of packets.
//
// A path that leads to an Azure Firewall goes through its rules and its address
// translation, on by the routes of its own subnet, and back to the same firewall
// (ASY-2). A path that enters another appliance or a gateway is followed no
// further: it is undecided there. Where Azure's behaviour is open, the question
// is asked under every reading it touches, and what the readings disagree on is
// undecided (decisions 4).
package reach
