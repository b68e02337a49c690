package azure

import (
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
)

// The values of the enums, and by lower case their synonyms.
var (
	directions       = []Direction{Inbound, Outbound}
	accesses         = []Access{Allow, Deny}
	adminAccesses    = []AdminAccess{AdminAllow, AdminDeny, AdminAlwaysAllow}
	protocols        = []Protocol{AnyProtocol, TCP, UDP, ICMP, ESP, AH}
	protocolSynonyms = map[string]Protocol{"all": AnyProtocol}
	nextHopTypes     = []NextHopType{VnetLocal, InternetNextHop, VirtualAppliance, VirtualNetworkGateway, NoneNextHop}
	nextHopSynonyms  = map[string]NextHopType{"virtualnetwork": VnetLocal}
)

// ParseDirection reads the direction of a rule (NSG-5).
func ParseDirection(text string, at Position) (Value[Direction], diagnostic.List) {
	return parseEnum("direction", text, at, directions, nil)
}

// ParseAccess reads the access of a rule (NSG-5).
func ParseAccess(text string, at Position) (Value[Access], diagnostic.List) {
	return parseEnum("access", text, at, accesses, nil)
}

// ParseProtocol reads the protocol of a rule; "All" is what effective rules
// call "*" (NSG-5).
func ParseProtocol(text string, at Position) (Value[Protocol], diagnostic.List) {
	return parseEnum("protocol", text, at, protocols, protocolSynonyms)
}

// ParseAdminAccess reads what a security admin rule does (ADM-8).
func ParseAdminAccess(text string, at Position) (Value[AdminAccess], diagnostic.List) {
	return parseEnum("access", text, at, adminAccesses, nil)
}

// ParseNextHopType reads the next hop type of a route (RT-14). "VirtualNetwork"
// is what Network Watcher calls "VnetLocal" (NW-2); the hop types of system
// routes cannot be written by users and are kept as unknown.
func ParseNextHopType(text string, at Position) (Value[NextHopType], diagnostic.List) {
	return parseEnum("next hop type", text, at, nextHopTypes, nextHopSynonyms)
}

// parseEnum finds text among the values of an enum or its synonyms (in lower
// case). Any other text is kept as an unknown with a warning (JSON-5): enums
// grow, and what a new value means cannot be guessed.
func parseEnum[T ~string](what, text string, at Position, values []T, synonyms map[string]T) (Value[T], diagnostic.List) {
	if text == "" {
		return Value[T]{}, nil
	}
	for _, v := range values {
		if strings.EqualFold(string(v), text) {
			return Of(v, at), nil
		}
	}
	if v, ok := synonyms[strings.ToLower(text)]; ok {
		return Of(v, at), nil
	}
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	u := &Unknown{Name: what + " " + text, Why: "the " + what + " " + strconv.Quote(text) + " is not one this program knows", At: at}
	return NotKnown[T](u), diagnostic.List{
		diagnostic.Warningf("unknown-value", at, "the %s %q is not known, expected one of %s", what, text, strings.Join(names, ", ")).
			WithHint("what depends on it is reported as undecided"),
	}
}

// ParsePriority reads the priority of a rule, a whole number. Whether it lies
// between 100 and 4096 is asked by Build (NSG-2).
func ParsePriority(text string, at Position) (Value[int], diagnostic.List) {
	if text == "" {
		return Value[int]{}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return failed[int](text, at, diagnostic.Errorf("invalid-priority", at, "the priority %q is not a whole number", text).
			WithHint("write a number from 100 to 4096"))
	}
	return Of(n, at), nil
}

// ParseLocation reads the name of a region: "West Europe" and "westeurope" are one.
func ParseLocation(text string, at Position) (Value[string], diagnostic.List) {
	return Given(strings.ToLower(strings.ReplaceAll(text, " ", "")), at), nil
}

// ParseBool reads a boolean, which some inputs write as a string.
func ParseBool(text string, at Position) (Value[bool], diagnostic.List) {
	switch {
	case text == "":
		return Value[bool]{}, nil
	case strings.EqualFold(text, "true"):
		return Of(true, at), nil
	case strings.EqualFold(text, "false"):
		return Of(false, at), nil
	}
	return failed[bool](text, at, diagnostic.Errorf("invalid-boolean", at, "%q is neither true nor false", text).
		WithHint("write true or false, without quotes"))
}
