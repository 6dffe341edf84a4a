package definitions

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// checker finds in the outline of a script what LuaLS finds with the definitions and
// settings that we write, in its words, as its sources have it: undefined-global,
// undefined-field, missing-parameter, redundant-parameter, param-type-mismatch and
// missing-fields. Where nothing is known of a value, nothing is found.
type checker struct {
	*stubs
	out      *hostapi.Outline
	assigned map[string]bool // globals of the script itself
	found    []string
}

func (s *stubs) check(out *hostapi.Outline) []string {
	c := &checker{stubs: s, out: out, assigned: map[string]bool{}}
	for _, e := range out.Expressions {
		if e.Kind == hostapi.ExpressionGlobal && e.Use == hostapi.UseAssigned {
			c.assigned[e.Name] = true
		}
	}
	for _, e := range out.Expressions {
		switch e.Kind {
		case hostapi.ExpressionGlobal:
			if c.globals[e.Name] == "" && !c.assigned[e.Name] {
				c.report(e, "undefined-global %s", e.Name)
			}
		case hostapi.ExpressionMember:
			if e.Use != hostapi.UseAssigned {
				c.member(e)
			}
		case hostapi.ExpressionCall:
			c.call(e)
		}
	}
	return c.found
}

func (c *checker) report(e *hostapi.Expression, format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf("%d: ", e.Line)+fmt.Sprintf(format, args...))
}

// typeOf gives the type of an expression, "" if nothing is known.
func (c *checker) typeOf(e *hostapi.Expression) string {
	if e == nil {
		return ""
	}
	switch e.Kind {
	case hostapi.ExpressionLiteral:
		switch e.Literal.Type() {
		case hostapi.TypeNil:
			return "nil"
		case hostapi.TypeBool:
			return "boolean"
		case hostapi.TypeInt:
			return "integer"
		case hostapi.TypeFloat:
			if f := e.Literal.Float(); f == math.Trunc(f) {
				return "integer"
			}
			return "number"
		case hostapi.TypeString:
			return "string"
		}
	case hostapi.ExpressionGlobal:
		if !c.assigned[e.Name] {
			return c.globals[e.Name]
		}
	case hostapi.ExpressionRequire:
		return c.modules[e.Name]
	case hostapi.ExpressionTable:
		return "table"
	case hostapi.ExpressionFunction:
		return "function"
	case hostapi.ExpressionMember:
		if f, known := c.fieldOf(e); known {
			return f.kind
		}
	case hostapi.ExpressionCall:
		return c.result(e, 0)
	case hostapi.ExpressionResult:
		return c.result(e.Of, e.Index)
	}
	return ""
}

// fieldOf finds the field that an expression reads; known is false if its owner may be
// anything or has no such field.
func (c *checker) fieldOf(e *hostapi.Expression) (f field, known bool) {
	for _, kind := range c.members(c.typeOf(e.Of)) {
		if f, ok := c.find(kind, e.Name); ok {
			return f, true
		}
	}
	return field{}, false
}

func (c *checker) find(kind, name string) (field, bool) {
	of := c.classes[kind]
	if of == nil {
		return field{}, false
	}
	if f, ok := of.fields[name]; ok {
		return f, true
	}
	for _, p := range of.parents {
		if f, ok := c.find(p, name); ok {
			return f, true
		}
	}
	return field{}, false
}

func (c *checker) member(e *hostapi.Expression) {
	kinds := c.members(c.typeOf(e.Of))
	if !slices.ContainsFunc(kinds, func(kind string) bool { return c.classes[kind] != nil }) {
		return
	}
	if _, ok := c.fieldOf(e); !ok {
		c.report(e, "undefined-field %s", e.Name)
	}
}

// function gives what a call calls; nil if that is not known.
func (c *checker) function(call *hostapi.Expression) *function {
	switch e := call.Of; {
	case e == nil:
		return nil
	case e.Kind == hostapi.ExpressionGlobal && !c.assigned[e.Name]:
		return c.class("(globals)").fields[e.Name].function
	case e.Kind == hostapi.ExpressionMember:
		f, _ := c.fieldOf(e)
		return f.function
	}
	return nil
}

