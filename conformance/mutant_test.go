package conformance_test

import (
	"slices"
	"testing"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/hostapi"
)

// mutant is a deliberately wrong engine or core, and the case that catches it.
type mutant struct {
	name   string
	caught string // by this case
	engine double
}

// TestMutants shows that the suite can fail: every wrong behaviour is caught by
// the case named. That the right behaviour passes, TestEngines shows.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("played under one simulation after the other: the full run covers it")
	}
	mutants := slices.Concat(coreMutants(), groupMutants(), supervisorMutants(), talkMutants(), engineMutants())
	if len(mutants) < 30 {
		t.Errorf("only %d mutants", len(mutants))
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			results, err := conformance.Play(conformance.Options{
				Engines: []conformance.Engine{{Engine: m.engine, Puppet: "the puppet of puppet_test.go"}},
				Case:    m.caught,
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(results) != 1 {
				t.Fatalf("no case %s", m.caught)
			}
			if r := results[0]; r.Status != conformance.Failed {
				t.Errorf("%s: %s", m.caught, r.Status)
			} else {
				t.Logf("caught: %s", r.Failure.Message)
			}
		})
	}
}

// core gives a mutant whose tasks see a faulty process.
func core(name, caught string, wrap func(hostapi.Process) hostapi.Process) mutant {
	return mutant{name, caught, double{wrap: func(t hostapi.Task) hostapi.Task {
		return faultyTask{t, wrap(t.Process())}
	}}}
}

type faultyTask struct {
	hostapi.Task
	process hostapi.Process
}

func (t faultyTask) Process() hostapi.Process { return t.process }

// hooks is a process some of whose methods are replaced. A nil hook stands for
// the right behaviour.
type hooks struct {
	hostapi.Process
	spawn      func(hostapi.Spawn) (hostapi.PID, error)
	exec       func(hostapi.Spawn) (hostapi.Value, error)
	upgrade    func(string, []hostapi.Value) error
	send       func(dest, topic string, payloads []hostapi.Value) error
	inbox      func() hostapi.Channel
	listen     func(string, bool) (hostapi.Channel, error)
	unlisten   func(hostapi.Channel) error
	monitor    func(string) error
	unmonitor  func(string) error
	link       func(string) error
	unlink     func(string) error
	terminate  func(string) error
	register   func(string, hostapi.PID) error
	lookup     func(string) (hostapi.PID, error)
	unregister func(string) (bool, error)
	setOptions func(hostapi.Options) error
	goes       func(hostapi.Function, []hostapi.Value) (hostapi.Coroutine, error)
	yield      func() error
	newChannel func(int) (hostapi.Channel, error)
	selects    func([]*hostapi.Case, bool) (hostapi.Selected, error)
}

func (h hooks) Spawn(s hostapi.Spawn) (hostapi.PID, error) {
	if h.spawn != nil {
		return h.spawn(s)
	}
	return h.Process.Spawn(s)
}

func (h hooks) Exec(s hostapi.Spawn) (hostapi.Value, error) {
	if h.exec != nil {
		return h.exec(s)
	}
	return h.Process.Exec(s)
}

func (h hooks) Upgrade(id string, args []hostapi.Value) error {
	if h.upgrade != nil {
		return h.upgrade(id, args)
	}
	return h.Process.Upgrade(id, args)
}

func (h hooks) Send(dest, topic string, payloads []hostapi.Value) error {
	if h.send != nil {
		return h.send(dest, topic, payloads)
	}
	return h.Process.Send(dest, topic, payloads)
}

func (h hooks) SendValue(dest, topic string, payload hostapi.Value) error {
	return h.Send(dest, topic, []hostapi.Value{payload})
}

func (h hooks) Inbox() hostapi.Channel {
	if h.inbox != nil {
		return h.inbox()
	}
	return h.Process.Inbox()
}

func (h hooks) Listen(topic string, messages bool) (hostapi.Channel, error) {
	if h.listen != nil {
		return h.listen(topic, messages)
	}
	return h.Process.Listen(topic, messages)
}

func (h hooks) Unlisten(c hostapi.Channel) error {
	if h.unlisten != nil {
		return h.unlisten(c)
	}
	return h.Process.Unlisten(c)
}

func (h hooks) Monitor(dest string) error   { return either(h.monitor, h.Process.Monitor)(dest) }
func (h hooks) Unmonitor(dest string) error { return either(h.unmonitor, h.Process.Unmonitor)(dest) }
func (h hooks) Link(dest string) error      { return either(h.link, h.Process.Link)(dest) }
func (h hooks) Unlink(dest string) error    { return either(h.unlink, h.Process.Unlink)(dest) }
func (h hooks) Terminate(dest string) error { return either(h.terminate, h.Process.Terminate)(dest) }

func either(hook, right func(string) error) func(string) error {
	if hook != nil {
		return hook
	}
	return right
}

func (h hooks) Register(name string, pid hostapi.PID) error {
	if h.register != nil {
		return h.register(name, pid)
	}
	return h.Process.Register(name, pid)
}

func (h hooks) Lookup(name string) (hostapi.PID, error) {
	if h.lookup != nil {
		return h.lookup(name)
	}
	return h.Process.Lookup(name)
}

func (h hooks) Unregister(name string) (bool, error) {
	if h.unregister != nil {
		return h.unregister(name)
	}
	return h.Process.Unregister(name)
}

func (h hooks) SetOptions(o hostapi.Options) error {
	if h.setOptions != nil {
		return h.setOptions(o)
	}
	return h.Process.SetOptions(o)
}

func (h hooks) Go(f hostapi.Function, args []hostapi.Value) (hostapi.Coroutine, error) {
	if h.goes != nil {
		return h.goes(f, args)
	}
	return h.Process.Go(f, args)
}

func (h hooks) Yield() error {
	if h.yield != nil {
		return h.yield()
	}
	return h.Process.Yield()
}

func (h hooks) NewChannel(capacity int) (hostapi.Channel, error) {
	if h.newChannel != nil {
		return h.newChannel(capacity)
	}
	return h.Process.NewChannel(capacity)
}

// Select also lets channels in disguise take part.
func (h hooks) Select(cases []*hostapi.Case, wait bool) (hostapi.Selected, error) {
	real := make([]*hostapi.Case, len(cases))
	for i, c := range cases {
		copied := *c
		if d, ok := c.Channel.(*disguised); ok {
			copied.Channel = d.Channel
		}
		real[i] = &copied
	}
	if h.selects != nil {
		return h.selects(real, wait)
	}
	return h.Process.Select(real, wait)
}

// disguised is a channel some of whose methods are replaced.
type disguised struct {
	hostapi.Channel
	send    func(hostapi.Value) error
	receive func() (hostapi.Value, bool, error)
	closing func() error
	wrapped any
}

func (d *disguised) Wrapper() any     { return d.wrapped }
func (d *disguised) SetWrapper(w any) { d.wrapped = w }
func (d *disguised) Send(v hostapi.Value) error {
	if d.send != nil {
		return d.send(v)
	}
	return d.Channel.Send(v)
}

func (d *disguised) Receive() (hostapi.Value, bool, error) {
	if d.receive != nil {
		return d.receive()
	}
	return d.Channel.Receive()
}

func (d *disguised) Close() error {
	if d.closing != nil {
		return d.closing()
	}
	return d.Channel.Close()
}
