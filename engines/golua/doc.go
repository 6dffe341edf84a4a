// Package golua is the Lua engine on github.com/Shopify/go-lua, a Lua 5.2.
//
// It binds the module tables of hostapi to the interpreter's values and knows
// no actors. What the interpreter lacks or does otherwise (appendix A of
// docs/spec) is levelled here:
//
//   - It has no coroutines. Each line of execution, a [thread], has a State of
//     its own; all States of a process share their values, which its API allows:
//     a value read with ToValue can be pushed on another State as a light
//     userdata and is the same value there.
//   - It throws strings only. What scripts throw travels through it as a Go
//     error, a [thrown].
//   - It stops at 200 nested calls of Go code, so protected calls that nest deep
//     move on to a further State.
//   - Its compiled code needs repairs, see [chunk.rewrite]. Each process has its
//     own copy, since the interpreter writes to it.
//   - It does not tell what it allocates, so what a process holds is counted from
//     time to time, see [census].
//   - What scripts cannot change, native functions, metatables and modules, is
//     shared by all processes. The interpreter writes to a metatable that lacks
//     one of the events it caches, so those shared have them all.
package golua
