package javascript

import (
	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
)

// call is one call of a hostapi.Func.
type call struct {
	task    *task
	self    hostapi.Object
	args    []goja.Value
	named   []hostapi.Entry
	results []goja.Value
}

// call calls a function of the host API. A function that may give an error, or
// has several results, gives them as a list; another its result or undefined.
func (in *instance) call(f *hostapi.Func, self hostapi.Object, args []goja.Value) goja.Value {
	c := &call{task: in.current, self: self, args: args}
	// Options that have no parameter of their own are fields of one more argument.
	if n := len(f.Params); len(f.Keywords) > 0 && len(args) == n+1 {
		if named, ok := c.Fields(c.Arg(n)); ok {
			c.named, c.args = named, args[:n]
		}
	}
	c.task.host(func() error { return hostapi.Invoke(f, c) })
	if len(c.results) > 1 || f.Returns != hostapi.Plain {
		list := in.array(c.results)
		_ = list.SetPrototype(c.task.realm.results)
		return list
	}
	if len(c.results) == 1 {
		return c.results[0]
	}
	return goja.Undefined()
}

func (c *call) Task() hostapi.Task        { return c.task.Task }
func (c *call) Self() hostapi.Object      { return c.self }
func (c *call) Len() int                  { return len(c.args) }
func (c *call) Keywords() []hostapi.Entry { return c.named }
func (c *call) Strict() bool              { return false }

func (c *call) Keyword(name string) hostapi.Value {
	return hostapi.MapOf(c.named...).Map().Get(name)
}

func (c *call) Arg(i int) hostapi.Value {
	if i >= len(c.args) {
		return hostapi.Value{}
	}
	return c.task.in.toHost(c.args[i])
}

func (c *call) Function(i int) hostapi.Function {
	if c.Arg(i).Type() != hostapi.TypeFunction {
		return nil
	}
	return &function{c.task.in, c.args[i]}
}

func (c *call) Field(v hostapi.Value, name string) hostapi.Value {
	fields, _ := c.Fields(v)
	return hostapi.MapOf(fields...).Map().Get(name)
}

func (c *call) Fields(v hostapi.Value) ([]hostapi.Entry, bool) {
	if m := v.Map(); m != nil {
		return m.Entries, true
	}
	if r := v.Record(); r != nil {
		return r.Entries(), true
	}
	fields, ok := c.task.in.fields(v.Ref())
	var out []hostapi.Entry
	for _, f := range fields {
		out = append(out, hostapi.Entry{Key: c.task.in.toHost(f.key), Value: c.task.in.toHost(f.value)})
	}
	return out, ok
}

func (c *call) Elements(v hostapi.Value) ([]hostapi.Value, bool) {
	if l := v.List(); l != nil {
		return l.Items, true
	}
	list, ok := c.task.in.elements(v.Ref())
	var out []hostapi.Value
	for _, x := range list {
		out = append(out, c.task.in.toHost(x))
	}
	return out, ok
}

func (c *call) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return c.task.in.copy(v, cp)
}

func (c *call) Import(v hostapi.Value) hostapi.Value {
	return c.task.in.toHost(c.task.in.fromHost(v))
}

func (c *call) Push(v hostapi.Value) { c.results = append(c.results, c.task.in.fromHost(v)) }
