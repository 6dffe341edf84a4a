package gopherlua

import (
	"math/bits"
	"reflect"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/hostapi"
)

// The interpreter does not tell what it allocates. So when much may have been
// allocated, the engine walks over what the process holds and charges the
// difference to the last walk (clause 17.8). It runs no code of the script.
//
// It lets other processes have their turn meanwhile; nothing of this one runs.
//
// What all processes share is not counted: functions of the runtime, tables of
// modules, compiled code. Functions that a task was started with and that did not
// begin yet are not seen.

// census adds up what values hold, each once. Its tables serve one census after
// the other, until Go's garbage collector takes them.
type census struct {
	*layout
	ledger.Tally
	pending   ledger.Stack[pending]
	reference func(any) // pushes what lies in objects of the runtime
}

// pending is a container whose contents are yet to be walked, a list from one
// index on: the elements of a long one are not all pending at once.
type pending struct {
	value lua.LValue
	from  int
}

// portion is how many elements of a list are walked at once.
const portion = 256

// Sizes in bytes, on 64-bit machines.
const (
	slotBytes     = 16
	numberBytes   = 8
	stringBytes   = 16 // without its text
	tableBytes    = 96
	mapBytes      = 48
	functionBytes = 64
	iteratorBytes = 160 // besides, if written in Go
	upvalueBytes  = 48
	wrapperBytes  = 48 // of an object
	stateBytes    = 2600
	threadBytes   = 700 // a coroutine that does not run

	sharedNumbers = 128 // below that the interpreter has them ready
)

// account notes that the script may have allocated some bytes, and takes a census
// if one is due.
func (s *strand) account(bytes int64) error {
	in := s.in
	bytes += in.made
	in.made = 0
	if !in.ledger.Note(bytes, in.engine.meter, s.task.host.MemoryLimit()) {
		return nil
	}
	bytes, err := in.census(s.task.host)
	if err != nil {
		return err
	}
	return s.task.host.Grow(in.ledger.Settle(bytes))
}

// census gives about how many bytes the process holds. It fails if t, which takes
// it, is killed meanwhile.
func (in *instance) census(t hostapi.Task) (int64, error) {
	c, _ := in.engine.censuses.Get().(*census)
	if c == nil {
		c = newCensus(in.engine.layout)
	}
	c.Begin(t)
	c.shared(in)
	c.push(in.env)
	for _, t := range in.tables {
		c.push(t)
	}
	for _, src := range in.sources {
		c.push(src.exports)
	}
	for _, v := range in.consts {
		c.push(v)
	}
	for _, v := range in.variables {
		c.push(v.of)
	}
	c.traversals(in.traversals)
	for s := in.strands; s != nil && c.Look(1); s = s.next {
		for running := s; running != nil; running = running.child {
			c.strand(running)
		}
	}
	c.walk()
	bytes, stopped := c.Total(), c.Stopped()
	c.clear()
	in.engine.censuses.Put(c)
	if stopped {
		return 0, hostapi.ErrKilled
	}
	return bytes, nil
}

func newCensus(known *layout) *census {
	c := &census{layout: known}
	c.reference = func(v any) { c.push(v.(lua.LValue)) }
	return c
}

// traversals adds what is kept of keys that are gone.
func (c *census) traversals(all traversals) {
	for table, seen := range all {
		if table.Value() == nil {
			delete(all, table)
			continue
		}
		c.Bytes += entriesBytes(len(seen.behind), 3*slotBytes)
		for k, v := range seen.behind {
			if !c.Look(1) {
				return
			}
			if text, ok := k.(string); ok {
				c.text(reflect.ValueOf(text))
			}
			c.push(v)
		}
	}
}

// clear makes c ready for the next census. No value stays in it.
func (c *census) clear() {
	c.Clear()
	c.pending.Clear()
}

// shared takes for seen what belongs to no process.
func (c *census) shared(in *instance) {
	c.first(in.engine.emptyList)
	for _, u := range in.engine.operators.upvalues {
		c.first(u)
	}
	in.engine.modules.Range(func(_, t any) bool {
		c.first(t)
		return true
	})
	for _, src := range in.sources {
		c.first(src.program.globals)
		for _, t := range src.program.libraries {
			c.first(t)
		}
	}
}

// first reports whether what a pointer refers to is seen for the first time.
func (c *census) first(pointer any) bool { return c.First(reflect.ValueOf(pointer).Pointer()) }

