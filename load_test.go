package wayleave_test

import (
	"testing"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/servicetag"
)

// Without a Getenv the environment of the process tells where imported data is.
func TestGetenvIsThatOfTheProcess(t *testing.T) {
	t.Setenv(servicetag.DataDirEnv, t.TempDir())
	cloud := func() string {
		n, err := wayleave.Load(wayleave.LoadOptions{Paths: []string{"examples/ise-blocked"}})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := n.Check(wayleave.CheckOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if answer.Tags == nil {
			return "no data"
		}
		return answer.Tags.Cloud
	}
	if got := cloud(); got != "no data" {
		t.Errorf("before the import: %s", got)
	}
	if _, err := wayleave.ImportTags("examples/tags/ServiceTags_Public_excerpt.json", wayleave.TagOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := cloud(); got != "Public" {
		t.Errorf("after the import: %s", got)
	}
	list, err := wayleave.ListTags(wayleave.TagOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Stored) != 1 {
		t.Errorf("%d files are listed, expected the one imported", len(list.Stored))
	}
}
