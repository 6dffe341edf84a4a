package schedule

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Timers fire in the order of when they are due and, at one instant, of when they were
// set last (20.9); one that was removed does not, and one that was set while others
// fire does when its time comes. No alarm is left.
func TestTimersFireInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sim := NewSimulation(1)
		start := sim.Now()
		q := Timers{Clock: sim}
		type set struct {
			id  int
			due time.Duration
		}
		var model []set
		var fired, want []int
		timers := make([]*Timer, 8)
		for i := range timers {
			timers[i] = &Timer{Fire: func(now time.Time) {
				fired = append(fired, i)
				if i == 0 && now.Sub(start) < 50 {
					q.Set(timers[0], start.Add(50))
				}
			}}
		}
		without := func(id int) { model = slices.DeleteFunc(model, func(s set) bool { return s.id == id }) }
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			id := rapid.IntRange(0, len(timers)-1).Draw(t, "timer")
			pending := slices.ContainsFunc(model, func(s set) bool { return s.id == id })
			without(id)
			if rapid.Bool().Draw(t, "remove") {
				if q.Remove(timers[id]) != pending {
					t.Fatalf("timer %d: pending %t", id, !pending)
				}
				continue
			}
			due := time.Duration(rapid.IntRange(0, 9).Draw(t, "due"))
			q.Set(timers[id], start.Add(due))
			model = append(model, set{id, due})
		}
		slices.SortStableFunc(model, func(a, b set) int { return int(a.due - b.due) })
		for _, s := range model {
			want = append(want, s.id)
		}
		if slices.Contains(want, 0) {
			want = append(want, 0) // set again by itself
		}
		sim.Run()
		if !slices.Equal(fired, want) {
			t.Fatalf("fired %v, want %v", fired, want)
		}
		if len(sim.clocks) > 0 {
			t.Error("an alarm is left")
		}
	})
}
