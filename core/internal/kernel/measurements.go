package kernel

import (
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/hostapi"
)

// Measurements implements core.Runtime.
func (rt *Runtime) Measurements() []measure.Family {
	m := &rt.meter
	families := append(rt.counted(), rt.census()...)
	m.mu.Lock()
	sources := m.sources
	m.mu.Unlock()
	for _, source := range sources {
		families = append(families, source()...)
	}
	return measure.Sorted(families)
}

// counted gives what the meter has counted and timed.
func (rt *Runtime) counted() []measure.Family {
	m := &rt.meter
	byEntry := func(name, help string) measure.Family {
		return measure.Family{Name: name, Help: help, Kind: measure.Counter, Labels: []string{"host", "entry"}}
	}
	started := byEntry("understudy_processes_started_total", "Processes that have become live.")
	unstarted := byEntry("understudy_processes_not_started_total", "Processes whose top level has failed, or whose creation was given up.")
	received := byEntry("understudy_messages_received_total", "Messages taken into mailboxes.")
	sent := byEntry("understudy_messages_sent_total", "Messages sent by processes, whatever became of them.")
	steps := byEntry("understudy_steps_total", "Interpreter steps executed.")
	ran := byEntry("understudy_run_seconds_total", "Time that processes have had a worker.")
	ends := byEntry("understudy_processes_ended_total", "Processes that have ended, by reason: normal, linked, or the kind of the error.")
	ends.Labels = append(ends.Labels, "reason")
	waits := byEntry("understudy_mailbox_wait_seconds", "Time of messages from when they are sent until they are read.")
	waits.Kind = measure.Times
	m.entries.Each(func(k entryKey, e *entryMeter) {
		started.Add(float64(e.started.Load()), k.host, k.entry)
		unstarted.Add(float64(e.unstarted.Load()), k.host, k.entry)
		received.Add(float64(e.received.Load()), k.host, k.entry)
		sent.Add(float64(e.sent.Load()), k.host, k.entry)
		steps.Add(float64(e.steps.Load()), k.host, k.entry)
		ran.Add(time.Duration(e.ran.Load()).Seconds(), k.host, k.entry)
		for i := range e.ends {
			if n := e.ends[i].Load(); n > 0 || i == endNormal {
				ends.Add(float64(n), k.host, k.entry, endReasons[i])
			}
		}
		waits.AddTimes(&e.waits, k.host, k.entry)
	})

	queue := measure.Family{Name: "understudy_run_queue_wait_seconds", Kind: measure.Times, Labels: []string{"host"},
		Help: "Time of processes from when they can run until a worker runs them."}
	slices := measure.Family{Name: "understudy_slice_seconds", Kind: measure.Times, Labels: []string{"host"},
		Help: "Time that a process has a worker in one go."}
	workers := measure.Family{Name: "understudy_workers", Kind: measure.Gauge, Labels: []string{"host"},
		Help: "Workers of the host: processes that execute at the same time."}
	for _, h := range rt.catalog.started() {
		id := h.options.ID
		queue.AddTimes(&h.meter.waits, id)
		slices.AddTimes(&h.meter.slices, id)
		workers.Add(float64(h.options.Workers), id)
	}

	loads := measure.Family{Name: "understudy_load_seconds", Kind: measure.Times, Labels: []string{"engine"},
		Help: "Time of the top levels of scripts, from their beginning to their end."}
	m.loads.Each(func(engine string, h *measure.Histogram) { loads.AddTimes(h, engine) })

	labels := []string{"function", "resource", "result"}
	operations := measure.Family{Name: "understudy_outside_operations_total", Kind: measure.Counter, Labels: labels,
		Help: "Operations outside that have ended for the process that waited for them."}
	durations := measure.Family{Name: "understudy_outside_duration_seconds", Kind: measure.Times, Labels: labels,
		Help: "Time of operations outside, the wait for a place included."}
	m.outside.Each(func(k outsideKey, h *measure.Histogram) {
		operations.Add(float64(h.Snapshot().Count()), k.function, k.resource, k.result)
		durations.AddTimes(h, k.function, k.resource, k.result)
	})

	letters := measure.Family{Name: "understudy_dead_letters_total", Kind: measure.Counter, Labels: []string{"entry", "reason"},
		Help: "Messages that nobody will read, by the entry of the receiver if that is known."}
	m.letters.Each(func(k letterKey, n *atomic.Int64) { letters.Add(float64(n.Load()), k.entry, string(k.reason)) })

	restarts := measure.Family{Name: "understudy_supervisor_restarts_total", Kind: measure.Counter, Labels: []string{"supervisor"},
		Help: "Restarts of children, by the entry of their supervisor; one of a group counts once."}
	services := measure.Family{Name: "understudy_service_restarts_total", Kind: measure.Counter, Labels: []string{"entry"},
		Help: "Failures of services after which they are started again."}
	failed := measure.Family{Name: "understudy_services_failed_total", Kind: measure.Counter, Labels: []string{"entry"},
		Help: "Services that were given up."}
	m.restarts.Each(func(k restartKey, n *atomic.Int64) {
		f := &restarts
		switch {
		case k.final:
			f = &failed
		case k.service:
			f = &services
		}
		f.Add(float64(n.Load()), k.by)
	})
	return []measure.Family{
		started, unstarted, received, sent, steps, ran, ends, waits, queue, slices, workers, loads,
		operations, durations, letters, restarts, services, failed,
	}
}