func (c *checker) result(call *hostapi.Expression, i int) string {
	f := c.function(call)
	if f == nil || i < 0 || i >= len(f.results) {
		return ""
	}
	kind := strings.TrimSuffix(f.results[i], "?")
	if slices.Contains(f.generics, kind) || strings.HasPrefix(kind, "any") || kind == "..." {
		return ""
	}
	return f.results[i]
}

func (c *checker) call(e *hostapi.Expression) {
	f := c.function(e)
	if f == nil {
		return
	}
	var found []string
	for i, form := range append([]*function{f}, f.overloads...) {
		problems := c.against(form, e)
		if len(problems) == 0 {
			return
		}
		if i == 0 {
			found = problems
		}
	}
	for _, p := range found {
		c.report(e, "%s", p)
	}
}

// against says what is wrong with a call of a function.
func (c *checker) against(f *function, e *hostapi.Expression) (found []string) {
	args, params := e.Args, f.params
	switch colon := e.Of.Method; {
	case colon && !f.method && len(params) > 0:
		params = params[1:] // the object is the first argument
	case !colon && f.method:
		if len(args) == 0 {
			return []string{"missing-parameter self"}
		}
		args = args[1:]
	}
	if len(args) > len(params) && !f.variadic {
		found = append(found, fmt.Sprintf("redundant-parameter %d", len(params)+1))
	}
	for i, p := range params {
		nullable := p.optional || slices.Contains(c.members(p.kind), "any") || slices.Contains(c.members(p.kind), "nil")
		switch {
		case i >= len(args) && !nullable && !e.More:
			found = append(found, "missing-parameter "+f.name(p, i))
		case i < len(args) && args[i] != nil && !slices.Contains(f.generics, strings.TrimSuffix(p.kind, "[]")):
			found = append(found, c.argument(args[i], p)...)
		}
	}
	return found
}

func (f *function) name(_ field, i int) string {
	if len(f.names) == len(f.params) {
		return f.names[i]
	}
	return fmt.Sprint(i + 1)
}

func (c *checker) argument(arg *hostapi.Expression, p field) (found []string) {
	want := c.members(p.kind)
	is := c.typeOf(arg)
	if is == "" {
		return nil
	}
	if p.optional {
		want = append(want, "nil")
	}
	fits := false
	for _, one := range c.members(is) { // weakUnionCheck
		fits = fits || slices.ContainsFunc(want, func(w string) bool { return c.subtype(one, w) })
	}
	if !fits {
		return []string{fmt.Sprintf("param-type-mismatch %s for %s", is, p.kind)}
	}
	if arg.Kind != hostapi.ExpressionTable || arg.More {
		return nil
	}
	for _, w := range want {
		if w == "table" || strings.HasSuffix(w, "[]") || strings.HasPrefix(w, "table<") {
			return nil
		}
	}
	for _, w := range want {
		if of := c.classes[w]; of != nil {
			for name, f := range of.fields {
				if f.declared && !f.optional && !strings.HasPrefix(name, "[") && !slices.ContainsFunc(c.members(f.kind), func(k string) bool { return k == "any" || k == "nil" }) &&
					!slices.ContainsFunc(arg.Named, func(n hostapi.NamedExpression) bool { return n.Name == name }) {
					found = append(found, "missing-fields "+name)
				}
			}
		}
	}
	return found
}

// subtype is vm.isSubType of LuaLS for two types that are no unions.
func (c *checker) subtype(child, parent string) bool {
	name := func(kind string) string {
		if strings.HasSuffix(kind, "[]") || strings.HasPrefix(kind, "table<") {
			return "table"
		}
		return kind
	}
	child, parent = name(child), name(parent)
	switch {
	case child == "any" || parent == "any" || child == parent:
		return true
	case parent == "number" && child == "integer", parent == "integer" && child == "integer":
		return true
	case parent == "table" && !slices.Contains(basic, child), child == "table" && !slices.Contains(basic, parent):
		return true
	}
	if of := c.classes[child]; of != nil && !slices.Contains(basic, child) {
		return slices.ContainsFunc(of.parents, func(p string) bool { return c.subtype(p, parent) })
	}
	return false
}
