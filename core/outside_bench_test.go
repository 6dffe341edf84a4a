package core_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// BenchmarkOutside has 10,000 processes of one worker wait for the outside, and tells
// by how much a ticker on that worker is late meanwhile; then kills a thousand of them,
// one after the other, and tells how long it takes until that is seen.
func BenchmarkOutside(b *testing.B) {
	const waiting, killed = 10_000, 1000
	before := runtime.NumGoroutine()
	for range b.N {
		h := onWorkers(b, 1)
		h.define("waiting", func(a *actor) any {
			_, err := a.outside(func(ctx context.Context) (hostapi.Value, error) {
				<-ctx.Done()
				return hostapi.Value{}, ctx.Err()
			})
			return err
		})
		late := h.ticks()
		ticker, done := h.start("ticker")
		pids := make([]hostapi.PID, waiting)
		for i := range pids {
			var err error
			if pids[i], err = h.Start(b.Context(), req("waiting"), nil); err != nil {
				b.Fatal(err)
			}
		}
		address, err := h.Attach(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		took := make([]time.Duration, killed)
		for i := range took {
			took[i] = killAndSee(b, h, address, pids[i])
		}
		_ = h.Send(ticker, "stop")
		h.wait(done)
		h.close()
		slices.Sort(took)
		b.ReportMetric(float64(late().Microseconds())/1000, "ms-late")
		b.ReportMetric(float64(took[killed*99/100].Microseconds())/1000, "ms-kill-p99")
	}
	b.ReportMetric(float64(runtime.NumGoroutine()-before), "goroutines-left")
}

// ticks defines a ticker of 10 ms, which ends with its first message; late then gives by
// how much it was late at most.
func (h *house) ticks() (late func() time.Duration) {
	var most time.Duration
	h.define("ticker", func(a *actor) any {
		ticker := must1(a.NewTicker(10*time.Millisecond, func(t time.Time) hostapi.Value {
			return hostapi.Int(time.Since(t).Microseconds())
		}))
		for {
			s := a.pick(receiving(a.Inbox()), receiving(ticker.Channel()))
			if s.Index == 0 {
				return nil
			}
			most = max(most, time.Duration(s.Value.Int())*time.Microsecond)
		}
	})
	return func() time.Duration { return most }
}

// BenchmarkOutsideOperations has 1,000 operations of 2 s each under way for one worker, begun
// by one process each, and tells by how much a ticker on that worker is late.
func BenchmarkOutsideOperations(b *testing.B) {
	for range b.N {
		h := onWorkers(b, 1)
		h.define("waiting", func(a *actor) any {
			_, err := a.outside(func(ctx context.Context) (hostapi.Value, error) {
				select {
				case <-time.After(2 * time.Second):
				case <-ctx.Done():
				}
				return hostapi.Value{}, ctx.Err()
			})
			return err
		})
		late := h.ticks()
		ticker, done := h.start("ticker")
		var all sync.WaitGroup
		for range 1000 {
			all.Add(1)
			if _, err := h.Start(b.Context(), req("waiting"), func(hostapi.Result) { all.Done() }); err != nil {
				b.Fatal(err)
			}
		}
		all.Wait()
		_ = h.Send(ticker, "stop")
		h.wait(done)
		h.close()
		b.ReportMetric(float64(late().Microseconds())/1000, "ms-late")
	}
}

// killAndSee gives the time from a kill until the EXIT.
func killAndSee(b *testing.B, h *house, a *core.Address, pid hostapi.PID) time.Duration {
	if err := a.Monitor(pid); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := h.Terminate(pid); err != nil {
		b.Fatal(err)
	}
	if d, err := a.Receive(b.Context()); err != nil || d.Event.From != pid {
		b.Fatal(d, err)
	}
	return time.Since(start)
}

// BenchmarkAwait is one operation that does nothing.
func BenchmarkAwait(b *testing.B) {
	h := onWorkers(b, 1)
	h.define("main", func(a *actor) any {
		for range b.N {
			must1(a.outside(func(context.Context) (hostapi.Value, error) { return hostapi.Value{}, nil }))
		}
		return nil
	})
	b.ReportAllocs()
	if _, err := h.Exec(context.Background(), req("main")); err != nil {
		b.Fatal(err)
	}
	h.close()
}

// BenchmarkEndAmongChildren is the end and restart of one child of a supervisor that
// has many.
func BenchmarkEndAmongChildren(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(map[int]string{100: "100", 100_000: "100000"}[n], func(b *testing.B) {
			h := onWorkers(b, 1)
			h.define("child", func(a *actor) any { a.message(); return nil })
			sup := spec.DefaultSupervisor
			sup.Strategy, sup.Intensity = spec.SimpleOneForOne, 1<<30
			sup.Children = []spec.Child{{Process: "test:child", Restart: spec.Permanent, Shutdown: spec.Shutdown{Brutal: true}}}
			h.DefineSupervisor("test:sup", sup)
			h.define("main", func(a *actor) any {
				sup := string(must1(a.StartSupervisor(hostapi.String("test:sup"), false)))
				var last hostapi.PID
				for range n {
					last = must1(a.StartChild(sup, nil))
				}
				b.ResetTimer()
				for range b.N {
					a.send(string(last), "end")
					last = must1(a.StartChild(sup, nil))
				}
				b.StopTimer()
				must(a.Terminate(sup))
				return nil
			})
			if _, err := h.Exec(context.Background(), req("main")); err != nil {
				b.Fatal(err)
			}
			h.close()
		})
	}
}
