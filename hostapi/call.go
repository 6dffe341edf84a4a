package hostapi

// Call is one call of a Func by a script, as the engine presents it: arguments
// to read, results to push. The engine implements it over its own values. It is
// valid until Run returns; a function that suspends keeps using it afterwards.
type Call interface {
	// Task is the task that makes the call.
	Task() Task
	// Self is the object whose method is called, nil for a function.
	Self() Object
	// Len is the number of positional arguments given.
	Len() int
	// Arg gives argument i, counted from 0; nil beyond Len. Scalars come as
	// such (a Lua number that is integral as an int), errors and objects as
	// themselves, all else by reference. Nothing is copied.
	Arg(i int) Value
	// Keyword gives the argument passed by name, nil if there is none. Always
	// nil in a language without keyword arguments, unless it has another way to
	// give options (clause 0.9). A Param with Keyword set arrives as a positional
	// argument, not here.
	Keyword(name string) Value
	// Keywords gives all arguments passed by name, in order.
	Keywords() []Entry
	// Function gives argument i as something that can be called, nil if it
	// cannot.
	Function(i int) Function
	// Field gives the field of that name of a table, dict, record or map: raw,
	// without metamethods. nil if there is none or v is no table.
	Field(v Value, name string) Value
	// Fields gives all keys and values of such a value, in no particular
	// order; false if v is none.
	Fields(v Value) ([]Entry, bool)
	// Elements gives the elements of a sequence: a Lua table's 1..n, where n is
	// its raw length, or the elements of a list or tuple. false if v is none.
	Elements(v Value) ([]Value, bool)
	// Copy takes the payload copy of v by the rules of section 1, counting it
	// in cp. The error is an *Error that names the place.
	Copy(v Value, cp *Copier) (Value, error)
	// Import makes the script's own copy of a payload and gives a reference to
	// it; scalars are returned unchanged.
	Import(v Value) Value
	// Push adds a result. Lists and maps become new tables of the script, an
	// *Error a new error object; objects and references are passed on as they
	// are.
	Push(v Value)
	// Strict says that the language is strict: a surplus or unknown argument
	// throws, and functions that return OrThrow throw.
	Strict() bool
}

// ListMarker is implemented by the Call of a language in which one type of tables
// serves for lists and for maps, and in which no element is nil, as in Lua.
type ListMarker interface {
	Call
	// MarkList has v, a table of the script, count as a list while it is empty
	// (clause 1.5). A table with a metatable of its own is Invalid.
	MarkList(v Value) error
}

// Function is a function of a script that the core can run as a task.
type Function interface {
	// Call runs the function with args in the given task, which is new: the
	// engine makes whatever a separate call stack needs. It blocks until the
	// function returns. The results may be references.
	//
	// An error is ErrKilled, or the *Error that the uncaught thrown value
	// becomes by clause 2.18, with Stack set. Called once, from the task's
	// goroutine.
	Call(t Task, args []Value) ([]Value, error)
}

// KeywordFunction is implemented by functions of languages that pass arguments
// by name, for coroutine.spawn(f, *args, **kwargs).
type KeywordFunction interface {
	Function
	// WithKeywords gives the function whose Call also passes the arguments
	// given, in order. Called at most once, before Call.
	WithKeywords(keywords []Entry) Function
}

// Payloads takes the payload copies of all arguments from position `from` on,
// as one call's values (clause 1.15). A refusal names the argument (1.16).
func Payloads(c Call, from int) ([]Value, error) {
	n := c.Len() - from
	if n <= 0 {
		return nil, nil
	}
	out := make([]Value, n)
	var cp *Copier // made at what is neither a scalar nor a text, or at what is too much
	limits, size := c.Task().PayloadLimits(), 0
	for i := range out {
		v := c.Arg(from + i)
		if cp == nil {
			if bytes, ok := v.flat(); ok && size+bytes <= limits.Size {
				out[i], size = v, size+bytes
				continue
			}
			cp = NewCopier(limits)
			cp.size = size
		}
		cp.Argument(from + i + 1)
		var err error
		if out[i], err = c.Copy(v, cp); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PayloadArg takes the payload copy of argument i, as Payloads does of several.
func PayloadArg(c Call, i int) (Value, error) {
	v, limits := c.Arg(i), c.Task().PayloadLimits()
	if bytes, ok := v.flat(); ok && bytes <= limits.Size {
		return v, nil
	}
	cp := NewCopier(limits)
	cp.Argument(i + 1)
	return c.Copy(v, cp)
}

// flat gives what a scalar or a text counts in a payload copy, which it is itself; false
// for all else.
func (v Value) flat() (bytes int, ok bool) {
	switch v.Type() {
	case TypeNil, TypeBool, TypeFloat:
		return valueSize, true
	case TypeInt:
		return valueSize, inRange(v.Int())
	case TypeString:
		return valueSize + len(v.Str()), true
	}
	return 0, false
}

// Option gives an option of a call: the keyword argument of that name, or else
// the field of argument i.
func Option(c Call, i int, name string) Value {
	if v := c.Keyword(name); !v.IsNil() {
		return v
	}
	return c.Field(c.Arg(i), name)
}

// OptionEntries gives all options of a call: the fields of argument i and the keyword
// arguments. ok is false if argument i is present and no table with named
// fields.
func OptionEntries(c Call, i int) (options []Entry, ok bool) {
	if v := c.Arg(i); !v.IsNil() {
		if options, ok = c.Fields(v); !ok {
			return nil, false
		}
	}
	return append(options, c.Keywords()...), true
}

// Give pushes the one result of a call, unless there is an error, which it gives back:
// the end of many a Func.Run.
func Give(c Call, v Value, err error) error {
	if err == nil {
		c.Push(v)
	}
	return err
}
