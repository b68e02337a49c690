package amend

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Lines between changes of one hunk count for the place of the next one: git apply
// looks for it there, and takes lines that look alike where it is wrong.
func TestLaterHunksNameTheirPlace(t *testing.T) {
	var old strings.Builder
	for i := range 40 {
		fmt.Fprintf(&old, "line %d\n", i+1)
	}
	at := func(line string) int { return strings.Index(old.String(), line+"\n") }
	c := changed("main.json", old.String(), []insertion{
		{at("line 2"), at("line 2"), "new\n"},
		{at("line 7"), at("line 8"), ""},
		{at("line 30"), at("line 30"), "new\nnew\n"},
	})
	want := []string{"@@ -1,10 +1,10 @@", "@@ -27,6 +27,8 @@"}
	if got := regexp.MustCompile(`(?m)^@@.*$`).FindAllString(c.Unified(), -1); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q in\n%s", got, want, c.Unified())
	}
}

// A printed patch gives what is written, whatever the file and what is inserted.
func TestUnifiedGivesWhatIsWritten(t *testing.T) {
	for seed := range uint64(3000) {
		c := randomChange(rand.New(rand.NewPCG(seed, 1)))
		got, err := applied(string(c.Old), c.Unified())
		if err != nil || got != string(c.New) {
			t.Fatalf("seed %d: %v\nfile %q\nwritten %q\npatched %q by\n%s", seed, err, c.Old, c.New, got, c.Unified())
		}
	}
}

func TestGitAndPatchTakeUnified(t *testing.T) {
	for _, tool := range [][]string{{"git", "apply", "change.diff"}, {"patch", "--binary", "--fuzz=0", "-p1", "-i", "change.diff"}} {
		t.Run(tool[0], func(t *testing.T) {
			program, err := exec.LookPath(tool[0])
			if err != nil {
				t.Skip(err)
			}
			for seed := range uint64(60) {
				r := rand.New(rand.NewPCG(seed, 2))
				c := randomChange(r)
				if len(c.Old) == 0 || len(c.New) == 0 || bytes.Equal(c.Old, c.New) {
					continue // to these tools a file that is made or removed
				}
				dir := t.TempDir()
				c.Path = []string{"main.json", "my network/the main.json"}[r.IntN(2)]
				file := filepath.Join(dir, c.Path)
				for name, data := range map[string][]byte{file: c.Old, filepath.Join(dir, "change.diff"): []byte(c.Unified())} {
					if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(name, data, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				run := exec.Command(program, tool[1:]...)
				run.Dir = dir
				run.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
				out, err := run.CombinedOutput()
				if got, _ := os.ReadFile(file); err != nil || !bytes.Equal(got, c.New) || bytes.Contains(out, []byte("offset")) {
					t.Fatalf("seed %d: %v %s\nfile %q\nwritten %q\npatched %q by\n%s", seed, err, out, c.Old, c.New, got, c.Unified())
				}
			}
		})
	}
}

func changed(path, old string, list []insertion) Change {
	now, made := splice([]byte(old), list)
	return Change{Path: path, Old: []byte(old), New: now, insertions: made}
}

// randomChange has few different lines, so that many places look alike.
func randomChange(r *rand.Rand) Change {
	breaks := []string{"\n", "\n", "\r\n"}[r.IntN(3)]
	text := func(most int) string {
		var b strings.Builder
		for range r.IntN(most + 1) {
			b.WriteString([]string{"", "{", "}", "  a = 1", "- b"}[r.IntN(5)] + breaks)
		}
		return b.String()
	}
	cut := func(s string) string { // sometimes not at the end of a line
		if r.IntN(3) == 0 {
			return strings.TrimSuffix(s, breaks)
		}
		return s
	}
	old := cut(text([]int{3, 30, 120}[r.IntN(3)]))
	var list []insertion
	for at := 0; ; {
		at += r.IntN(len(old)/(1+r.IntN(5)) + 2)
		if at > len(old) {
			break
		}
		end := at
		if r.IntN(3) == 0 {
			end = min(len(old), at+r.IntN(20))
		}
		if r.IntN(2) == 0 {
			at, end = max(lineStart([]byte(old), at), lastEnd(list)), max(lineStart([]byte(old), end), lastEnd(list))
		}
		list = append(list, insertion{at, end, []string{"", "\n", "x"}[r.IntN(3)] + cut(text(3))})
		at = end
	}
	return changed("main.json", old, list)
}

func lastEnd(list []insertion) int {
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].end
}

var hunkHead = regexp.MustCompile(`^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$`)

// applied is a text after a patch. Each hunk is to be where it says, in the old
// text and in the new one, and as long as it says.
func applied(old, patch string) (string, error) {
	rest, body := lines([]byte(old)), lines([]byte(patch))
	var now []string
	taken := 0
	if len(body) > 2 {
		body = body[2:]
	}
	for len(body) > 0 {
		m := hunkHead.FindStringSubmatch(strings.TrimSuffix(body[0], "\n"))
		if m == nil {
			return "", fmt.Errorf("no head of a hunk: %q", body[0])
		}
		body = body[1:]
		from, was := numbers(m[1:3])
		to, left := numbers(m[3:5])
		if skipped := from - taken; skipped >= 0 && skipped <= len(rest) {
			now, rest, taken = append(now, rest[:skipped]...), rest[skipped:], from
		} else {
			return "", fmt.Errorf("%s is not behind the one before, or behind the end", m[0])
		}
		if len(now) != to {
			return "", fmt.Errorf("%s comes after %d lines of the new text", m[0], len(now))
		}
		for was > 0 || left > 0 {
			if len(body) == 0 {
				return "", fmt.Errorf("%s ends before its lines", m[0])
			}
			mark, line := body[0][0], body[0][1:]
			body = body[1:]
			if len(body) > 0 && strings.HasPrefix(body[0], `\`) {
				line, body = strings.TrimSuffix(line, "\n"), body[1:]
			}
			if mark != '+' {
				if len(rest) == 0 || rest[0] != line {
					return "", fmt.Errorf("%s has %q where the text has another line", m[0], line)
				}
				rest, taken, was = rest[1:], taken+1, was-1
			}
			if mark != '-' {
				now, left = append(now, line), left-1
			}
		}
		if was < 0 || left < 0 {
			return "", fmt.Errorf("%s has more lines than it says", m[0])
		}
	}
	return strings.Join(now, "") + strings.Join(rest, ""), nil
}

// numbers are how many lines come before a range, and how many it has.
func numbers(m []string) (before, count int) {
	before, _ = strconv.Atoi(m[0])
	count = 1
	if m[1] != "" {
		count, _ = strconv.Atoi(m[1])
	}
	if count > 0 {
		before--
	}
	return before, count
}
