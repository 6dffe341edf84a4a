package check

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// meaning is what is known of the value of an expression. The zero meaning is nothing.
type meaning struct {
	path     string              // how it is called: process.event, a channel
	module   *hostapi.Module     // also with library
	library  bool                // a table that the process may change
	function *hostapi.Func       // of a module, or with object a method
	object   *hostapi.ObjectType // an object of the type, or the one whose method it is
	record   *hostapi.Shape
	exports  *hostapi.Outline // a library of the app
	shapes   []*hostapi.Shape // of the module of a function
	missing  bool             // there is no such thing
}

// checker checks one source.
type checker struct {
	group  *Group
	src    *Source
	out    *hostapi.Outline
	tested map[string]bool // what the source asks for before it uses it
	said   map[string]bool // which unknown globals were reported
	found  []Finding
}

func newChecker(g *Group, src *Source) *checker {
	return &checker{group: g, src: src, out: src.Outline, tested: map[string]bool{}, said: map[string]bool{}}
}

func (c *checker) isLibrary(name string) bool {
	if c.out.Libraries[name] != nil {
		return true
	}
	m, _, _ := c.src.Require(name)
	return m != nil && m.Always && m.Library && !c.out.Strict
}

func (c *checker) meaning(e *hostapi.Expression) meaning {
	if e == nil {
		return meaning{}
	}
	g := c.group
	if g.reader != c {
		clear(g.meanings)
		g.reader = c
	}
	m, known := g.meanings[e]
	if !known {
		m = c.understand(e)
		g.meanings[e] = m
	}
	return m
}

func (c *checker) understand(e *hostapi.Expression) meaning {
	switch e.Kind {
	case hostapi.ExpressionGlobal:
		return c.global(e.Name)
	case hostapi.ExpressionRequire:
		return c.required(e.Name)
	case hostapi.ExpressionMember:
		return c.member(c.meaning(e.Of), e.Name)
	case hostapi.ExpressionCall:
		m := c.meaning(e.Of)
		if m.function != nil && !m.function.Many(c.out.Strict) || m.function != nil && !c.out.Strict {
			return result(m, 0)
		}
	case hostapi.ExpressionResult:
		call := c.meaning(e.Of.Of)
		if call.function != nil && (!c.out.Strict || call.function.Many(true)) {
			return result(call, e.Index)
		}
	}
	return meaning{}
}

// result gives what is known of a result of a function.
func result(m meaning, i int) meaning {
	if i < 0 || i >= len(m.function.Results) {
		return meaning{}
	}
	p := &m.function.Results[i]
	if p.Object != nil && p.Accept&^hostapi.AcceptObject == 0 {
		return meaning{path: p.Object.Name, object: p.Object}
	}
	for _, s := range m.shapes {
		if p.Accept == hostapi.AcceptTable && p.Type == s.Name {
			return meaning{path: s.Name, record: s}
		}
	}
	return meaning{}
}

func (c *checker) global(name string) meaning {
	if c.group.assigned[name] {
		return meaning{}
	}
	if m, _, _ := c.src.Require(name); m != nil && m.Always {
		return c.ofModule(m)
	}
	if c.isLibrary(name) {
		return meaning{path: name, library: true}
	}
	return meaning{missing: !slices.Contains(c.out.Globals, name) && !c.group.open[""]}
}

func (c *checker) ofModule(m *hostapi.Module) meaning {
	return meaning{path: m.Name, module: m, library: c.isLibrary(m.Name)}
}

func (c *checker) required(name string) meaning {
	m, program, _ := c.src.Require(name)
	switch {
	case m != nil:
		return c.ofModule(m)
	case program != nil && c.src.Imported[name] != nil:
		return meaning{path: name, exports: c.src.Imported[name]}
	case program == nil && c.isLibrary(name):
		return meaning{path: name, library: true}
	}
	return meaning{missing: program == nil}
}

// member gives what a member means; missing if there is none of the name.
func (c *checker) member(of meaning, name string) meaning {
	path := of.path + "." + name
	if of.library && (c.group.open[of.path] || c.group.assigned[path]) {
		return meaning{}
	}
	switch {
	case of.module != nil || of.library:
		if m, found := c.moduleMember(of, name, path); found {
			return m
		}
		if slices.Contains(c.out.Libraries[of.path], name) {
			return meaning{path: path}
		}
		return meaning{path: path, missing: true}
	case of.function != nil: // Starlark's functions have no members, which is left to it
	case of.object != nil:
		for _, f := range of.object.Methods {
			if f.Name == name {
				return meaning{path: path, function: f, object: of.object}
			}
		}
		return meaning{path: path, missing: true}
	case of.record != nil:
		for i := range of.record.Fields {
			if f := &of.record.Fields[i]; f.Name == name {
				if f.Object != nil && f.Accept == hostapi.AcceptObject {
					return meaning{path: f.Object.Name, object: f.Object}
				}
				return meaning{}
			}
		}
		return meaning{path: path, missing: !c.group.assigned[path]}
	case of.exports != nil:
		_, has := of.exports.Exports[name]
		return meaning{path: path, missing: !has && !of.exports.Open && !of.exports.Whole && !c.group.assigned[path]}
	}
	return meaning{}
}

func (c *checker) moduleMember(of meaning, name, path string) (m meaning, found bool) {
	if of.module == nil {
		return meaning{}, false
	}
	for _, f := range of.module.Funcs {
		if f.Name == name && !slices.Contains(c.out.Libraries[of.path], name) {
			return meaning{path: path, function: f, shapes: of.module.Shapes}, true
		}
	}
	for i := range of.module.Consts {
		if k := &of.module.Consts[i]; k.Name == name {
			if o := k.Value.Object(); o != nil && k.Make == nil {
				return meaning{path: path, object: o.ObjectType()}, true
			}
			return meaning{}, true
		}
	}
	for _, n := range of.module.Modules {
		if n.Name == name {
			return meaning{path: path, module: n}, true
		}
	}
	return meaning{}, false
}

// members are the names of all members, for hints.
func (c *checker) members(of meaning) []string {
	var names []string
	if of.module != nil {
		for _, f := range of.module.Funcs {
			names = append(names, f.Name)
		}
		for i := range of.module.Consts {
			names = append(names, of.module.Consts[i].Name)
		}
		for _, n := range of.module.Modules {
			names = append(names, n.Name)
		}
	}
	if of.library {
		names = append(names, c.out.Libraries[of.path]...)
	}
	if of.object != nil {
		for _, f := range of.object.Methods {
			names = append(names, f.Name)
		}
	}
	if of.record != nil {
		for i := range of.record.Fields {
			names = append(names, of.record.Fields[i].Name)
		}
	}
	if of.exports != nil {
		for name := range of.exports.Exports {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