// push adds what v is, and notes it if more is inside. Slots are counted by what
// holds them.
func (c *census) push(v lua.LValue) {
	switch v := v.(type) {
	case lua.LNumber:
		if v < 0 || v >= sharedNumbers {
			c.Bytes += numberBytes
		}
	case lua.LString:
		c.text(reflect.ValueOf(v))
	case *lua.LTable:
		if c.first(v) {
			c.pending.Push(pending{v, 1})
		}
	case *lua.LFunction:
		switch {
		case v.IsG && len(v.Upvalues) == 0: // of the runtime
		case c.first(v):
			c.Bytes += functionBytes + int64(cap(v.Upvalues))*8
			if v.IsG {
				c.Bytes += iteratorBytes
			}
			c.pending.Push(pending{v, 1})
		}
	case *lua.LUserData:
		if c.first(v) {
			c.Bytes += wrapperBytes
			if o := objectOf(v); o != nil {
				c.Object(o)
			}
		}
	case *lua.LState:
		if c.first(v) {
			c.Bytes += threadBytes
			c.pending.Push(pending{v, 1})
		}
	}
}

// text adds a string with its header.
func (c *census) text(s reflect.Value) {
	c.Bytes += stringBytes
	c.Text(s)
}

// walk visits what is inside the values pushed, without recursion.
func (c *census) walk() {
	for !c.Stopped() {
		p, ok := c.pending.Pop()
		if !ok {
			if !c.Inside(c.reference) {
				return
			}
			continue
		}
		switch v := p.value.(type) {
		case *lua.LTable:
			c.table(v, p.from)
		case *lua.LFunction:
			c.Look(1 + len(v.Upvalues))
			for _, u := range v.Upvalues {
				if u != nil && c.first(u) {
					c.Bytes += upvalueBytes
					c.push(u.Value())
				}
			}
		case *lua.LState:
			if m, ok := objectOf(v).(*manual); ok {
				if co, alive := m.Body().(*coroutine); alive {
					c.push(co.fn)
					c.strand(co.strand)
				}
			}
		}
	}
}

// table adds a table and its contents, from one index of the list on.
func (c *census) table(t *lua.LTable, from int) {
	fields := reflect.ValueOf(t).Elem()
	array := fields.Field(c.array)
	end := array.Len() + 1
	if end-from > portion {
		end = from + portion
		c.pending.Push(pending{t, end})
	}
	c.Look(1 + end - from)
	for i := from; i < end; i++ {
		c.push(t.RawGetInt(i))
	}
	if from > 1 {
		return
	}
	c.Bytes += tableBytes + int64(array.Cap())*slotBytes
	c.push(t.Metatable)
	keys := fields.Field(c.keys)
	n := keys.Len()
	if n == 0 {
		return
	}
	texts, others := fields.Field(c.strdict).Len(), fields.Field(c.dict).Len()
	c.Bytes += entriesBytes(texts, 2*slotBytes) + entriesBytes(others, 2*slotBytes) +
		entriesBytes(n, slotBytes+8) + int64(keys.Cap())*slotBytes
	for i := range n { // also those of values that are gone
		if !c.Look(1) {
			return
		}
		k := keys.Index(i).Elem()
		if k.Kind() != reflect.String {
			c.Bytes += numberBytes
			continue
		}
		c.text(k)
		if texts > 0 {
			c.push(t.RawGetString(k.String()))
		}
	}
	if others == 0 {
		return
	}
	for k, v := t.Next(lua.LNumber(array.Len())); k != lua.LNil && c.Look(1); k, v = t.Next(k) {
		if _, done := k.(lua.LString); !done {
			c.push(k)
			c.push(v)
		}
	}
}

// entriesBytes gives the size of a map of Go with n entries.
func entriesBytes(n, entry int) int64 {
	slots := 8
	switch {
	case n == 0:
		return 0
	case n > slots:
		slots = 1 << bits.Len(uint(n*8/7))
	}
	return mapBytes + int64(slots*(entry+1))
}

// strand adds the stacks that a strand runs on: variables, arguments and
// intermediate values of all calls.
func (c *census) strand(s *strand) {
	if !c.first(s) {
		return
	}
	for _, l := range s.levels {
		used, all := c.stack(l)
		c.Bytes += stateBytes + int64(all)*slotBytes
		call, ok := l.GetStack(0)
		if !ok {
			continue
		}
		// The interpreter takes numbers below 1 too, for what lies below the
		// variables of a call.
		base := c.base(call)
		for slot := range used {
			if !c.Look(1) {
				return
			}
			_, v := l.GetLocal(call, slot-base+1)
			c.push(v)
		}
	}
}
