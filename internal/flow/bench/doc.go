// Package bench measures the packet-space kernel against other ways to answer
// the same questions, and its tests are the gate that keeps the kernel
// correct: at least three evaluators that share no method must agree on
// hundreds of workloads.
//
// The questions:
//
//	Q1  are all requirements met? (a witness where not)
//	Q2  how many packets do two policies treat differently?
//	Q3  how many packets does the policy allow beyond the requirements?
//	Q4  which rules are shadowed, which redundant?
//	Q6  after an edit of one rule, are all requirements met?
//
// A ratio is always of two medians of one run over the same inputs. Every
// sample starts from a freshly compiled policy, so no cache answers a question
// that was asked before. Program targets prints the table of targets.
package bench
