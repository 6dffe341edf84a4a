package faketest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Call is a call as an engine makes it. The zero Call, with a Process, is one of
// a lenient language.
type Call struct {
	Process  *Process
	Object   hostapi.Object // whose method is called
	Args     []hostapi.Value
	Named    []hostapi.Entry // keyword arguments
	IsStrict bool
	Load     bool // the top level runs
	CopyErr  error

	results []hostapi.Value
}

var _ hostapi.Call = (*Call)(nil)

// Run calls f and describes the outcome in one line: the results, joined by
// commas, errors as error(Kind: message); "raise Kind: message"; or "killed".
func (c *Call) Run(f *hostapi.Func) string {
	c.results = nil
	err := hostapi.Invoke(f, c)
	var e *hostapi.Error
	switch {
	case err == nil:
	case errors.Is(err, hostapi.ErrKilled):
		return "killed"
	case errors.As(err, &e):
		return fmt.Sprintf("raise %s: %s", e.Kind, e)
	default:
		return "unexpected " + err.Error()
	}
	texts := make([]string, len(c.results))
	for i, v := range c.results {
		texts[i] = v.String()
		if e := v.Err(); e != nil {
			texts[i] = fmt.Sprintf("error(%s: %s)", e.Kind, e)
		}
	}
	return strings.Join(texts, ", ")
}

// Result gives result i of the last Run.
func (c *Call) Result(i int) hostapi.Value {
	if i < len(c.results) {
		return c.results[i]
	}
	return hostapi.Value{}
}

// Matches reports whether got has the form of want, in which * stands for any
// text.
func Matches(want, got string) bool {
	parts := strings.Split(want, "*")
	rest, ok := strings.CutPrefix(got, parts[0])
	if !ok || len(parts) == 1 {
		return ok && rest == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[last])
}

// Func gives the function of a module, "registry.lookup" for one of a nested
// module.
func Func(m *hostapi.Module, name string) *hostapi.Func {
	if outer, inner, ok := strings.Cut(name, "."); ok {
		for _, n := range m.Modules {
			if n.Name == outer {
				return Func(n, inner)
			}
		}
	}
	return find(m.Funcs, name)
}

// Method gives the method of an object.
func Method(o hostapi.Object, name string) *hostapi.Func {
	return find(o.ObjectType().Methods, name)
}

func find(funcs []*hostapi.Func, name string) *hostapi.Func {
	for _, f := range funcs {
		if f.Name == name {
			return f
		}
	}
	panic("faketest: no function " + name)
}

// Values converts nil, bool, int, float64, string, and what hostapi.Wrap takes.
func Values(args ...any) []hostapi.Value {
	out := make([]hostapi.Value, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case hostapi.Value:
			out[i] = a
		case bool:
			out[i] = hostapi.Bool(a)
		case int:
			out[i] = hostapi.Int(int64(a))
		case float64:
			out[i] = hostapi.Float(a)
		case string:
			out[i] = hostapi.String(a)
		default:
			out[i] = hostapi.Wrap(a)
		}
	}
	return out
}

// Task gives a task of the process.
func (c *Call) Task() hostapi.Task { return &Task{c.Process, c.Load} }

// Self gives Object.
func (c *Call) Self() hostapi.Object { return c.Object }

// Len counts Args.
func (c *Call) Len() int { return len(c.Args) }

// Arg gives one of Args.
func (c *Call) Arg(i int) hostapi.Value {
	if i < len(c.Args) {
		return c.Args[i]
	}
	return hostapi.Value{}
}

// Keyword gives one of Named.
func (c *Call) Keyword(name string) hostapi.Value {
	for _, e := range c.Named {
		if e.Key.Str() == name {
			return e.Value
		}
	}
	return hostapi.Value{}
}

// Keywords gives Named.
func (c *Call) Keywords() []hostapi.Entry { return c.Named }

// Function gives an argument made of a Function.
func (c *Call) Function(i int) hostapi.Function {
	f, _ := c.Arg(i).Ref().(hostapi.Function)
	return f
}

// Field looks into Fields.
func (c *Call) Field(v hostapi.Value, name string) hostapi.Value {
	fields, _ := c.Fields(v)
	for _, e := range fields {
		if e.Key.Type() == hostapi.TypeString && e.Key.Str() == name {
			return e.Value
		}
	}
	return hostapi.Value{}
}

// Fields gives the fields of a table or record; a list has none in a strict
// language.
func (c *Call) Fields(v hostapi.Value) ([]hostapi.Entry, bool) {
	if r := v.Record(); r != nil {
		return r.Entries(), true
	}
	t, ok := v.Ref().(*Table)
	if !ok || c.IsStrict && t.Items != nil {
		return nil, false
	}
	return t.entries(), true
}

// Elements gives the items of a table; a dict has none in a strict language.
func (c *Call) Elements(v hostapi.Value) ([]hostapi.Value, bool) {
	t, ok := v.Ref().(*Table)
	if !ok || c.IsStrict && t.Items == nil {
		return nil, false
	}
	return t.Items, true
}

func (t *Table) entries() []hostapi.Entry {
	var out []hostapi.Entry
	for i, v := range t.Items {
		out = append(out, hostapi.Entry{Key: hostapi.Int(int64(i + 1)), Value: v})
	}
	return append(out, t.Fields...)
}

// Copy copies tables by clauses 1.5 and 1.6; it fails with CopyErr if that is
// set.
func (c *Call) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	if c.CopyErr != nil {
		return hostapi.Value{}, c.CopyErr
	}
	return cp.Value(v, func(v hostapi.Value) (hostapi.Value, error) {
		t, ok := v.Ref().(*Table)
		if !ok {
			return hostapi.Value{}, cp.Refuse(v.TypeName())
		}
		if err := cp.Enter(t); err != nil {
			return hostapi.Value{}, err
		}
		defer cp.Leave()
		if len(t.Items) > 0 && len(t.Fields) == 0 {
			items := make([]hostapi.Value, len(t.Items))
			for i, x := range t.Items {
				cp.Index(i + 1)
				var err error
				if items[i], err = c.Copy(x, cp); err != nil {
					return hostapi.Value{}, err
				}
			}
			return hostapi.ListOf(items...), nil
		}
		var entries []hostapi.Entry
		for _, e := range t.entries() {
			if err := cp.Key(e.Key); err != nil {
				return hostapi.Value{}, err
			}
			x, err := c.Copy(e.Value, cp)
			if err != nil {
				return hostapi.Value{}, err
			}
			entries = append(entries, hostapi.Entry{Key: e.Key, Value: x})
		}
		return hostapi.MapOf(entries...), nil
	})
}

// Import gives v.
func (c *Call) Import(v hostapi.Value) hostapi.Value { return v }

// Push adds a result.
func (c *Call) Push(v hostapi.Value) { c.results = append(c.results, v) }

// Strict gives IsStrict.
func (c *Call) Strict() bool { return c.IsStrict }
