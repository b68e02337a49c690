package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryCommandHasAPage(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1796000000")
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"wayleave", "wayleave-check", "wayleave-test", "wayleave-explain", "wayleave-tags-diff"} {
		data, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, want := range []string{".SH NAME", ".SH SYNOPSIS", "Nov 2026"} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	page, _ := os.ReadFile(filepath.Join(dir, "wayleave-check.1"))
	for _, want := range []string{"--against", "--report", "Exit status"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page of check lacks %q", want)
		}
	}
	again := t.TempDir()
	if err := write(again); err != nil {
		t.Fatal(err)
	}
	if other, _ := os.ReadFile(filepath.Join(again, "wayleave-check.1")); string(other) != string(page) {
		t.Error("two runs differ")
	}
}
