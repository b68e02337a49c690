package report

import (
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"

	"github.com/wayleave/wayleave/internal/result"
)

var (
	//go:embed page/test.gohtml
	testPageText string

	testPage = template.Must(template.Must(page.Clone()).New("test").Parse(testPageText))
)

// TestHTML prints the answer of test as one page that needs nothing else: what
// does not hold with the way of a packet, all expectations, and what nothing
// tests. It runs no script and loads nothing, as that of check.
func TestHTML(w io.Writer, t *result.Test) error {
	v := testView{head: headOf(pageStyle), State: "pass", Word: "hold"}
	count := map[result.Outcome]int{}
	for _, outcome := range []result.Outcome{result.Fail, result.UndecidedOutcome, result.Pass} {
		for i := range t.Results {
			r := &t.Results[i]
			if r.Outcome != outcome {
				continue
			}
			count[outcome]++
			row := expectationOf(r)
			v.All = append(v.All, row)
			if outcome != result.Pass {
				v.Open = append(v.Open, row)
			}
		}
	}
	for _, of := range []struct {
		outcome result.Outcome
		word    string
	}{{result.Fail, "failed"}, {result.UndecidedOutcome, "undecided"}, {result.Pass, "hold"}} {
		if n := count[of.outcome]; n > 0 {
			v.Count = append(v.Count, countView{stateOf[of.outcome], fmt.Sprintf("%d %s", n, of.word)})
		}
	}
	if len(v.Open) > 0 {
		v.State, v.Word = v.Open[0].State, v.Open[0].Word
	}
	v.Tested = testedText(&t.Coverage)
	for i := range t.Coverage.Untouched {
		v.Untouched = append(v.Untouched, untouchedText(&t.Coverage.Untouched[i]))
	}
	v.Foot = append(v.Foot, tagsLine(t.Tags))
	for _, a := range t.Assumptions {
		v.Foot = append(v.Foot, fmt.Sprintf("assumed: %s=%s (%s)", a.Name, a.Value, a.Reason))
	}
	for _, x := range t.Diagnostics {
		v.Problems = append(v.Problems, x.Error())
	}
	return testPage.Execute(w, v)
}

// testView is what the page of test shows.
type testView struct {
	head
	State, Word       string
	Count             []countView
	Open, All         []expectationView
	Tested, Untouched []string
	Foot, Problems    []string
}

type expectationView struct {
	Name, State, Word, At, Expected, Packets, Reason string
	Facts                                            []namedLine
	Forward, Back                                    []hopView
}

func expectationOf(r *result.TestResult) expectationView {
	word := map[result.Outcome]string{result.Fail: "fails", result.UndecidedOutcome: "undecided", result.Pass: "holds"}[r.Outcome]
	v := expectationView{
		Name: r.Name, State: stateOf[r.Outcome], Word: word, At: r.At.String(), Expected: r.Expected, Packets: r.Packets, Reason: r.Reason,
	}
	v.Facts = testFacts(r)
	v.Forward, v.Back = hopViews(r.Trace)
	return v
}
