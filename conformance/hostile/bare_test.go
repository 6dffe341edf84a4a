package hostile

import (
	"encoding/json"
	"runtime/debug"
	"testing"
	"time"
)

// What a bare interpreter has to bear: bareTime of processor time for what ends
// by itself, and to end once it is interrupted; bareMemory bytes more than
// the program had before.
const (
	bareTime   = 2 * time.Second
	bareMemory = 192 << 20

	// endlessTime is after how much processor time what does not end by itself
	// is interrupted: in the long run after longEndlessTime, to see that it does
	// not grow either.
	endlessTime     = 10 * time.Millisecond
	longEndlessTime = 300 * time.Millisecond
)

// bare is an interpreter without anything of ours.
type bare struct {
	name     string
	language string
	// run runs a script as the documentation of the interpreter says, and calls
	// what it defines as main. It ends with errInterrupted after interrupt
	// was closed, as the interpreter offers it.
	run func(text string, interrupt <-chan struct{}) error
}

func bares() []bare {
	return []bare{
		{"gopher-lua", "lua", runGopherLua},
		{"go-lua", "lua", runGoLua},
		{"go.starlark.net", "starlark", runStarlark},
	}
}

// bareScript asks a child to run a script.
type bareScript struct {
	Text    string
	Endless bool
}

// bareResult is what came of it.
type bareResult struct {
	Error       string
	Interrupted bool          // before it ended
	Took        time.Duration // of processor time, since it was begun or interrupted
	Memory      int64         // that the program had more than before, at most
}

func playBare(name string) func(*doing, json.RawMessage) (any, error) {
	var b bare
	for _, b = range bares() {
		if b.name == name {
			break
		}
	}
	debug.FreeOSMemory()
	before := mostResident()
	// Before the program has so much, Go collects what nobody holds: how far that
	// lags behind on a busy machine says nothing of the script.
	debug.SetMemoryLimit(before + bareMemory/2)
	told := int64(0)
	return func(at *doing, request json.RawMessage) (any, error) {
		var s bareScript
		if err := json.Unmarshal(request, &s); err != nil {
			return nil, err
		}
		if most := mostResident() - before; most > bareMemory/4 && most > told {
			told = most
			debug.FreeOSMemory() // or what it has at most would say something of the scripts before
		}
		at.now("runs")
		var r bareResult
		interrupt := make(chan struct{})
		limit := bareTime
		switch {
		case s.Endless && long():
			limit = longEndlessTime
		case s.Endless:
			limit = endlessTime
		}
		start := processor()
		stop := whenUsed(limit, func() {
			at.now("goes on after the interrupt")
			r.Interrupted = true
			start = processor()
			close(interrupt)
		})
		err := b.run(s.Text, interrupt)
		end := processor()
		stop()
		r.Took, r.Memory = end-start, mostResident()-before
		if err != nil {
			r.Error = short(err.Error())
		}
		return r, nil
	}
}

// TestAttacksAreHarmlessWithoutUs plays every attack on the bare interpreters of its
// language: a third of those on memory, which take longest, all of them in the long
// run. What is in this repository harms nobody who runs it elsewhere.
func TestAttacksAreHarmlessWithoutUs(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("nothing of ours runs there")
	}
	for _, b := range bares() {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			list, _, err := attacks(b.language)
			if err != nil {
				t.Fatal(err)
			}
			p := newParent(t, "bare "+b.name)
			left := 0
			for i, a := range list {
				if a.class == "memory" && i%3 != 0 && !long() {
					left++
					continue
				}
				t.Run(a.String(), func(t *testing.T) {
					p.harmless(t, bareScript{Text: a.text, Endless: a.endless()})
				})
			}
			t.Logf("%d attacks are left to the long run", left)
		})
	}
}

// endless says that an attack goes on until it is killed.
func (a attack) endless() bool {
	return a.outcome.word == "killed" || a.limits.Fuel > 0
}

// harmless runs a script in a child and sees that it does no harm.
func (p *parent) harmless(t *testing.T, s bareScript) {
	t.Helper()
	var r bareResult
	if err := p.request(s, &r); err != nil {
		t.Errorf("it harms the interpreter: %v\n%s", err, s.Text)
		return
	}
	t.Logf("took %v, memory %d MiB, interrupted %v: %s", r.Took, r.Memory>>20, r.Interrupted, r.Error)
	switch {
	case r.Interrupted && !s.Endless:
		t.Errorf("it does not end by itself within %v of processor time\n%s", bareTime, s.Text)
	case r.Took > bareTime:
		t.Errorf("it takes %v of processor time after the interrupt\n%s", r.Took, s.Text)
	case r.Memory > bareMemory:
		t.Errorf("the program has %d MiB more than before\n%s", r.Memory>>20, s.Text)
		p.dismiss(t) // what it has at most says nothing of the next script
	}
}
