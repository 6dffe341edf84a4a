package main

import "os"

// ballast gives memory that is never touched, so it takes no room but in the
// books of the garbage collector. That runs whenever the heap has doubled: from
// the four megabytes of a small app some hundred times a second, only to find
// little. With the ballast it waits for twice 32 MB. nil if the environment
// tunes the collector itself.
func ballast() []byte {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	return make([]byte, 32<<20)
}
