// Package faketest is the other side of the module tables for their tests: a
// process that records what it is asked, and a call as an engine would make it.
package faketest

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Process records every request as one line and answers from its fields.
type Process struct {
	hostapi.Outside // nil: no module here reaches the world

	// Lines has one line for each request that has an effect or takes arguments.
	Lines []string
	// Err, if set, is the answer to every request that can fail.
	Err error

	Opts     hostapi.Options
	Value    hostapi.Value    // of Exec
	Selected hostapi.Selected // of Select
	Removed  bool             // by Unregister
	Pending  bool             // state of timers
	Time     time.Time        // now
	Start    time.Time        // of the process
	Context  []hostapi.Entry
	Attrs    []slog.Attr   // of the last Log
	Spawned  hostapi.Spawn // the last
	Fn       hostapi.Function
	FnArgs   []hostapi.Value
	Cases    []*hostapi.Case
	Children []hostapi.ChildInfo // of every supervisor
	Count    hostapi.ChildCount  // likewise

	Groups []hostapi.Group // of every scope

	views map[string]*Channel
}

var _ hostapi.Process = (*Process)(nil)

func (p *Process) record(format string, args ...any) error {
	p.Lines = append(p.Lines, fmt.Sprintf(format, args...))
	return p.Err
}

// List shows values as [a, b].
func List(values []hostapi.Value) string { return hostapi.ListOf(values...).String() }

func (p *Process) view(name string) *Channel {
	if p.views == nil {
		p.views = map[string]*Channel{}
	}
	if p.views[name] == nil {
		p.views[name] = &Channel{Name: name, IsSystem: true}
	}
	return p.views[name]
}

// PID is {h|1}.
func (p *Process) PID() hostapi.PID { return "{h|1}" }

// Host is app:host.
func (p *Process) Host() string { return "app:host" }

// EntryID is app:self.
func (p *Process) EntryID() string { return "app:self" }

// Options gives Opts.
func (p *Process) Options() hostapi.Options { return p.Opts }

// SetOptions changes Opts unless Err is set.
func (p *Process) SetOptions(o hostapi.Options) error {
	if p.Err == nil {
		p.Opts = o
	}
	return p.record("set_options %v %v", o.TrapLinks, o.Upgradable)
}

func (p *Process) spawn(verb string, s hostapi.Spawn) error {
	p.Spawned = s
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s on %s %s", verb, s.ID, s.Host, List(s.Args))
	if s.Link {
		b.WriteString(" link")
	}
	if s.Monitor {
		b.WriteString(" monitor")
	}
	if s.Named {
		b.WriteString(" name=" + s.Name)
	}
	if s.Context != nil {
		b.WriteString(" context=" + hostapi.MapOf(s.Context...).String())
	}
	for _, m := range s.Messages {
		b.WriteString(" message=" + m.Topic + List(m.Payloads))
	}
	return p.record("%s", b.String())
}

// Spawn gives {h|2}.
func (p *Process) Spawn(s hostapi.Spawn) (hostapi.PID, error) { return "{h|2}", p.spawn("spawn", s) }

// Exec gives Value.
func (p *Process) Exec(s hostapi.Spawn) (hostapi.Value, error) { return p.Value, p.spawn("exec", s) }

// Upgrade ends the task unless Err is set.
func (p *Process) Upgrade(id string, args []hostapi.Value) error {
	if err := p.record("upgrade %q %s", id, List(args)); err != nil {
		return err
	}
	return hostapi.ErrKilled
}

// Call gives Value.
func (p *Process) Call(dest, topic string, timeout time.Duration, payloads []hostapi.Value) (hostapi.Value, error) {
	return p.Value, p.record("call %s %s %s %s", dest, topic, timeout, List(payloads))
}

// CallCase gives a case of a view.
func (p *Process) CallCase(dest, topic string, timeout time.Duration, payloads []hostapi.Value) (*hostapi.Case, error) {
	return &hostapi.Case{Channel: p.view("call")}, p.record("call_case %s %s %s %s", dest, topic, timeout, List(payloads))
}

// Reply records what is replied.
func (p *Process) Reply(m *hostapi.Message, r hostapi.Result) error {
	if r.Err != nil {
		return p.record("reply to %s: %s: %s", m.Topic, r.Err.Kind, r.Err)
	}
	return p.record("reply to %s: %s", m.Topic, r.Value)
}

// Offer records the message.
func (p *Process) Offer(dest, topic string, timeout time.Duration, payloads []hostapi.Value) error {
	return p.record("offer %s %s %s %s", dest, topic, timeout, List(payloads))
}

// SendAfter gives a Sending that was not sent if Pending.
func (p *Process) SendAfter(delay time.Duration, dest, topic string, payloads []hostapi.Value) (hostapi.Sending, error) {
	return sending(p.Pending), p.record("send_after %s %s %s %s", delay, dest, topic, List(payloads))
}

type sending bool

func (s sending) Stop() bool { return bool(s) }

