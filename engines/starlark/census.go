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

// account notes n steps, of which native operations charged some, and takes a
// census if it is time. The task may be parked meanwhile, as in a tick.
func (t *task) account(n uint64) error {
	in := t.instance
	bytes := int64(n)*bytesPerStep + int64(t.native)*bytesPerCharge
	t.native = 0
	if !in.ledger.Note(bytes, in.engine.meter, t.MemoryLimit()) {
		return nil
	}
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
	c.running = running
	err := c.take(in)
	bytes := c.Total()
	c.clear()
	pool.Put(c)
	return bytes, err
}

// census adds up what values hold, each once. Its tables serve one census after
// the other, until Go's garbage collector takes them.
type census struct {
	ledger.Tally
	pending []starlark.Value // containers to be walked
	hosted  []hostapi.Value  // likewise, of the host API
	running hostapi.Task     // the task that takes it
	done    int              // work since its last pause
}

// clear makes c ready for the next census. No value stays in it.
func (c *census) clear() {
	c.Clear()
	clear(c.pending[:cap(c.pending)])
	clear(c.hosted[:cap(c.hosted)])
	*c = census{Tally: c.Tally, pending: c.pending[:0], hosted: c.hosted[:0]}
}

// Work of a census, in units of which a step of the interpreter takes about two.
const (
	workPerContainer = 16   // beyond the one of each value
	workPerPause     = 8192 // about 0.1 ms
	workPerStep      = 2
)

// pause lets others have their turn if it is time.
func (c *census) pause() error {
	if c.done < workPerPause {
		return nil
	}
	n := c.done / workPerStep
	c.done = 0
	return c.running.Pause(n)
}

// take counts what a process holds.
func (c *census) take(in *instance) error {
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
			if err := c.pause(); err != nil {
				return err
			}
		}
	}
	return c.walk()
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
	itemBytes      = 32 // of a value that an object of the host API holds
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
	c.done++
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
	case *object:
		c.object(v.object)
	case *errorValue:
		c.object(v.object)
	case *builtin:
		if v.self != nil {
			c.Bytes += objectBytes
			c.object(v.self)
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
	c.done += workPerContainer
	return c.First(reflect.ValueOf(v).Pointer())
}

func (c *census) container(v starlark.Value, bytes int64) {
	if c.first(v) {
		c.Bytes += containerBytes + bytes
		c.pending = append(c.pending, v)
	}
}

// object adds an object of the host API, and notes it if values are inside.
func (c *census) object(o hostapi.Object) {
	if reflect.TypeOf(o).Kind() != reflect.Pointer || !c.first(o) {
		return
	}
	c.Bytes += objectBytes
	if _, ok := o.(hostapi.Holder); ok {
		c.hosted = append(c.hosted, hostapi.Wrap(o))
	}
}

// host adds what a value of the host API is, and notes it if more is inside.
func (c *census) host(v hostapi.Value) {
	c.done++
	switch v.Type() {
	case hostapi.TypeNil:
		return
	case hostapi.TypeString:
		c.Text(reflect.ValueOf(v.Boxed()))
	case hostapi.TypeList:
		if c.first(v.List()) {
			c.hosted = append(c.hosted, v)
		}
	case hostapi.TypeMap:
		if c.first(v.Map()) {
			c.hosted = append(c.hosted, v)
		}
	case hostapi.TypeRecord:
		if c.first(v.Record()) {
			c.hosted = append(c.hosted, v)
		}
	case hostapi.TypeObject:
		c.object(v.Object())
	case hostapi.TypeError:
		if o, ok := v.Object().(*hostapi.ErrorObject); ok {
			c.object(o)
		} else if c.first(v.Err()) {
			c.Bytes += objectBytes
			(&hostapi.ErrorObject{Err: v.Err()}).Holds(c.host)
		}
	case hostapi.TypeTable, hostapi.TypeFunction, hostapi.TypeOther:
		if x, ok := v.Ref().(starlark.Value); ok {
			c.push(x)
		}
	}
	c.Bytes += itemBytes
}

// walk visits what is inside the containers pushed, without recursion.
func (c *census) walk() error {
	push := func(x starlark.Value) error {
		c.push(x)
		return c.pause()
	}
	for {
		if last := len(c.pending) - 1; last >= 0 {
			v := c.pending[last]
			c.pending = c.pending[:last]
			if err := c.inside(v, push); err != nil {
				return err
			}
		} else if last := len(c.hosted) - 1; last >= 0 {
			v := c.hosted[last]
			c.hosted = c.hosted[:last]
			c.insideHost(v)
		} else {
			return nil
		}
		if err := c.pause(); err != nil {
			return err
		}
	}
}

// inside pushes what is directly inside v.
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
			if c.done >= workPerPause {
				if err := c.pause(); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return children(v, push)
}

// insideHost adds what is directly inside v.
func (c *census) insideHost(v hostapi.Value) {
	switch v.Type() {
	case hostapi.TypeList:
		for _, x := range v.List().Items {
			c.host(x)
		}
	case hostapi.TypeMap:
		for _, e := range v.Map().Entries {
			c.host(e.Key)
			c.host(e.Value)
		}
	case hostapi.TypeRecord:
		for _, x := range v.Record().Values {
			c.host(x)
		}
	default:
		v.Object().(hostapi.Holder).Holds(c.host)
	}
}
