package wayleave_test

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Every statement and trap that testdata/statements.txt lists is tested: a test
// function or a row (a text in a test) is named after its id.
func TestStatementsAreTested(t *testing.T) {
	tests := citationsOf(t).tests
	for _, id := range statementIDs(t) {
		if tests[id] == nil {
			t.Errorf("no test is named after %s", id)
		}
	}
}

// between lists the numbers after the first up to the last.
func between(first, last string) []string {
	lo, err1 := strconv.Atoi(first)
	hi, err2 := strconv.Atoi(last)
	if err1 != nil || err2 != nil {
		return nil
	}
	var numbers []string
	for n := lo + 1; n <= hi; n++ {
		numbers = append(numbers, strconv.Itoa(n))
	}
	return numbers
}

// statementIDs are the ids of the list: a family and its numbers a line, "3-7"
// for all from 3 to 7.
func statementIDs(t *testing.T) []string {
	file, err := os.Open("testdata/statements.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var ids []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		family, numbers, ok := strings.Cut(lines.Text(), " ")
		if !ok || family == "#" {
			continue
		}
		for _, item := range strings.Fields(numbers) {
			from, to, isRange := strings.Cut(item, "-")
			if !isRange {
				to = from
			}
			lo, err1 := strconv.Atoi(from)
			hi, err2 := strconv.Atoi(to)
			if err1 != nil || err2 != nil || lo > hi {
				t.Fatalf("testdata/statements.txt: %q is no number and no range", item)
			}
			for n := lo; n <= hi; n++ {
				if of, ok := strings.CutPrefix(family, "fw-"); ok {
					ids = append(ids, fmt.Sprintf("%s-%02d", of, n))
				} else if family == "T" {
					ids = append(ids, fmt.Sprintf("T%02d", n))
				} else {
					ids = append(ids, fmt.Sprintf("%s-%d", family, n))
				}
			}
		}
	}
	if len(ids) < 100 {
		t.Fatalf("testdata/statements.txt lists %d ids, want at least 100", len(ids))
	}
	return ids
}