// Send records the message.
func (p *Process) Send(dest, topic string, payloads []hostapi.Value) error {
	return p.record("send %s %s %s", dest, topic, List(payloads))
}

// SendValue records the message as Send does.
func (p *Process) SendValue(dest, topic string, payload hostapi.Value) error {
	return p.Send(dest, topic, []hostapi.Value{payload})
}

// Inbox gives the same channel every time.
func (p *Process) Inbox() hostapi.Channel { return p.view("inbox") }

// Events gives the same channel every time.
func (p *Process) Events() hostapi.Channel { return p.view("events") }

// Listen gives the same channel every time for one topic.
func (p *Process) Listen(topic string, messages bool) (hostapi.Channel, error) {
	return p.view("topic " + topic), p.record("listen %s %v", topic, messages)
}

// Unlisten records the channel.
func (p *Process) Unlisten(ch hostapi.Channel) error { return p.record("unlisten %s", ch) }

// Monitor records dest.
func (p *Process) Monitor(dest string) error { return p.record("monitor %s", dest) }

// Unmonitor records dest.
func (p *Process) Unmonitor(dest string) error { return p.record("unmonitor %s", dest) }

// Link records dest.
func (p *Process) Link(dest string) error { return p.record("link %s", dest) }

// Unlink records dest.
func (p *Process) Unlink(dest string) error { return p.record("unlink %s", dest) }

// Cancel records its arguments.
func (p *Process) Cancel(dest string, grace time.Duration, reason string) error {
	return p.record("cancel %s %d %q", dest, grace, reason)
}

// Terminate records dest.
func (p *Process) Terminate(dest string) error { return p.record("terminate %s", dest) }

// Register records its arguments.
func (p *Process) Register(name string, pid hostapi.PID) error {
	return p.record("register %s %q", name, pid)
}

// Lookup gives {h|3}.
func (p *Process) Lookup(name string) (hostapi.PID, error) {
	return "{h|3}", p.record("lookup %s", name)
}

// Unregister gives Removed.
func (p *Process) Unregister(name string) (bool, error) {
	return p.Removed, p.record("unregister %s", name)
}

// Go keeps the function and its arguments.
func (p *Process) Go(fn hostapi.Function, args []hostapi.Value) (hostapi.Coroutine, error) {
	p.Fn, p.FnArgs = fn, args
	return &Coroutine{}, p.record("go")
}

// Yield records the call.
func (p *Process) Yield() error { return p.record("yield") }

// NewChannel gives a new private channel.
func (p *Process) NewChannel(capacity int) (hostapi.Channel, error) {
	return &Channel{Name: fmt.Sprintf("channel %d", capacity)}, p.record("new channel %d", capacity)
}

// Select gives Selected.
func (p *Process) Select(cases []*hostapi.Case, wait bool) (hostapi.Selected, error) {
	p.Cases = cases
	return p.Selected, p.record("select of %d, wait %v", len(cases), wait)
}

// Now gives Time.
func (p *Process) Now() time.Time { return p.Time }

// Started gives Start.
func (p *Process) Started() time.Time { return p.Start }

// Sleep records the duration.
func (p *Process) Sleep(d time.Duration) error { return p.record("sleep %s", d) }

// NewTimer makes a timer whose channel yields value of now.
func (p *Process) NewTimer(d time.Duration, value func(time.Time) hostapi.Value) (hostapi.Timer, error) {
	return &Timer{p: p, ch: &Channel{Name: "timer", IsSystem: true, Value: value(p.Time)}}, p.record("timer %s", d)
}

// NewTicker makes a ticker whose channel yields value of now.
func (p *Process) NewTicker(d time.Duration, value func(time.Time) hostapi.Value) (hostapi.Ticker, error) {
	t := &Timer{p: p, ch: &Channel{Name: "ticker", IsSystem: true, Value: value(p.Time)}}
	return ticker{t}, p.record("ticker %s", d)
}

// ContextValue looks into Context.
func (p *Process) ContextValue(key string) (hostapi.Value, bool) {
	for _, e := range p.Context {
		if e.Key.Str() == key {
			return e.Value, true
		}
	}
	return hostapi.Value{}, false
}

// ContextValues gives Context.
func (p *Process) ContextValues() []hostapi.Entry { return p.Context }

// Print records the line.
func (p *Process) Print(line string) error { return p.record("print %s", line) }

// Log keeps the attributes and records the rest.
func (p *Process) Log(level slog.Level, message string, fields []slog.Attr) error {
	p.Attrs = fields
	return p.record("log %s %s", level, message)
}

// Seed is 1.
func (p *Process) Seed() uint64 { return 1 }

// Random gives the same bytes every time.
func (p *Process) Random() io.Reader { return rand.NewChaCha8([32]byte{}) }

// Local keeps nothing.
func (p *Process) Local(key any, make func() any) any { return make() }

// Shared keeps nothing.
func (p *Process) Shared(key any, make func() any) any { return make() }
