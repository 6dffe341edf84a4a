package starlark

import (
	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// call is one call of a hostapi.Func. Calls are pooled per process; several are
// alive at once when one suspends and another coroutine goes on.
type call struct {
	task     *task
	def      *hostapi.Func
	self     hostapi.Object
	args     []starlark.Value // the interpreter has made them for this call
	keywords []hostapi.Entry
	kwargs   []starlark.Tuple // as given
	results  []starlark.Value
	next     *call // in the pool
}

// newCall makes the call of a function of the host API. An error is for end.
//
//go:noinline
func newCall(thread *starlark.Thread, b *builtin, args starlark.Tuple, kwargs []starlark.Tuple) (*call, error) {
	t := taskOf(thread)
	c := t.instance.calls
	if c == nil {
		c = &call{}
	} else {
		t.instance.calls = c.next
	}
	c.task, c.def, c.self, c.kwargs = t, b.def, b.self, kwargs
	if t.killed {
		return c, hostapi.ErrKilled
	}
	c.args = args
	if len(kwargs) == 0 {
		return c, nil
	}
	return c, c.bind(kwargs)
}

// done is what most functions give that can fail.
var done starlark.Value = starlark.Tuple{starlark.True, starlark.None}

// end gives the script what comes of the call, and puts it back.
//
//go:noinline
func (c *call) end(err error) (starlark.Value, error) {
	t := c.task
	err = t.resumed(err)
	var result starlark.Value = starlark.None
	switch len(c.results) {
	case 0:
	case 1:
		result = c.results[0]
	default:
		if len(c.results) == 2 && c.results[0] == starlark.True && c.results[1] == starlark.None {
			result = done
			break
		}
		several := make(starlark.Tuple, len(c.results))
		copy(several, c.results)
		result = several
	}
	c.release()
	if err == nil && t.arrived > muchArrived && t.account(0) != nil {
		return nil, t.kill()
	}
	if err == nil {
		return result, nil
	}
	if t.killed {
		return nil, err
	}
	return nil, thrown(err)
}

// release clears the call and puts it back.
func (c *call) release() {
	pool := c.task.instance
	clear(c.keywords)
	clear(c.results)
	c.task, c.self, c.args, c.kwargs = nil, nil, nil, nil
	c.keywords, c.results = c.keywords[:0], c.results[:0]
	c.next, pool.calls = pool.calls, c
}

// bind sorts the arguments given by name: a parameter that may be given so lands
// at its position, all others are options.
func (c *call) bind(kwargs []starlark.Tuple) error {
	for _, pair := range kwargs {
		name, v := plain(string(pair[0].(starlark.String))), pair[1]
		i := c.position(name)
		if i < 0 {
			c.keywords = append(c.keywords, hostapi.Entry{Key: hostapi.String(name), Value: toHost(v)})
			continue
		}
		for len(c.args) <= i {
			c.args = append(c.args, nil)
		}
		if c.args[i] != nil {
			return hostapi.Errorf(hostapi.Invalid, "%s: argument %s given twice", c.def.Name, name)
		}
		c.args[i] = v
	}
	return nil
}

func (c *call) position(name string) int {
	for i := range c.def.Params {
		if p := &c.def.Params[i]; p.Keyword && p.Name == name {
			return i
		}
	}
	return -1
}

func (c *call) Task() hostapi.Task        { return c.task.Task }
func (c *call) Self() hostapi.Object      { return c.self }
func (c *call) Len() int                  { return len(c.args) }
func (c *call) Keywords() []hostapi.Entry { return c.keywords }
func (c *call) Strict() bool              { return true }

// arg gives argument i, nil where none was given.
func (c *call) arg(i int) starlark.Value {
	if i >= len(c.args) {
		return nil
	}
	return c.args[i]
}

func (c *call) Arg(i int) hostapi.Value {
	if v := c.arg(i); v != nil {
		return toHost(v)
	}
	return hostapi.Value{}
}

func (c *call) Keyword(name string) hostapi.Value {
	for _, k := range c.keywords {
		if k.Key.Str() == name {
			return k.Value
		}
	}
	return hostapi.Value{}
}

func (c *call) Function(i int) hostapi.Function {
	fn, ok := c.arg(i).(starlark.Callable)
	if !ok {
		return nil
	}
	return &function{instance: c.task.instance, fn: fn, given: c.kwargs}
}

func (c *call) Field(v hostapi.Value, name string) hostapi.Value {
	if m := v.Map(); m != nil {
		return m.Get(name)
	}
	if r := v.Record(); r != nil {
		return r.Get(name)
	}
	switch x := v.Ref().(type) {
	case *starlark.Dict:
		if found, ok, err := x.Get(starlark.String(name)); ok && err == nil {
			return toHost(found)
		}
	case *record:
		if found := x.field(name); found != nil {
			return toHost(found)
		}
	case *starlarkStruct:
		for _, spelling := range [...]string{name, spelled(name)} {
			if found, err := x.Attr(spelling); err == nil && found != nil {
				return toHost(found)
			}
		}
	}
	return hostapi.Value{}
}

func (c *call) Fields(v hostapi.Value) ([]hostapi.Entry, bool) {
	if m := v.Map(); m != nil {
		return m.Entries, true
	}
	if r := v.Record(); r != nil {
		return r.Entries(), true
	}
	ref, ok := v.Ref().(starlark.Value)
	if !ok {
		return nil, false
	}
	entries, ok := entriesOf(ref)
	if !ok {
		return nil, false
	}
	out := make([]hostapi.Entry, len(entries))
	for i, e := range entries {
		out[i] = hostapi.Entry{Key: toHost(e.key), Value: toHost(e.value)}
	}
	return out, true
}

func (c *call) Elements(v hostapi.Value) ([]hostapi.Value, bool) {
	if l := v.List(); l != nil {
		return l.Items, true
	}
	ref, ok := v.Ref().(starlark.Value)
	if _, long := ref.(*longRange); long || !ok {
		return nil, false
	}
	it, ok := elementsOf(ref)
	if !ok {
		return nil, false
	}
	defer it.Done()
	out := []hostapi.Value{}
	var x starlark.Value
	for it.Next(&x) {
		out = append(out, toHost(x))
	}
	return out, true
}

func (c *call) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return c.task.instance.Copy(v, cp)
}

func (c *call) Import(v hostapi.Value) hostapi.Value { return toHost(fromHost(v)) }

const (
	// muchArriving is from how many bytes on it is worth asking whether they are new.
	muchArriving = 1 << 10
	// muchArrived are the bytes that may arrive without telling the ledger at once.
	muchArrived = 64 << 10
)

func (c *call) Push(v hostapi.Value) {
	if v.Type() > hostapi.TypeFloat {
		if n := ledger.Arriving(v); n <= muchArriving || !c.task.shared.Again(v) {
			c.task.arrived += n
		}
	}
	c.results = append(c.results, fromHost(v))
}
