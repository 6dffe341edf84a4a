package kernel

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// traced is where a coroutine stands in a trace (64.2). It is guarded by the lock of its
// process, and made only where there is a tracer.
type traced struct {
	at   hostapi.TraceContext // the span that it is in, unless that is one of its own
	base hostapi.Span         // of the message that it handles, or of the start of its process; nil: of nothing
	own  []hostapi.Span       // that its script has begun and not stopped, the innermost last
	left []hostapi.Span       // likewise, but while it handled an earlier message
}

// context is the span that the coroutine is in.
func (w *traced) context() hostapi.TraceContext {
	if n := len(w.own); n > 0 {
		return w.own[n-1].Context()
	}
	return w.at
}

// enter lets the coroutine be in another span; nil: in that of at, which is not its own.
func (w *traced) enter(base hostapi.Span, at hostapi.TraceContext, now time.Time) {
	w.rest(now)
	w.left, w.own = append(w.left, w.own...), nil
	if w.base = base; base != nil {
		at = base.Context()
	}
	w.at = at
}

// rest ends the span of what the coroutine has handled. It stays in it.
func (w *traced) rest(now time.Time) {
	if w.base != nil {
		w.base.End(now, nil)
		w.base = nil
	}
}

// end ends all its spans.
func (w *traced) end(now time.Time, err *hostapi.Error) {
	for _, s := range slices.Backward(w.own) {
		s.End(now, err)
	}
	for _, s := range slices.Backward(w.left) {
		s.End(now, err)
	}
	if w.base != nil {
		w.base.End(now, err)
	}
}

// Tracer implements core.Runtime.
func (rt *Runtime) Tracer() hostapi.Tracer { return rt.tracer }

// trace gives where a coroutine stands, nil if it is nowhere. The lock is held.
func (p *process) trace(t *task) *traced {
	if p.seldom == nil {
		return nil
	}
	return p.seldom.traces[t]
}

// tracing gives where a coroutine stands, to be changed. The lock is held.
func (p *process) tracing(t *task) *traced {
	own := p.rarely()
	w := own.traces[t]
	if w == nil {
		if own.traces == nil {
			own.traces = make(map[*task]*traced)
		}
		w = &traced{}
		own.traces[t] = w
	}
	return w
}

