package recheck

import (
	"net/netip"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/document"
	"github.com/wayleave/wayleave/internal/plain"
)

// readTags reads Microsoft's file of service tags as plain lists.
func readTags(path string) (plain.Tags, error) {
	doc, err := document.Load(path, document.Options{})
	if err != nil {
		return nil, err
	}
	values := doc.Root().Get("values")
	if values.Kind() != document.Array {
		return nil, diagnostic.Errorf("not-tags", doc.Root().Position(), "the file has no values, expected service tags as Microsoft publishes them").
			WithHint("download ServiceTags_Public_<date>.json")
	}
	tags := plain.Tags{}
	for v := range values.Elements() {
		name, _ := v.Get("name").String()
		properties := v.Get("properties")
		tag := plain.Tag{}
		tag.Region, _ = properties.Get("region").String()
		for p := range properties.Get("addressPrefixes").Elements() {
			text, _ := p.String()
			prefix, err := netip.ParsePrefix(text)
			if err != nil {
				return nil, diagnostic.Errorf("not-tags", p.Position(), "%q is no prefix", text).WithHint("download the file again")
			}
			tag.Prefixes = append(tag.Prefixes, prefix.Masked())
		}
		tags[plain.FoldTag(name)] = tag
	}
	return tags, nil
}
