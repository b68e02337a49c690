// Package lint finds rules that do nothing and settings that do something
// other than they say: one file a check, with its metadata beside it. What is
// reported holds for certain; where the input leaves open whether a rule
// matches, nothing is said of it.
package lint
