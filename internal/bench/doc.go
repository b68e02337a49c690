// Package bench measures the way of the program from the bytes of files to
// answers, step by step, against the standard library's decoder on the same
// bytes. It has tests only.
//
//	go test -run '^$' -bench K7 -benchtime 1x ./internal/bench
package bench
