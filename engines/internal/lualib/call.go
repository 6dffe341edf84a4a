package lualib

// Value is a value of the interpreter in the engine's own representation. This
// package passes values on and asks Call about them; it never looks inside.
type Value = any

// Kind says what a Value is, as far as the library cares.
type Kind uint8

// The kinds of values.
const (
	KindNil Kind = iota
	KindBool
	KindNumber
	KindString
	KindTable
	KindFunction
	KindError // an error object: counts as a string (clause 11.10)
	KindOther // any other object, thread or userdata
)

// Call is one call of a library function, as the engine presents it over its
// interpreter's stack. It is used on the goroutine of the calling task, only
// until the Func returns. A method that fails unwinds the call, as Throw does.
type Call interface {
	Arguments
	Values
	Tables
	Scripts
	Budget
	Coroutines

	// Failed gives what a Func returns to have err thrown behind it: as Throw, but
	// cheaper, since there is less to unwind.
	Failed(err error) int
	// Reserve makes room for n results. It is called before more than a few
	// are pushed; it may throw "too many results" or the like.
	Reserve(n int)
	// Push adds a result.
	Push(v Value)
	// Print writes a line to the output of the runtime (clause 13.25).
	Print(line string)
	// Random gives the generator of the process, the same for the life of the
	// process (clause 19.7).
	Random() *Random
}

// Arguments are what the script passed.
type Arguments interface {
	// Len is the number of arguments given.
	Len() int
	// Arg gives argument i, counted from 1; the interpreter's nil beyond Len.
	// It stays valid after results are pushed.
	Arg(i int) Value
}

// Values are the inspection and making of values.
type Values interface {
	// Kind says what v is. A callable table is a table.
	Kind(v Value) Kind
	// Truth gives a boolean, false if v is none.
	Truth(v Value) bool
	// Float gives the number of a KindNumber value.
	Float(v Value) float64
	// Text gives the string of a KindString value and the text form of a
	// KindError one.
	Text(v Value) string
	// TypeName names the type of v for error texts, as type() does.
	TypeName(v Value) string

	// RawEqual compares without metamethods.
	RawEqual(v, w Value) bool

	// Nil, Bool, Number and String make values.
	Nil() Value
	Bool(b bool) Value
	Number(f float64) Value
	String(s string) Value
	// Table makes an empty table with room for n elements.
	Table(n int) Value
	// Function makes a function of the script that runs f, with a Call of its
	// own at each call. name is for stack traces.
	Function(name string, f Func) Value
}

// Tables is access to tables. t is always a KindTable value.
type Tables interface {
	// Length is that of the # operator, __len included.
	Length(t Value) int
	// Get gives t[i], raw.
	Get(t Value, i int) Value
	// Set assigns t[i], raw.
	Set(t Value, i int, v Value)
	// SetField assigns t[name], raw.
	SetField(t Value, name string, v Value)
	// Index gives t[k], __index included.
	Index(t, k Value) Value
}

// Scripts is what may run code of the script, and so wait.
type Scripts interface {
	// CallFunction calls fn and gives its first result, nil of the interpreter if there
	// is none. args is not kept.
	CallFunction(fn Value, args []Value) Value
	// Less is the < operator, __lt included; values that cannot be compared are
	// an error.
	Less(a, b Value) bool
	// Concat calls the __concat of a, or else that of b, with both; ok is false
	// if there is none.
	Concat(a, b Value) (v Value, ok bool)
	// ToString is tostring(v), __tostring included.
	ToString(v Value) string
}

// Budget is what a process may use.
type Budget interface {
	// Tick reports that about n more interpreter steps' worth of work are done.
	// It may park the task. Called often; engines add small n up.
	Tick(n int)
	// Grow announces that n ≥ 0 bytes will now be allocated for this call. What
	// is announced is never given back: after the call all of it is garbage but
	// the results, which the engine charges as it does every value.
	Grow(n int64)
	// Throw unwinds the call and does not return: an *Error, a *Thrown or a
	// *hostapi.Error is thrown in the script, hostapi.ErrKilled ends the task.
	Throw(err error)
}

// Func is one library function. It gives the number of results it pushed.
type Func func(c Call) int

// Member is one entry of a library table: a function, or a number if Func is
// nil.
type Member struct {
	Name   string
	Func   Func
	Number float64
}

// Error is an error that the engine throws as a string, in Lua's words, with the
// position of a function of the script in front (19.10).
type Error struct {
	Message string
	// Outer says whose position that is: 0 the one that called the Func, 1 the
	// one that called that, and so on.
	Outer int
	// Said is true for what the script has said by error: it is no part of the message of
	// the failure that this becomes, if nobody catches it (2.18). Of run-time errors it is.
	Said bool
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }

// Keeper is a Call that wants to know what functions hold, to count it.
type Keeper interface {
	// Keep says that fn, which Function made, holds v.
	Keep(fn, v Value)
}

// keeping notes that fn holds v.
func keeping(c Call, fn, v Value) Value {
	if k, ok := c.(Keeper); ok {
		k.Keep(fn, v)
	}
	return fn
}

// MaxString is the longest string in bytes that a function of this package
// makes, whatever the memory limit of the process: 256 MiB. A longer one is the
// error "resulting string too large".
const MaxString = 256 << 20
