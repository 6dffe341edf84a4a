package golua

import (
	"reflect"
	"slices"
	"weak"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
)

// The interpreter does not tell what it allocates. So when much may have been
// allocated, the engine walks over what the process holds and charges the
// difference to the last walk (clause 17.8). Only reflection sees all of it:
// the walk reads what the interpreter keeps to itself and changes nothing. It lets
// other processes have their turn meanwhile; nothing of this one runs.

// bytesPerStep is what an instruction allocates, at most and on average.
const bytesPerStep = 64

// account is what a process was charged.
type account struct {
	ledger  ledger.Ledger
	shared  ledger.Shared
	made    int64 // bytes of native operations, not yet noted in the ledger
	charged int64 // to the task

	pace pace.Pace
	// quotas are after how many instructions a State ticks, if sooner than usual.
	quotas map[*lua.State]int
}

// books gives the account of the process. Many that wait for ever have none.
func (in *instance) books() *account {
	if in.account == nil {
		in.account = &account{pace: pace.New(interval, in.engine.clock, in.main.run.task.RealTime())}
	}
	return in.account
}

// note notes n steps that allocated some bytes, at most and on average, and takes
// a census if one is due.
func (th *thread) note(bytes int64) {
	a := th.in.books()
	bytes += a.made
	a.made = 0
	if a.ledger.Note(bytes, th.in.engine.meter, th.run.task.MemoryLimit()) {
		th.count()
	}
}

// count takes a census and charges the difference to the last.
func (th *thread) count() {
	a := th.in.books()
	bytes, err := th.in.census(th.run.task)
	if err != nil {
		th.kill()
	}
	grown := a.ledger.Settle(bytes)
	a.shared = ledger.Shared{}
	a.charged += grown
	if th.run.task.Grow(grown) != nil {
		th.kill()
	}
}

// spend notes n steps of native work that made as many bytes.
func (th *thread) spend(l *lua.State, n int, bytes int64) {
	th.in.books().made += bytes
	if th.work += n; th.work >= interval {
		n, th.work = th.work, 0
		th.tick(l, n)
	}
}

// census gives about how many bytes the process holds: what its globals, its
// libraries and the stacks of all its threads refer to. It fails if t, which takes
// it, is killed meanwhile.
func (in *instance) census(t hostapi.Task) (int64, error) {
	e := in.engine
	c, _ := e.walkers.Get().(*census)
	if c == nil {
		c = newCensus(e.layout)
	}
	c.Begin(t)
	c.shared(e)
	for _, p := range in.holders {
		if w := p.Value(); w != nil && c.Look(4) {
			c.holders[reflect.ValueOf(w.holder).Pointer()] = w.holder
		}
	}
	for _, root := range []any{in.globals, in.strings, in.result} {
		c.push(reflect.ValueOf(root))
	}
	for _, lib := range in.libraries {
		c.push(reflect.ValueOf(lib.value))
	}
	for _, chunk := range in.chunks {
		c.push(reflect.ValueOf(chunk.main))
	}
	for _, m := range in.tables {
		c.push(reflect.ValueOf(m.value))
	}
	for _, v := range in.variables {
		c.push(reflect.ValueOf(v))
	}
	for _, m := range in.modules {
		c.push(reflect.ValueOf(m))
	}
	if s := in.rarely; s != nil {
		c.push(reflect.ValueOf(s.nothing))
		c.push(reflect.ValueOf(s.sparse))
		c.push(reflect.ValueOf(s.list))
		for _, cursor := range s.cursors {
			c.keys(cursor.list)
			c.push(reflect.ValueOf(cursor.table))
		}
	}
	c.thread(in.main)
	for th := in.tasks; th != nil; th = th.next {
		c.thread(th)
	}
	for _, p := range in.manuals {
		if co := p.Value(); co != nil && co.manual.Status() != "dead" && c.Look(1) {
			c.push(reflect.ValueOf(co.fn))
			c.thread(co.th)
		}
	}
	c.walk()
	bytes, stopped := c.Total(), c.Stopped()
	c.reset()
	e.walkers.Put(c)
	if stopped {
		return 0, hostapi.ErrKilled
	}
	return bytes, nil
}

// track notes a manual coroutine for the census, until it is garbage.
func (in *instance) track(co *coroutine) {
	if len(in.manuals) == cap(in.manuals) {
		in.manuals = slices.DeleteFunc(in.manuals, func(p weak.Pointer[coroutine]) bool { return p.Value() == nil })
	}
	in.manuals = append(in.manuals, weak.Make(co))
}

