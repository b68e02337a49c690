package diagnostic

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func at(line, column int) Position {
	return Position{File: "plan.json", Line: line, Column: column}
}

func TestPositionString(t *testing.T) {
	for _, row := range []struct {
		p    Position
		want string
	}{
		{Position{}, "-"},
		{Position{File: "a/plan.json"}, "a/plan.json"},
		{Position{File: "plan.json", Line: 41}, "plan.json:41"},
		{at(41, 9), "plan.json:41:9"},
		{Position{Line: 3, Column: 7}, "3:7"},
		{Position{File: "plan.json", Column: 7}, "plan.json"},
	} {
		if got := row.p.String(); got != row.want {
			t.Errorf("%#v prints %q, want %q", row.p, got, row.want)
		}
	}
}

func TestPositionsAreOrderedByFileLineColumn(t *testing.T) {
	ordered := []Position{
		{}, {Line: 1}, {File: "a.json"}, {File: "a.json", Line: 2, Column: 9},
		{File: "a.json", Line: 10, Column: 1}, {File: "a.json", Line: 10, Column: 2}, {File: "b.json", Line: 1},
	}
	for i, p := range ordered {
		for j, q := range ordered {
			got := p.Compare(q)
			if (i < j) != (got < 0) || (i > j) != (got > 0) {
				t.Errorf("%v.Compare(%v) = %d", p, q, got)
			}
		}
	}
	if !(Position{}).IsZero() || (Position{File: "a"}).IsZero() {
		t.Error("only the empty position is zero")
	}
}

func TestErrorIsOneCanonicalLine(t *testing.T) {
	for _, row := range []struct {
		d    Diagnostic
		want string
	}{
		{Errorf("duplicate-priority", at(41, 9), "priority %d is used twice", 200),
			"plan.json:41:9: error: priority 200 is used twice [duplicate-priority]"},
		{Warningf("old-tags", Position{}, "tag data is old"), "warning: tag data is old [old-tags]"},
		{Infof("", Position{File: "x"}, "read"), "x: info: read"},
		{Errorf("name", at(1, 1), "name \x1b[31mred\nand \u202eback\xff"),
			`plan.json:1:1: error: name \x1b[31mred\nand \u202eback\xff [name]`},
		{Errorf("name", at(1, 1), "rule \u201cgrün\u201d"), "plan.json:1:1: error: rule \u201cgrün\u201d [name]"},
	} {
		if got := row.d.Error(); got != row.want {
			t.Errorf("got  %s\nwant %s", got, row.want)
		}
	}
}

func TestFormatAddsDetailRelatedAndHint(t *testing.T) {
	d := Errorf("duplicate-priority", at(41, 9), "priority 200 is used twice").
		WithDetail("both rules are inbound\nAzure refuses this").
		WithRelated(at(30, 9), "the first rule with this priority").
		WithRelated(Position{}, "no place").
		WithHint("give each rule of one direction its own priority")
	var b strings.Builder
	if err := Format(&b, d); err != nil {
		t.Fatal(err)
	}
	want := `plan.json:41:9: error: priority 200 is used twice [duplicate-priority]
  both rules are inbound
  Azure refuses this
  plan.json:30:9: the first rule with this priority
  no place
  hint: give each rule of one direction its own priority
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	if err := Format(failingWriter{}, d); !errors.Is(err, errFull) {
		t.Errorf("a failed write gives %v, want %v", err, errFull)
	}
}

var errFull = errors.New("disk full")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

func TestWithRelatedLeavesTheOriginalAlone(t *testing.T) {
	base := Errorf("x", at(1, 1), "x").WithRelated(at(2, 1), "a")
	left, right := base.WithRelated(at(3, 1), "left"), base.WithRelated(at(4, 1), "right")
	if len(base.Related) != 1 || left.Related[1].Message != "left" || right.Related[1].Message != "right" {
		t.Errorf("base %v, left %v, right %v", base.Related, left.Related, right.Related)
	}
}

func TestListSortsByPositionThenCode(t *testing.T) {
	l := List{
		Warningf("b", at(2, 1), "third"), Errorf("a", at(2, 1), "second"),
		Errorf("z", at(1, 9), "first"), Errorf("a", Position{}, "zeroth"),
	}
	l.Sort()
	var got []string
	for _, d := range l {
		got = append(got, d.Summary)
	}
	if diff := cmp.Diff([]string{"zeroth", "first", "second", "third"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestListErrIsNilWithoutErrors(t *testing.T) {
	for _, l := range []List{nil, {}, {Warningf("w", at(1, 1), "w"), Infof("i", at(1, 1), "i")}} {
		if err := l.Err(); err != nil {
			t.Errorf("%v gives %v, want nil", l, err)
		}
	}
	l := List{Warningf("w", at(1, 1), "careful"), Errorf("e", at(2, 1), "broken")}
	err := fmt.Errorf("load: %w", l.Err())
	var list List
	if !errors.As(err, &list) || len(list) != 2 {
		t.Errorf("errors.As finds the list %v", list)
	}
	var one Diagnostic
	if !errors.As(err, &one) || one.Code != "e" {
		t.Errorf("errors.As finds %v, want the error before the warning", one)
	}
	if !errors.Is(err, l) || !errors.Is(err, l[0]) || errors.Is(err, Errorf("e", at(3, 1), "broken")) {
		t.Error("errors.Is compares by string form")
	}
	want := "load: plan.json:1:1: warning: careful [w]\nplan.json:2:1: error: broken [e]"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestOfFindsDiagnosticsInAnyError(t *testing.T) {
	one := Errorf("e", at(2, 1), "broken")
	for _, row := range []struct {
		err  error
		want List
	}{
		{nil, nil},
		{fmt.Errorf("load: %w", one), List{one}},
		{fmt.Errorf("load: %w", List{one, one}), List{one, one}},
		{errors.New("permission denied"), List{Errorf("unreadable", Position{}, "permission denied")}},
	} {
		if diff := cmp.Diff(row.want, Of(row.err, "unreadable"), cmp.Comparer(func(a, b Diagnostic) bool { return a.Is(b) })); diff != "" {
			t.Errorf("%v: %s", row.err, diff)
		}
	}
}

func TestJSONForm(t *testing.T) {
	full := Warningf("old-tags", at(41, 9), "old").WithHint("pull").WithRelated(at(1, 2), "here")
	for _, row := range []struct {
		d    Diagnostic
		want string
	}{
		{full, `{"code":"old-tags","severity":"warning","message":"old","at":{"file":"plan.json","line":41,"column":9},"hint":"pull","related":[{"message":"here","at":{"file":"plan.json","line":1,"column":2}}]}`},
		{Errorf("e", Position{}, "broken"), `{"code":"e","severity":"error","message":"broken"}`},
		{Infof("e", Position{File: "x"}, "read"), `{"code":"e","severity":"info","message":"read","at":{"file":"x"}}`},
	} {
		got, err := json.Marshal(row.d)
		if err != nil || string(got) != row.want {
			t.Errorf("got  %s (%v)\nwant %s", got, err, row.want)
		}
		var back Diagnostic
		if err := json.Unmarshal(got, &back); err != nil || !cmp.Equal(back, row.d, cmp.Comparer(func(a, b Position) bool { return a == b })) {
			t.Errorf("reading it back gives %+v (%v)", back, err)
		}
	}
	if _, err := json.Marshal(Severity(9)); err == nil {
		t.Error("an unknown severity must not be written")
	}
	var s Severity
	if err := s.UnmarshalText([]byte("Fatal")); err == nil {
		t.Error("an unknown severity must not be read")
	}
}
