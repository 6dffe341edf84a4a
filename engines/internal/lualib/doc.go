// Package lualib is the part of Lua's standard library that the Lua engines
// share: string, table, math, and the globals select, tonumber and unpack, as
// clauses 19.5 to 19.7 of docs/spec.md define them. The interpreters differ in
// these functions or lack them; here each is written once, so that they agree.
//
// # Wiring
//
// An engine implements Call over its interpreter's stack, about twenty short
// methods, and registers every Member of StringLibrary, TableLibrary, MathLibrary and Globals in
// the library table of that name:
//
//	for _, m := range lualib.StringLibrary() {
//		if m.Func == nil {
//			table[m.Name] = m.Number
//			continue
//		}
//		table[m.Name] = func(L) int {
//			n, err := m.Func(callOf(L))
//			if err != nil {
//				throw(L, err)
//			}
//			return n
//		}
//	}
//
// A Func returns the number of results it pushed. It pushes only when all its
// work is done: between a Push and its return it calls nothing but Push,
// and it never asks Len after a Push. So a Call may be the bare stack.
//
// # Errors
//
// The error of a Func is one of these, and the engine throws it accordingly:
//
//   - what a method of Call returned, unchanged (hostapi.ErrKilled, an error of
//     the script that the engine wrapped for itself);
//   - an *hostapi.Error: thrown as an error object;
//   - an *Error: thrown as a string, with the position of the caller in front,
//     as the interpreter's own library errors are.
//
// A method of Call may also panic to unwind a script, as both interpreters do:
// a Func holds nothing that must be cleaned up.
//
// # Work and memory
//
// A Func calls Tick in proportion to its work, at least once for some ten
// thousand elementary operations, and Grow before it allocates in proportion to
// its arguments (clause 20.5). The pattern matcher may so be preempted and
// killed at any point, needs Go stack only in proportion to the nesting of the
// pattern, and refuses patterns that nest deeper than 200 items, as Lua 5.2
// does. No string it makes is longer than MaxString.
//
// # Text
//
// Where a string is expected a number counts as its NumberText and an error
// object as its text form (clauses 11.10 and 19.7): Call reports such objects
// as KindError, and Text gives their text.
//
// # What the interpreters do themselves
//
// An engine may keep a function of its interpreter where it behaves alike and
// does bounded work. These are known not to:
//
//   - gopher-lua: string.find, match, gmatch, gsub (no step budget, no %g, Lua
//     5.1 init, an empty pattern ignores init), format (Go's fmt verbs, %d
//     truncates, %q writes \n), rep (no separator, no bound), upper and lower
//     (Unicode), byte (range errors); table.concat (clamps its range), insert
//     and remove (bounds), sort (panics on inconsistent orders, no ticks), pack
//     and unpack (missing in table); math.log (no base), log10 (inexact),
//     random (one generator for all processes), huge, modf of infinities,
//     fmod (integers only), max and min of no arguments; tonumber ("1e1" is
//     nil); tostring (shortest form).
//   - go-lua: string.find (plain only), match, gmatch, gsub (missing), format
//     (Go's fmt verbs), rep (no bound), upper and lower (Unicode); table.sort
//     and concat (no ticks), unpack as a global; math.log10 (missing), random
//     (one generator for all processes), huge; tonumber (Go's syntax);
//     tostring (-0, integral numbers from 1e14).
package lualib
