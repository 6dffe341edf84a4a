package hostile

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

const (
	audience    = 10_000 // processes that are served while an attack runs
	echoesAtick = 5      // sent every millisecond, to one after the other
	kills       = 200

	// An attack is made again and again for as long.
	attackTime = time.Second
	// latencyPatience is when one is taken not to end.
	latencyPatience = 30 * time.Second

	// The limit of a node that is not tight. Each attack has its own.
	latencyNodeMemory = 1 << 30
)

// echoes are processes that print what they are sent; runners say that they
// run, and do so without end.
var (
	echoes = map[string]string{
		"lua":      "return { main = function() local inbox = process.inbox() while true do print('echo ' .. inbox:receive():payload():data()) end end }",
		"starlark": "def main():\n    inbox = process.inbox()\n    while True:\n        print('echo ' + inbox.receive()[0].payload().data())\n",
	}
	runners = map[string]string{
		"lua":      "return { main = function() print('runs') while true do end end }",
		"starlark": "def main():\n    print('runs')\n    while True:\n        pass\n",
	}
)

// crowded is a runtime with processes that are served continuously.
type crowded struct {
	rt   *core.Runtime
	runs chan struct{}

	mu   sync.Mutex
	took []time.Duration // of echoes since the last call of taken
	sent int
	back int
}

// Write takes what scripts print: an echo is the time when it was to be sent.
func (c *crowded) Write(line []byte) (int, error) {
	now := time.Now().UnixNano()
	text := strings.TrimSpace(string(line))
	if text == "runs" {
		c.runs <- struct{}{}
	}
	if rest, ok := strings.CutPrefix(text, "echo"); ok {
		if at, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64); err == nil {
			c.mu.Lock()
			c.took = append(c.took, time.Duration(now-at))
			c.back++
			c.mu.Unlock()
		}
	}
	return len(line), nil
}

// taken gives the times of the echoes since the last call.
func (c *crowded) taken() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	took := c.took
	c.took = nil
	slices.Sort(took)
	return took
}

// serve sends echoes at a steady rate, late ones as well.
func (c *crowded) serve(pids []hostapi.PID, stop chan struct{}) {
	next := time.Now()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := 0; ; {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		for ; next.Before(time.Now()); next = next.Add(time.Millisecond) {
			for range echoesAtick {
				pid := pids[i%len(pids)]
				i++
				if c.rt.Send(pid, "echo", hostapi.String(strconv.FormatInt(next.UnixNano(), 10))) == nil {
					c.mu.Lock()
					c.sent++
					c.mu.Unlock()
				}
			}
		}
	}
}

