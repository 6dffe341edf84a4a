package starlark

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// A program keeps its compiled code, and not the syntax tree that was made of its text,
// which takes three times as much.
func TestSyntaxTreesAreNotKept(t *testing.T) {
	const programs = 20
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, "def f%d(a, b):\n    c = {'name': a, 'count': %d + b}\n    if c['count'] > %d: print(c['name'], [x for x in c if x])\n    return c\n", i, i, 2*i)
	}
	e := New()
	heap := func() uint64 {
		var m runtime.MemStats
		for range 3 {
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	var kept []hostapi.Program
	for i := range programs {
		p, err := e.Compile(hostapi.Source{ID: "app:a", Path: fmt.Sprintf("%d.star", i), Text: text.String()})
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, p)
	}
	each := int(heap()-before) / programs
	runtime.KeepAlive(kept)
	if most := 18 * text.Len(); each > most {
		t.Errorf("a program of %d bytes of text keeps %d bytes, more than %d", text.Len(), each, most)
	}
	t.Logf("%d bytes of text, %d kept", text.Len(), each)
}
