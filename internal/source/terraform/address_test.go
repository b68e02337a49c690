package terraform

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressesAreReadAsTerraformPrintsThem(t *testing.T) {
	text := func(s string) key { return key{kind: textKey, text: s} }
	number := func(n int) key { return key{kind: numberKey, number: n} }
	for _, row := range []struct {
		text string
		want address
	}{
		{`azurerm_subnet.a`, address{block: block{typ: "azurerm_subnet", name: "a"}}},
		{`azurerm_subnet.a[0]`, address{block: block{typ: "azurerm_subnet", name: "a"}, key: number(0)}},
		{`azurerm_subnet.a["x.y[1]"]`, address{block: block{typ: "azurerm_subnet", name: "a"}, key: text("x.y[1]")}},
		{`azurerm_subnet.a["say \"hi\" $${x}"]`, address{block: block{typ: "azurerm_subnet", name: "a"}, key: text(`say "hi" ${x}`)}},
		{`data.azurerm_subnet.a`, address{block: block{data: true, typ: "azurerm_subnet", name: "a"}}},
		{`module.m.azurerm_subnet.a`, address{module: modulePath{{name: "m"}}, block: block{typ: "azurerm_subnet", name: "a"}}},
		{`module.m["k"].module.n[2].data.azurerm_subnet.module`, address{
			module: modulePath{{name: "m", key: text("k")}, {name: "n", key: number(2)}},
			block:  block{data: true, typ: "azurerm_subnet", name: "module"},
		}},
	} {
		got, ok := parseAddress(row.text)
		if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(address{}, block{}, key{}, step{})); !ok || diff != "" {
			t.Errorf("%s: %v %s", row.text, ok, diff)
		}
	}
	for _, text := range []string{
		"", ".", "a", "a.", ".a.b", "a..b", "a.b.c", "a.b[", `a.b["`, `a.b["x`, `a.b["x"`, "a.b[x]", "a.b[0].c", "[0]", "module.m", "module[0].a.b", "data.a", `a["k"].b`,
	} {
		if got, ok := parseAddress(text); ok {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestReferencesComeWithoutTheirPrefixes(t *testing.T) {
	for _, row := range []struct {
		entries []string
		want    []string
	}{
		{[]string{"azurerm_subnet.a.id", "azurerm_subnet.a"}, []string{"azurerm_subnet.a.id"}},
		{[]string{`azurerm_subnet.a["x"].id`, `azurerm_subnet.a["x"]`, "azurerm_subnet.a"}, []string{`azurerm_subnet.a["x"].id`}},
		// The key is an expression: the reference is cut before it.
		{[]string{"azurerm_subnet.a", "each.key"}, []string{"azurerm_subnet.a", "each.key"}},
		// The same resource as a whole, after a reference to one of its instances.
		{[]string{"azurerm_subnet.a[0].id", "azurerm_subnet.a[0]", "azurerm_subnet.a", "azurerm_subnet.a", "count.index"},
			[]string{"azurerm_subnet.a[0].id", "azurerm_subnet.a", "count.index"}},
		{[]string{"module.m.out.x", "module.m.out", "module.m", "var.a.b", "var.a", "local.c"}, []string{"module.m.out.x", "var.a.b", "local.c"}},
		{[]string{`module.m["k"].out`, `module.m["k"]`, "module.m"}, []string{`module.m["k"].out`}},
		{[]string{"each.value.id", "each.value", "each.value.id", "each.value"}, []string{"each.value.id"}},
		{[]string{"ephemeral.x.y", "?"}, []string{"ephemeral.x.y", "?"}},
	} {
		p := newPlan().with("azurerm_subnet.a", subnet("a", "10.0.0.0/24"), config(object{"x": object{"references": row.entries}}))
		expression := parse(t, p.json()).Root().Get("configuration").Get("root_module").Get("resources").Index(0).Get("expressions").Get("x")
		var got []string
		for _, r := range references(expression) {
			got = append(got, r.text)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%v: %s", row.entries, diff)
		}
	}
}
