// Package result holds the answers of the program as plain data, with the
// field names of the machine-readable contract. Analysis fills them, reports
// print them; they hold no behaviour beyond that.
//
// Lists are never null in JSON. Names are fixed; fields may be added.
package result
