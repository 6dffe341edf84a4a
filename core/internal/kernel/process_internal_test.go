package kernel

import (
	"math"
	"reflect"
	"sync"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestProcessFitsItsSizeClass(t *testing.T) {
	if size := reflect.TypeFor[process]().Size(); size > 760 {
		t.Errorf("a process takes %d bytes: more than 760 make each of a million 128 longer", size)
	}
}

// 17.8: a host that does not say how many processes it may have.
func TestDefaultMaxProcesses(t *testing.T) {
	for _, c := range []struct {
		limit, options int64
		want           int
	}{
		{0, 0, 262144},
		{14 << 30, 0, 262144},
		{600 << 20, 0, 30720},
		{1, 0, 1},
		{600 << 20, -1, math.MaxInt},
		{600 << 20, 500000, 500000},
	} {
		rt := New(Options{}, Parts{Memory: func(*Runtime, int64) Memory { return within(c.limit) }})
		if err := rt.DefineHost(HostOptions{ID: "test:host", MaxProcesses: int(c.options)}); err != nil {
			t.Fatal(err)
		}
		h, err := rt.catalog.host("test:host")
		if err != nil {
			t.Fatal(err)
		}
		if got := h.options.MaxProcesses; got != c.want {
			t.Errorf("limit %d, option %d: %d processes, want %d", c.limit, c.options, got, c.want)
		}
	}
}

// within is a memory of so many bytes.
type within int64

func (m within) Limit() int64                { return int64(m) }
func (within) Used() int64                   { return 0 }
func (within) HostStarted()                  {}
func (within) HostStopped()                  {}
func (within) Reserve(int64) <-chan struct{} { return nil }

// A version that is replaced while somebody spawns it is not kept for ever.
func TestReplacedVersionIsNotKept(t *testing.T) {
	rt := New(Options{}, Parts{})
	if err := rt.DefineHost(HostOptions{ID: "test:host"}); err != nil {
		t.Fatal(err)
	}
	h, err := rt.catalog.host("test:host")
	if err != nil {
		t.Fatal(err)
	}
	define := func() {
		if err := rt.Define(Entry{ID: "test:main", Program: waiting{}}); err != nil {
			t.Error(err)
		}
	}
	define()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5000 {
				if _, err := rt.catalog.entry("test:main", h); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 5000 {
		define()
	}
	wg.Wait()
	if n := len(rt.catalog.bound); n > 1 {
		t.Errorf("%d versions are kept", n)
	}
}

// waiting is a process that waits for ever.
type waiting struct{}

func (waiting) Load(hostapi.Task) (hostapi.Instance, error) { return waiting{}, nil }

func (waiting) Method(string) (hostapi.Function, error) { return waiting{}, nil }

func (waiting) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return cp.Value(v, nil)
}

func (waiting) Close() {}

func (waiting) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
	_, _, err := t.Process().Inbox().Receive()
	return nil, err
}
