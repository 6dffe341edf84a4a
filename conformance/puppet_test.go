package conformance_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// puppet is the puppet in Go: it carries out the codes of conformance/code.go.
type puppet struct {
	double
	modules   []*hostapi.Module
	slots     map[string]hostapi.Value
	constants map[string]hostapi.Value // that are objects
	finished  bool
	results   []hostapi.Value
}

type values = []hostapi.Value

// thrown is panicked with to throw an error, or to unwind at a kill.
type thrown struct{ err error }

func (p *puppet) main(t hostapi.Task, args values) (out values, err error) {
	if p.wrap != nil {
		t = p.wrap(t)
	}
	if p.dropsNil {
		args = slices.DeleteFunc(slices.Clone(args), hostapi.Value.IsNil)
	}
	if p.strictMain && len(args) > 1 {
		return nil, errors.New("main takes one argument")
	}
	out, err = catch(func() values { return p.eval(t, arg(args, 0)) })
	if p.ends != nil && !errors.Is(err, hostapi.ErrKilled) {
		out, err = p.ends(out, err)
	}
	return out, err
}

func catch(f func() values) (out values, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case thrown:
			err = r.err
		default:
			panic(r)
		}
	}()
	return f(), nil
}

func arg(vs values, i int) hostapi.Value {
	if i < len(vs) {
		return vs[i]
	}
	return hostapi.Value{}
}

// table is a list or map of the puppet's own.
type table struct{ items, keys, vals values }

func elements(v hostapi.Value) (values, bool) {
	if t, ok := v.Ref().(*table); ok && (t.keys == nil || t.items != nil) {
		return t.items, true
	}
	if v.List() != nil {
		return v.List().Items, true
	}
	return nil, false
}

func (p *puppet) first(t hostapi.Task, e hostapi.Value) hostapi.Value { return arg(p.eval(t, e), 0) }

func (p *puppet) operands(t hostapi.Task, es values) values {
	out := make(values, len(es))
	for i, e := range es {
		out[i] = p.first(t, e)
	}
	return out
}

