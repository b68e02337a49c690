// Package compare holds the comparison of the engine with the one-packet
// interpreter: random networks, random packets, and the claim that both say the
// same of every one of them. It has tests only.
//
// A fixed slice runs with every go test. WAYLEAVE_SOAK, a duration, runs fresh
// seeds for that long; WAYLEAVE_SEED repeats a run from its printed seed.
package compare
