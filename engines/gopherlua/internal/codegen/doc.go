// Package codegen makes the byte code of github.com/yuin/gopher-lua from its
// syntax tree, in place of the interpreter's own compiler.
//
// It is the reference compiler of Lua 5.1 (lparser.c and lcode.c) over that tree,
// with the goto of 5.2: the same registers, the same order of evaluation, the same
// limits. What the interpreter's instructions do not do as clause 19.7 of
// docs/spec demands is a call of a function of the engine, an [Operator].
//
// Package gopherlua calls it from any goroutine; nothing is shared between calls.
package codegen
