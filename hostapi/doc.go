// Package hostapi is the contract between Understudy's actor core and the
// interpreters that plug into it.
//
// The core schedules processes, keeps their mailboxes, links and monitors, and
// knows no language. An engine runs scripts of one language and knows no
// actors. Between them stand the module tables: what a script may call, written
// once as data and Go functions, bound by every engine in the same way.
//
//	script            ch:receive()                        in the script's language
//	  │
//	engine            Invoke(method, call)                translates arguments and results
//	  │
//	module table      Func.Run(call)                      hostapi and hostapi/modules, once
//	  │
//	host API          call.Task().Process(), Channel ...  interfaces of this package
//	  │
//	core              parks the task, wakes it later      implements them
//
// # Implementing an engine
//
// An engine implements five interfaces and is done: [Engine] compiles source text to a
// [Program]; Program.Load runs its top level in a new process and gives an [Instance];
// Instance.Method finds the [Function] to run; and a function called by a script reaches
// the module tables through a [Call], which is the larger one: how arguments are read
// and results given.
//
// Everything blocks plainly. A script that waits for a message is a Go call
// that has not returned yet: the core runs each task in a coroutine of its own
// and parks it. An engine needs no coroutines, callbacks or continuations.
//
// Two duties are the engine's alone. It calls [Task.Tick] at least every few
// thousand interpreter steps, which is where the core preempts and kills. And
// when any call of this package returns [ErrKilled], it unwinds the script at
// once and lets nothing in the language catch it.
//
// A third is worth its while: to charge what the script holds by [Task.Grow]. An
// engine whose interpreter does not tell what it allocates counts from time to
// time, looks into each [Holder], and lets others have their turn meanwhile by
// [Task.Pause].
//
// What else an engine can do it says by further interfaces. An [Engine] may tell what a
// source shows ([Outliner]) and what of it was executed ([Coverer]), an [Instance] where
// its code stands ([Locator]) and which functions it has ([Reflector]). Whoever asks does
// without where an engine does not, and says so.
//
// While the script is in a call of this package none of its code runs in that
// task: what reads its values (methods of [Call], Instance.Copy) takes raw
// contents and calls no getter, metamethod or conversion of the script. [Invoke]
// says more about what may happen during a call.
//
// The package [github.com/understudy-run/understudy/hostapi/binding] has parts
// that are the same for every language: a ready Call, the walk of a payload
// copy, the order of libraries, values that exist once in a process, the rules
// of kills and uncaught errors. Nothing requires their use.
//
// # Values
//
// A [Value] is either a payload (nil, bool, int, float, string, list, map,
// error: what may leave a process, clause 1.1 of docs/spec) or something
// that stays inside one process: an [Object] of the runtime, a [Record], or a
// reference to a value of the script's own language. Payloads are immutable
// once made and may be shared between goroutines; all else belongs to its
// process.
//
// # Goroutines
//
// Engine, Program, Module, Func and ObjectType values are immutable or safe for
// concurrent use. Everything else belongs to one process and is used only by
// that process's running task; the core never runs two tasks of one process at
// the same time. A task may continue on another goroutine after any call of
// this package, so an engine keeps nothing in goroutine-bound places.
//
// Clause numbers in the documentation refer to docs/spec.
package hostapi
