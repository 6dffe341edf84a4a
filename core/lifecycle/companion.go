package lifecycle

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// companion is a service of a kind from outside the core, of one run. Its fields are
// guarded by the lock of the run.
type companion struct {
	r  *Run
	n  *node
	e  *app.ExtensionService
	of core.CompanionEntry

	failures int            // starts in a row
	running  core.Companion // nil: it does not run
	starting context.CancelFunc
	ended    chan struct{} // closed when no start is under way any more, if one was
	retry    func() bool   // stops the timer of the next start
	stopping bool
}

// start starts the service, on another goroutine; in a simulated run before it returns.
func (c *companion) start() {
	c.r.mu.Lock()
	if c.stopping {
		c.r.mu.Unlock()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopTimer := c.r.rt.AfterFunc(c.e.Lifecycle.StartTimeout, cancel)
	ended := make(chan struct{})
	c.starting, c.ended, c.retry = cancel, ended, nil
	c.r.mu.Unlock()
	try := func() {
		defer close(ended)
		running, err := c.of.Start(ctx, c.r.rt, c.e.ID, c.r.app.Place(c.r.rt.Conceal))
		stopTimer()
		cancel()
		if err != nil {
			c.failed(hostapi.AsError(err))
			return
		}
		c.r.mu.Lock()
		c.running, c.failures = running, 0
		c.r.mu.Unlock()
		c.r.log.Info("service running", "service", c.e.ID)
		c.r.running(c.n)
	}
	if c.r.rt.Simulated() {
		try()
	} else {
		go try()
	}
}

// failed plans the next start, or gives the service up (15.9).
func (c *companion) failed(err *hostapi.Error) {
	life := &c.e.Lifecycle
	c.r.mu.Lock()
	if c.stopping {
		c.r.mu.Unlock()
		return
	}
	c.failures++
	again := life.MaxAttempts == 0 || c.failures <= life.MaxAttempts
	delay := life.Restart.Delay(c.failures, 0.5)
	if again {
		c.retry = c.r.rt.AfterFunc(delay, c.start)
	}
	c.r.mu.Unlock()
	if again {
		c.r.log.Warn("service not started", "service", c.e.ID, "error", err, "retry_in", delay)
		return
	}
	c.r.log.Error("service failed", "service", c.e.ID, "error", err)
	c.r.settle(c.n, err)
	c.r.over(c.n, core.ServiceFailed)
}

// stop stops the service, and waits until it has, or ctx is done.
func (c *companion) stop(ctx context.Context) {
	c.r.mu.Lock()
	c.stopping = true
	if c.starting != nil {
		c.starting()
	}
	if c.retry != nil {
		c.retry()
	}
	ended := c.ended
	c.r.mu.Unlock()
	if ended == nil || !c.r.rt.Await(ctx, ended) {
		return
	}
	c.r.mu.Lock()
	running := c.running
	c.running = nil
	c.r.mu.Unlock()
	if running == nil {
		return
	}
	draining, cut := context.WithCancel(ctx)
	defer cut()
	defer c.r.rt.AfterFunc(c.e.Lifecycle.StopTimeout, cut)()
	running.Stop(draining)
	c.r.log.Info("service stopped", "service", c.e.ID)
}

// stopCompanions stops the services that bring work, before all else (40.13).
func (r *Run) stopCompanions(ctx context.Context) {
	r.mu.Lock()
	var list []*companion
	for _, n := range r.nodes {
		if n.companion != nil {
			list = append(list, n.companion)
		}
	}
	r.mu.Unlock()
	slices.SortFunc(list, func(a, b *companion) int { return strings.Compare(a.n.id, b.n.id) }) // the same in the same run
	if r.rt.Simulated() {                                                                       // Await is for the goroutine that drives the simulation
		for _, c := range list {
			c.stop(ctx)
		}
		return
	}
	var all sync.WaitGroup
	for _, c := range list {
		all.Go(func() { c.stop(ctx) })
	}
	all.Wait()
}
