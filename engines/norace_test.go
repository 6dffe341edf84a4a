//go:build !race

package engines_test

// raceEnabled says that the race detector watches: large tests run smaller.
const raceEnabled = false
