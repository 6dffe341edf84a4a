package hostile

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// BenchmarkKill measures the time from terminate to the end of a process that
// loops, on a worker that serves 10,000 others as well.
func BenchmarkKill(b *testing.B) {
	loops := map[string]string{
		"lua":      "return { main = function() while true do pcall(function() while true do end end) end end }",
		"starlark": "def loop():\n    while True:\n        pass\ndef main():\n    while True:\n        pcall(loop)\n",
	}
	serves := map[string]string{
		"lua":      "return { main = function() local inbox = process.inbox() while true do inbox:receive() process.send(process.pid(), 'x') end end }",
		"starlark": "def main():\n    inbox = process.inbox()\n    while True:\n        inbox.receive()\n        process.send(process.pid(), 'x')\n",
	}
	for _, e := range engines() {
		b.Run(e.Info().Name, func(b *testing.B) {
			rt := core.New(core.Options{MemoryLimit: -1})
			rt.DefineHost(core.HostOptions{ID: hostID, Workers: 1})
			if err := rt.StartHost(hostID); err != nil {
				b.Fatal(err)
			}
			for id, text := range map[string]string{"app:loops": loops[e.Info().Language], "app:serves": serves[e.Info().Language]} {
				p, err := compile(e, id, text)
				if err != nil {
					b.Fatal(err)
				}
				rt.Define(core.Entry{ID: id, Program: p})
			}
			ctx := context.Background()
			var others []hostapi.PID
			for range 10000 {
				pid, err := rt.Start(ctx, hostapi.Spawn{ID: "app:serves", Host: hostID}, nil)
				if err != nil {
					b.Fatal(err)
				}
				others = append(others, pid)
			}
			for _, pid := range others {
				if err := rt.Send(pid, "x"); err != nil {
					b.Fatal(err)
				}
			}
			var took []time.Duration
			for b.Loop() {
				ended := make(chan struct{})
				pid, err := rt.Start(ctx, hostapi.Spawn{ID: "app:loops", Host: hostID}, func(hostapi.Result) { close(ended) })
				if err != nil {
					b.Fatal(err)
				}
				start := time.Now()
				if err := rt.Terminate(pid); err != nil {
					b.Fatal(err)
				}
				<-ended
				took = append(took, time.Since(start))
			}
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
			for _, pid := range rt.Processes() {
				_ = rt.Terminate(pid)
			}
			if err := rt.Shutdown(ctx, time.Minute); err != nil {
				b.Error(err)
			}
		})
	}
}
