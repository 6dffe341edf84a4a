package main

import "os"

// ballast gives memory that is never touched, so it takes no room but in the
// books of the garbage collector. That runs whenever the heap has doubled: from
// the four megabytes of a small app some hundred times a second, only to find
// little. With the ballast it waits for twice 32 MB. Empty if the
// environment tunes the collector itself.
func ballast() []byte {
	return make([]byte, ballastBytes())
}

// ballastBytes is the size of the ballast, 0 if there is none.
func ballastBytes() int64 {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return 0
	}
	return 32 << 20
}
