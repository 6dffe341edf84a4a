package lualib

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// machine is a toy interpreter's stack: a Call over plain Go values. Values are
// nil, bool, float64, string, *mtable, mfunc and *merror.
type machine struct {
	Coroutines // nil: tested with the engines
	t          testing.TB
	args       []Value
	results    []Value
	m          *budget
	pushing    bool
}

// budget is what all calls of one test share.
type budget struct {
	ticks    int
	grown    int64
	maxTicks int // 0: unlimited; beyond it Tick gives errKilled
	maxGrown int64
	random   Random
}

type mtable struct {
	items map[int]Value
	named map[string]Value
	index func(k Value) (Value, error) // __index
	len   func() (int, error)          // __len
}

type mfunc func(args []Value) ([]Value, error)

type merror struct{ text string }

var errScript = errors.New("thrown by the script")

func list(items ...Value) *mtable {
	t := &mtable{items: map[int]Value{}, named: map[string]Value{}}
	for i, v := range items {
		if n, ok := v.(int); ok {
			v = float64(n)
		}
		t.set(i+1, v)
	}
	return t
}

func (t *mtable) set(i int, v Value) {
	if v == nil {
		delete(t.items, i)
	} else {
		t.items[i] = v
	}
}

func (t *mtable) length() int {
	n := 0
	for t.items[n+1] != nil {
		n++
	}
	return n
}

// run calls a library function as an engine does.
func run(t testing.TB, b *budget, f Func, args ...Value) (results []Value, err error) {
	t.Helper()
	for i, v := range args {
		if n, ok := v.(int); ok {
			args[i] = float64(n)
		}
	}
	m := &machine{t: t, args: args, m: b}
	defer func() {
		if r := recover(); r != nil {
			thrown, ok := r.(raised)
			if !ok {
				panic(r)
			}
			results, err = nil, thrown.error
		}
	}()
	if n := f(m); n != len(m.results) {
		t.Fatalf("%d results announced, %d pushed", n, len(m.results))
	}
	return m.results, nil
}

// raised is what Throw panics with.
type raised struct{ error }

// must gives v unless there is an error, which it throws.
func must[T any](v T, err error) T {
	if err != nil {
		panic(raised{err})
	}
	return v
}

func (b *budget) Throw(err error)  { panic(raised{err}) }
func (m *machine) Throw(err error) { m.m.Throw(err) }

func (m *machine) Failed(err error) int {
	m.Throw(err)
	return 0
}

// idle fails the test if the function works on after its first Push.
func (m *machine) idle() {
	if m.pushing {
		m.t.Fatal("the stack is used after the first result was pushed")
	}
}

func (m *machine) Len() int { m.idle(); return len(m.args) }

func (m *machine) Arg(i int) Value {
	if i < 1 {
		m.t.Fatalf("Arg(%d)", i)
	}
	if i > len(m.args) {
		return nil
	}
	return m.args[i-1]
}

func (m *machine) Kind(v Value) Kind {
	switch v.(type) {
	case nil:
		return KindNil
	case bool:
		return KindBool
	case float64:
		return KindNumber
	case string:
		return KindString
	case *mtable:
		return KindTable
	case mfunc:
		return KindFunction
	case *merror:
		return KindError
	}
	return KindOther
}

func (m *machine) Truth(v Value) bool    { return v.(bool) }
func (m *machine) Float(v Value) float64 { return v.(float64) }
func (m *machine) Text(v Value) string {
	if e, ok := v.(*merror); ok {
		return e.text
	}
	return v.(string)
}

func (m *machine) TypeName(v Value) string {
	return [...]string{"nil", "boolean", "number", "string", "table", "function", "error", "userdata"}[m.Kind(v)]
}

func (m *machine) Nil() Value             { return nil }
func (m *machine) Number(f float64) Value { return f }
func (m *machine) String(s string) Value  { return s }
func (m *machine) Table(n int) Value      { m.idle(); return list() }
func (m *machine) Function(name string, f Func) Value {
	m.idle()
	return mfunc(func(args []Value) ([]Value, error) { return run(m.t, m.m, f, args...) })
}

func (m *machine) Length(t Value) int {
	m.idle()
	if f := t.(*mtable).len; f != nil {
		return must(f())
	}
	return t.(*mtable).length()
}