// hold notes an object for the census, until it is garbage: reflection finds that
// it is there, but not what it holds. A view of the mailbox or of a timer holds
// nothing.
func (in *instance) hold(w *wrapper, h hostapi.Holder) {
	if ch, ok := h.(hostapi.Channel); ok && ch.System() {
		return
	}
	w.holder = h
	if len(in.holders) == cap(in.holders) {
		in.holders = slices.DeleteFunc(in.holders, func(p weak.Pointer[wrapper]) bool { return p.Value() == nil })
	}
	in.holders = append(in.holders, weak.Make(w))
}

// census adds up what values hold, each once.
type census struct {
	*layout
	ledger.Tally
	pending   ledger.Stack[pending]
	holders   map[uintptr]hostapi.Holder // objects into which reflection cannot look
	reference func(any)                  // pushes what lies in them
	recent    [256]uintptr               // of short strings: most are constants
}

// pending is a pointer to what is yet to be walked, in a table the elements of its
// list from one on: those of a long one are not all pending at once.
type pending struct {
	pointer reflect.Value
	from    int
}

// portion is how many elements of a list are walked at once.
const portion = 256

func newCensus(known *layout) *census {
	c := &census{layout: known, holders: map[uintptr]hostapi.Holder{}}
	c.reference = func(v any) {
		if w, ok := v.(*wrapper); ok {
			v = w.raw
		}
		c.push(reflect.ValueOf(v))
	}
	return c
}

// Sizes in bytes, on 64-bit machines.
const (
	slotBytes      = 16
	numberBytes    = 8
	stringBytes    = 16 // without its text
	tableBytes     = 80 + 48
	groupBytes     = 288 // the first entries of a table
	groupEntries   = 8
	entryBytes     = 52 // each, if there are more
	closureBytes   = 32
	variableBytes  = 32
	userdataBytes  = 32 + 96
	callBytes      = 144
	prototypeBytes = 208

	shortString = 64 // not worth more than a glance whether it was seen
)

// reset makes c ready for the next census. It keeps some memory for it.
func (c *census) reset() {
	c.pending.Clear()
	c.Clear()
	clear(c.holders)
	c.recent = [256]uintptr{}
}

// shared leaves out what belongs to all processes.
func (c *census) shared(e *engine) {
	skip := func(_, v any) bool {
		if v := reflect.ValueOf(v); v.Kind() == reflect.Pointer {
			c.First(v.Pointer())
		}
		return true
	}
	e.modules.Range(skip)
	e.types.Range(skip)
	for _, v := range []any{e.globals, e.strings, e.noIndex} {
		skip(nil, v)
	}
	for _, v := range e.operators {
		skip(nil, v)
	}
}

// thread adds the stacks of a line of execution.
func (c *census) thread(th *thread) {
	c.stack(th.state)
	for _, l := range th.outer {
		c.stack(l)
	}
}

// stack clears what earlier calls left on the stack of l, and adds the rest.
func (c *census) stack(l *lua.State) {
	v := reflect.ValueOf(l)
	state := v.Elem()
	unused := state.Field(c.stateStack).Len() - int(state.Field(c.stateTop).Int()) - extraStack
	if top := l.Top(); unused > 0 {
		l.SetTop(top + unused)
		l.SetTop(top)
	}
	c.push(v)
}

// push adds what v is, and notes it if more is inside. Slots are counted by
// what holds them.
func (c *census) push(v reflect.Value) {
	switch v.Kind() {
	case reflect.Float64:
		c.Bytes += numberBytes
	case reflect.String:
		c.text(v)
	case reflect.Pointer:
		if !v.IsNil() && c.First(v.Pointer()) {
			c.pending.Push(pending{v, 0})
		}
	}
}

var hostValue = reflect.TypeFor[hostapi.Value]()

// data adds what the host's data refers to.
func (c *census) data(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == hostValue && v.CanAddr() {
			c.Value(*(*hostapi.Value)(v.Addr().UnsafePointer()), c.reference)
			return
		}
		for i := range v.NumField() {
			c.data(v.Field(i))
		}
	case reflect.Slice:
		c.Bytes += int64(v.Cap()) * int64(v.Type().Elem().Size())
		for i := range v.Len() {
			c.data(v.Index(i))
		}
	case reflect.Interface:
		c.object(v.Elem())
	default:
		c.push(v)
	}
}

// keys adds a list of keys. Most are those of the table, which has their numbers
// and what is around the text of short strings.
func (c *census) keys(list []any) {
	c.Bytes += int64(cap(list)) * slotBytes
	for _, k := range list {
		switch v := reflect.ValueOf(k); v.Kind() {
		case reflect.String:
			c.Text(v)
		case reflect.Pointer:
			c.push(v)
		}
		if !c.Look(1) {
			return
		}
	}
}

