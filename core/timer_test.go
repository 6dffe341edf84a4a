package core_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// stamp is the value of timers in tests: milliseconds since the start of the
// process.
func (a *actor) stamp(at time.Time) hostapi.Value {
	return val(fmt.Sprint(at.Sub(a.Started()).Milliseconds()))
}

func (a *actor) timer(d time.Duration) hostapi.Timer { return must1(a.NewTimer(d, a.stamp)) }

const ms = time.Millisecond

// 10.6: sleep waits at least as long as told; at once if that is not positive.
func TestSleep(t *testing.T) {
	seeds(t, 50, func(h *house) {
		h.main("0s 0s 10ms, no other ran", func(a *actor) any {
			other := "no other ran"
			a.goes(func(a *actor) { a.yield(); other = "another ran" })
			var took []time.Duration
			state := ""
			for _, d := range []time.Duration{0, -time.Hour, 10 * ms} {
				state = other
				began := a.Now()
				a.sleep(d)
				took = append(took, a.Now().Sub(began))
			}
			return strings.Trim(fmt.Sprint(took), "[]") + ", " + state
		})
	})
}

// 10.8: what stop and reset do in each state.
func TestTimerStates(t *testing.T) {
	seeds(t, 50, func(h *house) {
		h.main("ok", func(a *actor) any {
			pending := a.timer(10 * ms)
			if !pending.Stop() || a.get(pending.Channel()) != "closed" || pending.Stop() || pending.Reset(ms) {
				return "stop of a pending timer"
			}
			again := a.timer(10 * ms)
			a.sleep(5 * ms)
			if !again.Reset(20*ms) || a.get(again.Channel()) != "25" || a.get(again.Channel()) != "closed" {
				return "reset of a pending timer"
			}
			shorter := a.timer(time.Hour)
			if !shorter.Reset(5*ms) || a.get(shorter.Channel()) != "30" {
				return "reset to a shorter time"
			}
			fired := a.timer(10 * ms)
			a.sleep(20 * ms)
			if fired.Stop() || fired.Reset(ms) || a.get(fired.Channel()) != "40" || a.get(fired.Channel()) != "closed" || a.get(fired.Channel()) != "closed" {
				return "a timer that fired"
			}
			if fired.Channel() != fired.Channel() {
				return "another channel"
			}
			for _, d := range []time.Duration{0, -1} {
				_, err1 := a.NewTimer(d, nil)
				_, err2 := a.NewTicker(d, nil)
				if text(err1)+text(err2) != strings.Repeat("Invalid: invalid duration: duration must be > 0", 2) {
					return text(err1)
				}
			}
			return "ok"
		})
	})
}

// 10.9: ticks come in step, at most one waits, one stays readable after stop.
func TestTicker(t *testing.T) {
	seeds(t, 50, func(h *house) {
		h.main("10 20 30 65 70 80 closed closed", func(a *actor) any {
			ticker := must1(a.NewTicker(10*ms, a.stamp))
			c := ticker.Channel()
			got := []string{a.get(c), a.get(c)}
			a.sleep(45 * ms) // ticks at 30, then 40, 50, 60 are dropped
			got = append(got, a.get(c))
			got = append(got, fmt.Sprint(a.Now().Sub(a.Started()).Milliseconds()))
			got = append(got, a.get(c))
			a.sleep(15 * ms)
			ticker.Stop()
			ticker.Stop()
			return strings.Join(append(got, a.get(c), a.get(c), a.get(c)), " ")
		})
	})
}

// 20.9: by due time; at the same instant in the order in which they were set.
func TestTimersFireInOrder(t *testing.T) {
	seeds(t, 200, func(h *house) {
		h.main("c a b d", func(a *actor) any {
			var got []string
			for _, x := range []struct {
				name string
				d    time.Duration
			}{{"a", 10}, {"b", 10}, {"c", 5}, {"d", 10}} {
				a.goes(func(a *actor) { a.sleep(x.d * ms); got = append(got, x.name) })
			}
			a.sleep(20 * ms)
			return strings.Join(got, " ")
		})
	})
}