func (p *puppet) eval(t hostapi.Task, code hostapi.Value) values {
	e, ok := elements(code)
	if !ok {
		return values{code}
	}
	if err := t.Tick(20); err != nil && !p.catchesKills {
		panic(thrown{err})
	}
	name, e := e[0].Str(), e[1:]
	switch name {
	case "nil":
		return values{{}}
	case "quote":
		return values{own(e[0])}
	case "get":
		return values{p.slots[e[0].Str()]}
	case "let":
		p.slots[e[0].Str()] = p.first(t, e[1])
		return nil
	case "bind":
		results := p.eval(t, e[0])
		for i, slot := range e[1:] {
			p.slots[slot.Str()] = arg(results, i)
		}
		return nil
	case "call":
		return p.call(t, e[0].Str(), p.operands(t, e[1:])...)
	case "constant":
		return values{p.constant(t, e[0].Str())}
	case "callwith":
		options := &table{keys: values{}}
		pairs, _ := elements(e[1])
		for i := 0; i < len(pairs); i += 2 {
			options.keys = append(options.keys, pairs[i])
			options.vals = append(options.vals, p.first(t, pairs[i+1]))
		}
		return p.call(t, e[0].Str(), append(p.operands(t, e[2:]), hostapi.Table(options))...)
	case "method":
		return p.method(t, p.first(t, e[0]), e[1].Str(), p.operands(t, e[2:]))
	case "field":
		return values{field(p.first(t, e[0]), e[1].Str())}
	case "at":
		items, _ := elements(p.first(t, e[0]))
		return values{arg(items, int(p.first(t, e[1]).Int())-1)}
	case "seq":
		for _, x := range e[:len(e)-1] {
			p.eval(t, x)
		}
		return p.eval(t, e[len(e)-1])
	case "values":
		return p.operands(t, e)
	case "nth":
		return values{arg(p.eval(t, e[1]), int(e[0].Int())-1)}
	case "if":
		if p.first(t, e[0]).Bool() {
			return p.eval(t, e[1])
		}
		return p.eval(t, e[2])
	case "equal":
		return values{hostapi.Bool(p.equal(p.first(t, e[0]), p.first(t, e[1])))}
	case "loop":
		for {
			p.eval(t, e[0])
		}
	case "times":
		for range p.first(t, e[0]).Int() {
			p.eval(t, e[1])
		}
		return nil
	case "spin":
		for {
			if err := t.Tick(1000); err != nil {
				panic(thrown{err})
			}
		}
	case "recurse":
		if n := e[0].Int(); n < 0 || n > 100_000 {
			if p.faultsDeep {
				panic("stack overflow")
			}
			panic(thrown{errors.New("stack overflow")})
		}
		return values{e[0]}
	case "function":
		return values{hostapi.FunctionRef(p.function(e[0]))}
	case "go":
		h, err := t.Process().Go(p.function(e[0]), nil)
		p.check(err)
		return values{hostapi.Wrap(h)}
	case "try":
		return p.try(t, e[0])
	case "throw":
		panic(thrown{thrownError(p.first(t, e[0]))})
	case "list":
		return values{hostapi.Table(&table{items: p.operands(t, e)})}
	case "table":
		x := &table{keys: values{}}
		for i := 0; i < len(e); i += 2 {
			x.keys = append(x.keys, p.first(t, e[i]))
			x.vals = append(x.vals, p.first(t, e[i+1]))
		}
		return values{hostapi.Table(x)}
	case "append":
		x := p.first(t, e[0]).Ref().(*table)
		x.items = append(x.items, p.first(t, e[1]))
		return nil
	case "len":
		items, _ := elements(p.first(t, e[0]))
		return values{hostapi.Int(int64(len(items)))}
	case "set":
		x := p.first(t, e[0]).Ref().(*table)
		x.keys = append(x.keys, p.first(t, e[1]))
		x.vals = append(x.vals, p.first(t, e[2]))
		return nil
	case "lookup":
		x, k := p.first(t, e[0]).Ref().(*table), p.first(t, e[1])
		for i := len(x.keys) - 1; i >= 0; i-- {
			if p.equal(x.keys[i], k) {
				return values{x.vals[i]}
			}
		}
		return values{{}}
	case "select":
		cases := &table{items: p.operands(t, e[1:]), keys: values{hostapi.String("default")}, vals: values{p.first(t, e[0])}}
		return p.call(t, "channel.select", hostapi.Table(cases))
	case "text":
		return values{hostapi.String(p.text(p.first(t, e[0])))}
	case "concat":
		return values{hostapi.String(p.text(p.first(t, e[0])) + p.text(p.first(t, e[1])))}
	case "nested":
		x := hostapi.Table(&table{})
		for range e[0].Int() - 1 {
			x = hostapi.Table(&table{items: values{x}})
		}
		return values{x}
	case "report":
		return p.call(t, "stage.report", append(values{e[0]}, p.eval(t, e[1])...)...)
	case "finish":
		p.finished, p.results = true, p.operands(t, e)
		return nil
	case "serve":
		commands, err := t.Process().Listen("do", false)
		p.check(err)
		for !p.finished {
			c, _, err := commands.Receive()
			p.check(err)
			items, _ := elements(c)
			p.call(t, "stage.report", append(values{items[0]}, p.eval(t, items[1])...)...)
		}
		return p.results
	case "places":
		return values{hostapi.ListOf(hostapi.String("pcall"), hostapi.String("plain"))}
	case "within":
		if p.first(t, e[0]).Str() == "pcall" {
			return values{arg(p.try(t, e[1]), 1)}
		}
		return values{p.first(t, e[1])}
	}
	panic(fmt.Sprintf("no operation %s", name))
}

func (p *puppet) check(err error) {
	if err != nil {
		panic(thrown{err})
	}
}

// thrownError gives what a script throws as an error.
func thrownError(v hostapi.Value) error {
	if o, ok := v.Object().(*hostapi.ErrorObject); ok {
		return identified{o}
	}
	if e := v.Err(); e != nil {
		return e
	}
	return &hostapi.Error{Message: text(v), Script: true}
}

// identified keeps the identity of a thrown error object.
type identified struct{ object *hostapi.ErrorObject }

func (i identified) Error() string { return i.object.Err.Error() }
func (i identified) Unwrap() error { return i.object.Err }

func (p *puppet) try(t hostapi.Task, e hostapi.Value) values {
	out, err := catch(func() values { return p.eval(t, e) })
	var id identified
	switch {
	case err == nil:
		return append(values{hostapi.Bool(true)}, out...)
	case errors.Is(err, hostapi.ErrKilled) && !p.catchesKills:
		panic(thrown{err})
	case errors.As(err, &id) && !p.losesIdentity:
		return values{hostapi.Bool(false), hostapi.Wrap(id.object)}
	}
	return values{hostapi.Bool(false), own(hostapi.Wrap(hostapi.AsError(err)))}
}

