package core

import (
	"reflect"
	"testing"
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
		{-1, DefaultMaxProcesses, 262144},
		{14 << 30, DefaultMaxProcesses, 262144},
		{600 << 20, DefaultMaxProcesses, 30720},
		{1, DefaultMaxProcesses, 1},
		{600 << 20, 0, 0},
		{600 << 20, 500000, 500000},
	} {
		rt := New(Options{MemoryLimit: c.limit})
		rt.DefineHost(HostOptions{ID: "test:host", MaxProcesses: int(c.options)})
		h, err := rt.catalog.host("test:host")
		if err != nil {
			t.Fatal(err)
		}
		if got := h.options.MaxProcesses; got != c.want {
			t.Errorf("limit %d, option %d: %d processes, want %d", c.limit, c.options, got, c.want)
		}
	}
}
