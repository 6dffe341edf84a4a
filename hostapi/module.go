package hostapi

// Module is a table of what a script may call under one name. Immutable; one
// Module serves all processes and engines.
type Module struct {
	Name string
	Doc  string // what it is for, one or two sentences
	// Always says that the module is a global and needs no grant; otherwise an
	// entry lists it in modules and the script requires it (clause 14.15).
	Always bool
	// Library says that in Lua the module is a private table that the process
	// may change, with the language's own functions beside ours (clause 19.2).
	// All other modules are read-only.
	Library bool
	Funcs   []*Func
	Consts  []Const
	Modules []*Module     // nested: process.registry, process.event
	Types   []*ObjectType // types of the objects it hands out, for reference
	Shapes  []*Shape      // likewise for records
}

// Named tells all functions of the module, and of those in it, where they stand, so that
// error texts name them as scripts do, and gives the module: for tables that are written
// out. What package define makes is named.
func (m *Module) Named() *Module { return m.named("") }

func (m *Module) named(in string) *Module {
	for _, f := range m.Funcs {
		f.In = in + m.Name
	}
	for _, n := range m.Modules {
		n.named(in + m.Name + ".")
	}
	return m
}

// Prompt marks all functions of the module, and the methods of its types, as prompt,
// and gives the module: for tables whose functions are all plain computations and calls
// of Process.
func (m *Module) Prompt() *Module {
	for _, f := range m.Funcs {
		f.Prompt = true
	}
	for _, t := range m.Types {
		for _, f := range t.Methods {
			f.Prompt = true
		}
	}
	for _, n := range m.Modules {
		n.Prompt()
	}
	return m
}

// Const is a named constant of a module.
type Const struct {
	Name  string
	Value Value // a scalar or an Object
	Doc   string
	// Make gives the value in one process, for constants that are objects: an
	// object belongs to one process. Value is ignored if Make is set.
	Make func(t Task) Value
}

// Func is one function or method: how it is called, what it gives, and the Go
// function behind it. Immutable.
//
// One Func may stand in several tables, also as a function of a module and as a
// method of an object type. An engine that keeps the script's value of a
// function for identity keeps it by both the Func and where it stands.
type Func struct {
	Name string
	// In is the module that a function stands in, as scripts write it, for error texts:
	// see Module.Named. "" is none; methods need none.
	In  string
	Doc string // one sentence, more where needed
	// Params are the positional parameters in order; Rest, if not "", names the
	// further arguments the function takes.
	Params []Param
	Rest   string
	// Keywords are options that strict languages spell name = value and others
	// as fields of a table; AnyKeyword accepts all names. See Call.Keyword.
	Keywords   []Param
	AnyKeyword bool
	Results    []Param
	Returns    Returns
	// Errors lists the kinds it returns or throws, for reference.
	Errors []Kind
	// TooFew is the text of the Invalid error for too few arguments, which is
	// then returned. If it is empty such a call throws (clause 0.9).
	TooFew string
	Load   Load
	// Prompt says that Run never takes long without parking the task: the time that
	// it takes is not measured (40.18). See Module.Prompt.
	Prompt bool
	// Run does the work. It reads arguments from c and pushes results. It
	// returns nil; or an *Error, handled as Returns says; or one made by Raise,
	// which is thrown; or ErrKilled, which ends the task. It runs on the task's
	// goroutine and may suspend the task.
	Run func(c Call) error
}

// Called is how a call of the function is named in error texts: process.send,
// channel:receive.
func (f *Func) Called(c Call) string {
	if o := c.Self(); o != nil {
		mark := ":"
		if c.Strict() {
			mark = "."
		}
		return o.ObjectType().Name + mark + f.Name
	}
	if f.In == "" {
		return f.Name
	}
	return f.In + "." + f.Name
}

// Many reports whether a call gives several results, as clause 0.5 writes them:
// two or more, or one that an error may follow. It depends on the declaration
// only, not on what a call pushed. A language without multiple results gives a
// list (tuple, array) of all that was pushed if Many, else the one value pushed
// or its nothing. strict is Call.Strict of the language.
func (f *Func) Many(strict bool) bool {
	return len(f.Results) > 1 || f.Returns != Plain && !f.throws(strict)
}

// throws reports whether an error that Run returned is thrown.
func (f *Func) throws(strict bool) bool {
	return f.Returns == Plain || strict && (f.Returns == OrThrow || f.Returns == OrFalseOrThrow)
}

// Returns says how a function reports an error that Run returned.
type Returns uint8

