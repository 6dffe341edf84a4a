// Package lualib is the part of Lua's standard library that the Lua engines
// share: string, table, math, and the globals select, tonumber and unpack, as
// clauses 19.5 to 19.7 of docs/spec define them. The interpreters differ in
// these functions or lack them; here each is written once, so that they agree.
//
// # Wiring
//
// An engine implements Call over its interpreter's stack, some thirty-five
// short methods, and registers every Member of StringLibrary, TableLibrary,
// MathLibrary and Globals in the table of that name:
//
//	for _, m := range lualib.StringLibrary() {
//		if m.Func == nil {
//			table[m.Name] = m.Number
//			continue
//		}
//		table[m.Name] = func(L) int { return m.Func(callOf(L)) }
//	}
//
// A Func returns the number of results it pushed. It pushes only when all its
// work is done: from the first Push on it calls nothing but Push, Arg, Get and
// the makers of scalars, so never Len and nothing that runs script code. A Call
// may therefore be the bare stack.
//
// # Errors
//
// A Func that fails calls Throw, which unwinds it as the interpreters unwind scripts,
// by a panic; so does a method of Call that fails, or is killed. A Func holds nothing
// that must be cleaned up. What it throws is one of these:
//
//   - an *hostapi.Error: thrown as an error object;
//   - a *Thrown: a value of the script, as it is;
//   - an *Error: thrown as a string, with the position of the caller in front,
//     as the interpreter's own library errors are.
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
// does bounded work. These of gopher-lua 1.1.2 do not:
//
//   - string: find, match, gmatch, gsub (no step budget, no %g, an empty
//     pattern is found at 1 whatever init is); format (the verbs of Go's fmt,
//     %d truncates, %q writes \n); rep (no separator, panics on a huge n);
//     upper, lower (Unicode); all of them refuse error objects;
//   - table: concat (clips its range instead of raising); insert, remove (no
//     bounds); sort (of the array part, without steps); pack, unpack (missing);
//   - math: log (no base), log10, exp, pow (inexact, as is ^), modf (of
//     infinities), random, randomseed (one generator for all processes; panics on
//     an empty interval), huge;
//   - tonumber ("1e1" is nil), unpack (no bound).
//
// And these of go-lua:
//
//   - string: find (plain only, also where plain is not given); match, gmatch,
//     gsub (missing); format (the verbs of Go's fmt, %x takes fractions); rep
//     (no bound but that of int); upper, lower, reverse (Unicode);
//   - table: concat (takes quadratic time), sort (without steps);
//   - math: log (of base 2), log10 (missing), exp, pow (inexact, as is ^), max,
//     min (of NaN), modf (of infinities), random, randomseed (one generator for all
//     processes), huge;
//   - tonumber (the syntax of its scanner; no infinities; with a base, no more
//     than 64 bits), unpack (missing as a global).
package lualib
