package hostapi

import (
	"fmt"
	"strings"
)

// Engine runs scripts of one language. Safe for concurrent use.
type Engine interface {
	// Info describes the engine. Always the same.
	Info() Info
	// Compile turns source text into a program, once per entry and version.
	// Text of which Source.Code is no program of the language gives a
	// *SyntaxError.
	Compile(src Source) (Program, error)
}

// Info describes an engine.
type Info struct {
	Name        string   // as written after --engine: "gopherlua"
	Language    string   // as in the entry kind process.<language>: "lua"
	Extension   string   // of source files, with the dot: ".lua"
	Interpreter string   // what runs underneath, with its version
	Lacks       []string // what of docs/spec it does not do; nil if nothing
}

// Source is what Compile needs of an entry.
type Source struct {
	ID      string    // id of the entry: "app:pool"
	Path    string    // file as written in the app, for positions: "src/pool.lua"
	Text    string    // as it is written; what of it is code gives Code
	Modules []*Module // always available and granted ones, by name (clause 14.15)
	Imports []Import  // libraries, in order
}

// Code is Text as an engine compiles it: without a byte order mark at its
// beginning, and with an empty line for a first line that begins with #!. So
// lines keep their numbers (clause 14.18). Empty lines may stand before: code in
// an index file has some.
func (s *Source) Code() string {
	text := strings.TrimPrefix(s.Text, "\uFEFF")
	rest := strings.TrimLeft(text, "\n")
	if !strings.HasPrefix(rest, "#!") {
		return text
	}
	before := text[:len(text)-len(rest)]
	end := strings.IndexAny(rest, "\r\n")
	if end < 0 {
		return before
	}
	return before + rest[end:]
}

// NotGranted is the error of require for a name that the source has neither a
// module nor a library of (clause 14.16). It names the file: entries with the same code may
// have one program.
func (s *Source) NotGranted(name string) *Error {
	return Errorf(NotFound, "module '%s' not found: the entry of %s lists it in neither modules nor imports", name, s.Path)
}

// Require finds what require serves to this source under a name (clause 14.16):
// a module, or a library, as Compile was given it. If there is neither, both are
// nil and the error is NotGranted, which the engine throws.
func (s *Source) Require(name string) (*Module, Program, error) {
	for _, m := range s.Modules {
		if m.Name == name {
			return m, nil, nil
		}
	}
	for _, i := range s.Imports {
		if i.Alias == name {
			return nil, i.Program, nil
		}
	}
	return nil, nil, s.NotGranted(name)
}

// Import is one library that a source may require.
type Import struct {
	Alias   string
	Program Program // compiled by the same engine
	Missing bool    // the library cannot be used: an empty Program stands for it
}

// Program is a compiled source: immutable, safe for concurrent use.
type Program interface {
	// Load makes a fresh interpreter state for the process of t, runs the top
	// level of each imported library once, in dependency order, then that of
	// the program itself, and gives what the core needs to go on. It is called
	// on t's goroutine; Task.Loading is true meanwhile.
	//
	// An error is ErrKilled, or the *Error that an uncaught thrown value
	// becomes by clause 2.18, with Stack set.
	Load(t Task) (Instance, error)
}

// Instance is the interpreter state of one process: used by one goroutine at a
// time, the one that runs a task of the process.
type Instance interface {
	// Method finds the entry method by name (clause 2.12) and gives it in the
	// form that takes any number of arguments (clause 2.14). nil if there is
	// none; an *Error if it cannot serve as a method, or, of kind NotFound by
	// clause 2.6, to tell how the language provides one.
	Method(name string) (Function, error)
	// Copy takes the payload copy of a value of this instance, as Call.Copy.
	Copy(v Value, cp *Copier) (Value, error)
	// Close is called once, after the last task of the process has ended, also
	// when it was killed. It releases what the interpreter holds.
	Close()
}

// Locator is what an Instance may be, too: one that can say where its code stands. The
// core asks it of a process that it kills, that is deadlocked, or holds its worker for
// long, and tells people (clause 2.19).
type Locator interface {
	// Where gives the call stack of a task, readable and as frames, innermost first;
	// nothing if the task runs no code of the script. t waits or was preempted, and no
	// code of the process runs; or t itself is in a call of the runtime, on the calling
	// goroutine. Where calls nothing of the core.
	Where(t Task) (stack string, frames []Frame)
}

// Reflector is implemented by instances whose functions can be looked at from Go, so that
// tests are found by their names, and stand in for others (60.3, 60.15). All methods are
// called as Method is.
type Reflector interface {
	// Methods gives the names that Method finds a function for: in the order of the
	// source if the language keeps one, else sorted.
	Methods() []string
	// MethodOf gives the name of which fn, a value of this instance, is the method; ""
	// if it is none.
	MethodOf(fn Value) string
	// FunctionOf gives a function of the instance as one that the core can run, as often
	// as it likes; nil if fn is none.
	FunctionOf(fn Value) Function
}

// Evaluator is what an Instance may be, too: one that takes further source text while it
// runs, so that people can type at a process (61.7). An engine whose instances are none
// has no repl. All methods are called on the goroutine of the running task.
type Evaluator interface {
	// Evaluate compiles an input, of which path is said in errors. It sees what the
	// instance has: globals, what the source of its program may require, and what
	// inputs before it have left, as the language has it at the outermost level. The
	// error is a *SyntaxError, with Incomplete if more lines could make it a program.
	//
	// The function runs the input once, in the task that calls it, and gives the values
	// of an input that is an expression. Its errors are as those of every function, and
	// what the input has left so far remains.
	Evaluate(path, text string) (Function, error)
	// Show gives a value of the instance as people of the language write or print it. The
	// text is bounded. It may run code of the script in t; the error is that of a
	// function.
	Show(t Task, v Value) (string, error)
	// Names gives what inputs may use by its name, sorted: what the language has, modules
	// that need no require, and what inputs have left.
	Names() []string
}

// SyntaxError says where a source is no program.
type SyntaxError struct {
	Path    string
	Line    int // from 1; 0 if unknown
	Column  int // from 1; 0 if unknown
	Message string
	// Incomplete says that the text only ends too early: Evaluator.Evaluate.
	Incomplete bool
}

// Error gives path:line:column: message.
func (e *SyntaxError) Error() string {
	switch {
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.Path, e.Message)
	case e.Column == 0:
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Message)
}
