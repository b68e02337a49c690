package arm

import (
	"strings"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// declaration is what a template says of a parameter, types of its own
// followed.
type declaration struct {
	// secret tells a parameter whose value is not to be shown.
	secret bool
	// nullable tells a parameter that is null where it has no value.
	nullable bool
}

// declarationOf reads the declaration of a parameter. A type that the template
// defines ("$ref": "#/definitions/name") may be one of another.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/definitions,
// read 2026-11.
func declarationOf(root, declared document.Value) declaration {
	var d declaration
	const deepest = 16
	for range deepest {
		typ, _ := declared.GetFold("type").String()
		d.secret = d.secret || strings.EqualFold(typ, "secureString") || strings.EqualFold(typ, "secureObject")
		nullable, _ := declared.GetFold("nullable").Bool()
		d.nullable = d.nullable || nullable
		ref, ok := declared.GetFold("$ref").String()
		name, isDefinition := strings.CutPrefix(ref, "#/definitions/")
		if !ok || !isDefinition {
			break
		}
		declared = root.GetFold("definitions").GetFold(name)
	}
	return d
}

// parameter is a parameter with its default value, or none.
func (t *template) parameter(name string, declared document.Value) *lazy {
	p := &lazy{what: "parameter " + quoted(name), at: declared.Position()}
	d := declarationOf(t.root, declared)
	p.eval = func() (*value.Value, error) {
		if otherwise := declared.GetFold("defaultValue"); otherwise.Exists() {
			v, err := (&scope{t: t}).value(otherwise)
			return t.hidden(name, d, v), err
		}
		if d.nullable {
			return value.OfNull(p.at), nil
		}
		return value.NotKnown(t.named("parameters('"+name+"')"), "the template parameter "+quoted(name)+" has no value (give it with --parameters)", p.at), nil
	}
	return p
}

// hidden is the value of a parameter, without what is not to be shown: of a
// secret it is kept whether it is empty.
func (t *template) hidden(name string, d declaration, v *value.Value) *value.Value {
	text, isText := v.Text()
	if !d.secret || v.IsNull() || v.IsUnknown() || isText && text == "" {
		return v
	}
	called, why := t.named("parameters('"+name+"')"), "the value of the template parameter "+quoted(name)+" is a secret"
	if isText {
		return value.NotShown(called, why, v.At)
	}
	return value.NotKnown(called, why, v.At)
}

// give sets the value of a parameter; false where the template has none of
// that name. Null counts as not given.
func (t *template) give(name string, eval func() (*value.Value, error)) bool {
	p, ok := t.parameters[fold(name)]
	if !ok {
		return false
	}
	otherwise := p.eval
	d := declarationOf(t.root, t.root.GetFold("parameters").GetFold(name))
	p.eval = func() (*value.Value, error) {
		v, err := eval()
		if err == nil && v.IsNull() {
			return otherwise()
		}
		return t.hidden(name, d, v), err
	}
	return true
}

// openParameters makes all parameters unknown: values are given, and not here.
func (t *template) openParameters(why string) {
	for name, declared := range t.root.GetFold("parameters").Members() {
		at := declared.Position()
		t.give(name.String(), func() (*value.Value, error) {
			return value.NotKnown(t.named("parameters('"+name.String()+"')"), why, at), nil
		})
	}
}

// applyParameterFile gives the values of a parameter file. They are literal.
func (r *reader) applyParameterFile(t *template, doc *document.Document) {
	for name, given := range doc.Root().GetFold("parameters").Members() {
		v, secret := given.GetFold("value"), given.GetFold("reference")
		eval := func() (*value.Value, error) { return value.Literal(v), nil }
		if !v.Exists() && secret.Exists() {
			eval = func() (*value.Value, error) {
				return value.NotKnown("parameters('"+name.String()+"')", "the value is a secret of a key vault", secret.Position()), nil
			}
		}
		if !t.give(name.String(), eval) {
			r.report(diagnostic.Infof("unknown-parameter", name.Position(), "the template %s has no parameter %q", r.doc.Name(), name.String()))
			continue
		}
		r.checkAllowed(t, name, v)
	}
}

// checkAllowed refuses a value that the template does not allow, as Azure does.
func (r *reader) checkAllowed(t *template, name document.Key, v document.Value) {
	declared := t.root.GetFold("parameters").GetFold(name.String())
	allowed := declared.GetFold("allowedValues")
	if allowed.Kind() != document.Array || v.Kind() == document.Array || declarationOf(t.root, declared).secret {
		return
	}
	var names []string
	given := value.Literal(v)
	for a := range allowed.Elements() {
		one := value.Literal(a)
		if value.Equal(one, given) == value.Yes || strings.EqualFold(one.Render(), given.Render()) {
			return
		}
		names = append(names, one.Print())
	}
	r.report(diagnostic.Errorf("parameter-value", v.Position(), "the parameter %q is %s, expected %s", name.String(), given.Print(), strings.Join(names, ", ")).
		WithRelated(allowed.Position(), "the template allows these"))
}
