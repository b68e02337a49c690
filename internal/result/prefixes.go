package result

import (
	"iter"

	"github.com/wayleave/wayleave/internal/document"
)

// Prefixes is a list of prefixes, then of names, that is made anew whenever it is
// read: those of whole service tags have thousands, and an answer about many subnets
// has thousands of such lists. In JSON it is an array of texts. The zero value is
// empty.
type Prefixes struct {
	document.Texts
	count func() int
}

// PrefixesOf is the list of what all yields, the same each time, and count counts. What
// is yielded need last only until the next.
func PrefixesOf(all iter.Seq[[]byte], count func() int) Prefixes {
	return Prefixes{document.Texts(all), count}
}

// Len is how many there are.
func (p Prefixes) Len() int {
	if p.count == nil {
		return 0
	}
	return p.count()
}

// First is the beginning of the list, that many at most.
func (p Prefixes) First(most int) []string {
	list := []string{}
	if p.Texts == nil || most <= 0 {
		return list
	}
	for text := range p.Texts {
		if list = append(list, string(text)); len(list) == most {
			break
		}
	}
	return list
}
