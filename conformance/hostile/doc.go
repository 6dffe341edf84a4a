// Package hostile attacks the engines: with scripts that loop, devour memory,
// recurse, or reach for what is not theirs. Each attack states what becomes of
// it, and each time a bystander, a process of the same engine on the same
// worker, must go on being served and find its state as it left it.
//
// The attacks are the sections of the files in the directories lua and
// starlark. Tests play them in a child process with a hard limit on its
// memory, so that one that succeeds is a failed test and not a dead machine.
package hostile
