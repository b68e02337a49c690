package report

import (
	"fmt"
	"io"

	"github.com/wayleave/wayleave/internal/result"
)

// TestJUnit prints the answer of test as JUnit XML: a suite for each file of
// expectations, a case for each expectation. What fails is a failure, what is
// undecided an error: the case could not be judged.
func TestJUnit(w io.Writer, t *result.Test) error {
	var suites []junitSuite
	for i := range t.Results {
		r := &t.Results[i]
		if len(suites) == 0 || suites[len(suites)-1].Name != r.At.File {
			suites = append(suites, junitSuite{Name: r.At.File})
		}
		suites[len(suites)-1].add(junitResult(r))
	}
	var all junitSuites
	for _, s := range suites {
		all.add(s)
	}
	return all.write(w)
}

func junitResult(r *result.TestResult) junitCase {
	c := junitCase{Class: "wayleave.test", Name: r.Name}
	problem := &junitProblem{Message: fmt.Sprintf("expected %s, found %s", r.Expected, r.Verdict), Type: string(r.Outcome), Text: r.At.String()}
	for _, line := range testFacts(r) {
		problem.Text += "\n" + line.name + ": " + line.text
	}
	switch r.Outcome {
	case result.Fail:
		c.Failure = problem
	case result.UndecidedOutcome:
		c.Error = problem
	}
	return c
}
