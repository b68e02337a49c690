// Package csv reads tables of security rules, and lists of prefixes for an IP
// group, as people keep them in spreadsheets.
//
// A table of rules has one rule a line:
//
//	name,priority,direction,access,protocol,source,source ports,destination,destination ports
//
// With a first line of names the columns may stand in any order, in Azure's
// names too (sourceAddressPrefix), and two more are understood: description,
// and nsg, the group of the rule. Without an nsg column all rules are of one
// group named after the file. Several prefixes or ports stand in quotes, with
// commas or semicolons between them.
//
// A list of prefixes has the first line "cidr" and one prefix a line; it is an
// IP group named after the file.
package csv
