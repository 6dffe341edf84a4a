package enginetest

import "runtime"

// Heap gives the bytes that Go objects in use take.
func Heap() int64 {
	for range 3 { // a sync.Pool keeps what it has for two of them
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
