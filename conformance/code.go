package conformance

import (
	"fmt"
	"maps"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Code is a small program that a puppet carries out. Codes are values: they are
// sent to a puppet as a message, or given to a new one as argument of its main.
//
// On the wire a scalar stands for itself, and everything else is a list whose
// first element names the operation. Every operation gives a list of results,
// as a call in Lua does; where one value is needed it is the first, or nil.
type Code struct{ wire hostapi.Value }

func op(name string, parts ...any) Code {
	items := []hostapi.Value{hostapi.String(name)}
	for _, p := range parts {
		items = append(items, wire(p))
	}
	return Code{hostapi.ListOf(items...)}
}

// wire gives the form in which an operand is sent: code as it is, other values
// as code that gives them.
func wire(v any) hostapi.Value {
	if c, ok := v.(Code); ok {
		return c.wire
	}
	switch x := value(v); x.Type() {
	case hostapi.TypeNil:
		return hostapi.ListOf(hostapi.String("nil"))
	case hostapi.TypeList, hostapi.TypeMap:
		return hostapi.ListOf(hostapi.String("quote"), x)
	default:
		return x
	}
}

// value gives a Go value as a payload: nil, bool, int, float64, string,
// hostapi.PID, []any, map[string]any, *hostapi.Error, or a hostapi.Value.
func value(v any) hostapi.Value {
	switch v := v.(type) {
	case nil:
		return hostapi.Value{}
	case hostapi.Value:
		return v
	case bool:
		return hostapi.Bool(v)
	case int:
		return hostapi.Int(int64(v))
	case int64:
		return hostapi.Int(v)
	case float64:
		return hostapi.Float(v)
	case string:
		return hostapi.String(v)
	case hostapi.PID:
		return hostapi.String(string(v))
	case *hostapi.Error:
		return hostapi.Wrap(v)
	case Matcher:
		panic("conformance: a Matcher stands in an expectation only")
	case []any:
		items := make([]hostapi.Value, len(v))
		for i, x := range v {
			items[i] = value(x)
		}
		return hostapi.ListOf(items...)
	case map[string]any:
		m := &hostapi.Map{Unordered: true}
		for k, x := range v {
			m.Entries = append(m.Entries, hostapi.Field(k, value(x)))
		}
		m.Entries = m.Sorted()
		return hostapi.Wrap(m)
	}
	panic(fmt.Sprintf("conformance: no value of %T", v))
}

// Call calls a function of a module by its path, such as "process.send" or
// "process.registry.lookup". Modules that need a grant are required.
func Call(path string, args ...any) Code { return op("call", prepend(path, args)...) }

// Constant gives a field of a module by its path, such as "time.SECOND".
func Constant(path string) Code { return op("constant", path) }

// CallWith is Call with named options: fields of one more argument, a table, in
// Lua; keyword arguments in Starlark.
func CallWith(path string, options map[string]any, args ...any) Code {
	pairs := make([]hostapi.Value, 0, 2*len(options))
	for _, name := range slices.Sorted(maps.Keys(options)) {
		pairs = append(pairs, hostapi.String(name), wire(options[name]))
	}
	return op("callwith", append([]any{path, Code{hostapi.ListOf(pairs...)}}, args...)...)
}

// Method calls a method of an object.
func Method(object any, name string, args ...any) Code {
	return op("method", append([]any{object, name}, args...)...)
}

// Field gives a field of a record, or of a map by its key.
func Field(record any, name string) Code { return op("field", record, name) }

// At gives the element of a list at a position counted from 1.
func At(list any, i any) Code { return op("at", list, i) }

// Quote gives a code itself, as data: for the argument of a spawn.
func Quote(code any) Code { return Code{hostapi.ListOf(hostapi.String("quote"), wire(code))} }

// Spawn calls a spawn function of process for an entry on the stage's host,
// whose main carries out code: Spawn("spawn_linked", Peer, Serve()).
func Spawn(function, entry string, code any) Code {
	return Call("process."+function, entry, Host, Quote(code))
}

// Send sends one message.
func Send(dest any, topic string, payloads ...any) Code {
	return Call("process.send", append([]any{dest, topic}, payloads...)...)
}

// Receive receives from a channel.
func Receive(channel any) Code { return Method(channel, "receive") }

// Event waits for the next event of the process.
func Event() Code { return Nth(1, Receive(Call("process.events"))) }

// Message waits for the next message of the inbox.
func Message() Code { return Nth(1, Receive(Call("process.inbox"))) }

// Data waits for the next message of the inbox and gives its payload.
func Data() Code { return Method(Method(Message(), "payload"), "data") }

// Poll gives the next item of a channel, or the text "empty".
func Poll(channel any) Code {
	return Seq(Let("poll", SelectOr(true, Method(channel, "case_receive"))),
		If(Equal(Field(Get("poll"), "default"), true), "empty", Field(Get("poll"), "value")))
}

// PollEvent gives the next event, or "empty".
func PollEvent() Code { return Poll(Call("process.events")) }

// Self gives the PID of the process.
func Self() Code { return Call("process.pid") }

// Get gives the value in a slot. Slots belong to the process and are shared by
// its coroutines; an empty one holds nil.
func Get(slot string) Code { return op("get", slot) }

// Let stores the first result of code in a slot and gives no result.
func Let(slot string, code any) Code { return op("let", slot, code) }

// Bind stores the results of code in slots, one in each: those that are too
// many are dropped, those that are missing are nil. It gives no result.
func Bind(code any, slots ...string) Code {
	parts := []any{code}
	for _, slot := range slots {
		parts = append(parts, slot)
	}
	return op("bind", parts...)
}

// Seq carries out one code after the other and gives the results of the last.
func Seq(codes ...any) Code { return op("seq", codes...) }

// Values gives the first result of each code.
func Values(codes ...any) Code { return op("values", codes...) }

// Nth gives the result of code at a position counted from 1.
func Nth(i int, code any) Code { return op("nth", i, code) }

// If carries out one of two codes: yes if cond is true, otherwise no.
func If(cond, yes, no any) Code { return op("if", cond, yes, no) }

// Equal compares two values by the language's own equality.
func Equal(a, b any) Code { return op("equal", a, b) }

// Loop repeats code until the process ends.
func Loop(code any) Code { return op("loop", code) }

// Times repeats code n times.
func Times(n any, code any) Code { return op("times", n, code) }

// Spin computes for ever and calls nothing.
func Spin() Code { return op("spin") }

// Recurse calls a function of the script n levels deep; without bound if n is
// negative.
func Recurse(n int) Code { return op("recurse", n) }

// Go starts a coroutine that carries out code, and gives its handle.
func Go(code any) Code { return op("go", code) }

// Function gives a function of the language that carries out code.
func Function(code any) Code { return op("function", code) }

// Try carries out code inside the language's pcall: true and the results, or
// false and what was thrown.
func Try(code any) Code { return op("try", code) }

// Within carries out code at one of the places that Places names, such as a
// comparator, and gives its first result.
func Within(place any, code any) Code { return op("within", place, code) }

// Places gives the list of places for Within.
func Places() Code { return op("places") }

// Throw throws a value.
func Throw(v any) Code { return op("throw", v) }

// List makes a new list of the language.
func List(items ...any) Code { return op("list", items...) }

// Table makes a new table or dict of the language from keys and values in turn.
func Table(pairs ...any) Code { return op("table", pairs...) }

// Append adds a value at the end of a list.
func Append(list, v any) Code { return op("append", list, v) }

// Len gives the number of elements of a list.
func Len(list any) Code { return op("len", list) }

// Set stores a value under a key of a table or dict.
func Set(table, key, v any) Code { return op("set", table, key, v) }

// Lookup gives what a table or dict holds under a key.
func Lookup(table, key any) Code { return op("lookup", table, key) }

// Select calls channel.select with a list of cases.
func Select(cases ...any) Code { return op("select", prepend(nil, cases)...) }

// SelectOr is Select with the default option set to the given value.
func SelectOr(orElse any, cases ...any) Code { return op("select", prepend(orElse, cases)...) }

// Text gives the text form of a value.
func Text(v any) Code { return op("text", v) }

// Concat joins two values with the operator for strings.
func Concat(a, b any) Code { return op("concat", a, b) }

// Nested makes a list that holds a list and so on, n levels deep in all.
func Nested(n int) Code { return op("nested", n) }

// Report tells the scenario the results of code under a tag.
func Report(tag string, code any) Code { return op("report", tag, code) }

// Serve makes the puppet take commands from the scenario until Finish.
func Serve() Code { return op("serve") }

// Finish ends Serve after the present command; its results are then those of
// Serve, so usually those of main.
func Finish(results ...any) Code { return op("finish", results...) }

func prepend(first any, rest []any) []any { return append([]any{first}, rest...) }
