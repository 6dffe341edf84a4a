package conformance_test

import (
	"log/slog"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// cancels changes what cancel is given.
type cancels struct {
	hostapi.Process
	change func(time.Duration, string) (time.Duration, string)
}

func (c cancels) Cancel(dest string, grace time.Duration, reason string) error {
	grace, reason = c.change(grace, reason)
	return c.Process.Cancel(dest, grace, reason)
}

// late lets a coroutine begin after its parent has gone on.
type late struct{ f hostapi.Function }

func (l late) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	if err := t.Process().Yield(); err != nil {
		return nil, err
	}
	return l.f.Call(t, args)
}

type hasty struct{ hostapi.Process }

func (h hasty) Sleep(d time.Duration) error { return h.Process.Sleep(d / 2) }

type confused struct{ hostapi.Process }

func (c confused) NewTimer(d time.Duration, value func(time.Time) hostapi.Value) (hostapi.Timer, error) {
	t, err := c.Process.NewTimer(d, value)
	return confusedTimer{t}, err
}

type confusedTimer struct{ hostapi.Timer }

func (c confusedTimer) Stop() bool { c.Timer.Stop(); return false }

type masked struct{ hostapi.Process }

func (m masked) PID() hostapi.PID { return "{app:host|0}" }

type loaded struct{ hostapi.Task }

func (loaded) Loading() bool { return false }

type boundless struct{ hostapi.Task }

func (boundless) PayloadLimits() hostapi.PayloadLimits {
	return hostapi.PayloadLimits{Depth: 1 << 20, Size: 1 << 30}
}

type silent struct{ hostapi.Process }

func (silent) Log(slog.Level, string, []slog.Attr) error { return nil }

type restless struct{ hostapi.Process }

func (r restless) NewTicker(d time.Duration, value func(time.Time) hostapi.Value) (hostapi.Ticker, error) {
	t, err := r.Process.NewTicker(d, value)
	return endless{t}, err
}

type endless struct{ hostapi.Ticker }

func (endless) Stop() {}

type stubborn struct{ hostapi.Process }

func (s stubborn) NewTimer(d time.Duration, value func(time.Time) hostapi.Value) (hostapi.Timer, error) {
	t, err := s.Process.NewTimer(d, value)
	return stubbornTimer{t}, err
}

type stubbornTimer struct{ hostapi.Timer }

func (stubbornTimer) Reset(time.Duration) bool { return true }
