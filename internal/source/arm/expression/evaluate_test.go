package expression

import (
	"errors"
	"strings"
	"testing"

	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// environment is a template with a few parameters, variables and loops.
type environment struct {
	values      map[string]*value.Value
	loops       map[string]int64
	unsupported []string
}

var here = diagnostic.Position{File: "t.json", Line: 3, Column: 9}

func text(s string) *value.Value { return value.OfString(s, here) }

func open(name string) *value.Value { return value.NotKnown(name, "nobody knows", here) }

func list(values ...*value.Value) *value.Value { return value.OfArray(values, here) }

func object(pairs ...any) *value.Value {
	var members []value.Member
	for i := 0; i < len(pairs); i += 2 {
		members = append(members, value.Member{Name: pairs[i].(string), Value: pairs[i+1].(*value.Value)})
	}
	return value.OfObject(members, here)
}

func newEnvironment() *environment {
	return &environment{
		loops: map[string]int64{"": 2, "outer": 5},
		values: map[string]*value.Value{
			"name": text("Net"), "empty": text(""), "count": value.OfInt(3, here), "yes": value.OfBool(true, here), "null": value.OfNull(here),
			"list": list(text("a"), text("b")), "object": object("First", text("x"), "second", object("deep", value.OfInt(1, here))),
			"open": open("parameters('open')"), "other": open("parameters('other')"),
			"half": list(text("a"), open("parameters('open')")),
		},
	}
}

func (e *environment) Parameter(name string) (*value.Value, bool, error) {
	if strings.EqualFold(name, "broken") {
		return nil, true, errors.New("broken elsewhere")
	}
	v, ok := e.values[strings.ToLower(name)]
	return v, ok, nil
}

func (e *environment) Variable(name string) (*value.Value, bool, error) { return e.Parameter(name) }

func (e *environment) CopyIndex(loop string) (int64, bool) {
	i, ok := e.loops[loop]
	return i, ok
}

func (e *environment) Place() Place {
	return Place{SubscriptionID: open("subscription().subscriptionId"), ResourceGroup: open("resourceGroup().name"), Deployment: open("deployment().name")}
}

func (e *environment) Reference(of *value.Value, full bool) (*value.Value, bool, error) {
	return nil, false, nil
}

func (e *environment) Resource(of *value.Value) (*value.Value, bool) {
	if name, _ := of.Text(); name == "net" {
		return object("id", text("/net"), "name", text("n")), true
	}
	return nil, false
}

func (e *environment) Function(namespace, name string) (UserFunction, bool) {
	if !strings.EqualFold(namespace+"."+name, "own.twice") {
		return UserFunction{}, false
	}
	return UserFunction{Parameters: 1, Call: func(args []*value.Value) (*value.Value, error) { return list(args[0], args[0]), nil }}, true
}

func (e *environment) Output(of *value.Value, name string) (*value.Value, bool, error) {
	if id, _ := of.Text(); id == "module" && name == "id" {
		return object("value", text("/id")), true, nil
	}
	return nil, false, nil
}

func (e *environment) Unsupported(name string, _ diagnostic.Position) {
	e.unsupported = append(e.unsupported, name)
}

// evaluate evaluates the text of a template and prints the result; of an error
// it gives "!" and its text.
func evaluate(t testing.TB, text string, env Environment) string {
	t.Helper()
	body, isExpression := Of(text)
	if !isExpression {
		return "literal " + body
	}
	n, problem := Parse(body, 1)
	if problem != nil {
		return "! " + problem.Text
	}
	v, err := Evaluate(n, here, env, NewBudget(10_000))
	if err != nil {
		return "! " + err.Error()
	}
	return v.Print()
}

const (
	subscription0 = "{subscription().subscriptionId}"
	group0        = "/subscriptions/" + subscription0 + "/resourceGroups/{resourceGroup().name}"
)

var expressions = []struct{ text, want string }{
	// What is an expression.
	{"plain", "literal plain"},
	{"[[not one]", "literal [not one]"},
	{"[half", "literal [half"},
	{"['text']", "'text'"},
	{"[ 'it''s' ]", "'it''s'"},
	{"[-7]", "-7"},
	{"[true()]", "true"},
	{"[null()]", "null"},

	// Parameters, members, elements: names without regard to letter case.
	{"[parameters('name')]", "'Net'"},
	{"[PARAMETERS('NAME')]", "'Net'"},
	{"[variables('list')[1]]", "'b'"},
	{"[parameters('object').first]", "'x'"},
	{"[parameters('object')['SECOND'].deep]", "1"},
	{"[parameters('missing')]", `! the template has no parameter "missing"`},
	{"[parameters('object').third]", `! there is no property "third", only First, second`},
	{"[parameters('list')[2]]", "! there is no element 2 in an array of 2"},
	{"[parameters('name').x]", `! "x" is taken of a string, expected an object`},
	{"[parameters('broken')]", "! broken elsewhere"},
	{"[parameters('open').a[0].b]", "parameters('open').a[0].b"},
	{"[parameters('list')[parameters('open')]]", "['a', 'b'][parameters('open')]"},

	// Texts.
	{"[concat('a', parameters('name'), 1, true())]", "'aNet1True'"},
	{"[concat(parameters('list'), createArray('c'))]", "['a', 'b', 'c']"},
	{"[concat('a', parameters('list'))]", "! concat is given strings and arrays, expected one of them"},
	{"[concat('a-', parameters('open'), '-b')]", "'a-{parameters('open')}-b'"},
	{"[format('a-{0}-b', parameters('open'))]", "'a-{parameters('open')}-b'"},
	{"[format('{1}/{0}', 'x', 5)]", "'5/x'"},
	{"[format('{0:D3}', 7)]", "'007'"},
	{"[format('{{{0}}}', 'x')]", "'{x}'"},
	{"[format('{0}', parameters('list'))]", `'["a","b"]'`},
	{"[format('{2}', 'x')]", "! the format names argument 2, there are 1"},
	{"[format('{0', 'x')]", "! a brace in the format \"{0\" has no other one"},
	{"[format('{0:yyyy}', 7)]", "format('{0:yyyy}', 7)"},
	{"[toLower(parameters('name'))]", "'net'"},
	{"[toUpper(concat('a', parameters('open')))]", "'A{toUpper(parameters('open'))}'"},
	{"[replace('a.b.c', '.', '-')]", "'a-b-c'"},
	{"[replace('abc', '', 'x')]", "! replace is given an empty text to look for"},
	{"[split('a,b;c', ',')]", "['a', 'b;c']"},
	{"[split('a,b;c', createArray(',', ';'))]", "['a', 'b', 'c']"},
	{"[split(parameters('open'), '/')]", "split(parameters('open'), '/')"},
	{"[join(parameters('list'), '+')]", "'a+b'"},
	{"[string(parameters('object'))]", `'{"First":"x","second":{"deep":1}}'`},
	{"[string(parameters('open'))]", "parameters('open')"},
	{"[substring('abcdef', 1, 3)]", "'bcd'"},
	{"[substring('abcdef', 4)]", "'ef'"},
	{"[substring('abc', 2, 5)]", "! substring takes 5 characters from 2 of a text of 3"},
	{"[startsWith('abcdef', 'AB')]", "true"},
	{"[endsWith('abcdef', 'xf')]", "false"},
	{"[indexOf('abcdef', 'CD')]", "2"},
	{"[lastIndexOf('abab', 'c')]", "-1"},
	{"[trim('  x ')]", "'x'"},
	{"[padLeft(7, 3, '0')]", "'007'"},
	{"[uniqueString(resourceGroup().id)]", "uniqueString('" + group0 + "')"},

	// Logic: what decides, decides, whatever else is unknown.
	{"[if(equals(parameters('name'), 'Net'), 'yes', parameters('broken'))]", "'yes'"},
	{"[if(parameters('open'), 'same', 'same')]", "'same'"},
	{"[if(parameters('open'), 'a', 'b')]", "if(parameters('open'), 'a', 'b')"},
	{"[if('x', 1, 2)]", "! argument 1 of if is a string, expected a boolean"},
	{"[and(false(), parameters('open'))]", "false"},
	{"[and(true(), parameters('open'))]", "and(true, parameters('open'))"},
	{"[or(parameters('open'), true())]", "true"},
	{"[or(false(), false())]", "false"},
	{"[not(parameters('yes'))]", "false"},
	{"[bool('True')]", "true"},
	{"[equals('a', 'A')]", "false"},
	{"[equals(parameters('list'), createArray('a', 'b'))]", "true"},
	{"[equals(createObject('a', 1, 'B', 2), createObject('b', 2, 'A', 1))]", "true"},
	{"[equals(parameters('open'), parameters('open'))]", "true"},
	{"[equals(parameters('open'), parameters('other'))]", "equals(parameters('open'), parameters('other'))"},
	{"[equals(concat('a', parameters('open')), 'bc')]", "false"},
	{"[equals(1, '1')]", "false"},
	{"[less(2, 10)]", "true"},
	{"[greaterOrEquals('b', 'a')]", "true"},
	{"[less(1, 'a')]", "! argument 2 of less is a string, expected an integer like the first"},
	{"[coalesce(null(), parameters('null'), 'x')]", "'x'"},
	{"[coalesce(parameters('open'), 'x')]", "coalesce(parameters('open'), 'x')"},
	{"[coalesce('x', parameters('open'))]", "'x'"},

	// Collections.
	{"[empty('')]", "true"},
	{"[empty(parameters('list'))]", "false"},
	{"[empty(null())]", "true"},
	{"[empty(concat('a', parameters('open')))]", "false"},
	{"[empty(parameters('open'))]", "empty(parameters('open'))"},
	{"[length(parameters('half'))]", "2"},
	{"[length('𝒳')]", "2"},
	{"[length(null())]", "! argument 1 of length is null, expected a string, an array or an object"},
	{"[union(createArray('a', 'b'), createArray('b', 'c'))]", "['a', 'b', 'c']"},
	{"[union(parameters('object'), createObject('FIRST', 'y', 'second', createObject('more', 2)))]", "{first: 'y', second: {deep: 1, more: 2}}"},
	{"[union(parameters('list'), parameters('open'))]", "union(['a', 'b'], parameters('open'))"},
	{"[contains(parameters('list'), 'b')]", "true"},
	{"[contains(parameters('half'), 'a')]", "true"},
	{"[contains(parameters('half'), 'z')]", "contains(['a', parameters('open')], 'z')"},
	{"[contains(parameters('object'), 'FIRST')]", "true"},
	{"[contains('abc', 'B')]", "false"},
	{"[first(parameters('list'))]", "'a'"},
	{"[last('abc')]", "'c'"},
	{"[first(createArray())]", "null"},
	{"[take(parameters('list'), 1)]", "['a']"},
	{"[skip('abc', 5)]", "''"},
	{"[range(3, 2)]", "[3, 4]"},
	{"[range(0, 20000)]", "! range has a count of 20000, expected 0 to 10000"},
	{"[array('x')]", "['x']"},
	{"[items(createObject('b', 1, 'a', 2))]", "[{key: 'a', value: 2}, {key: 'b', value: 1}]"},
	{"[tryGet(parameters('object'), 'second', 'deep')]", "1"},
	{"[tryGet(parameters('object'), 'third', 'deep')]", "null"},
	{"[createObject('a')]", "! createObject has 1 arguments, expected pairs of name and value"},

	{"[flatten(createArray(createArray('a'), parameters('list')))]", "['a', 'a', 'b']"},
	{"[flatten(createArray('a'))]", "! flatten is given an array with a string in it, expected arrays"},
	{"[shallowMerge(createArray(parameters('object'), createObject('SECOND', 2)))]", "{first: 'x', second: 2}"},
	{"[objectKeys(createObject('b', 1, 'a', 2))]", "['a', 'b']"},

	// Lambdas.
	{"[map(parameters('list'), lambda('x', concat(lambdaVariables('X'), '!')))]", "['a!', 'b!']"},
	{"[map(parameters('list'), lambda('x', 'i', format('{0}{1}', lambdaVariables('x'), lambdaVariables('i'))))]", "['a0', 'b1']"},
	{"[map(parameters('list'), lambda('x', map(range(0, 1), lambda('y', concat(lambdaVariables('x'), string(lambdaVariables('y')))))))]", "[['a0'], ['b0']]"},
	{"[filter(parameters('list'), lambda('x', equals(lambdaVariables('x'), 'b')))]", "['b']"},
	{"[filter(parameters('half'), lambda('x', equals(lambdaVariables('x'), 'b')))]",
		"filter(['a', parameters('open')], lambda('x', equals(lambdaVariables('x'), 'b')))"},
	{"[filter(parameters('list'), lambda('x', 7))]", "! the lambda of filter gives an integer, expected a boolean"},
	{"[map(parameters('open'), lambda('x', lambdaVariables('x')))]", "map(parameters('open'), lambda('x', lambdaVariables('x')))"},
	{"[map(parameters('open'), lambda('x', concat(lambdaVariables('x'), parameters('name'))))]", "map(parameters('open'), lambda('x', concat(lambdaVariables('x'), 'Net')))"},
	{"[map(parameters('list'), lambda('y', map(parameters('open'), lambda('x', concat(lambdaVariables('x'), lambdaVariables('y'))))))]",
		"[map(parameters('open'), lambda('x', concat(lambdaVariables('x'), 'a'))), map(parameters('open'), lambda('x', concat(lambdaVariables('x'), 'b')))]"},
	{"[equals(map(parameters('open'), lambda('x', lambdaVariables('x'))), map(parameters('open'), lambda('x', lambdaVariables('x'))))]", "true"},
	{"[split('/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v', '/')[8]]", "'v'"},
	{"[split(concat('/subscriptions/s/resourceGroups/', parameters('open'), '/providers/Microsoft.Network/virtualNetworks/v'), '/')[8]]", "'v'"},
	{"[reduce(range(1, 4), 0, lambda('sum', 'n', add(lambdaVariables('sum'), lambdaVariables('n'))))]", "10"},
	{"[mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))]", "{a: 2}"},
	{"[toObject(parameters('list'), lambda('x', concat('k', lambdaVariables('x'))), lambda('x', 1))]", "{ka: 1, kb: 1}"},
	{"[lambdaVariables('x')]", `! there is no lambda variable "x" here`},
	{"[map(parameters('list'), 'x')]", "! argument 2 of map is no lambda"},

	// Prefixes.
	{"[cidrSubnet('10.144.0.0/20', 24, 0)]", "'10.144.0.0/24'"},
	{"[cidrSubnet('10.144.0.0/20', 24, 15)]", "'10.144.15.0/24'"},
	{"[cidrSubnet('10.144.0.0/20', 24, 16)]", "! 10.144.0.0/20 has no subnet 16 of length 24"},
	{"[cidrSubnet('fd00:db8::/48', 64, 3)]", "'fd00:db8:0:3::/64'"},
	{"[cidrSubnet('10.0.0.0/20', 16, 0)]", "! cidrSubnet has the length 16, expected 20 to 32"},
	{"[cidrHost('10.144.3.0/24', 0)]", "'10.144.3.1'"},
	{"[cidrHost('10.144.3.0/24', 253)]", "'10.144.3.254'"},
	{"[cidrHost('10.144.3.0/24', 254)]", "! 10.144.3.0/24 has no usable address 254"},
	{"[cidrHost(parameters('open'), 1)]", "cidrHost(parameters('open'), 1)"},

	// Numbers.
	{"[add(1, sub(5, mul(2, 3)))]", "0"},
	{"[div(-7, 2)]", "-3"},
	{"[mod(-7, 2)]", "-1"},
	{"[div(1, 0)]", "! div by zero"},
	{"[add(9223372036854775807, 1)]", "! the result of add does not fit in 64 bits"},
	{"[min(createArray(3, 1, 2))]", "1"},
	{"[max(3, parameters('open'))]", "max(3, parameters('open'))"},
	{"[int('42')]", "42"},
	{"[int('x')]", `! int is given "x", expected a whole number`},

	// Resources: unknown parts by name, the same wherever they are made.
	{"[resourceId('Microsoft.Network/virtualNetworks', 'v')]", "'" + group0 + "/providers/Microsoft.Network/virtualNetworks/v'"},
	{"[resourceId('Microsoft.Network/virtualNetworks/', 'v')]", "'" + group0 + "/providers/Microsoft.Network/virtualNetworks/v'"},
	{"[resourceId('rg', 'Microsoft.Network/virtualNetworks/subnets', 'v', 's')]",
		"'/subscriptions/" + subscription0 + "/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s'"},
	{"[resourceId('sub', 'rg', 'Microsoft.Network/virtualNetworks/subnets', 'v/s')]",
		"'/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s'"},
	{"[resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('open'), 's')]",
		"'" + group0 + "/providers/Microsoft.Network/virtualNetworks/{parameters('open')}/subnets/s'"},
	{"[resourceId('Microsoft.Network/virtualNetworks', 'v', 's')]", `! resourceId has 2 names for the type "Microsoft.Network/virtualNetworks", expected 1`},
	{"[resourceId('a', 'b')]", "! resourceId has no resource type among its first arguments"},
	{"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'r')]", "'/subscriptions/" + subscription0 + "/providers/Microsoft.Authorization/roleDefinitions/r'"},
	{"[extensionResourceId('/x', 'Microsoft.Authorization/locks', 'l')]", "'/x/providers/Microsoft.Authorization/locks/l'"},
	{"[tenantResourceId('Microsoft.Management/managementGroups', 'm')]", "'/providers/Microsoft.Management/managementGroups/m'"},
	{"[resourceGroup().id]", "'" + group0 + "'"},
	{"[resourceGroup().location]", "resourceGroup().location"},
	{"[subscription().subscriptionId]", "subscription().subscriptionId"},
	{"[deployment().name]", "deployment().name"},
	{"[reference('fw', '2020-01-01').ipConfigurations[0].properties.privateIPAddress]", "reference('fw').ipConfigurations[0].properties.privateIPAddress"},
	{"[reference('module').outputs.id.value]", "'/id'"},
	{"[reference('other').outputs.id.value]", "reference('other').outputs.id.value"},
	{"[listKeys('x', '2020-01-01').keys[0].value]", "listkeys('x', '2020-01-01').keys[0].value"},
	{"[environment().suffixes.storage]", "environment().suffixes.storage"},

	// Loops.
	{"[copyIndex()]", "2"},
	{"[copyIndex(1)]", "3"},
	{"[copyIndex('outer', 10)]", "15"},
	{"[copyIndex('nowhere')]", `! copyIndex stands outside a copy loop named "nowhere"`},

	// What is not evaluated has the text as its name, arguments evaluated.
	{"[parseUri(parameters('name'))]", "parseuri('Net')"},
	{"[contoso.name('x')]", "contoso.name('x')"},
	{"[own.twice('x')]", "['x', 'x']"},
	{"[own.twice()]", "! own.twice has 0 arguments, expected 1"},

	// What is wrong.
	{"[]", "! found the end of the expression, expected a function, a text in single quotes or a number"},
	{"[concat('a']", `! found the end of the expression, expected ","`},
	{"[concat('a',)]", `! found ")", expected a function, a text in single quotes or a number`},
	{"['a' 'b']", `! found "b", expected the end of the expression`},
	{"[name]", `! found the end of the expression, expected "(" after the name of a function`},
	{"['a]", "! the text that begins here has no closing quote"},
	{"[a + b]", `! found '+', expected a function, a text in single quotes or a number`},
	{"[not()]", "! not has 0 arguments, expected 1"},
	{"[if(true())]", "! if has 1 arguments, expected 3"},
	{"[copyIndex('a', 1, 2)]", "! copyIndex has 3 arguments, expected 0 to 2"},
	{"[concat()]", "! concat has 0 arguments, expected at least 1"},
}

func TestExpressions(t *testing.T) {
	for _, row := range expressions {
		if got := evaluate(t, row.text, newEnvironment()); got != row.want {
			t.Errorf("%s\n got  %s\n want %s", row.text, got, row.want)
		}
	}
}

func TestUnsupportedFunctionsAreTold(t *testing.T) {
	env := newEnvironment()
	evaluate(t, "[concat(parseUri('x'), contoso.f(), listKeys('z', 'v'), uniqueString('a'))]", env)
	if got := strings.Join(env.unsupported, " "); got != "parseUri contoso.f" {
		t.Errorf("told %q", got)
	}
}

func TestUnknownValuesKeepTheirIdentity(t *testing.T) {
	for _, row := range []struct {
		a, b string
		same bool
	}{
		{"[uniqueString('a')]", "[ uniqueString( 'a' ) ]", true},
		{"[uniqueString('a')]", "[uniqueString('b')]", false},
		{"[UNIQUESTRING(parameters('name'))]", "[uniqueString('Net')]", true},
		{"[reference('x', '2020-01-01').y]", "[reference('x', '2021-01-01').y]", true},
		{"[concat(parameters('open'), '/s')]", "[format('{0}/{1}', parameters('open'), 's')]", true},
		{"[newGuid()]", "[newGuid()]", true}, // in two templates that know nothing of each other
	} {
		if got := evaluate(t, row.a, newEnvironment()) == evaluate(t, row.b, newEnvironment()); got != row.same {
			t.Errorf("%s and %s: %v", row.a, row.b, got)
		}
	}
	if got := evaluate(t, "[equals(newGuid(), newGuid())]", newEnvironment()); !strings.HasPrefix(got, "equals(") {
		t.Errorf("two new GUIDs are compared to %s", got)
	}
	// What cannot be printed by value is like nothing else.
	if got := evaluate(t, "[equals(tryWhich(parameters('list'), copyIndex('no')), tryWhich(parameters('list'), copyIndex('no')))]", newEnvironment()); !strings.HasPrefix(got, "equals(") {
		t.Errorf("two values that are not evaluated are compared to %s", got)
	}
}

func TestProblemsHaveTheirPlace(t *testing.T) {
	for _, row := range []struct {
		text   string
		offset int
	}{
		{"[concat('a', x)]", 14},
		{"[concat('a', 'b]", 13},
		{"[not('a')]", 5},
		{"[concat(parameters('nope'))]", 19},
		{"[parameters('object').third]", 21},
	} {
		body, _ := Of(row.text)
		n, problem := Parse(body, 1)
		if problem == nil {
			_, err := Evaluate(n, here, newEnvironment(), NewBudget(100))
			errors.As(err, &problem)
		}
		if problem == nil || problem.Offset != row.offset {
			t.Errorf("%s: %+v, want the offset %d", row.text, problem, row.offset)
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	deep := "[" + strings.Repeat("not(", 300) + "true()" + strings.Repeat(")", 300) + "]"
	if got := evaluate(t, deep, newEnvironment()); !strings.Contains(got, "nested more than 256 deep") {
		t.Errorf("nesting: %s", got)
	}
	if got := evaluate(t, "["+strings.Repeat(" ", 25_000)+"1]", newEnvironment()); !strings.Contains(got, "Azure accepts 24576") {
		t.Errorf("length: %s", got)
	}
	chain := "[parameters('open')" + strings.Repeat(".a", 300) + "]"
	if got := evaluate(t, chain, newEnvironment()); !strings.Contains(got, "more than 256 members") {
		t.Errorf("chain: %s", got)
	}
	many := "[concat(" + strings.Repeat("range(0, 9000), ", 2) + "range(0, 1))]"
	if got := evaluate(t, many, newEnvironment()); got != "! the template takes too many steps to evaluate" {
		t.Errorf("steps: %s", got)
	}
	grown := "[replace('" + strings.Repeat("a", 2000) + "', 'a', '" + strings.Repeat("b", 2000) + "')]"
	if got := evaluate(t, grown, newEnvironment()); got != "! the template takes too many steps to evaluate" {
		t.Errorf("text: %.60s", got)
	}
}

func FuzzExpression(f *testing.F) {
	for _, row := range expressions {
		f.Add(row.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		body, isExpression := Of(text)
		if !isExpression {
			return
		}
		n, problem := Parse(body, 1)
		if problem != nil {
			if problem.Offset < 0 || problem.Offset > len(text) {
				t.Errorf("%q: a problem at %d", text, problem.Offset)
			}
			return
		}
		// What is printed is the same expression.
		printed := Text(n)
		again, problem := Parse(printed, 0)
		if problem != nil || Text(again) != printed {
			t.Fatalf("%q is printed as %q: %v", text, printed, problem)
		}
		first := evaluate(t, text, newEnvironment())
		if second := evaluate(t, "["+printed+"]", newEnvironment()); first != second && !strings.HasPrefix(first, "!") {
			t.Errorf("%q gives %s, printed %s", text, first, second)
		}
	})
}
