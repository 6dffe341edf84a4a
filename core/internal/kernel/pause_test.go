package kernel

import (
	"context"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// Time that a process took counts as steps of its slice. It is told only if it was
// so long that the script must be the cause, and then once.
func TestPausesThatAreTold(t *testing.T) {
	for _, c := range []struct {
		what  string
		steps []int // of each pause
		want  int   // events
	}{
		{"a slice", []int{schedule.TimeSlice}, 0},
		{"some milliseconds", []int{longSlice + schedule.TimeSlice, 5 * longSlice}, 0},
		{"long", []int{longPause}, 1},
		{"twice", []int{longPause, 2 * longPause}, 1},
	} {
		told := 0
		rt := New(Options{MemoryLimit: -1, OnEvent: func(e RuntimeEvent) {
			if _, ok := e.(LongSlice); ok {
				told++
			}
		}}, Parts{})
		rt.DefineHost(HostOptions{ID: "test:host", Workers: 1})
		if err := rt.StartHost("test:host"); err != nil {
			t.Fatal(err)
		}
		_, ended := start(t, rt, "pauses", func(task hostapi.Task) error {
			for _, n := range c.steps {
				if err := task.Pause(n); err != nil {
					return err
				}
			}
			return nil
		})
		if r := <-ended; r.Err != nil {
			t.Errorf("%s: %v", c.what, r.Err)
		}
		if err := rt.Shutdown(context.Background(), time.Minute); err != nil {
			t.Error(err)
		}
		if told != c.want {
			t.Errorf("%s: told %d times, want %d", c.what, told, c.want)
		}
	}
}

// start begins a process. Its result comes from the channel.
func start(t *testing.T, rt *Runtime, id string, do func(hostapi.Task) error) (hostapi.PID, <-chan hostapi.Result) {
	t.Helper()
	rt.Define(Entry{ID: "test:" + id, Program: acting{do: do}})
	ended := make(chan hostapi.Result, 1)
	pid, err := rt.Start(context.Background(), hostapi.Spawn{ID: "test:" + id, Host: "test:host"}, func(r hostapi.Result) { ended <- r })
	if err != nil {
		t.Fatal(err)
	}
	return pid, ended
}
