package lab

// Pieces parts a ruleset.
var Pieces = pieces

// Load loads a ruleset as it is.
func (r *Running) Load(namespace, ruleset string) error {
	return r.run(namespace, ruleset, "nft", "-f", "-")
}
