package enginetest

import (
	"runtime"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Heap gives the bytes that Go objects in use take.
func Heap() int64 {
	for range 3 { // a sync.Pool keeps what it has for two of them
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// CheckCensus loads a program and fails unless what a census of its instance
// finds is about what Go allocated: between half and twice as much (clause 17.8).
func CheckCensus(t *testing.T, p hostapi.Program, census func(hostapi.Instance) int64) {
	t.Helper()
	before := Heap()
	in, err := p.Load(&Task{})
	if err != nil {
		t.Fatal(err)
	}
	held := Heap() - before
	found := census(in)
	if found < held/2 || found > 2*held {
		t.Errorf("found %d bytes, of %d that are held", found, held)
	}
	runtime.KeepAlive(in)
}
