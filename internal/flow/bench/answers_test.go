package bench

import "math/big"

// answers is what an evaluator says about a workload. Counts are nil where an
// evaluator does not count.
type answers struct {
	// met[i] tells whether every packet of requirement i is allowed, and
	// denied[i] is the number of those that are not.
	met    []bool
	denied []*big.Int
	// blockers[i] lists the rules that deny packets of requirement i; -1, the
	// end of the policy, stands last. Nil where an evaluator does not tell.
	blockers [][]int
	// differ is the number of packets that the edited policy treats
	// differently, beyond the number that the policy allows and no requirement
	// asks for.
	differ, beyond *big.Int
	// decided is the number of packets that each rule decides, or nil.
	decided []*big.Int
	// shadowed lists the rules that decide no packet, redundant those whose
	// removal changes no decision.
	shadowed, redundant []int
	// after[k] is met after edit k alone.
	after [][]bool
}
