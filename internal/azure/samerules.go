package azure

import "slices"

// Contents states the content of two networks. Rules of a group that both
// certainly have alike stand in neither: comparing them one by one takes a
// fraction of the time of their texts.
func Contents(old, now *Network) (was, is Content) {
	alike := map[ID]bool{}
	for _, g := range old.NetworkSecurityGroups {
		if o, ok := now.NetworkSecurityGroup(g.ID); ok && slices.EqualFunc(g.Rules, o.Rules, sameRule) {
			alike[g.ID] = true
		}
	}
	return old.content(alike), now.content(alike)
}

// sameRule reports whether two rules certainly decide alike: equal field by field,
// and all is known.
func sameRule(a, b *SecurityRule) bool {
	return a == b || sameValue(a.Priority, b.Priority) && sameValue(a.Direction, b.Direction) && sameValue(a.Access, b.Access) &&
		sameValue(a.Protocol, b.Protocol) && sameSide(a.Source, b.Source) && sameSide(a.Destination, b.Destination) &&
		slices.EqualFunc(a.SourcePorts.Terms, b.SourcePorts.Terms, samePorts) && slices.EqualFunc(a.DestinationPorts.Terms, b.DestinationPorts.Terms, samePorts)
}

func sameValue[T comparable](a, b Value[T]) bool {
	return a.Unknown == nil && b.Unknown == nil && a.V == b.V && a.IsSet() == b.IsSet()
}

func sameSide(a, b Side) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		x, y := a.Term(i), b.Term(i)
		if x.Kind != y.Kind || x.Kind == GroupAddress || x.Kind == UnknownAddress || x.Prefix != y.Prefix || x.Tag != y.Tag {
			return false
		}
	}
	return true
}

func samePorts(a, b PortTerm) bool {
	return a.Unknown == nil && b.Unknown == nil && a.First == b.First && a.Last == b.Last
}
