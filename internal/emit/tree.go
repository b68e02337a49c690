package emit

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/document"
)

// tree is an object of a template: its members in order. A value is a string, a
// bool, a number, an expression, a list of values or a tree.
type tree []member

type member struct {
	name  string
	value any
}

// expression is one of a template, in both languages.
type expression struct{ arm, bicep string }

// resourceID is the expression for the id of a resource of the resource group that
// is deployed to, or of the scope: a resource group, or a subscription and a group.
// Names are whatever the input holds, and stay texts.
func resourceID(scope []expression, typ string, names ...string) expression {
	args := append(scope, quoted(typ))
	for _, name := range names {
		args = append(args, quoted(name))
	}
	var x expression
	for i, a := range args {
		if i > 0 {
			x.arm, x.bicep = x.arm+", ", x.bicep+", "
		}
		x.arm, x.bicep = x.arm+a.arm, x.bicep+a.bicep
	}
	return expression{"resourceId(" + x.arm + ")", "resourceId(" + x.bicep + ")"}
}

// quoted is a text in an expression.
func quoted(text string) expression {
	return expression{"'" + strings.ReplaceAll(text, "'", "''") + "'", bicepText(text)}
}

// MarshalJSON writes the members in order. A text that begins like an expression
// is kept from being one.
func (t tree) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range t {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := document.Marshal(m.name, "")
		if err != nil {
			return nil, err
		}
		value, err := document.Marshal(asJSON(m.value), "")
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func asJSON(v any) any {
	switch v := v.(type) {
	case string:
		return literal(v)
	case expression:
		return "[" + v.arm + "]"
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = asJSON(v[i])
		}
		return list
	}
	return v
}

// bicepValue writes a value as Bicep does, its further lines indented.
func bicepValue(v any, indent string) string {
	deeper := indent + "  "
	var b strings.Builder
	switch v := v.(type) {
	case string:
		return bicepText(v)
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int, int64:
		return fmt.Sprint(v)
	case float64: // Bicep has no literal of it
		return "json('" + strconv.FormatFloat(v, 'g', -1, 64) + "')"
	case expression:
		return v.bicep
	case []any:
		if len(v) == 0 {
			return "[]"
		}
		b.WriteString("[\n")
		for _, x := range v {
			b.WriteString(deeper + bicepValue(x, deeper) + "\n")
		}
		b.WriteString(indent + "]")
	case tree:
		if len(v) == 0 {
			return "{}"
		}
		b.WriteString("{\n")
		for _, m := range v {
			fmt.Fprintf(&b, "%s%s: %s\n", deeper, bicepName(m.name), bicepValue(m.value, deeper))
		}
		b.WriteString(indent + "}")
	default:
		panic(fmt.Sprintf("emit: a %T is no value of a template", v))
	}
	return b.String()
}

var bicepIdentifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// bicepName quotes the name of a member that is no identifier.
func bicepName(name string) string {
	if bicepIdentifier.MatchString(name) {
		return name
	}
	return bicepText(name)
}

// with adds a member unless its value says nothing.
func (t tree) with(name string, value any) tree {
	switch v := value.(type) {
	case nil:
		return t
	case string:
		if v == "" {
			return t
		}
	case []any:
		if len(v) == 0 {
			return t
		}
	case tree:
		if len(v) == 0 {
			return t
		}
	}
	return append(t, member{name, value})
}
