//go:build race

package hostile

// raceEnabled says whether the race detector watches.
const raceEnabled = true
