package terraform

import "github.com/wayleave/wayleave/internal/document"

// configuration is the "configuration" of a plan: what was written, as far as
// a plan keeps it. Expressions are constants or lists of references; the code
// of modules stands once for all their instances.
type configuration struct {
	root document.Value
	// blocks of a module's configuration, by the offset of the module.
	blocks map[int]map[block]document.Value
	// deciding are the variables of a module that stand in a count, by the
	// offset of the module.
	deciding map[int]map[string]bool
}

func newConfiguration(v document.Value) *configuration {
	return &configuration{root: v.Get("root_module"), blocks: map[int]map[block]document.Value{}, deciding: map[int]map[string]bool{}}
}

// module is the configuration of a module; missing where there is none.
func (c *configuration) module(path modulePath) document.Value {
	m := c.root
	for _, s := range path {
		m = m.Get("module_calls").Get(s.name).Get("module")
	}
	return m
}

// call is the module block that calls the module; missing for the root.
func (c *configuration) call(path modulePath) document.Value {
	if len(path) == 0 {
		return document.Value{}
	}
	last := len(path) - 1
	return c.module(path[:last]).Get("module_calls").Get(path[last].name)
}

// block is the configuration of a resource; missing where there is none.
func (c *configuration) block(path modulePath, b block) document.Value {
	m := c.module(path)
	if !m.Exists() {
		return m
	}
	blocks, ok := c.blocks[m.Offset()]
	if !ok {
		blocks = map[block]document.Value{}
		for v := range m.Get("resources").Elements() {
			mode, _ := v.Get("mode").String()
			typ, _ := v.Get("type").String()
			name, _ := v.Get("name").String()
			blocks[block{data: mode == "data", typ: typ, name: name}] = v
		}
		c.blocks[m.Offset()] = blocks
	}
	return blocks[b]
}

// scope is where an expression is evaluated: a module instance, and in it the
// instance of a resource or of a module call.
type scope struct {
	module modulePath
	key    key
	// body is the block that has for_each_expression or count_expression.
	body document.Value
	// siblings is the number of instances of the block.
	siblings int
}

func (r *reader) scopeOf(i *instance) scope {
	return scope{module: i.module, key: i.key, body: i.config, siblings: len(r.groups[groupOf(i.module, i.block)])}
}

// caller is the scope of the expressions in the block that calls the module.
func (r *reader) caller(s scope) scope {
	last := len(s.module) - 1
	parent := s.module[:last]
	return scope{
		module:   parent,
		key:      s.module[last].key,
		body:     r.configuration.call(s.module),
		siblings: len(r.modules[parent.String()+"|"+s.module[last].name]),
	}
}

// variable is the expression that a module's caller gives for a variable;
// missing for the root module and for a variable left to its default.
func (r *reader) variable(s scope, name string) document.Value {
	return r.configuration.call(s.module).Get("expressions").Get(name)
}

// constant is the value of what a reference names, where the plan has it: a
// variable of the root module, a constant given to a module, an element of a
// constant for_each.
func (r *reader) constant(s scope, ref reference) (document.Value, bool) {
	v, ok := document.Value{}, false
	switch ref.kind {
	case toVariable:
		v, ok = r.constantVariable(s, ref.name)
	case toEachValue:
		if v, ok = r.constantExpression(s, s.body.Get("for_each_expression")); ok && s.key.kind == textKey {
			v = v.Get(s.key.text)
		}
	}
	for _, e := range ref.rest {
		switch {
		case e.name != "":
			v = v.Get(e.name)
		case e.key.kind == textKey:
			v = v.Get(e.key.text)
		default:
			v = v.Index(e.key.number)
		}
	}
	return v, ok && v.Exists()
}

func (r *reader) constantVariable(s scope, name string) (document.Value, bool) {
	if len(s.module) == 0 {
		v := r.root.Get("variables").Get(name).Get("value")
		if !v.Exists() {
			v = r.configuration.module(nil).Get("variables").Get(name).Get("default")
		}
		return v, v.Exists()
	}
	if given := r.variable(s, name); given.Exists() {
		return r.constantExpression(r.caller(s), given)
	}
	v := r.configuration.module(s.module).Get("variables").Get(name).Get("default")
	return v, v.Exists()
}

// constantExpression is the value of an expression that is a constant or names
// nothing but one constant. A function applied to that constant cannot be told
// from the constant itself, so the answer is a hint, to be confirmed.
func (r *reader) constantExpression(s scope, expression document.Value) (document.Value, bool) {
	if v := expression.Get("constant_value"); v.Exists() {
		return v, true
	}
	if refs := references(expression); len(refs) == 1 {
		return r.constant(s, refs[0])
	}
	return document.Value{}, false
}