// object adds what userdata or the host's data refers to.
func (c *census) object(v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		if h := c.holders[v.Pointer()]; h != nil {
			c.Object(h)
			return
		}
	}
	c.push(v)
}

// text adds a string.
func (c *census) text(v reflect.Value) {
	if n := v.Len(); n > 0 && n < shortString {
		from := v.Pointer()
		slot := &c.recent[from>>4%uintptr(len(c.recent))]
		if *slot == from {
			return
		}
		*slot = from
	}
	if c.Text(v) {
		c.Bytes += stringBytes
	}
}

// walk visits what is inside the pointers pushed, without recursion.
func (c *census) walk() {
	for c.Look(1) {
		next, ok := c.pending.Pop()
		if !ok {
			if !c.Inside(c.reference) {
				return
			}
			continue
		}
		v, from := next.pointer, next.from
		inside := v.Elem()
		switch v.Type() {
		case c.table:
			c.visitTable(v, from)
		case c.luaClosure:
			c.visitClosure(inside)
		case c.goClosure:
			upvalues := inside.Field(c.goUpvalues)
			c.Bytes += closureBytes
			c.slots(upvalues)
		case c.upvalue:
			c.Bytes += variableBytes
			c.visitHome(inside.Field(c.upvalueHome).Elem())
		case c.userdata:
			c.Bytes += userdataBytes
			c.object(inside.Field(c.userdataData).Elem())
		case c.state:
			c.visitState(inside)
		case c.prototype:
			c.visitPrototype(inside)
		case c.iteration:
			c.Bytes += tableBytes
			it := exported(inside).Addr().Interface().(*iteration)
			c.keys(it.list)
			c.push(reflect.ValueOf(it.table))
		default:
			if c.plain[v.Type().Elem()] {
				c.Bytes += int64(inside.Type().Size())
				c.data(inside)
			}
		}
	}
}

// slots adds a slice of the interpreter's values.
func (c *census) slots(s reflect.Value) {
	c.Bytes += int64(s.Cap()) * slotBytes
	for i := range s.Len() {
		if v := s.Index(i).Elem(); v.IsValid() {
			c.push(v)
		}
		if !c.Look(1) {
			return
		}
	}
}

func (c *census) visitTable(pointer reflect.Value, from int) {
	t := pointer.Elem()
	array := t.Field(c.tableArray)
	end := array.Len()
	if end-from > portion {
		end = from + portion
		c.pending.Push(pending{pointer, end})
	}
	c.Look(end - from)
	for i := from; i < end; i++ {
		if v := array.Index(i).Elem(); v.IsValid() {
			c.push(v)
		}
	}
	if from > 0 {
		return
	}
	c.Bytes += tableBytes + int64(array.Cap()+t.Field(c.tableKeys).Cap())*slotBytes
	c.push(t.Field(c.tableMeta))
	hash := t.Field(c.tableHash)
	switch n := hash.Len(); {
	case n == 0:
		return
	case n <= groupEntries:
		c.Bytes += groupBytes
	default:
		c.Bytes += int64(n) * entryBytes
	}
	for entries := hash.MapRange(); entries.Next() && c.Look(2); {
		c.push(entries.Key().Elem())
		c.push(entries.Value().Elem())
	}
}

func (c *census) visitClosure(f reflect.Value) {
	upvalues := f.Field(c.closureUpvalues)
	c.Bytes += closureBytes + int64(upvalues.Cap())*8
	c.Look(upvalues.Len())
	for i := range upvalues.Len() {
		c.push(upvalues.Index(i))
	}
	c.push(f.Field(c.closurePrototype))
}

// visitHome adds where the value of a variable is: here, or on a stack while the
// call that has it goes on.
func (c *census) visitHome(home reflect.Value) {
	if home.Kind() == reflect.Struct && home.NumField() > 0 {
		home = home.Field(0)
	}
	c.push(home)
}

func (c *census) visitState(l reflect.Value) {
	stack := l.Field(c.stateStack)
	c.slots(stack)
	for call := l.Field(c.stateCall); call.Kind() == reflect.Pointer && !call.IsNil(); call = call.Elem().Field(c.callPrevious) {
		c.Bytes += callBytes
	}
}

func (c *census) visitPrototype(p reflect.Value) {
	c.Bytes += prototypeBytes
	c.slots(p.Field(c.prototypeConstants))
	for _, i := range c.prototypeLists {
		list := p.Field(i)
		c.Bytes += int64(list.Cap()) * int64(list.Type().Elem().Size())
	}
	inner := p.Field(c.prototypeInner)
	for i := range inner.Len() {
		c.push(inner.Index(i).Addr())
	}
	c.push(p.Field(c.prototypeCache))
}