// The ways of reporting errors. "Strict" languages are those whose Call.Strict
// is true.
const (
	// Plain: errors are thrown.
	Plain Returns = iota
	// OrError: one more result, the error; on failure nil for every other
	// result (clause 0.5).
	OrError
	// OrFalse: as OrError, with false in place of nil.
	OrFalse
	// OrThrow: OrError in lenient languages, Plain in strict ones (the functions
	// of section 10 that fail only on a malformed constant).
	OrThrow
	// OrFalseOrThrow: OrFalse in lenient languages, Plain in strict ones.
	OrFalseOrThrow
)

// Load says whether a function may be called while a top level runs (2.10).
type Load uint8

// What a call during the top level does.
const (
	LoadAllowed Load = iota // works, unless it would have to wait
	LoadBlocks              // throws Invalid "cannot block during module load"
	LoadRefused             // throws Invalid "not allowed during module load"
)

// Accept is a set of argument types.
type Accept uint16

// Argument types. Each accepts the values named; a parameter accepts the union.
const (
	AcceptNil      Accept = 1 << iota // nil; also set for every optional parameter
	AcceptBool                        // booleans
	AcceptNumber                      // ints and floats
	AcceptString                      // strings
	AcceptTable                       // tables, lists, dicts, records, payload lists and maps
	AcceptFunction                    // callables
	AcceptError                       // error objects
	AcceptDuration                    // strings, numbers, Duration objects (clause 10.1)
	AcceptObject                      // objects of Param.Object, or any object
	AcceptAny                         // everything
)

// Param describes a parameter, an option, a result or a field of a record.
type Param struct {
	Name   string
	Accept Accept
	Object *ObjectType // with AcceptObject: the type wanted, nil for any
	// Optional parameters may be left out or nil.
	Optional bool
	// Keyword parameters may be given by name in strict languages.
	Keyword bool
	// Entry says that text is the id of an entry, "" that it is none: what a script
	// writes out is looked for before anything starts (14.19).
	Entry EntryRole
	// Elements is the type of the elements of a list: looked for likewise. nil: any.
	Elements *ObjectType
	Type     string // for reference: "string", "PID", "channel"; else from Accept
	Doc      string
}

// EntryRole says as what a Param refers to an entry. Of a resource it is the name of the
// module by which scripts use it (spec.Kind.Module): "store".
type EntryRole string

// What parameters refer to.
const (
	EntryProcess    EntryRole = "process"
	EntryHost       EntryRole = "host"
	EntrySupervisor EntryRole = "supervisor"
	EntryScope      EntryRole = "scope"
	EntryNone       EntryRole = "none" // a PID or name: an id there is a slip of the pen
)

// Resource reports whether the entry is a resource.
func (r EntryRole) Resource() bool {
	switch r {
	case "", EntryProcess, EntryHost, EntrySupervisor, EntryScope, EntryNone:
		return false
	}
	return true
}

// Accepts reports whether a value may be an argument for the parameter, so far as its
// type says it.
func (p *Param) Accepts(v Value) bool {
	if p.Accept&AcceptAny != 0 {
		return true
	}
	switch v.Type() {
	case TypeNil:
		return p.Optional || p.Accept&AcceptNil != 0
	case TypeBool:
		return p.Accept&AcceptBool != 0
	case TypeInt, TypeFloat:
		return p.Accept&(AcceptNumber|AcceptDuration) != 0
	case TypeString:
		return p.Accept&(AcceptString|AcceptDuration) != 0
	case TypeTable, TypeRecord, TypeList, TypeMap:
		return p.Accept&AcceptTable != 0
	case TypeFunction:
		return p.Accept&AcceptFunction != 0
	case TypeError:
		return p.Accept&AcceptError != 0
	case TypeObject:
		if p.Accept&AcceptDuration != 0 {
			if _, ok := v.Object().(Durationer); ok {
				return true
			}
		}
		return p.Accept&AcceptObject != 0 && (p.Object == nil || p.Object == v.Object().ObjectType())
	}
	return false
}

// TypeText names the type for reference and error texts.
func (p *Param) TypeText() string {
	if p.Type != "" {
		return p.Type
	}
	if p.Object != nil {
		return p.Object.Name
	}
	text := ""
	for i, name := range [...]string{"nil", "boolean", "number", "string", "table", "function", "error", "duration", "object", "any"} {
		if p.Accept&(1<<i) != 0 {
			if text != "" {
				text += " or "
			}
			text += name
		}
	}
	return text
}
