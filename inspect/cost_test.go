package inspect_test

import (
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// BenchmarkPingPong is what a message and its answer cost: with nobody who could look, with
// an inspector at which nobody looks (63.8), while another process is traced, while one of
// the two is (63.4), and with a flight recorder.
func BenchmarkPingPong(b *testing.B) {
	for _, c := range []struct {
		name   string
		flight int
		begin  func(rt *core.Runtime, pid hostapi.PID) func()
	}{
		{"alone", 0, func(*core.Runtime, hostapi.PID) func() { return func() {} }},
		{"inspected", 0, func(rt *core.Runtime, _ hostapi.PID) func() { return inspect.Handler(rt, inspect.Options{}).Close }},
		{"another traced", 0, func(rt *core.Runtime, _ hostapi.PID) func() {
			return rt.Trace(core.TraceOptions{PID: "{test:host|zzz}"}, func(core.TraceEvent) {})
		}},
		{"traced", 0, func(rt *core.Runtime, pid hostapi.PID) func() {
			return rt.Trace(core.TraceOptions{PID: pid}, func(core.TraceEvent) {})
		}},
		{"flight 50", 50, func(*core.Runtime, hostapi.PID) func() { return func() {} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := build(b, core.Options{Flight: c.flight}, inspect.Options{})
			h.Close() // its own inspector observes nothing
			h.define("answers", func(p hostapi.Process, _ []hostapi.Value) error {
				for {
					v, _, err := p.Inbox().Receive()
					if err != nil {
						return err
					}
					if err := p.Send(string(v.Message().From), "answer", nil); err != nil {
						return err
					}
				}
			})
			done := make(chan struct{})
			h.define("asks", func(p hostapi.Process, args []hostapi.Value) error {
				defer close(done)
				for range args[1].Int() {
					if err := p.Send(args[0].Str(), "question", nil); err != nil {
						return err
					}
					if _, _, err := p.Inbox().Receive(); err != nil {
						return err
					}
				}
				return nil
			})
			pid := h.start("answers")
			stop := c.begin(h.Runtime, pid)
			b.ResetTimer()
			h.start("asks", hostapi.String(string(pid)), hostapi.Int(int64(b.N)))
			<-done
			b.StopTimer()
			stop()
		})
	}
}
