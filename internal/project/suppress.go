package project

import (
	"time"

	"github.com/wayleave/wayleave/internal/document"
)

func (r *reader) suppressions(v document.Value) []Suppression {
	var list []Suppression
	for element := range r.Elements(v) {
		list = append(list, r.suppression(element))
	}
	return list
}

func (r *reader) suppression(v document.Value) Suppression {
	s := Suppression{At: v.Position()}
	for key, value := range r.Members(v) {
		switch key.String() {
		case "requirement":
			s.Requirement = r.Text(value)
		case "subnet":
			s.Subnet = r.Text(value)
		case "reason":
			s.Reason = r.Text(value).Value
		case "until":
			s.Until = r.day(value)
		default:
			r.Unknown(key, "requirement", "subnet", "reason", "until")
		}
	}
	if v.Kind() == document.Object {
		for _, name := range []string{"requirement", "reason", "until"} {
			if !v.Get(name).Exists() {
				r.Errorf(v.Position(), "%s is missing: a suppression says what, why and until when", name)
			}
		}
	}
	return s
}

// day reads a date as year-month-day.
func (r *reader) day(v document.Value) time.Time {
	t := r.Text(v)
	if t.Value == "" {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, t.Value)
	if err != nil {
		r.Errorf(t.At, "%q is not a day, expected year-month-day such as 2027-03-31", t.Value)
	}
	return day
}
