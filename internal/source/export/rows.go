package export

import (
	"strconv"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
)

// rowsOf finds the resources in a document: those of a list, of "value", of
// "data", or the one at the top; lists may stand in a list, as when several
// answers were joined. A list that tells it is not complete is a problem.
func rowsOf(root document.Value) ([]document.Value, *diagnostic.Diagnostic) {
	switch root.Kind() {
	case document.Array:
		var rows []document.Value
		for element := range root.Elements() {
			if !isList(element) {
				rows = append(rows, element)
				continue
			}
			more, problem := rowsOf(element)
			if problem != nil {
				return nil, problem
			}
			rows = append(rows, more...)
		}
		return rows, nil
	case document.Object:
		if value, ok := listIn(root); ok {
			if problem := incomplete(root, value); problem != nil {
				return nil, problem
			}
			return rowsOf(value)
		}
	}
	return []document.Value{root}, nil
}

func isList(v document.Value) bool {
	_, ok := listIn(v)
	return ok || v.Kind() == document.Array
}

// listIn finds the list of an answer: "value" of the REST API, "data" of
// Resource Graph. A resource, which has an id, is not an answer.
func listIn(v document.Value) (document.Value, bool) {
	if !v.GetFold("id").IsZero() {
		return v, false
	}
	for _, name := range []string{"value", "data"} {
		if list := v.GetFold(name); list.Kind() == document.Array {
			return list, true
		}
	}
	return v, false
}

// incomplete finds the signs that an answer has further pages.
func incomplete(answer, list document.Value) *diagnostic.Diagnostic {
	for _, name := range []string{"nextLink", "skip_token", "$skipToken", "skipToken"} {
		if link, _ := answer.GetFold(name).String(); link != "" {
			return problem(diagnostic.Errorf("incomplete-list", answer.GetFold(name).Position(), "the list goes on at another place (%s), so it is not the whole network", name).
				WithHint("read all pages; az network ... list does it by itself, az graph query with --first and --skip-token"))
		}
	}
	for _, name := range []string{"total_records", "totalRecords"} {
		if total, ok := answer.GetFold(name).Int(); ok && total > int64(list.Len()) {
			return problem(diagnostic.Errorf("incomplete-list", answer.GetFold(name).Position(), "the list has %d of %d records, so it is not the whole network", list.Len(), total).
				WithHint("read all pages; az graph query takes --first and --skip-token"))
		}
	}
	return nil
}

func problem(d diagnostic.Diagnostic) *diagnostic.Diagnostic { return &d }

// firstStranger finds the first row that is no resource of Azure.
func firstStranger(root document.Value, rows []document.Value) *diagnostic.Diagnostic {
	for i, row := range rows {
		if kindOf(row).name != "" {
			continue
		}
		if d, ok := answerOf(root, row); ok {
			return &d
		}
		what := "this is not a form of Azure data that can be read"
		if row != root {
			what = "element " + strconv.Itoa(i+1) + " of the list is no resource of Azure"
		}
		return problem(diagnostic.Errorf("unrecognised-input", row.Position(), "%s; expected a resource with an id and a type, a list of them, a template, or a Terraform plan or state", what).
			WithHint("az network vnet list -o json > vnets.json; az network nsg list -o json > nsgs.json; az network route-table list -o json > routes.json"))
	}
	return nil
}
