// Package report prints results, one file and one test a format. Every format
// is fed by the same values of package result; nothing is analysed here.
package report
