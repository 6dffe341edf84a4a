package kernel

import "testing"

// 17.5: entries of the last that ended are remembered, never more than a fixed number.
func TestRemovedProcessesAreRememberedInBounds(t *testing.T) {
	var table processTable
	const many = 5000
	for serial := range uint64(many) {
		p := &process{pid: makePID("", "app:host", serial), serial: serial, entry: &Entry{ID: "app:worker"}}
		table.add(p)
		if got := table.past(string(p.pid)); got != "" {
			t.Fatalf("%s lives and is remembered as dead", p.pid)
		}
		table.remove(p)
		if got := table.past(string(p.pid)); got != "app:worker" {
			t.Fatalf("%s has ended just now and is remembered as %q", p.pid, got)
		}
	}
	remembered := 0
	for serial := range uint64(many) {
		if table.past(string(makePID("", "app:host", serial))) != "" {
			remembered++
		}
	}
	if want := len(table.shards) * len(table.shards[0].removed); remembered != want {
		t.Errorf("%d are remembered, want %d", remembered, want)
	}
	for _, text := range []string{"", "{", "worker", "{app:host|}", string(makePID("", "app:other", many-1))} {
		if got := table.past(text); got != "" {
			t.Errorf("%q is remembered as %q", text, got)
		}
	}
}