// here is the span that the running task is in. The lock is not held.
func (p *process) here() hostapi.TraceContext {
	if p.rt.tracer == nil {
		return hostapi.TraceContext{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.trace(p.current); w != nil {
		return w.context()
	}
	return hostapi.TraceContext{}
}

// outer is the span that a Go program is in.
func (rt *Runtime) outer(ctx context.Context) hostapi.TraceContext {
	if rt.tracer == nil {
		return hostapi.TraceContext{}
	}
	return rt.tracer.Current(ctx)
}

// traced notes on a message of the embedding program the span that that is in.
func (rt *Runtime) traced(m *hostapi.Message, t hostapi.TraceContext) {
	if rt.tracer != nil {
		m.Trail.Trace = t
	}
}

// born begins the span of the start of a process, whoever starts it being in one. Nobody
// else knows the process yet.
func (p *process) born(t *task, parent hostapi.TraceContext) {
	if p.rt.tracer == nil || !parent.IsValid() {
		return
	}
	span := p.rt.tracer.Start(hostapi.SpanStart{Name: "start " + p.entry.ID, Parent: parent, At: p.started, Attrs: p.labels()})
	p.tracing(t).enter(span, hostapi.TraceContext{}, p.started)
}

func (p *process) labels() []slog.Attr {
	return []slog.Attr{slog.String("understudy.entry", p.entry.ID), slog.String("understudy.pid", string(p.pid)), slog.String("understudy.host", p.host.options.ID)}
}

// handles begins the span of a message that the running task has read.
func (p *process) handles(m *hostapi.Message) {
	t, now := p.current, p.rt.clock.Now()
	if t == nil {
		return // an address
	}
	attrs := append(p.labels(), slog.String("messaging.destination.name", m.Topic))
	if m.From != "" {
		attrs = append(attrs, slog.String("understudy.from", string(m.From)))
	}
	span := p.rt.tracer.Start(hostapi.SpanStart{
		Name: p.entry.ID + " " + m.Topic, Kind: hostapi.SpanConsumer, Parent: m.Trail.Trace, At: now, Attrs: attrs,
	})
	p.mu.Lock()
	p.tracing(t).enter(span, hostapi.TraceContext{}, now)
	p.mu.Unlock()
}

// asks is told that a task is about to wait for a message or an event: it has done what it
// was asked for last. The lock is held.
//
//go:noinline
func (p *process) asks(t *task) {
	if w := p.trace(t); w != nil {
		w.rest(p.rt.clock.Now())
	}
}

// fires is told that the running task has read what a timer has fired: it is where the
// timer was set, but each tick is on its own.
func (p *process) fires(timer *processTimer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.trace(p.current)
	switch {
	case timer.period > 0:
		if w != nil {
			w.enter(nil, hostapi.TraceContext{}, p.rt.clock.Now())
		}
	case timer.trace.IsValid() && (w == nil || w.context() != timer.trace):
		p.tracing(p.current).enter(nil, timer.trace, p.rt.clock.Now())
	}
}

// inherits lets a new coroutine be where the one is that has made it. The lock is held.
func (p *process) inherits(child, t *task) {
	if w := p.trace(t); w != nil {
		p.tracing(child).at = w.context()
	}
}

// untrace ends the spans of a coroutine that has ended. The lock is held.
func (p *process) untrace(t *task, err *hostapi.Error) {
	if w := p.trace(t); w != nil {
		w.end(p.rt.clock.Now(), err)
		delete(p.seldom.traces, t)
	}
}

// outward begins the span of an operation outside, if its task is in one. The lock is held.
func (o *operation) outward() {
	p := o.p
	w := p.trace(o.task)
	if p.rt.tracer == nil || w == nil || !o.counts || !w.context().IsValid() {
		return
	}
	attrs := p.labels()
	if o.op.Resource != "" {
		attrs = append(attrs, slog.String("understudy.resource", o.op.Resource))
	}
	o.span = p.rt.tracer.Start(hostapi.SpanStart{
		Name: o.op.Name, Kind: hostapi.SpanClient, Parent: w.context(), At: o.began, Attrs: attrs,
	})
	o.ctx = hostapi.WithTrace(o.ctx, p.rt.tracer, o.span.Context())
}

// Tracing gives what a process offers the module trace.
func Tracing(p *Process) any { return tracer{p} }

// tracer implements hostapi.Tracing.
type tracer struct{ p *process }

// Traces implements hostapi.Tracing.
func (f tracer) Traces() bool { return f.p.rt.tracer != nil }

// StartSpan implements hostapi.Tracing.
func (f tracer) StartSpan(name string, attrs []slog.Attr) (hostapi.Span, error) {
	p := f.p
	if err := p.current.call(); err != nil {
		return nil, err
	}
	span := p.rt.tracer.Start(hostapi.SpanStart{Name: name, Parent: p.here(), At: p.rt.clock.Now(), Attrs: append(p.labels(), attrs...)})
	p.mu.Lock()
	w := p.tracing(p.current)
	w.own = append(w.own, span)
	p.mu.Unlock()
	return span, nil
}

// StopSpan implements hostapi.Tracing. Another coroutine may stop it than has begun it.
func (f tracer) StopSpan(s hostapi.Span, err *hostapi.Error) {
	p := f.p
	s.End(p.rt.clock.Now(), err)
	is := func(other hostapi.Span) bool { return other == s }
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.rare().traces {
		w.own, w.left = slices.DeleteFunc(w.own, is), slices.DeleteFunc(w.left, is)
	}
}
