package kernel

import (
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// processTimer is a timer, ticker or sleep of a process. It is guarded by the
// lock of its process and stands in the process's list while it is pending.
type processTimer struct {
	schedule.Timer
	p       *process
	pending bool
	waiter  *waiter   // of a sleep
	channel *channel  // of a timer or ticker
	sends   *outgoing // of send_after
	period  time.Duration
	value   func(time.Time) hostapi.Value
	trace   hostapi.TraceContext // of who has set it

	list       *timerList // of the code that made it
	prev, next *processTimer
}

// newTimer makes a timer that is not yet set. It stays with the code that makes
// it, if an upgrade replaces that. The lock of the process is held.
func (p *process) newTimer() *processTimer {
	if p.timers == nil {
		p.timers = &timerList{}
	}
	t := &processTimer{p: p, list: p.timers}
	t.Timer.Fire = t.fired
	return t
}

// timerList holds the pending timers of a process.
type timerList struct {
	first *processTimer
	n     int
}

func (l *timerList) add(t *processTimer) {
	t.prev, t.next = nil, l.first
	if l.first != nil {
		l.first.prev = t
	}
	l.first = t
	l.n++
}

func (l *timerList) remove(t *processTimer) {
	if t.prev == nil {
		l.first = t.next
	} else {
		t.prev.next = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
	l.n--
}

// start sets the timer. The lock of the process is held.
func (t *processTimer) start(due time.Time) {
	if !t.pending {
		t.pending = true
		t.list.add(t)
	}
	t.p.rt.timers.Set(&t.Timer, due)
}

// cancel takes the timer out of the queue and reports whether it was pending.
// The lock of the process is held.
func (t *processTimer) cancel() bool {
	if !t.pending {
		return false
	}
	t.pending = false
	t.list.remove(t)
	t.p.rt.timers.Remove(&t.Timer)
	if t.sends != nil {
		t.sends.forget(t.p)
	}
	return true
}

// cancelAll ends all timers of the list, which may be nil. The lock of the
// process is held.
func (l *timerList) cancelAll() {
	for l != nil && l.first != nil {
		l.first.cancel()
	}
}

func (t *processTimer) fired(now time.Time) {
	t.p.mu.Lock()
	if o := t.due(now); o != nil {
		o.forget(t.p)
		t.p.mu.Unlock()
		o.send(t.p.rt)
		return
	}
	defer t.p.mu.Unlock()
	if !t.pending || t.Timer.Due.After(now) {
		return // stopped, or set anew while the old firing was under way
	}
	t.pending = false
	t.list.remove(t)
	t.p.noteNews(TraceTimer, "", t.what())
	switch {
	case t.waiter != nil:
		t.waiter.complete(-1, hostapi.Value{}, true, nil, nil)
	case t.period > 0:
		if t.channel.buffer.Len() == 0 {
			t.channel.offer(item{value: hostapi.Other(firedAt{t, now})}, nil)
		}
		// Ticks that are long overdue are dropped at once.
		late := now.Sub(t.Timer.Due)
		t.start(t.Timer.Due.Add(late - late%t.period + t.period))
	default:
		t.channel.offer(item{value: hostapi.Other(firedAt{t, now})}, nil)
		t.channel.shut(nil)
	}
}

// what names the sort of the timer.
func (t *processTimer) what() string {
	switch {
	case t.waiter != nil:
		return "sleep"
	case t.period > 0:
		return "ticker"
	}
	return "timer"
}

// due gives what the timer has to send now, and then no longer has; nil if that is
// nothing. The lock of the process is held.
func (t *processTimer) due(now time.Time) *outgoing {
	if t.sends == nil || !t.pending || t.Due.After(now) {
		return nil
	}
	t.pending = false
	t.list.remove(t)
	return t.sends
}

// firedAt stands in the channel of a timer until it is received: the value is
// made by the receiving task.
type firedAt struct {
	t  *processTimer
	at time.Time
}

// Now implements hostapi.Clock.
func (p *process) Now() time.Time { return p.rt.clock.Now() }

// Started implements hostapi.Clock.
func (p *process) Started() time.Time { return p.started }

// Sleep implements hostapi.Clock.
func (p *process) Sleep(d time.Duration) error {
	t := p.current
	if err := t.call(); err != nil || d <= 0 {
		return err
	}
	if err := t.mayWait(); err != nil {
		return err
	}
	p.mu.Lock()
	pt := p.newTimer()
	pt.waiter = &t.wait
	t.wait.begin("sleep", true)
	pt.start(p.rt.clock.Now().Add(d))
	return t.park()
}

func (p *process) startTimer(d, period time.Duration, value func(time.Time) hostapi.Value) (*processTimer, error) {
	if err := p.current.call(); err != nil {
		return nil, err
	}
	if d <= 0 {
		return nil, hostapi.Errorf(hostapi.Invalid, "invalid duration: duration must be > 0")
	}
	here := p.here()
	p.mu.Lock()
	defer p.mu.Unlock()
	pt := p.newTimer()
	pt.trace = here
	pt.channel, pt.period, pt.value = p.newChannel(systemChannel), period, value
	pt.start(p.rt.clock.Now().Add(d))
	p.keeps(bytesPerTimer, p)
	return pt, nil
}

// NewTimer implements hostapi.Clock.
func (p *process) NewTimer(d time.Duration, value func(time.Time) hostapi.Value) (hostapi.Timer, error) {
	t, err := p.startTimer(d, 0, value)
	if err != nil {
		return nil, err
	}
	return (*onceTimer)(t), nil
}

// NewTicker implements hostapi.Clock.
func (p *process) NewTicker(d time.Duration, value func(time.Time) hostapi.Value) (hostapi.Ticker, error) {
	t, err := p.startTimer(d, d, value)
	if err != nil {
		return nil, err
	}
	return (*ticker)(t), nil
}

// onceTimer implements hostapi.Timer.
type onceTimer processTimer

func (t *onceTimer) Channel() hostapi.Channel { return t.channel }

func (t *onceTimer) Stop() bool {
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	pending := (*processTimer)(t).cancel()
	if pending {
		t.channel.shut(nil)
	}
	return pending
}

func (t *onceTimer) Reset(d time.Duration) bool {
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	if !t.pending {
		return false
	}
	(*processTimer)(t).start(t.p.rt.clock.Now().Add(d))
	return true
}

// ticker implements hostapi.Ticker.
type ticker processTimer

func (t *ticker) Channel() hostapi.Channel { return t.channel }

func (t *ticker) Stop() {
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	(*processTimer)(t).cancel()
	t.channel.shut(nil)
}
