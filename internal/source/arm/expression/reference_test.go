package expression

import (
	"errors"
	"testing"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// What the reference of template functions states: an expression and the JSON
// of its value, page by page, by example and by rule.
//
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions,
// read 2026-11.
var reference = []struct {
	page  string
	cases [][2]string
}{
	{"array", [][2]string{
		{"array(1)", `[1]`},
		{"array('efgh')", `["efgh"]`},
		{"array(createObject('a', 'b', 'c', 'd'))", `[{"a":"b","c":"d"}]`},
		{"array(createArray(1))", `[1]`},
		{"concat(createArray('1-1', '1-2'), createArray('2-1'))", `["1-1","1-2","2-1"]`},
		{"concat(createArray(), createArray(1), createArray())", `[1]`},
		{"contains(createArray('one', 'two', 'three'), 'three')", `true`},
		{"contains(createArray('one', 'two', 'three'), 'four')", `false`},
		{"contains(createArray('one'), 'ONE')", `false`},
		{"contains(createArray(1, 2), 2)", `true`},
		{"createArray('a', 'b', 'c')", `["a","b","c"]`},
		{"createArray(1, 2, 3)", `[1,2,3]`},
		{"createArray(createArray('one', 'two'))", `[["one","two"]]`},
		{"createArray()", `[]`},
		{"empty(createArray())", `true`},
		{"empty(createArray(''))", `false`},
		{"first(createArray('one', 'two', 'three'))", `"one"`},
		{"flatten(createArray(createArray(1, 2), createArray(), createArray(createArray(3))))", `[1,2,[3]]`},
		{"indexOf(createArray('a', 'b', 'a'), 'a')", `0`},
		{"indexOf(createArray('a', 'b'), 'B')", `-1`},
		{"indexOf(createArray(1, 2, 3), 3)", `2`},
		{"lastIndexOf(createArray('a', 'b', 'a'), 'a')", `2`},
		{"intersection(createArray('one', 'two', 'three'), createArray('two', 'three'))", `["two","three"]`},
		{"intersection(createArray(1, 2, 3), createArray(3, 2), createArray(3, 9))", `[3]`},
		{"last(createArray('one', 'two', 'three'))", `"three"`},
		{"length(createArray('one', 'two', 'three'))", `3`},
		{"max(createArray(0, 3, 2, 5, 4))", `5`},
		{"min(createArray(0, 3, 2, 5, 4))", `0`},
		{"range(5, 3)", `[5,6,7]`},
		{"range(-1, 2)", `[-1,0]`},
		{"range(7, 0)", `[]`},
		{"skip(createArray('one', 'two', 'three'), 2)", `["three"]`},
		{"skip(createArray('one'), 9)", `[]`},
		{"skip(createArray('one'), -1)", `["one"]`},
		{"take(createArray('one', 'two', 'three'), 2)", `["one","two"]`},
		{"take(createArray('one'), 9)", `["one"]`},
		{"take(createArray('one'), 0)", `[]`},
		{"union(createArray('one', 'two', 'three'), createArray('three', 'four'))", `["one","two","three","four"]`},
		{"union(json('[[1,2],[3]]'), json('[[3],[4,2]]'))", `[[1,2],[3],[4,2]]`},
		{"tryIndexFromEnd(createArray('one', 'two', 'three'), 1)", `"three"`},
		{"tryIndexFromEnd(createArray('one', 'two', 'three'), 4)", `null`},
		{"tryIndexFromEnd(createArray(createObject('a', 7)), 1, 'a')", `7`},
		{"tryIndexFromEnd(createArray(createArray(5, 6, 7)), 1, createObject('value', 2, 'fromEnd', true()))", `6`},
		{"indexFromEnd(createArray('one', 'two', 'three'), 3)", `"one"`},
		{"json('[[1,2],[3]]')[1][0]", `3`},
	}},
	{"object", [][2]string{
		{"contains(createObject('one', 'a'), 'one')", `true`},
		{"contains(createObject('one', 'a'), 'ONE')", `true`},
		{"contains(createObject('one', 'a'), 'a')", `false`},
		{"createObject('n', 1, 's', 'abc', 'b', true(), 'l', createArray('a'), 'o', createObject('k', 'v'))",
			`{"n":1,"s":"abc","b":true,"l":["a"],"o":{"k":"v"}}`},
		{"createObject()", `{}`},
		{"empty(createObject())", `true`},
		{"empty(json('{}'))", `true`},
		{"intersection(createObject('one', 'a', 'two', 'b', 'three', 'c'), createObject('one', 'a', 'two', 'z', 'three', 'c'))", `{"one":"a","three":"c"}`},
		{"items(createObject('item002', 2, 'item001', 1))", `[{"key":"item001","value":1},{"key":"item002","value":2}]`},
		{"objectKeys(createObject('b', 2, 'a', 1))", `["a","b"]`},
		{`json('{"a": "b"}')`, `{"a":"b"}`},
		{`json('"test"')`, `"test"`},
		{"json('true')", `true`},
		{"json('3')", `3`},
		{"json('[1, 2, 3]')", `[1,2,3]`},
		{"json('null')", `null`},
		{"json(null())", `null`},
		{`json(concat('{"a": "', 'demo value', '"}'))`, `{"a":"demo value"}`},
		{"length(createObject('a', 1, 'b', 2, 'c', createObject('d', 3)))", `3`},
		{"null()", `null`},
		{"empty(null())", `true`},
		{"shallowMerge(createArray(createObject('a', createObject('x', 1)), createObject('a', createObject('y', 2))))", `{"a":{"y":2}}`},
		{"tryGet(createObject('a', createObject('b', createArray(8, 9))), 'a', 'b', 1)", `9`},
		{"tryGet(createObject('a', 1), 'b')", `null`},
		{"tryGet(createArray(1), 1)", `null`},
		{"tryGet(null(), 'b')", `null`},
		{"union(createObject('one', 'a', 'three', 'c1'), createObject('three', 'c2', 'four', 'd'))", `{"one":"a","three":"c2","four":"d"}`},
		{"union(createObject('p', createObject('one', 'a', 'two', 'b'), 'l', createArray(1, 2)), createObject('p', createObject('two', 'c'), 'l', createArray(3)))",
			`{"p":{"one":"a","two":"c"},"l":[3]}`},
	}},
	{"string", [][2]string{
		{"base64('one, two, three')", `"b25lLCB0d28sIHRocmVl"`},
		{"base64ToString('b25lLCB0d28sIHRocmVl')", `"one, two, three"`},
		{`base64ToJson(base64('{"one": "a"}'))`, `{"one":"a"}`},
		{"concat('prefix', '-', 'x')", `"prefix-x"`},
		{"contains('OneTwoThree', 'e')", `true`},
		{"contains('OneTwoThree', 'z')", `false`},
		{"contains('OneTwoThree', 'one')", `false`},
		{"dataUri('Hello')", `"data:text/plain;charset=utf8;base64,SGVsbG8="`},
		{"dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", `"Hello, World!"`},
		{"empty('')", `true`},
		{"empty(' ')", `false`},
		{"endsWith('abcdef', 'ef')", `true`},
		{"endsWith('abcdef', 'F')", `true`},
		{"endsWith('abcdef', 'e')", `false`},
		{"first('One Two Three')", `"O"`},
		{"format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)", `"Hello, User. Formatted number: 8,175,133"`},
		{"format('{0:N0} {1:N0}', 999, 1000)", `"999 1,000"`},
		{"format('{0}', true())", `"True"`},
		{"indexOf('test', 't')", `0`},
		{"lastIndexOf('test', 't')", `3`},
		{"indexOf('abcdef', 'CD')", `2`},
		{"lastIndexOf('abcdef', 'AB')", `0`},
		{"indexOf('abcdef', 'z')", `-1`},
		{"join(createArray('one', 'two', 'three'), ',')", `"one,two,three"`},
		{"join(createArray('one', 'two', 'three'), ';')", `"one;two;three"`},
		{"last('One Two three')", `"e"`},
		{"length('One Two Three')", `13`},
		{"padLeft('123', 10, '0')", `"0000000123"`},
		{"padLeft('123', 2, '0')", `"123"`},
		{"padLeft(5, 3)", `"  5"`},
		{"replace('123-123-1234', '-', '')", `"1231231234"`},
		{"replace('123-123-1234', '1234', 'xxxx')", `"123-123-xxxx"`},
		{"skip('one two three', 4)", `"two three"`},
		{"split('one,two,three', ',')", `["one","two","three"]`},
		{"split('one;two,three', createArray(',', ';'))", `["one","two","three"]`},
		{"split(',a,', ',')", `["","a",""]`},
		{"startsWith('abcdef', 'ab')", `true`},
		{"startsWith('abcdef', 'A')", `true`},
		{"startsWith('abcdef', 'e')", `false`},
		{"string(createObject('valueA', 10, 'valueB', 'Example Text'))", `"{\"valueA\":10,\"valueB\":\"Example Text\"}"`},
		{"string(createArray('a', 'b', 'c'))", `"[\"a\",\"b\",\"c\"]"`},
		{"string(5)", `"5"`},
		{"string(false())", `"False"`},
		{"substring('one two three', 4, 3)", `"two"`},
		{"substring('abc', 1)", `"bc"`},
		{"substring('abc', 3, 0)", `""`},
		{"take('one two three', 2)", `"on"`},
		{"take('a', 5)", `"a"`},
		{"toLower('One Two Three')", `"one two three"`},
		{"toUpper('One Two Three')", `"ONE TWO THREE"`},
		{"trim('    one two three   ')", `"one two three"`},
		{"uri('http://contoso.org/firstpath', 'myscript.sh')", `"http://contoso.org/myscript.sh"`},
		{"uri('http://contoso.org/firstpath/', 'myscript.sh')", `"http://contoso.org/firstpath/myscript.sh"`},
		{"uri('http://contoso.org/firstpath/azuredeploy.json', 'myscript.sh')", `"http://contoso.org/firstpath/myscript.sh"`},
		{"uri('http://contoso.org/firstpath/azuredeploy.json/', 'myscript.sh')", `"http://contoso.org/firstpath/azuredeploy.json/myscript.sh"`},
		{"uriComponent('http://contoso.com/resources/nested/azuredeploy.json')", `"http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json"`},
		{"uriComponent('a b+c')", `"a%20b%2Bc"`},
		{"uriComponentToString('http%3A%2F%2Fcontoso.com%2Fa%20b')", `"http://contoso.com/a b"`},
	}},
	{"numeric", [][2]string{
		{"add(5, 3)", `8`},
		{"div(8, 3)", `2`},
		{"float(3)", `3`},
		{"float('2.5')", `2.5`},
		{"int('4')", `4`},
		{"int(4)", `4`},
		{"max(0, 3, 2, 5, 4)", `5`},
		{"min(0, 3, 2, 5, 4)", `0`},
		{"mod(7, 3)", `1`},
		{"mul(5, 3)", `15`},
		{"sub(7, 3)", `4`},
		{"sub(3, 7)", `-4`},
	}},
	{"logical", [][2]string{
		{"and(bool('true'), bool('false'))", `false`},
		{"or(bool('true'), bool('false'))", `true`},
		{"not(bool('true'))", `false`},
		{"and(true(), true(), true())", `true`},
		{"or(false(), false(), true())", `true`},
		{"bool('true')", `true`},
		{"bool('false')", `false`},
		{"bool(1)", `true`},
		{"bool(0)", `false`},
		{"true()", `true`},
		{"false()", `false`},
		{"if(equals('a', 'a'), 'yes', 'no')", `"yes"`},
		{"if(equals('a', 'b'), 'yes', createArray())", `[]`},
		{"not(equals(1, 2))", `true`},
	}},
	{"comparison", [][2]string{
		{"coalesce(null(), null(), 'default')", `"default"`},
		{"coalesce(null(), 1)", `1`},
		{"coalesce(null(), '', 'x')", `""`},
		{"coalesce(null(), createArray())", `[]`},
		{"empty(coalesce(null(), null()))", `true`},
		{"equals(1, 1)", `true`},
		{"equals('a', 'a')", `true`},
		{"equals('a', 'b')", `false`},
		{"equals(createArray('a', 'b'), createArray('a', 'b'))", `true`},
		{"equals(createArray('a', 'b'), createArray('b', 'a'))", `false`},
		{"equals(createObject('a', 'b'), createObject('a', 'b'))", `true`},
		{"equals(null(), null())", `true`},
		{"equals(null(), '')", `false`},
		{"less(1, 2)", `true`},
		{"less('A', 'a')", `false`},
		{"lessOrEquals(1, 2)", `true`},
		{"lessOrEquals('A', 'a')", `false`},
		{"lessOrEquals(2, 2)", `true`},
		{"greater(1, 2)", `false`},
		{"greater('A', 'a')", `true`},
		{"greater('b', 'A')", `true`},
		{"greaterOrEquals(1, 2)", `false`},
		{"greaterOrEquals('A', 'a')", `true`},
	}},
	{"cidr", [][2]string{
		{"parseCidr('10.144.0.0/20')", `{"network":"10.144.0.0","netmask":"255.255.240.0","broadcast":"10.144.15.255","firstUsable":"10.144.0.1","lastUsable":"10.144.15.254","cidr":20}`},
		{"parseCidr('10.144.3.7/20').network", `"10.144.0.0"`},
		{"parseCidr('fdad:3236:5555::/48')", `{"network":"fdad:3236:5555::","netmask":"ffff:ffff:ffff::","firstUsable":"fdad:3236:5555::","lastUsable":"fdad:3236:5555:ffff:ffff:ffff:ffff:ffff","cidr":48}`},
		{"cidrSubnet('10.144.0.0/20', 24, 0)", `"10.144.0.0/24"`},
		{"cidrSubnet('10.144.0.0/20', 24, 4)", `"10.144.4.0/24"`},
		{"cidrSubnet('10.144.0.0/20', 20, 0)", `"10.144.0.0/20"`},
		{"cidrSubnet('fdad:3236:5555::/48', 52, 0)", `"fdad:3236:5555::/52"`},
		{"cidrSubnet('fdad:3236:5555::/48', 52, 4)", `"fdad:3236:5555:4000::/52"`},
		{"cidrHost('10.144.3.0/24', 0)", `"10.144.3.1"`},
		{"cidrHost('10.144.3.0/24', 4)", `"10.144.3.5"`},
		{"cidrHost('192.168.1.0/24', 253)", `"192.168.1.254"`},
		{"cidrHost('fdad:3236:5555:3000::/52', 0)", `"fdad:3236:5555:3000::1"`},
		{"cidrHost('fdad:3236:5555:3000::/52', 4)", `"fdad:3236:5555:3000::5"`},
		{"map(range(0, 3), lambda('i', cidrSubnet('10.144.0.0/20', 24, lambdaVariables('i'))))", `["10.144.0.0/24","10.144.1.0/24","10.144.2.0/24"]`},
	}},
	{"date", [][2]string{
		{"dateTimeAdd('2023-01-01 00:00:00Z', 'P1Y')", `"2024-01-01T00:00:00Z"`},
		{"dateTimeAdd('2024-01-01 00:00:00Z', 'P1Y')", `"2024-12-31T00:00:00Z"`},
		{"dateTimeAdd('2023-02-01 00:00:00Z', 'P1M')", `"2023-03-03T00:00:00Z"`},
		{"dateTimeAdd('2024-02-01 00:00:00Z', 'P1M')", `"2024-03-02T00:00:00Z"`},
		{"dateTimeAdd('2020-04-07 14:53:14Z', '-P9D')", `"2020-03-29T14:53:14Z"`},
		{"dateTimeAdd('2020-04-07 14:53:14Z', 'PT1H')", `"2020-04-07T15:53:14Z"`},
		{"dateTimeAdd('2020-04-07T14:53:14Z', 'P1DT2H3M4S', 'yyyy-MM-dd HH:mm')", `"2020-04-08 16:56"`},
		{"dateTimeAdd('20200407T145314Z', 'P0D', 'u')", `"2020-04-07 14:53:14Z"`},
		{"dateTimeToEpoch('1970-01-01T00:00:01Z')", `1`},
		{"dateTimeToEpoch('2021-05-06T01:22:30+00:00')", `1620264150`},
		{"dateTimeFromEpoch(1620264150)", `"2021-05-06T01:22:30Z"`},
		{"dateTimeToEpoch(dateTimeAdd('2023-01-01T00:00:00Z', 'P1D'))", `1672617600`},
	}},
	{"lambda", [][2]string{
		{"filter(createArray(5, 3, 2, 8), lambda('age', greaterOrEquals(lambdaVariables('age'), 5)))", `[5,8]`},
		{"filter(range(0, 10), lambda('i', equals(0, mod(lambdaVariables('i'), 2))))", `[0,2,4,6,8]`},
		{"filter(createArray('a', 'b', 'c'), lambda('v', 'i', less(lambdaVariables('i'), 2)))", `["a","b"]`},
		{"map(createArray(createObject('name', 'a'), createObject('name', 'b')), lambda('o', lambdaVariables('o').name))", `["a","b"]`},
		{"map(range(0, 2), lambda('i', createObject('i', lambdaVariables('i'), 'text', format('no {0}', lambdaVariables('i')))))", `[{"i":0,"text":"no 0"},{"i":1,"text":"no 1"}]`},
		{"reduce(createArray(5, 3, 2, 8), 0, lambda('cur', 'next', add(lambdaVariables('cur'), lambdaVariables('next'))))", `18`},
		{"reduce(createArray(5, 3, 2, 8), 1, lambda('cur', 'next', add(lambdaVariables('cur'), lambdaVariables('next'))))", `19`},
		{"reduce(createArray(createObject('a', 1), createObject('b', 2)), createObject(), lambda('cur', 'next', union(lambdaVariables('cur'), lambdaVariables('next'))))", `{"a":1,"b":2}`},
		{"reduce(createArray(), 7, lambda('cur', 'next', 0))", `7`},
		{"sort(createArray(5, 3, 2, 8), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))", `[2,3,5,8]`},
		{"sort(createArray('b', 'A', 'c'), lambda('a', 'b', greater(lambdaVariables('a'), lambdaVariables('b'))))", `["c","b","A"]`},
		{"sort(createArray(2, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))", `[1,2,2]`},
		{"toObject(createArray('a', 'b'), lambda('e', concat('k', lambdaVariables('e'))))", `{"ka":"a","kb":"b"}`},
		{"toObject(createArray(1, 2), lambda('e', string(lambdaVariables('e'))), lambda('e', mul(lambdaVariables('e'), 10)))", `{"1":10,"2":20}`},
		{"groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring(lambdaVariables('x'), 0, 1)))", `{"f":["foo"],"b":["bar","baz"]}`},
		{"groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring(lambdaVariables('x'), 0, 1)), lambda('x', toUpper(lambdaVariables('x'))))", `{"f":["FOO"],"b":["BAR","BAZ"]}`},
		{"mapValues(createObject('foo', 'foo', 'bar', 'bar'), lambda('v', toUpper(lambdaVariables('v'))))", `{"foo":"FOO","bar":"BAR"}`},
	}},
	{"resource", [][2]string{
		{"resourceId('s', 'g', 'Microsoft.Storage/storageAccounts', 'x')", `"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/x"`},
		{"resourceId('s', 'g', 'Microsoft.SQL/servers/databases', 'server', 'db')", `"/subscriptions/s/resourceGroups/g/providers/Microsoft.SQL/servers/server/databases/db"`},
		{"subscriptionResourceId('s', 'Microsoft.Authorization/locks', 'l')", `"/subscriptions/s/providers/Microsoft.Authorization/locks/l"`},
		{"tenantResourceId('Microsoft.Authorization/policyDefinitions', 'p')", `"/providers/Microsoft.Authorization/policyDefinitions/p"`},
		{"managementGroupResourceId('mg', 'Microsoft.Authorization/policyDefinitions', 'p')", `"/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyDefinitions/p"`},
		{"extensionResourceId(resourceId('s', 'g', 'Microsoft.Network/virtualNetworks/subnets', 'v', 'n'), 'Microsoft.Authorization/locks', 'l')",
			`"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n/providers/Microsoft.Authorization/locks/l"`},
		{"resourceInfo('net').id", `"/net"`},
	}},
}

func TestReference(t *testing.T) {
	total := 0
	for _, page := range reference {
		for _, c := range page.cases {
			total++
			text, want := c[0], c[1]
			n, problem := Parse(text, 1)
			if problem != nil {
				t.Errorf("%s: %s: %s", page.page, text, problem.Text)
				continue
			}
			env := newEnvironment()
			v, err := Evaluate(n, here, env, NewBudget(10_000))
			if err != nil || v.HasUnknown() || v.JSON() != want {
				t.Errorf("%s: %s\n got  %s (%v)\n want %s", page.page, text, v.JSON(), err, want)
			}
			if len(env.unsupported) > 0 {
				t.Errorf("%s: %s: not evaluated: %v", page.page, text, env.unsupported)
			}
		}
	}
	if total < 150 {
		t.Errorf("%d cases", total)
	}
}

// What Azure alone knows is an unknown that keeps its identity, and is told as
// what it is, not as something that is not evaluated.
func TestReferenceToWhatAzureAloneKnows(t *testing.T) {
	for text, want := range map[string]string{
		"managementGroupResourceId('Microsoft.Authorization/policyDefinitions', 'p')": "'/providers/Microsoft.Management/managementGroups/{managementGroup().name}/providers/Microsoft.Authorization/policyDefinitions/p'",
		"utcNow()":                                             "utcNow() #1",
		"dateTimeAdd(utcNow(), 'P1D')":                         "dateTimeAdd(utcNow() #1, 'P1D')",
		"guid('a')":                                            "guid('a')",
		"tenant().tenantId":                                    "tenant().tenantId",
		"managementGroup().id":                                 "managementGroup().id",
		"deployer().objectId":                                  "deployer().objectId",
		"environment().name":                                   "environment().name",
		"references('vms')":                                    "references('vms')",
		"resourceInfo('other').id":                             "resourceInfo('other').id",
		"toLogicalZone('s', 'westeurope', '1')":                "toLogicalZone('s', 'westeurope', '1')",
		"listAccountSas('x', 'v', createObject()).token":       "listaccountsas('x', 'v', {}).token",
		"json(parameters('open')).a":                           "json(parameters('open')).a",
		"intersection(parameters('list'), parameters('half'))": "intersection(['a', 'b'], ['a', parameters('open')])",
		"indexOf(parameters('half'), 'a')":                     "indexOf(['a', parameters('open')], 'a')",
		"indexOf(parameters('half'), 'z')":                     "indexOf(['a', parameters('open')], 'z')",
	} {
		env := newEnvironment()
		if got := evaluate(t, "["+text+"]", env); got != want || len(env.unsupported) > 0 {
			t.Errorf("%s\n got  %s (not evaluated: %v)\n want %s", text, got, env.unsupported, want)
		}
	}
}

// What is not defined is not decided: it is told, and is unknown.
func TestUndefinedOrder(t *testing.T) {
	for _, text := range []string{
		"less('a-b', 'a_b')", "greater('é', 'e')",
		"cidrHost('10.0.0.0/31', 0)", "parseCidr('10.0.0.0/32')", "json('{a: 1}')", "dateTimeAdd('2020-01-01', 'P1D', 'MMMM')", "format('{0:X}', 255)",
	} {
		n, problem := Parse(text, 1)
		if problem != nil {
			t.Fatal(problem)
		}
		env := newEnvironment()
		v, err := Evaluate(n, here, env, NewBudget(1000))
		if err != nil || !v.IsUnknown() || len(env.unsupported) != 1 {
			t.Errorf("%s is %s (%v), not evaluated: %v", text, v.Print(), err, env.unsupported)
		}
	}
	text := "[sort(createArray(createObject('n', 1, 'x', 1), createObject('n', 1, 'x', 2)), lambda('a', 'b', less(lambdaVariables('a').n, lambdaVariables('b').n)))]"
	body, _ := Of(text)
	n, _ := Parse(body, 1)
	if v, err := Evaluate(n, here, newEnvironment(), NewBudget(1000)); err != nil || !v.IsUnknown() {
		t.Errorf("two elements of one rank are sorted: %s (%v)", v.Print(), err)
	}
}

func TestReferenceRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"fail('no')":                                "the template stops here: no",
		"if(true(), fail('a'), 'b')":                "the template stops here: a",
		"base64ToString('%%')":                      "base64ToString is given a text that it cannot read",
		"float('x')":                                `float is given "x", expected a number`,
		"indexFromEnd(createArray(1), 2)":           "there is no element 2 from the end in an array of 1",
		"dateTimeAdd('yesterday', 'P1D')":           `argument 1 of dateTimeAdd is "yesterday", expected a time such as 2026-01-31T08:00:00Z`,
		"dateTimeAdd('2020-01-01', '1D')":           `argument 2 of dateTimeAdd is "1D", expected a duration such as P3D or -PT1H`,
		"dateTimeAdd('2020-01-01', 'P')":            `argument 2 of dateTimeAdd is "P", expected a duration such as P3D or -PT1H`,
		"dateTimeFromEpoch(999999999999999)":        "999999999999999 is no time between the years 1 and 9999",
		"intersection(createArray(), 'x')":          "argument 2 of intersection is a string, expected an array like the first",
		"sort(createArray(1), lambda('a', true()))": "the lambda of sort has 1 variables, expected 2",
		"uri('x', 'y')":                             `uri is given "x", expected an address with its scheme`,
		"parseCidr('10.0.0.1')":                     `parseCidr is given "10.0.0.1", expected a prefix`,
	} {
		n, problem := Parse(text, 1)
		if problem == nil {
			_, err := Evaluate(n, here, newEnvironment(), NewBudget(1000))
			errors.As(err, &problem)
		}
		if problem == nil || problem.Text != want {
			t.Errorf("%s: %+v, want %q", text, problem, want)
		}
	}
}

// A secret is not known and not empty.
func TestSecretsAreNotShown(t *testing.T) {
	env := newEnvironment()
	env.values["password"] = value.NotShown("parameters('password')", "a secret", here)
	for text, want := range map[string]string{
		"empty(parameters('password'))":           "false",
		"equals(parameters('password'), '')":      "false",
		"not(empty(parameters('password')))":      "true",
		"concat('x', parameters('password'))":     "'x{parameters('password')}'",
		"equals(parameters('password'), 'guess')": "equals(parameters('password'), 'guess')",
	} {
		if got := evaluate(t, "["+text+"]", env); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}
