package report

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/wayleave/wayleave/internal/result"
)

// JUnit prints the answer of check as JUnit XML: a suite for each service, a
// case for each requirement and subnet. What fails is a failure, what is
// undecided an error (the case could not be judged), advice and what the project
// suppresses is skipped, and a warning passes with its text as output.
func JUnit(w io.Writer, c *result.Check) error {
	var all junitSuites
	for i := range c.Services {
		suite := junitService(&c.Services[i])
		suite.Output = strings.Join(footNotes(c), "\n")
		all.add(suite)
	}
	return all.write(w)
}

type junitCount struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	junitCount
	Suites []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCount
	Cases []junitCase `xml:"testcase"`
	// Output says what the answer rests on.
	Output string `xml:"system-out,omitempty"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
	Skipped *junitProblem `xml:"skipped"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (a *junitSuites) write(w io.Writer) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(a); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (a *junitSuites) add(s junitSuite) {
	a.Suites = append(a.Suites, s)
	a.Tests += s.Tests
	a.Failures += s.Failures
	a.Errors += s.Errors
	a.Skipped += s.Skipped
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func junitService(s *result.Service) junitSuite {
	suite := junitSuite{Name: serviceName(s)}
	if len(s.Reasons) > 0 {
		suite.add(junitCase{Class: s.Service, Name: "the service as a whole", Error: &junitProblem{
			Message: "undecided", Type: "undecided", Text: shortIDs(strings.Join(s.Reasons, "\n")),
		}})
	}
	all := entries(s)
	for i := range all {
		suite.add(junitRow(s, &all[i]))
	}
	return suite
}

func junitRow(s *result.Service, q *result.Requirement) junitCase {
	c := junitCase{Class: s.Service + "." + q.ID, Name: q.Purpose + ": " + needs(q) + " on " + subnetNames(s)(q.Subnet)}
	if isSubnetRule(q) {
		c.Name = q.Purpose + " on " + subnetNames(s)(q.Subnet)
	}
	problem := &junitProblem{Message: fate(q), Type: string(q.Outcome), Text: strings.Join(facts(q), "\n")}
	switch {
	case q.Severity == "advice":
		c.Skipped = &junitProblem{Message: "advice, never counts: " + fate(q)}
	case q.Suppressed != nil:
		problem.Message, problem.Type = "suppressed: "+suppressedText(q), ""
		c.Skipped = problem
	case q.Outcome == result.Fail:
		c.Failure = problem
	case q.Outcome == result.UndecidedOutcome:
		c.Error = problem
	case q.Outcome == result.Warning:
		c.Output = "warning: " + fate(q) + "\n" + problem.Text
	}
	return c
}
