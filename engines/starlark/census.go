package starlark

import (
	"reflect"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// The interpreter does not tell what it allocates. So the engine takes a census
// of a process when a ledger says so (clause 17.8).
const (
	bytesPerStep   = 32  // that an instruction allocates, at most and on average
	bytesPerCharge = 224 // that a charged step (meter.steps) stands for, beyond that
)

// account notes n steps, of which native operations charged some, with what arrived
// meanwhile, and takes a
// census if it is time. The task may be parked meanwhile, as in a tick.
func (t *task) account(n uint64) error {
	in := t.instance
	bytes := int64(n)*bytesPerStep + int64(t.native)*bytesPerCharge + t.arrived
	t.native, t.arrived = 0, 0
	if !in.ledger.Note(bytes, in.engine.meter, t.MemoryLimit()) {
		return nil
	}
	t.shared = ledger.Shared{}
	held, err := in.census(t.Task)
	if err != nil {
		return err
	}
	return t.Grow(in.ledger.Settle(held))
}

// census gives about how many bytes the process holds: what its globals, those
// of its libraries and the variables of all calls refer to. It does not see
// operands of expressions under way. Others have their turn in between, no task
// of this process: nothing changes. An error is ErrKilled.
func (in *instance) census(running hostapi.Task) (int64, error) {
	pool := &in.engine.censuses
	c, _ := pool.Get().(*census)
	if c == nil {
		c = &census{}
	}
	defer pool.Put(c)
	defer c.clear()
	c.Begin(running)
	if c.take(in); c.Stopped() {
		return 0, hostapi.ErrKilled
	}
	return c.Total(), nil
}

// census adds up what values hold, each once. Its tables serve one census after
// the other, until Go's garbage collector takes them.
type census struct {
	ledger.Tally
	pending ledger.Stack[starlark.Value] // containers to be walked
}

// clear makes c ready for the next census. No value stays in it.
func (c *census) clear() {
	c.Clear()
	c.pending.Clear()
}

// take counts what a process holds, or a part of it if the task is killed.
func (c *census) take(in *instance) {
	c.dict(in.globals)
	for _, l := range in.libraries {
		c.dict(l.members)
	}
	for t := in.tasks; t != nil; t = t.next {
		c.comprehensions(t)
		depth := t.thread.CallStackDepth()
		for i := range depth {
			frame := t.thread.DebugFrame(i)
			fn := frame.Callable()
			c.push(fn)
			if fn, ok := fn.(*starlark.Function); ok && i == depth-1 && (t.Loading() || t.input) {
				c.dict(fn.Globals())
			}
			for j := range frame.NumLocals() {
				if _, v := frame.Local(j); v != nil {
					c.push(v)
				}
			}
			if !c.Look(1) {
				return
			}
		}
	}
	c.walk()
}

// Sizes in bytes, on 64-bit machines.
const (
	slotBytes      = 16
	containerBytes = 48
	listBytes      = 40
	dictEntryBytes = 100 // on average
	tableBytes     = 512 // of a dict or set with one bucket, which is inside
	bucketBytes    = 480 // of each of several buckets, which are for 8 entries each
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
			c.pending.Push(v)
		}
	case *record:
		c.container(v, int64(len(v.values))*slotBytes)
	case *starlark.List:
		if c.first(v) {
			c.Bytes += listBytes + int64(room(v).Cap())*slotBytes
			c.pending.Push(v)
		}
	case *starlark.Dict:
		c.table(v)
	case *starlark.Set:
		c.table(v)
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
	case *object:
		c.Object(v.object)
	case *errorValue:
		c.Object(v.object)
	case *builtin:
		if v.self != nil {
			c.Bytes += objectBytes
			c.Object(v.self)
		}
	default:
		if reflect.TypeOf(v).Kind() == reflect.Pointer && c.first(v) {
			c.Bytes += objectBytes
		}
	}
}

// first reports whether a thing is seen for the first time: a pointer, or what
// has elements that are in one place.
func (c *census) first(v any) bool {
	return c.First(reflect.ValueOf(v).Pointer())
}

func (c *census) container(v starlark.Value, bytes int64) {
	if c.first(v) {
		c.Bytes += containerBytes + bytes
		c.pending.Push(v)
	}
}

// table adds a dict or set.
func (c *census) table(v starlark.Value) {
	if !c.first(v) {
		return
	}
	c.Bytes += tableBytes
	if n := room(v).Len(); n > 1 {
		c.Bytes += int64(n) * bucketBytes
	}
	c.pending.Push(v)
}

// walk visits what is inside the containers pushed, without recursion.
func (c *census) walk() {
	push := func(x starlark.Value) error {
		c.push(x)
		return c.look(1)
	}
	reference := func(x any) {
		if v, ok := x.(starlark.Value); ok {
			c.push(v)
		}
	}
	for {
		v, ok := c.pending.Pop()
		if !ok {
			if !c.Inside(reference) {
				return
			}
			continue
		}
		if c.inside(v, push) != nil || c.look(1) != nil {
			return
		}
	}
}

// look says that n more values were looked at: see Look.
func (c *census) look(n int) error {
	if !c.Look(n) {
		return hostapi.ErrKilled
	}
	return nil
}

// inside pushes what is directly inside v. An error is ErrKilled.
func (c *census) inside(v starlark.Value, push func(starlark.Value) error) error {
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
		return nil
	case *starlark.List: // here for speed
		for i := range v.Len() {
			c.push(v.Index(i))
			if i%lookEvery == lookEvery-1 && !c.Look(1) {
				return hostapi.ErrKilled
			}
		}
		return nil
	}
	return children(v, push)
}

// lookEvery is how many elements of a list take as long as a container.
const lookEvery = 8
