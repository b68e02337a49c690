package wayleave

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/wayleave/wayleave/internal/check"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/project"
	"github.com/wayleave/wayleave/internal/service"
	"github.com/wayleave/wayleave/internal/strict"
)

// Project is a project file, wayleave.yaml: defaults for LoadOptions and
// CheckOptions, and suppressions of findings. A nil Project states nothing.
type Project = project.File

// FindProject reads the project file beside the inputs, nil where there is
// none. The error is an *InputError.
func FindProject(paths []string) (*Project, error) {
	return projectOf(project.Find(paths))
}

// ReadProject reads a project file. The error is an *InputError.
func ReadProject(file string) (*Project, error) {
	return projectOf(project.Read(file))
}

func projectOf(p *Project, problems diagnostic.List) (*Project, error) {
	if problems.HasErrors() {
		return nil, &InputError{Diagnostics: problems}
	}
	return p, nil
}

// given are texts of the caller as texts without a place.
func given(list []string) []project.Text {
	var texts []project.Text
	for _, text := range list {
		texts = append(texts, project.Text{Value: text})
	}
	return texts
}

// blame puts an error where the text stands in the project file; a text of the
// caller makes the question wrong.
func blame(t project.Text, err error, hints ...string) error {
	if t.At.IsZero() {
		return &UsageError{Message: err.Error(), Hints: hints}
	}
	d := diagnostic.Errorf("invalid-project", t.At, "%v", err)
	if len(hints) > 0 {
		d = d.WithHint("%s", hints[0])
	}
	return &InputError{Diagnostics: diagnostic.List{d}}
}

// blameSetting is blame for the error of a setting.
func blameSetting(err error) error {
	var s *service.SettingError
	if errors.As(err, &s) {
		return blame(project.Text{At: s.Setting.At}, err)
	}
	return &UsageError{Message: err.Error()}
}

// defaults fills what the caller left open from the project file.
func (o LoadOptions) defaults() LoadOptions {
	if p := o.Project; p != nil {
		o.Tags, o.Cloud = cmp.Or(o.Tags, p.Tags.Value), cmp.Or(o.Cloud, p.Cloud.Value)
		if len(o.Profiles) == 0 {
			o.Profiles = strict.Values(p.Profiles)
		}
		if len(o.Parameters) == 0 {
			o.Parameters = strict.Values(p.Parameters)
		}
	}
	return o
}

// asked joins the options with the project file. Services of the caller come
// without the subnets of the project; settings of the caller come last, where
// they win.
func (o CheckOptions) asked(p *Project) (services, subnets, settings []project.Text) {
	services, subnets, settings = given(o.Services), given(o.Subnets), given(o.Settings)
	if p == nil {
		return services, subnets, settings
	}
	if len(services) == 0 {
		services = p.Services
		if len(subnets) == 0 {
			subnets = p.Subnets
		}
	}
	return services, subnets, append(p.Set[:len(p.Set):len(p.Set)], settings...)
}

// suppressions are those of the project, with subnets found.
func (n *Network) suppressions() []check.Suppression {
	if n.project == nil {
		return nil
	}
	var list []check.Suppression
	for _, s := range n.project.Suppress {
		c := check.Suppression{Requirement: s.Requirement.Value, Name: s.Subnet.Value, Reason: s.Reason, Until: s.Until, At: s.At}
		if c.Name != "" {
			subnet, err := service.FindSubnet(n.network, c.Name)
			if err != nil {
				c.Note = fmt.Sprint(err)
			} else {
				c.Subnet = subnet.Label()
			}
		}
		list = append(list, c)
	}
	return list
}
