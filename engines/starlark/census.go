package starlark

import (
	"reflect"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"go.starlark.net/starlark"
)

// The interpreter does not tell what it allocates. So the engine takes a census
// of a process when a ledger says so (clause 17.8).
const (
	bytesPerStep   = 32  // that an instruction allocates, at most and on average
	bytesPerCharge = 224 // that a charged step (meter.steps) stands for, beyond that
)

// account notes n steps, of which native operations charged some, and takes a
// census if it is time.
func (t *task) account(n uint64) error {
	in := t.instance
	bytes := int64(n)*bytesPerStep + int64(t.native)*bytesPerCharge
	t.native = 0
	if !in.ledger.Note(bytes, in.engine.meter, t.MemoryLimit()) {
		return nil
	}
	return t.Grow(in.ledger.Settle(in.census()))
}

// census gives about how many bytes the process holds: what its globals, those
// of its libraries and the variables of all calls refer to. It does not see
// operands of expressions under way, nor what lies in channels.
func (in *instance) census() int64 {
	c, _ := in.engine.censuses.Get().(*census)
	if c == nil {
		c = &census{}
	}
	c.dict(in.globals)
	for _, l := range in.libraries {
		c.dict(l.members)
	}
	for t := in.tasks; t != nil; t = t.next {
		depth := t.thread.CallStackDepth()
		for i := range depth {
			frame := t.thread.DebugFrame(i)
			fn := frame.Callable()
			c.push(fn)
			if fn, ok := fn.(*starlark.Function); ok && i == depth-1 && t.Loading() {
				c.dict(fn.Globals())
			}
			for j := range frame.NumLocals() {
				if _, v := frame.Local(j); v != nil {
					c.push(v)
				}
			}
		}
	}
	c.walk()
	bytes := c.Total()
	c.clear()
	in.engine.censuses.Put(c)
	return bytes
}

// census adds up what values hold, each once. Its tables serve one census after
// the other, until Go's garbage collector takes them.
type census struct {
	ledger.Tally
	pending []starlark.Value // containers to be walked
}

// clear makes c ready for the next census. No value stays in it.
func (c *census) clear() {
	c.Clear()
	clear(c.pending[:cap(c.pending)])
	c.pending = c.pending[:0]
}

// Sizes in bytes, on 64-bit machines.
const (
	slotBytes      = 16
	containerBytes = 48
	listBytes      = 32
	dictEntryBytes = 100
	tableBytes     = 400 // of a dict or set without entries
	setEntryBytes  = 80
	functionBytes  = 80
	objectBytes    = 64
)

func (c *census) dict(d starlark.StringDict) {
	c.Bytes += int64(len(d)) * dictEntryBytes
	for _, v := range d {
		c.push(v)
	}
}

// push adds what v is, and notes it if more is inside. Slots are counted by
// what holds them.
func (c *census) push(v starlark.Value) {
	switch v := v.(type) {
	case starlark.NoneType, starlark.Bool, starlark.Int:
		if i, ok := v.(starlark.Int); ok {
			if _, small := i.Int64(); !small {
				c.Bytes += int64(bitLen(i)/8) + containerBytes
			}
		}
	case starlark.Float:
		c.Bytes += 8
	case starlark.String, starlark.Bytes:
		c.Text(reflect.ValueOf(v))
	case starlark.Tuple:
		c.Bytes += slotBytes + 8
		if len(v) > 0 && c.first(v) {
			c.Bytes += int64(cap(v)) * slotBytes
			c.pending = append(c.pending, v)
		}
	case *record:
		c.container(v, int64(len(v.values))*slotBytes)
	case *starlark.List:
		c.container(v, listBytes-containerBytes+int64(v.Len())*slotBytes)
	case *starlark.Dict:
		c.container(v, tableBytes+int64(v.Len())*dictEntryBytes)
	case *starlark.Set:
		c.container(v, tableBytes+int64(v.Len())*setEntryBytes)
	case *starlarkStruct:
		c.container(v, containerBytes)
	case *starlark.Function:
		c.container(v, functionBytes+int64(v.NumFreeVars())*2*slotBytes)
	case *checkedMethod:
		c.Bytes += objectBytes
		c.push(v.Receiver())
	case *starlark.Builtin:
		if r := v.Receiver(); r != nil {
			c.Bytes += objectBytes
			c.push(r)
		}
	default:
		if reflect.TypeOf(v).Kind() == reflect.Pointer && c.first(v) {
			c.Bytes += objectBytes
		}
	}
}

// first reports whether a thing is seen for the first time: a pointer, or what
// has elements that are in one place.
func (c *census) first(v starlark.Value) bool {
	return c.First(reflect.ValueOf(v).Pointer())
}

func (c *census) container(v starlark.Value, bytes int64) {
	if c.first(v) {
		c.Bytes += containerBytes + bytes
		c.pending = append(c.pending, v)
	}
}

// walk visits what is inside the containers pushed, without recursion.
func (c *census) walk() {
	push := func(x starlark.Value) error {
		c.push(x)
		return nil
	}
	for len(c.pending) > 0 {
		last := len(c.pending) - 1
		v := c.pending[last]
		c.pending = c.pending[:last]
		switch v := v.(type) {
		case *starlark.Function:
			for i := range v.NumFreeVars() {
				if _, x := v.FreeVar(i); x != nil {
					c.push(x)
				}
			}
			for i := range v.NumParams() {
				if x := v.ParamDefault(i); x != nil {
					c.push(x)
				}
			}
		case *starlark.List: // here for speed
			for i := range v.Len() {
				c.push(v.Index(i))
			}
		default:
			_ = children(v, push) // push does not fail
		}
	}
}
