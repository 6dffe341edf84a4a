// Package gopherlua is the Lua engine on github.com/yuin/gopher-lua.
//
// It binds the module tables of hostapi to the interpreter's values and knows
// no actors. What the interpreter does not do by itself (appendix A of
// docs/spec) is levelled here:
//
//   - Every LState counts its instructions in a context of ours, a [strand],
//     which is where tasks are preempted and killed.
//   - A protected call runs on an LState of its own. The interpreter's own
//     PCall closes the upvalues of all frames below it and leaves those above
//     it open, so that closures lose their variables.
//   - A manual coroutine runs in a coroutine of Go, so that it may yield and
//     wait anywhere, also below pcall and a sort comparator.
//   - The interpreter's own compiler is not used: package codegen makes the byte
//     code. What no instruction does right, such as .. without bounds, % and
//     strings in arithmetic, are operators of ours: see operators.go.
//   - Memory is charged by what a walk over all that a process holds finds from
//     time to time: see census.go.
//   - All processes share one interpreter state: metatables, native functions
//     and modules in it cannot be changed by scripts. What a script may change,
//     its globals and library tables, is made for the process on first use.
//
// Faults of the interpreter that remain: a table remembers each key it ever had,
// so that one whose keys change for ever grows; and an assignment far behind the end
// of a list fills the gap.
package gopherlua
