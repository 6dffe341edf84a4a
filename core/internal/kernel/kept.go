package kernel

import (
	"math"

	"github.com/understudy-run/understudy/hostapi"
)

// What the core keeps for a process is charged against the memory limit of the
// process, beside what its engine charges (17.8): messages and events that it
// has not read, pending timers, listeners, names, and the stacks of coroutines.
//
// It is estimated once enough has been added, not with every message; so what
// is read, fires or is dropped in between needs no account.

// Sizes in bytes of what the core keeps, on 64-bit machines.
const (
	bytesPerItem      = 160 // in the mailbox, payloads apart
	bytesPerValue     = 32
	bytesPerTimer     = 400
	bytesPerListener  = 256
	bytesPerName      = 128
	bytesPerCoroutine = 8 << 10 // its Go stack
	bytesPerOperation = 4 << 10 // its goroutine and context

	keptPortion   = 1 << 20 // added between two estimates, if the limit allows
	mailboxSample = 512     // messages whose payloads are measured
)

// keeps notes that the core keeps n more bytes for the process. If it is over its
// limit with them, that decides its end; a worker carries it out. The lock is
// held.
func (p *process) keeps(n int64, by *process) {
	p.added = int32(min(int64(p.added)+n, math.MaxInt32))
	limit := p.limits().Memory
	if int64(p.added) < min(keptPortion, limit/8) {
		return
	}
	p.added = 0
	if limit <= 0 || p.behaviour.Trusted() {
		return
	}
	if p.overdrawn() && p.decide(&hostapi.Result{Err: errMemoryLimit(limit)}) {
		if p.state == idle || p.state == queued || p.state == stalled {
			p.place(p.next())
		}
		p.enqueue(by)
	}
}

// overdrawn estimates what the core keeps, and reports whether the process is
// over its memory limit. The lock is held.
func (p *process) overdrawn() bool {
	kept := p.estimate()
	p.kept.Store(int32(min(kept>>10, math.MaxInt32)))
	limit := p.limits().Memory
	return limit > 0 && p.memory.Load()+kept > limit
}

// errMemoryLimit is the end of a process by its own limit.
func errMemoryLimit(limit int64) *hostapi.Error {
	return ErrMemory().With("limit", hostapi.String("memory")).With("bytes", hostapi.Int(limit))
}

// ErrMemory is what a process fails with that is over its memory limit.
func ErrMemory() *hostapi.Error {
	return hostapi.Errorf(hostapi.LimitExceeded, "memory limit exceeded")
}

// estimate gives about how many bytes the core keeps for a process. The lock is
// held.
func (p *process) estimate() int64 {
	n := int64(p.count) * bytesPerCoroutine
	if p.timers != nil {
		n += int64(p.timers.n) * bytesPerTimer
	}
	if p.seldom != nil {
		n += stringBytes(p.seldom.names, bytesPerName)
	}
	if t := p.talks(); t != nil {
		n += int64(len(t.asked))*bytesPerTimer + t.held
	}
	for _, c := range []*channel{p.views.inbox, p.views.events} {
		if c != nil {
			n += c.estimate()
		}
	}
	if a := p.outside(); a != nil {
		for _, f := range a.feeds {
			n += bytesPerListener + f.c.estimate()
		}
		n += int64(a.operations.Len())*bytesPerOperation + a.grown
	}
	for _, c := range p.views.topics {
		n += bytesPerListener + int64(len(c.topic)) + c.estimate()
	}
	return n
}

func stringBytes(list []string, each int64) int64 {
	n := int64(len(list)) * each
	for _, s := range list {
		n += int64(len(s))
	}
	return n
}

// estimate gives about how many bytes the items of a view hold, from a sample of
// them. The lock of the process is held.
func (c *channel) estimate() int64 {
	n := c.buffer.Len()
	stride := max(1, n/mailboxSample)
	total, measured := int64(0), 0
	for i := int(c.p.seq % uint64(stride)); i < n; i += stride {
		measured++
		v := c.buffer.At(i).value
		if m := v.Message(); m != nil {
			total += payloadBytes(m.Values)
		} else if c.kind == fedChannel {
			total += payloadBytes([]hostapi.Value{v})
		}
	}
	return int64(n)*bytesPerItem + total*int64(n)/int64(max(1, measured))
}

// payloadBytes gives about how many bytes payloads hold.
func payloadBytes(values []hostapi.Value) int64 {
	n := int64(len(values)) * bytesPerValue
	for _, v := range values {
		switch v.Type() {
		case hostapi.TypeString:
			n += int64(len(v.Str()))
		case hostapi.TypeList:
			n += payloadBytes(v.List().Items)
		case hostapi.TypeMap:
			for _, e := range v.Map().Entries {
				n += payloadBytes([]hostapi.Value{e.Key, e.Value})
			}
		}
	}
	return n
}
