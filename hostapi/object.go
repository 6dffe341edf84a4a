package hostapi

// Object is a value of the runtime that a script holds by reference: a channel,
// a message, a timer. It belongs to one process.
//
// An engine shows it as a value of its own that has the methods of the type,
// text form String, and identity: the same Object is the same script value
// every time. For that the engine keeps its wrapper in the object: it asks
// Wrapper first, and calls SetWrapper when it made one.
type Object interface {
	// ObjectType says what the object is. Always the same for one object.
	ObjectType() *ObjectType
	// String is the text form for scripts and logs. It never fails.
	String() string
	// Wrapper gives what SetWrapper stored, nil at first.
	Wrapper() any
	// SetWrapper keeps the engine's own value for this object.
	SetWrapper(any)
}

// Holder is an Object that holds values of its process: a channel those in its
// buffer, a message its payloads. Engines that count what a process holds look
// into it (clause 17.8).
type Holder interface {
	Object
	// Holds calls visit with each of the values. What the runtime charges itself,
	// such as unread messages, is not among them. The running task calls it, and
	// no lock is held: visit may call Task.Pause.
	Holds(visit func(Value))
}

// Weighty is a Holder that takes much memory beside the values that it holds. Engines
// that count what a process holds add it (clause 17.8).
type Weighty interface {
	Holder
	// Weight is about how many bytes, the same every time.
	Weight() int64
}

// Handle provides Wrapper and SetWrapper; embed it in object types.
type Handle struct{ wrapper any }

// Wrapper gives what SetWrapper stored, nil at first.
func (h *Handle) Wrapper() any { return h.wrapper }

// SetWrapper keeps the engine's own value for the object.
func (h *Handle) SetWrapper(w any) { h.wrapper = w }

// ObjectType describes a type of objects: immutable, shared by all processes.
type ObjectType struct {
	Name    string  // as in type() of Starlark: "channel", "timer"
	Doc     string  // one sentence
	Methods []*Func // called with Call.Self set to the object
	// Hashable objects may be keys of maps in languages that ask for it. All
	// objects compare by identity.
	Hashable bool
}

// Shape describes a type of records.
type Shape struct {
	Name   string // "event", "result"
	Doc    string // one sentence
	Fields []Param
}

// Record is a value with named fields. Lua shows it as a plain table whose
// absent fields are nil, Starlark as a read-only object that has every field of
// the shape (clause 0.7).
type Record struct {
	Shape *Shape
	// Values has one value for each field of the shape, nil where absent. They
	// may be payloads, objects, records or references.
	Values []Value
}

// Get gives the field of that name, nil if there is none.
func (r *Record) Get(name string) Value {
	for i, f := range r.Shape.Fields {
		if f.Name == name {
			return r.Values[i]
		}
	}
	return Value{}
}

// Entries gives the present fields.
func (r *Record) Entries() []Entry {
	out := make([]Entry, 0, len(r.Shape.Fields))
	for i, f := range r.Shape.Fields {
		if !r.Values[i].IsNil() {
			out = append(out, Field(f.Name, r.Values[i]))
		}
	}
	return out
}
