// Package conformance is the suite that every engine passes: the clauses of
// docs/spec that scripts can observe, each as a case that can fail.
//
// A [Case] is a claim: a name, one sentence of the contract, its clauses, and a
// scenario written once in Go. The scenario runs on a [Stage]: a runtime whose
// actors are puppets, scripts of the engine under test that do what the
// scenario tells them in the small language of [Code]. So every case runs on
// every engine, and, where it concerns several processes, on every ordered pair
// of engines in one app. What lives in a language itself, such as its standard
// library, is checked by programs of that language in the directories lua and
// starlark.
//
// A stage runs on a core.Simulation: no goroutines, a virtual clock, and a
// seed that decides who runs next and where processes are preempted. Each case
// is played with many seeds; a failure names the seed that reproduces it.
//
// Engines are tested with [Run] in a go test, or with a [Suite] from anywhere
// else.
package conformance
