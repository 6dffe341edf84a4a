package binding_test

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

func TestKillIsForEver(t *testing.T) {
	host := &task{killAt: 2}
	tk := &binding.Task{Task: host}
	if err := tk.Tick(1); err != nil || tk.Killed() || tk.Check() != nil {
		t.Fatalf("first tick: %v, killed %v", err, tk.Killed())
	}
	if err := tk.Tick(1); !errors.Is(err, hostapi.ErrKilled) || !tk.Killed() {
		t.Fatalf("second tick: %v, killed %v; want ErrKilled", err, tk.Killed())
	}
	if err := tk.Check(); !errors.Is(err, hostapi.ErrKilled) {
		t.Errorf("Check after the kill: %v", err)
	}
	ran := false
	if err := tk.Do(func() error { ran = true; return nil }); !errors.Is(err, hostapi.ErrKilled) || ran {
		t.Errorf("Do after the kill: %v, ran %v", err, ran)
	}
	if err := tk.Tick(1); !errors.Is(err, hostapi.ErrKilled) || host.ticks != 2 {
		t.Errorf("Tick after the kill: %v, %d ticks", err, host.ticks)
	}
}

func TestKillInAPauseIsForEver(t *testing.T) {
	tk := &binding.Task{Task: &task{killAt: 2}}
	if err := tk.Pause(1); err != nil || tk.Killed() {
		t.Fatalf("first pause: %v, killed %v", err, tk.Killed())
	}
	if err := tk.Pause(1); !errors.Is(err, hostapi.ErrKilled) || !tk.Killed() || tk.Check() == nil {
		t.Errorf("second pause: %v, killed %v", err, tk.Killed())
	}
}

func TestNoScriptInsideOfACall(t *testing.T) {
	tk := &binding.Task{Task: &task{}}
	oops := errors.New("oops")
	err := tk.Do(func() error {
		if err := tk.Check(); !invalid(err, "no code of the script") {
			t.Errorf("Check inside: %v", err)
		}
		if err := tk.Do(func() error { return nil }); err != nil {
			t.Errorf("Do inside: %v", err)
		}
		if err := tk.Check(); !invalid(err, "no code of the script") {
			t.Errorf("Check inside, after another Do: %v", err)
		}
		return oops
	})
	if err != oops || tk.Killed() || tk.Check() != nil {
		t.Errorf("after Do: %v, killed %v, Check %v", err, tk.Killed(), tk.Check())
	}
}

func TestRecover(t *testing.T) {
	host := &task{}
	tk := &binding.Task{Task: host}
	run := func(body func() error) (err error) {
		defer tk.Recover(&err)
		return body()
	}
	oops := errors.New("oops")
	if err := run(func() error { return oops }); err != oops || tk.Killed() {
		t.Errorf("without a panic: %v, killed %v", err, tk.Killed())
	}
	err := run(func() error { return tk.Do(func() error { panic("bug") }) })
	if !errors.Is(err, hostapi.ErrKilled) || !tk.Killed() || len(host.faults) != 1 || host.faults[0] != "bug" {
		t.Errorf("got %v, killed %v, faults %v; want a fault", err, tk.Killed(), host.faults)
	}
}
