package csv

import (
	stdcsv "encoding/csv"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/wayleave/wayleave/internal/azure"
	"github.com/wayleave/wayleave/internal/diagnostic"
)

const hint = "expected the columns name, priority, direction, access, protocol, source, source ports, destination, destination ports"

// Read reads a table. What is wrong with it is in the Diagnostics of the
// inventory, each with a place.
func Read(name string, data []byte) *azure.Inventory {
	inventory := &azure.Inventory{Source: name, Rank: azure.RankExport}
	t, problem := parse(name, string(data))
	switch {
	case problem != nil:
		inventory.Diagnostics = diagnostic.List{*problem}
	case t.isList():
		inventory.IPGroups = []*azure.IPGroup{t.ipGroup(inventory)}
	default:
		t.rules(inventory)
	}
	return inventory
}

// Recognise reports whether the text begins like a table that Read can read.
func Recognise(data []byte) bool {
	reader := newReader(firstLines(string(data)))
	row, err := reader.Read()
	if err != nil {
		return false
	}
	t := table{rows: []record{{fields: row}}}
	return t.isList() || t.readHead() == nil
}

// firstLines is enough of a text to tell what it is.
func firstLines(text string) string {
	const enough = 4096
	text = strings.TrimPrefix(text, bom)
	if len(text) > enough {
		text = text[:strings.LastIndexByte(text[:enough], '\n')+1]
	}
	return text
}

const bom = "\ufeff"

// newReader splits at commas, or at semicolons where the first line has more of
// them: so write spreadsheets where the comma is the decimal point.
func newReader(text string) *stdcsv.Reader {
	r := stdcsv.NewReader(strings.NewReader(text))
	r.TrimLeadingSpace = true
	first, _, _ := strings.Cut(text, "\n")
	if strings.Count(first, ";") > strings.Count(first, ",") {
		r.Comma = ';'
	}
	return r
}

// table is a file of rows.
type table struct {
	name string
	// rows without the line of names, once that is read.
	rows []record
	// columns are the places of the known columns in a row, -1 where absent.
	columns [columnCount]int
}

// record is one row with the places of its fields.
type record struct {
	fields []string
	at     []azure.Position
}

// parse splits the file into rows. All have as many fields as the first.
func parse(name, text string) (*table, *diagnostic.Diagnostic) {
	t := &table{name: name}
	shift := len(text)
	text = strings.TrimPrefix(text, bom)
	shift -= len(text)
	for r := newReader(text); ; {
		fields, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			d := notCSV(name, err)
			return nil, &d
		}
		row := record{fields: fields, at: make([]azure.Position, len(fields))}
		for i := range fields {
			line, column := r.FieldPos(i)
			if line == 1 {
				column += shift
			}
			row.at[i] = azure.Position{File: name, Line: line, Column: column}
		}
		t.rows = append(t.rows, row)
	}
	if len(t.rows) == 0 {
		d := diagnostic.Errorf("empty-file", azure.Position{File: name, Line: 1, Column: 1}, "the table has no rows").WithHint(hint)
		return nil, &d
	}
	if t.isList() {
		return t, nil
	}
	return t, t.readHead()
}

func notCSV(name string, err error) diagnostic.Diagnostic {
	at := azure.Position{File: name, Line: 1, Column: 1}
	var p *stdcsv.ParseError
	if errors.As(err, &p) {
		at.Line, at.Column, err = p.Line, p.Column, p.Err
	}
	return diagnostic.Errorf("csv-syntax", at, "the row cannot be read: %v", err).WithHint(hint)
}

// isList tells a list of prefixes, by its head, which a table of rules no longer
// has among its rows.
func (t *table) isList() bool {
	return len(t.rows) > 0 && len(t.rows[0].fields) == 1 && slices.Contains([]string{"cidr", "cidrs", "prefix", "prefixes", "addressprefix", "ipaddresses"}, fold(t.rows[0].fields[0]))
}

// Columns of a table of rules, in the order that holds without names.
const (
	columnName = iota
	columnPriority
	columnDirection
	columnAccess
	columnProtocol
	columnSource
	columnSourcePorts
	columnDestination
	columnDestinationPorts
	columnDescription
	columnGroup
	columnCount
	columnsNeeded = columnDestinationPorts + 1
)

// columnNames are what the columns may be called, folded.
var columnNames = [columnCount][]string{
	columnName:             {"name", "rule", "rulename"},
	columnPriority:         {"priority"},
	columnDirection:        {"direction"},
	columnAccess:           {"access", "action"},
	columnProtocol:         {"protocol"},
	columnSource:           {"source", "sources", "sourceaddress", "sourceaddresses", "sourceaddressprefix", "sourceaddressprefixes"},
	columnSourcePorts:      {"sourceport", "sourceports", "sourceportrange", "sourceportranges"},
	columnDestination:      {"destination", "destinations", "destinationaddress", "destinationaddresses", "destinationaddressprefix", "destinationaddressprefixes"},
	columnDestinationPorts: {"destinationport", "destinationports", "destinationportrange", "destinationportranges", "port", "ports"},
	columnDescription:      {"description"},
	columnGroup:            {"nsg", "nsgname", "group", "networksecuritygroup"},
}

// fold brings a column name to letters in lower case.
func fold(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-.()", r) {
			return -1
		}
		return r
	}, name))
}

// readHead finds the columns: by the names of the first row, or, where that is
// a rule, by the order.
func (t *table) readHead() *diagnostic.Diagnostic {
	first := t.rows[0]
	for c := range t.columns {
		t.columns[c] = slices.IndexFunc(first.fields, func(f string) bool { return slices.Contains(columnNames[c], fold(f)) })
	}
	if t.columns[columnName] >= 0 && t.columns[columnPriority] >= 0 {
		for c := range columnsNeeded {
			if t.columns[c] < 0 {
				return t.refuse(first, "the table has no column %q", columnNames[c][0])
			}
		}
		t.rows = t.rows[1:]
		return nil
	}
	if len(first.fields) < columnsNeeded {
		return t.refuse(first, "the row has %d fields, expected at least %d", len(first.fields), columnsNeeded)
	}
	if _, err := strconv.Atoi(first.fields[columnPriority]); err != nil {
		return t.refuse(first, "%q is no priority, and the row is not one of column names", first.fields[columnPriority])
	}
	if len(first.fields) > columnsNeeded {
		return t.refuse(first, "the row has %d fields, expected %d where there is no row of names", len(first.fields), columnsNeeded)
	}
	for c := range t.columns {
		t.columns[c] = -1
		if c < columnsNeeded {
			t.columns[c] = c
		}
	}
	return nil
}

func (t *table) refuse(row record, format string, args ...any) *diagnostic.Diagnostic {
	at := azure.Position{File: t.name, Line: 1, Column: 1}
	if len(row.at) > 0 {
		at = row.at[0]
	}
	d := diagnostic.Errorf("csv-columns", at, format, args...).WithHint(hint)
	return &d
}

// title is the name of what the file holds: its own without the ending.
func (t *table) title() string {
	base := path.Base(t.name)
	if base == "-" {
		return "standard-input"
	}
	return strings.TrimSuffix(base, path.Ext(base))
}