// closure is a function of the puppet.
type closure struct {
	p    *puppet
	code hostapi.Value
}

// Call implements hostapi.Function.
func (f *closure) Call(t hostapi.Task, args values) (values, error) {
	return native.Function(func(t hostapi.Task, _ values) (values, error) {
		if f.p.wrap != nil {
			t = f.p.wrap(t)
		}
		out, err := catch(func() values { return f.p.eval(t, f.code) })
		switch {
		case errors.Is(err, hostapi.ErrKilled):
		case f.p.swallows:
			err = nil
		case f.p.failsByResult && len(out) > 1 && err == nil:
			err = errors.New(text(out[1]))
		}
		return out, err
	}).Call(t, args)
}

func (p *puppet) function(e hostapi.Value) hostapi.Function { return &closure{p, e} }

// module finds the module in which the last name of a path stands.
func (p *puppet) module(path string) (m *hostapi.Module, last string) {
	names := strings.Split(path, ".")
	in := p.modules
	for _, name := range names[:len(names)-1] {
		for _, n := range in {
			if n.Name == name {
				m, in = n, n.Modules
				break
			}
		}
	}
	if m == nil {
		panic("no module for " + path)
	}
	return m, names[len(names)-1]
}

// call calls a function of a module by its path.
func (p *puppet) call(t hostapi.Task, path string, args ...hostapi.Value) values {
	m, name := p.module(path)
	for _, f := range m.Funcs {
		if f.Name == name {
			return p.invoke(t, path, f, nil, args)
		}
	}
	panic("no function " + path)
}

// constant gives a constant of a module, or a nested module as a map.
func (p *puppet) constant(t hostapi.Task, path string) hostapi.Value {
	m, name := p.module(path)
	for _, c := range m.Consts {
		if c.Name != name {
			continue
		}
		if c.Make == nil {
			return c.Value
		}
		v, ok := p.constants[path]
		if !ok {
			v = c.Make(t)
			p.constants[path] = v
		}
		return v
	}
	for _, n := range m.Modules {
		if n.Name == name {
			x := &table{keys: values{}}
			for _, c := range n.Consts {
				x.keys, x.vals = append(x.keys, hostapi.String(c.Name)), append(x.vals, c.Value)
			}
			return hostapi.Table(x)
		}
	}
	panic("no constant " + path)
}

func (p *puppet) method(t hostapi.Task, v hostapi.Value, name string, args values) values {
	if v = own(v); v.Object() == nil {
		panic(thrown{fmt.Errorf("%s has no methods", v.TypeName())})
	}
	for _, f := range v.Object().ObjectType().Methods {
		if f.Name == name {
			return p.invoke(t, v.Object().ObjectType().Name+":"+name, f, v.Object(), args)
		}
	}
	panic(thrown{fmt.Errorf("%s has no method %s", v.TypeName(), name)})
}

func (p *puppet) invoke(t hostapi.Task, path string, f *hostapi.Func, self hostapi.Object, args values) values {
	c := &goCall{puppet: p, task: t, self: self, args: args}
	err := hostapi.Invoke(f, c)
	if p.spoil != nil {
		err = p.spoil(path, c, err)
	}
	p.check(err)
	return c.results
}

func (p *puppet) equal(a, b hostapi.Value) bool {
	if p.newHandles && a.Type() == hostapi.TypeObject {
		return false
	}
	if a.Type() == hostapi.TypeTable || a.Err() != nil {
		return a.Ref() == b.Ref() && a.Object() == b.Object() && a.Err() == b.Err()
	}
	return a.Equal(b)
}

func (p *puppet) text(v hostapi.Value) string {
	if e := v.Err(); e != nil && p.forgetsContext {
		return e.Message
	}
	return text(v)
}

func text(v hostapi.Value) string {
	if v.Type() == hostapi.TypeString {
		return v.Str()
	}
	if e := v.Err(); e != nil {
		return e.Error()
	}
	return v.String()
}

func field(v hostapi.Value, name string) hostapi.Value {
	switch {
	case v.Record() != nil:
		return v.Record().Get(name)
	case v.Map() != nil:
		return v.Map().Get(name)
	}
	if t, ok := v.Ref().(*table); ok {
		for i, k := range t.keys {
			if k.Str() == name {
				return t.vals[i]
			}
		}
	}
	return hostapi.Value{}
}
