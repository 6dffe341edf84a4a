// Package hostile attacks the engines: with scripts that loop, take memory,
// recurse, or reach for what is not theirs. Each attack states what becomes of
// it, and each time a bystander, a process of the same engine on the same
// worker, must go on being served and find its state as it left it.
//
// The attacks are the sections of the files in the directories lua and
// starlark. They harm nobody, also where nothing of ours runs: what grows ends
// by itself below 64 MiB, what recurses at a depth that the interpreters bear,
// a library call within two seconds; and what goes on for ever does so in plain
// steps, which an interpreter's own interrupt ends. So that they meet our
// limits nevertheless, these are set as low. A test plays all of them on the bare
// interpreters.
//
// Tests play attacks in child processes with a hard limit on their memory, so
// that one that succeeds is a failed test and not a dead machine. They judge by
// the processor time of the child.
package hostile
