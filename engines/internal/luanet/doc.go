// Package luanet compares the Lua engines with the reference interpreters over
// random programs: what lua5.1 and lua5.2 both print, both engines must print, and
// where they differ an engine must follow one of them (19.4).
//
// A program is drawn from a seed and its number, always the same (generator). It
// ends, shows what it computes in one form for all (prelude.lua), and leaves the
// texts of run-time errors and other unspecified things out. A reference runs all
// programs in one process (reference.lua), where it is changed to what docs/spec
// says (deviations): nothing else excuses a difference. A program on which an engine
// differs is made as small as it can be while the difference remains (shrink).
//
// The net is held to finding planted faults, see plants in the tests. A run of
// another size:
//
//	go test ./engines/internal/luanet -net.programs 100000 -net.seed 7
//
// One program again: -net.seed 7 -net.first 4711 -net.programs 1.
package luanet