func (m *machine) Get(t Value, i int) Value               { return t.(*mtable).items[i] }
func (m *machine) Set(t Value, i int, v Value)            { m.idle(); t.(*mtable).set(i, v) }
func (m *machine) SetField(t Value, name string, v Value) { m.idle(); t.(*mtable).named[name] = v }

func (m *machine) Index(t, k Value) Value {
	m.idle()
	tab := t.(*mtable)
	var v Value
	switch k := k.(type) {
	case float64:
		v = tab.items[int(k)]
	case string:
		v = tab.named[k]
	}
	if v == nil && tab.index != nil {
		return must(tab.index(k))
	}
	return v
}

func (m *machine) CallFunction(fn Value, args []Value) Value {
	m.idle()
	results := must(fn.(mfunc)(args))
	if len(results) == 0 {
		return nil
	}
	return results[0]
}

func (m *machine) RawEqual(a, b Value) bool { return a == b }

func (m *machine) Print(string) {}

func (m *machine) Bool(b bool) Value { return b }

func (m *machine) Concat(a, b Value) (Value, bool) { return nil, false }

func (m *machine) Less(a, b Value) bool {
	m.idle()
	switch x := a.(type) {
	case float64:
		if y, ok := b.(float64); ok {
			return x < y
		}
	case string:
		if y, ok := b.(string); ok {
			return x < y
		}
	}
	return must(false, fmt.Errorf("attempt to compare %s with %s", m.TypeName(a), m.TypeName(b)))
}

func (m *machine) ToString(v Value) string {
	m.idle()
	switch v := v.(type) {
	case float64:
		return NumberText(v)
	case string:
		return v
	case *merror:
		return v.text
	case mfunc:
		m.Throw(errScript)
	case *mtable:
		return "table"
	}
	if v == nil {
		return "nil"
	}
	return fmt.Sprint(v)
}

func (m *machine) Tick(n int) {
	m.idle()
	if n < 0 {
		m.t.Fatalf("Tick(%d)", n)
	}
	if m.m.ticks += n; m.m.maxTicks > 0 && m.m.ticks > m.m.maxTicks {
		m.Throw(hostapi.ErrKilled)
	}
}

func (m *machine) Grow(n int64) {
	m.idle()
	if n < 0 {
		m.t.Fatalf("Grow(%d)", n)
	}
	if m.m.grown += n; m.m.maxGrown > 0 && m.m.grown > m.m.maxGrown {
		m.Throw(hostapi.ErrKilled)
	}
}

func (m *machine) Reserve(n int)   { m.idle() }
func (m *machine) Random() *Random { return &m.m.random }
func (m *machine) Push(v Value)    { m.pushing = true; m.results = append(m.results, v) }

// function finds a member by its name in a script, "string.find" or "select".
func function(t testing.TB, name string) Func {
	library, member, ok := strings.Cut(name, ".")
	members := Globals()
	switch {
	case !ok:
		member = name
	case library == "string":
		members = StringLibrary()
	case library == "table":
		members = TableLibrary()
	case library == "math":
		members = MathLibrary()
	}
	for _, m := range members {
		if m.Name == member && m.Func != nil {
			return m.Func
		}
	}
	t.Fatalf("no function %s", name)
	return nil
}

// show gives results as a script would write them, separated by spaces.
func show(values []Value, err error) string {
	var host *hostapi.Error
	var own *Error
	switch {
	case errors.As(err, &host):
		return string(host.Kind) + ": " + host.Message
	case errors.As(err, &own):
		return "error: " + own.Message
	case err != nil:
		return "error: " + err.Error()
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = showValue(v)
	}
	return strings.Join(texts, " ")
}

func showValue(v Value) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case float64:
		return NumberText(v)
	case string:
		return fmt.Sprintf("%q", v)
	case *mtable:
		n := v.length()
		texts := make([]string, n)
		for i := range texts {
			texts[i] = showValue(v.items[i+1])
		}
		return "{" + strings.Join(texts, ",") + "}"
	case mfunc:
		return "function"
	}
	return fmt.Sprint(v)
}

// example is one call and what it gives.
type example struct {
	function string
	args     []Value
	want     string
}

func in(args ...Value) []Value { return args }

func check(t *testing.T, examples []example) {
	t.Helper()
	for _, e := range examples {
		args := show(e.args, nil)
		got := show(run(t, &budget{}, function(t, e.function), e.args...))
		if got != e.want {
			t.Errorf("%s(%s)\n got %s\nwant %s", e.function, args, got, e.want)
		}
	}
}