func openCrowded(b *testing.B, e hostapi.Engine) *crowded {
	debug.SetMemoryLimit(latencyNodeMemory) // these two as the command does
	debug.SetGCPercent(300)
	c := &crowded{runs: make(chan struct{}, 1)}
	c.rt = core.New(core.Options{Output: c, MemoryLimit: latencyNodeMemory})
	c.rt.DefineHost(core.HostOptions{ID: hostID})
	if err := c.rt.StartHost(hostID); err != nil {
		b.Fatal(err)
	}
	c.define(b, e, "echo", echoes[e.Info().Language], core.Limits{}, core.Mailbox{})
	c.define(b, e, "runner", runners[e.Info().Language], core.Limits{}, core.Mailbox{})
	var pids []hostapi.PID
	for range audience {
		pid, err := c.rt.Start(context.Background(), hostapi.Spawn{ID: "app:echo", Host: hostID}, nil)
		if err != nil {
			b.Fatal(err)
		}
		pids = append(pids, pid)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { defer close(stopped); c.serve(pids, stop) }()
	b.Cleanup(func() {
		close(stop)
		<-stopped
		for _, pid := range c.rt.Processes() {
			_ = c.rt.Terminate(pid)
		}
		if err := c.rt.Shutdown(context.Background(), time.Minute); err != nil {
			b.Error(err)
		}
	})
	return c
}

func (c *crowded) define(b *testing.B, e hostapi.Engine, name, text string, limits core.Limits, mailbox core.Mailbox) {
	p, err := compile(e, name, text)
	if err != nil {
		b.Fatal(err)
	}
	c.rt.Define(core.Entry{ID: "app:" + name, Program: p, Limits: limits, Mailbox: mailbox})
}

// BenchmarkLatency measures how hostile scripts disturb 10,000 processes that are
// served 5,000 times a second, on as many workers as there are CPUs.
//
// kill starts processes that loop, one after the other, and kills each while it
// executes: the time from the kill to its end, and of the echoes meanwhile.
// memory plays the attacks on memory: what became of each and how long it
// took, the echoes meanwhile, and resident memory before, at most, and after
// garbage was returned. One pass is enough: -benchtime 1x.
func BenchmarkLatency(b *testing.B) {
	for _, e := range engines() {
		name := e.Info().Name
		b.Run(name+"/calm", func(b *testing.B) {
			c := openCrowded(b, e)
			c.taken()
			time.Sleep(3 * time.Second)
			report(b, "echo", c.taken())
		})
		b.Run(name+"/kill", func(b *testing.B) { benchmarkKills(b, openCrowded(b, e)) })
		b.Run(name+"/memory", func(b *testing.B) { benchmarkMemory(b, e, openCrowded(b, e)) })
	}
}

func benchmarkKills(b *testing.B, c *crowded) {
	var took []time.Duration
	c.taken()
	for i := range kills {
		ended := make(chan struct{})
		pid, err := c.rt.Start(context.Background(), hostapi.Spawn{ID: "app:runner", Host: hostID}, func(hostapi.Result) { close(ended) })
		if err != nil {
			b.Fatal(err)
		}
		<-c.runs
		time.Sleep(time.Duration(1+i%10) * time.Millisecond) // at any point of its slices
		start := time.Now()
		if err := c.rt.Terminate(pid); err != nil {
			b.Fatal(err)
		}
		<-ended
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	report(b, "kill", took)
	report(b, "echo", c.taken())
}

func benchmarkMemory(b *testing.B, e hostapi.Engine, c *crowded) {
	list, _, err := attacks(e.Info().Language)
	if err != nil {
		b.Fatal(err)
	}
	var all []time.Duration
	lost := 0
	for _, a := range list {
		if a.class != "memory" || a.outcome.word != "stopped" && a.outcome.kind != hostapi.LimitExceeded {
			continue
		}
		c.define(b, e, "attack", a.text, a.limits, a.mailbox)
		debug.FreeOSMemory()
		before := len(c.rt.Processes())
		rss := watchResident()
		c.taken()
		start := time.Now()
		end, times := c.attack(), 1
		for ; time.Since(start) < attackTime; times++ {
			end = c.attack()
		}
		echo := c.taken()
		most := rss.stop()
		debug.FreeOSMemory()
		died := before - len(c.rt.Processes())
		lost += died
		all = append(all, echo...)
		// Not by b.Logf, which keeps ten lines.
		fmt.Fprintf(os.Stderr, "%-10s %-28s %4d times  echo p50 %s p99 %s max %s  RSS %4d -> %4d -> %4d MiB  others killed: %d  %s\n", e.Info().Name, a, times,
			ms(at(echo, 0.5)), ms(at(echo, 0.99)), ms(at(echo, 1)), rss.first>>20, most>>20, resident()>>20, died, end)
	}
	slices.Sort(all)
	report(b, "echo", all)
	b.ReportMetric(float64(lost), "others-killed")
}

// attack runs the attack to its end, or kills it.
func (c *crowded) attack() string {
	ended := make(chan hostapi.Result, 1)
	ctx, abandon := context.WithCancel(context.Background())
	defer abandon()
	go func() {
		_, err := c.rt.Start(ctx, hostapi.Spawn{ID: "app:attack", Host: hostID, Args: []hostapi.Value{hostapi.String("")}}, func(r hostapi.Result) { ended <- r })
		if err != nil {
			ended <- hostapi.Result{Err: hostapi.AsError(err)}
		}
	}()
	select {
	case r := <-ended:
		if r.Err == nil {
			return "returned"
		}
		by := "by itself"
		if r.Err.Kind == hostapi.LimitExceeded {
			by = "by the process's limit"
		}
		if r.Err.Details != nil && !r.Err.Details.Get("scope").IsNil() {
			by = "by the guard"
		}
		return by
	case <-time.After(latencyPatience):
		return "not in time"
	}
}

func report(b *testing.B, what string, sorted []time.Duration) {
	for name, share := range map[string]float64{"p50": 0.5, "p99": 0.99, "max": 1} {
		b.ReportMetric(float64(at(sorted, share).Microseconds())/1000, what+"-"+name+"-ms")
	}
	b.ReportMetric(0, "ns/op")
}

func at(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1fms", float64(d.Microseconds())/1000) }

// resident gives the resident memory of this program in bytes.
func resident() int64 {
	var size, pages int64
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0 // not on this system
	}
	if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// residentWatch samples the resident memory.
type residentWatch struct {
	first int64
	quit  chan struct{}
	most  chan int64
}

func watchResident() *residentWatch {
	w := &residentWatch{first: resident(), quit: make(chan struct{}), most: make(chan int64)}
	go func() {
		most := w.first
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, resident())
			select {
			case <-w.quit:
				w.most <- most
				return
			case <-tick.C:
			}
		}
	}()
	return w
}

func (w *residentWatch) stop() int64 {
	close(w.quit)
	return <-w.most
}
