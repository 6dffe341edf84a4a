package ledger

import (
	"runtime"
	"testing"
)

// noted counts the censuses of a process that can have allocated 64 MiB, and has
// allocated the given number of bytes 64 times and keeps them.
func noted(m *Meter, l *Ledger, limit int64, allocate int) int {
	censuses := 0
	var keep [][]byte
	for range 64 {
		if allocate > 0 {
			keep = append(keep, make([]byte, allocate))
		}
		if l.Note(window, m, limit) {
			censuses++
			l.Settle(l.Charged())
		}
	}
	runtime.KeepAlive(keep)
	return censuses
}

func TestScriptsThatAllocateNothingAreNotCounted(t *testing.T) {
	if n := noted(NewMeter(), &Ledger{}, 0, 0); n != 0 {
		t.Errorf("%d censuses of a process that allocates nothing", n)
	}
}

func TestCensusIsDueByWhatIsAllocated(t *testing.T) {
	l := &Ledger{}
	if n := noted(NewMeter(), l, 0, 2*window); n < 6 {
		t.Errorf("%d censuses while 64 MiB are allocated, want one for each %d bytes", n, leastInterval)
	}
	if n := noted(NewMeter(), &Ledger{}, 4<<20, 2*window); n < 12 {
		t.Errorf("%d censuses with a limit below the usual interval", n)
	}
}

// Garbage is no growth, however much of it there is; but that is believed for a
// while only.
func TestGarbageIsHardlyCounted(t *testing.T) {
	m, l := NewMeter(), &Ledger{}
	first := 0
	for i := 1; i <= 2*mostPatience*leastInterval/window && first == 0; i++ {
		keep := make([]byte, 2*window)
		runtime.KeepAlive(keep)
		runtime.GC()
		if l.Note(window, m, 0) {
			first = i
		}
	}
	if want := mostPatience * leastInterval / window; first != want {
		t.Errorf("the first census was due after %d MiB of garbage, want %d", first, want)
	}
}

// What a process made before the first look at it is growth, if a collection has
// already found it in use.
func TestGrowthBeforeTheFirstLook(t *testing.T) {
	for _, c := range []struct {
		what string
		live int64 // that the last collection found
		due  bool
	}{
		{"it made nothing that lasts", 100 << 20, false},
		{"it made an array", 130 << 20, true},
	} {
		l, censuses := Ledger{}, 0
		for i := range int64(12) {
			l.possible = window
			now := reading{allocated: 1<<40 + i*window, heap: c.live + 1<<20, live: c.live, before: 100 << 20}
			if l.due(now, 256<<20) {
				censuses++
			}
		}
		if due := censuses > 0; due != c.due {
			t.Errorf("%s: a census is due: %v, want %v", c.what, due, c.due)
		}
	}
}

// The meter remembers what was in use before the last collection that it noticed.
func TestMeterRemembersTheCollectionBefore(t *testing.T) {
	m := NewMeter()
	first := m.read().live
	keep := make([]byte, 32<<20)
	runtime.GC()
	now := m.read()
	if now.live < first+16<<20 || now.before != first && now.before > now.live-16<<20 {
		t.Errorf("in use are %d bytes, %d before, of which 32 MiB are new; %d at first", now.live, now.before, first)
	}
	runtime.KeepAlive(keep)
}

// Near its limit, a process that makes garbage only is not counted again and again;
// but one that begins to grow is.
func TestSteadyProcessNearItsLimit(t *testing.T) {
	const held, limit = 150 << 20, 256 << 20
	for _, c := range []struct {
		what      string
		censuses  int   // of which all but the first found no growth
		live, due int64 // MiB in use beyond what was; MiB allocated until a census is due
	}{
		{"it has just grown", 1, 0, 106},
		{"it makes garbage", 4, 0, 512},
		{"much of that is in use", 4, 60, 106},
		{"all of it is", 4, 300, 106},
	} {
		l := Ledger{}
		for range c.censuses {
			l.Settle(held)
		}
		now := reading{allocated: 1 << 40, heap: held, live: held, before: held}
		due := int64(0)
		for made := int64(0); due == 0 && made < 1000; made++ {
			l.possible = window
			now.allocated += window
			now.heap += window
			now.live = held + min(made, c.live)<<20
			if l.due(now, limit) {
				due = made
			}
		}
		if due < c.due-1 || due > c.due+1 {
			t.Errorf("%s: a census is due after %d MiB, want %d", c.what, due, c.due)
		}
	}
}

// The steps bound what a process is held to have allocated while others did.
func TestStepsBoundTheMeter(t *testing.T) {
	m, l := NewMeter(), &Ledger{}
	due := false
	for range 6 {
		keep := make([]byte, 64<<20)
		due = due || l.Note(window, m, 0)
		runtime.KeepAlive(keep)
	}
	if due {
		t.Error("a census after 6 MiB that the process can have allocated")
	}
}

func TestProcessThatHoldsMuchIsCountedLessOften(t *testing.T) {
	for _, c := range []struct {
		what                            string
		charged, patience, limit, wants int64
	}{
		{"a new process", 0, 0, 0, leastInterval},
		{"a new process with the usual limit", 0, 0, 256 << 20, leastInterval},
		{"holds 100 MiB", 100 << 20, 1, 0, 100 << 20},
		{"and does not grow", 100 << 20, 4, 0, 400 << 20},
		{"what is left to the limit", 100 << 20, 4, 256 << 20, 156 << 20},
		{"an eighth of the limit, if hardly anything is left", 250 << 20, 1, 256 << 20, 32 << 20},
		{"a limit below the usual interval", 0, 0, 2 << 20, 2 << 20},
	} {
		l := Ledger{charged: c.charged, patience: c.patience}
		if got := l.interval(c.limit); got != c.wants {
			t.Errorf("%s: %d bytes, want %d", c.what, got, c.wants)
		}
	}
}

func TestSettleGivesTheDifference(t *testing.T) {
	var l Ledger
	for _, c := range []struct{ bytes, grown, patience int64 }{
		{100, 100, 1},
		{200, 100, 1},
		{210, 10, 2},
		{150, -60, 4},
		{150, 0, 8},
		{150, 0, 8},
		{300, 150, 1},
	} {
		if grown := l.Settle(c.bytes); grown != c.grown || l.Charged() != c.bytes || l.patience != c.patience {
			t.Errorf("census of %d: charges %d, patience %d; want %d, %d", c.bytes, grown, l.patience, c.grown, c.patience)
		}
	}
}

func BenchmarkMeter(b *testing.B) {
	m := NewMeter()
	for b.Loop() {
		m.read()
	}
}