// On the wall clock too, timers that are due at once fire in order and none is
// lost.
func TestTimersOnTheWallClock(t *testing.T) {
	for range 20 {
		h := onWorkers(t, 2)
		h.main(200, func(a *actor) any {
			n, done := 0, a.channel(0)
			for i := range 200 {
				a.goes(func(a *actor) {
					d := time.Duration(i%7+1) * 10 * time.Microsecond
					if i%2 == 0 {
						a.sleep(d)
					} else {
						timer := a.timer(time.Hour)
						timer.Reset(d)
						a.get(timer.Channel())
					}
					if n++; n == 200 {
						a.put(done, 1)
					}
				})
			}
			a.get(done)
			return n
		})
		h.close()
	}
}

// 10.11: nothing of a process's timers is left when it has ended, however it
// ended.
func TestTimersEndWithTheProcess(t *testing.T) {
	seeds(t, 100, func(h *house) {
		h.slow()
		h.define("child", func(a *actor) any {
			a.timer(time.Hour)
			must1(a.NewTicker(time.Hour, a.stamp))
			must(a.Cancel(a.self(), time.Hour, ""))
			a.goes(func(a *actor) { a.sleep(time.Hour) })
			switch a.arg(0) {
			case "upgrading":
				must(a.Upgrade("test:slow", nil))
			case "waiting":
				a.forever()
			}
			return nil
		})
		began := h.sim.Now()
		h.main("ok", func(a *actor) any {
			for _, how := range []string{"returning", "waiting", "upgrading"} {
				pid := a.spawnMonitored("child", how)
				for range 5 {
					a.yield()
				}
				_ = soft(a.Terminate(pid))
				a.event()
			}
			return "ok"
		})
		h.sim.Run()
		if h.sim.Now() != began {
			t.Errorf("a timer was left: %s later", h.sim.Now().Sub(began))
		}
	})
}

// An hour of virtual time takes no time, and RunFor stops the clock where told.
func TestVirtualTime(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.define("sleeper", func(a *actor) any {
		for range 60 {
			a.sleep(time.Minute)
		}
		h.see("woke after %s", a.Now().Sub(a.Started()))
		return nil
	})
	h.start("sleeper")
	began := h.sim.Now()
	h.sim.Settle()
	if !h.sim.Now().Equal(began) {
		t.Error("Settle moved the time")
	}
	h.sim.RunFor(59 * time.Minute)
	h.saw()
	if took := h.sim.Now().Sub(began); took != 59*time.Minute {
		t.Errorf("RunFor took %s", took)
	}
	h.sim.RunFor(time.Minute)
	h.saw("woke after 1h0m0s")
}

// The runtime's AfterFunc uses the same clock.
func TestAfterFunc(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.AfterFunc(time.Hour, func() { h.see("hour") })
	h.AfterFunc(time.Minute, func() { h.see("minute") })
	stop := h.AfterFunc(time.Second, func() { h.see("second") })
	if !stop() || stop() {
		t.Error("stop does not tell whether the timer was pending")
	}
	h.sim.Run()
	h.saw("minute", "hour")
	if got := h.Runtime.Now().Sub(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)); got != time.Hour {
		t.Errorf("the clock shows %s", got)
	}
}

// countingClock counts alarms, to see that a runtime that is shut down leaves
// none behind.
type countingClock struct {
	core.Clock
	at time.Time
}

func (c *countingClock) SetAlarm(at time.Time, ring func()) { c.at = at }

func (c *countingClock) Now() time.Time { return time.Time{}.Add(time.Hour) }

func TestShutdownTakesTheAlarmBack(t *testing.T) {
	clock := &countingClock{}
	h := (&house{t: t}).open(core.Options{Clock: clock}, 1)
	h.main("ok", func(a *actor) any {
		a.timer(time.Hour)
		return "ok"
	})
	h.close()
	if !clock.at.IsZero() {
		t.Error("the alarm is still set")
	}
}