// processStates are what a process can be doing, as labels.
var processStates = [...]string{"starting", "waiting", "runnable", "running", "stalled", "ending"}

// entryCensus is what the processes of an entry on a host are and have at one moment.
type entryCensus struct {
	states     [len(processStates)]int
	unread     int
	longest    int
	coroutines int
	memory     int64
}

// census counts what there is. No process is stopped for longer than it takes to look at it.
func (rt *Runtime) census() []measure.Family {
	entries := make(map[entryKey]*entryCensus)
	rt.meter.entries.Each(func(k entryKey, _ *entryMeter) { entries[k] = &entryCensus{} })
	flight, handles := make(map[string]int), make(map[string]int)
	waiting := 0
	for _, p := range rt.table.some() {
		p.mu.Lock()
		e := entries[entryKey{p.host.options.ID, p.entry.ID}]
		if e == nil { // began since
			e = &entryCensus{}
			entries[entryKey{p.host.options.ID, p.entry.ID}] = e
		}
		e.states[p.doingState()]++
		e.unread += int(p.unread)
		e.longest = max(e.longest, int(p.unread))
		e.coroutines += int(p.count)
		e.memory += p.memory.Load() + p.estimate()
		if a := p.outside(); a != nil {
			for o := range a.operations.All() {
				if !o.counts {
					continue
				}
				if o.begun.Load() {
					flight[o.op.Name]++
				} else {
					waiting++
				}
			}
			for _, h := range a.held {
				handles[heldType(h)]++
			}
		}
		p.mu.Unlock()
	}

	labels := []string{"host", "entry"}
	processes := measure.Family{Name: "understudy_processes", Kind: measure.Gauge, Labels: append(labels[:2:2], "state"),
		Help: "Processes by what they are doing: starting, waiting, runnable, running, stalled by the output, ending."}
	unread := measure.Family{Name: "understudy_mailbox_messages", Kind: measure.Gauge, Labels: labels, Help: "Messages that are unread."}
	longest := measure.Family{Name: "understudy_mailbox_longest_messages", Kind: measure.Gauge, Labels: labels, Help: "Unread messages in the longest mailbox."}
	coroutines := measure.Family{Name: "understudy_coroutines", Kind: measure.Gauge, Labels: labels, Help: "Coroutines that have not ended."}
	memory := measure.Family{Name: "understudy_memory_charged_bytes", Kind: measure.Gauge, Labels: labels,
		Help: "Bytes charged against the memory limits of processes, as estimated last."}
	for k, e := range entries {
		for i, n := range e.states {
			processes.Add(float64(n), k.host, k.entry, processStates[i])
		}
		unread.Add(float64(e.unread), k.host, k.entry)
		longest.Add(float64(e.longest), k.host, k.entry)
		coroutines.Add(float64(e.coroutines), k.host, k.entry)
		memory.Add(float64(e.memory), k.host, k.entry)
	}
	inFlight := measure.Family{Name: "understudy_outside_in_flight", Kind: measure.Gauge, Labels: []string{"function"},
		Help: "Operations outside that are being carried out."}
	for name, n := range flight {
		inFlight.Add(float64(n), name)
	}
	queued := measure.Family{Name: "understudy_outside_waiting", Kind: measure.Gauge, Help: "Operations outside that wait for a place or a thread."}
	queued.Add(float64(waiting))
	held := measure.Family{Name: "understudy_handles", Kind: measure.Gauge, Labels: []string{"type"},
		Help: "What processes hold outside: files, transactions, connections."}
	for name, n := range handles {
		held.Add(float64(n), name)
	}
	timers := measure.Family{Name: "understudy_timers", Kind: measure.Gauge, Help: "Timers that are pending."}
	timers.Add(float64(rt.timers.Len()))
	families := []measure.Family{processes, unread, longest, coroutines, memory, inFlight, queued, held, timers}
	if rt.memory != nil {
		used := measure.Family{Name: "understudy_memory_used_bytes", Kind: measure.Gauge,
			Help: "Bytes that the program uses, garbage included, as they count against its limit."}
		used.Add(float64(rt.memory.Used()))
		limit := measure.Family{Name: "understudy_memory_limit_bytes", Kind: measure.Gauge,
			Help: "Bytes that the program may use; absent if there is no limit."}
		if n := rt.memory.Limit(); n > 0 {
			limit.Add(float64(n))
		}
		families = append(families, used, limit)
	}
	return families
}

// doingState gives which of processStates the process is in. The lock is held.
func (p *process) doingState() int {
	switch {
	case p.end != nil:
		return 5
	case p.state == stalled:
		return 4
	case !p.live:
		return 0
	}
	return [...]int{idle: 1, queued: 2, running: 3, ended: 5}[p.state]
}

// heldType names what a process holds.
func heldType(h hostapi.Held) string {
	if o, ok := h.(interface{ ObjectType() *hostapi.ObjectType }); ok {
		return o.ObjectType().Name
	}
	return "other"
}

// started gives the hosts that were started.
func (c *catalog) started() []*Host {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []*Host
	for _, h := range c.hosts {
		if h.started() {
			out = append(out, h)
		}
	}
	return out
}
