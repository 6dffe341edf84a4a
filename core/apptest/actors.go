package apptest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

var pidResult = []hostapi.Param{{Name: "pid", Accept: hostapi.AcceptString, Type: "PID"}}

var spawnFunc = &hostapi.Func{
	Name: "spawn", Doc: "Starts an entry on test:host and monitors it; failing to start fails the test.",
	Params:  []hostapi.Param{{Name: "id", Accept: hostapi.AcceptString, Entry: hostapi.EntryProcess, Doc: "of a process entry"}},
	Rest:    "args",
	Results: pidResult,
	Load:    hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		args, err := hostapi.Payloads(c, 1)
		if err != nil {
			return err
		}
		pid, err := c.Task().Process().Spawn(hostapi.Spawn{ID: c.Arg(0).Str(), Host: HostID, Args: args, Monitor: true})
		return hostapi.Give(c, hostapi.String(string(pid)), err)
	},
}

var receiveFunc = &hostapi.Func{
	Name: "receive", Doc: "The next unread message to the test, of a topic if one is given. None in time fails the test.",
	Params: []hostapi.Param{
		{Name: "topic", Accept: hostapi.AcceptString, Optional: true, Keyword: true, Doc: "others stay unread"},
		timeoutParam,
	},
	Results: []hostapi.Param{{Name: "message", Type: "message"}},
	Load:    hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		d, err := timeoutOf(c, 1, patience)
		if err != nil {
			return err
		}
		process := c.Task().Process()
		inbox := process.Inbox()
		if topic := c.Arg(0); !topic.IsNil() {
			if inbox, err = process.Listen(topic.Str(), true); err != nil {
				return err
			}
			defer func() { _ = process.Unlisten(inbox) }()
		}
		s, err := within(process, d, inbox)
		if err != nil {
			return err
		}
		if s.Index != 0 {
			return failure(hostapi.Value{}, "no message%s in %s; %s", topicOf(c.Arg(0)), d, p.arrived(process))
		}
		c.Push(s.Value)
		return nil
	},
}

func topicOf(v hostapi.Value) string {
	if v.IsNil() {
		return ""
	}
	return fmt.Sprintf(" %q", v.Str())
}

// within waits for one of some channels: the selection is that of a further case when d
// is over.
func within(p hostapi.Process, d time.Duration, channels ...hostapi.Channel) (hostapi.Selected, error) {
	cases := make([]*hostapi.Case, len(channels), len(channels)+1)
	for i, ch := range channels {
		cases[i] = &hostapi.Case{Channel: ch}
	}
	if d <= 0 {
		return p.Select(cases, false)
	}
	timer, err := p.NewTimer(d, func(time.Time) hostapi.Value { return hostapi.Value{} })
	if err != nil {
		return hostapi.Selected{}, err
	}
	defer timer.Stop()
	return p.Select(append(cases, &hostapi.Case{Channel: timer.Channel()}), true)
}

// arrived says what is unread.
func (p *play) arrived(process hostapi.Process) string {
	var topics []string
	for {
		s, err := process.Select([]*hostapi.Case{{Channel: process.Inbox()}}, false)
		if err != nil || s.Index < 0 {
			break
		}
		if m, ok := s.Value.Object().(*hostapi.Message); ok {
			topics = append(topics, fmt.Sprintf("%q from %s", m.Topic, m.From))
		}
	}
	if len(topics) == 0 {
		return "nothing else arrived"
	}
	return "there are " + strings.Join(topics, ", ")
}

var expectExitFunc = &hostapi.Func{
	Name: "expect_exit", Doc: "How a process ended that the test monitors, when it has. Still running after the timeout fails the test.",
	Params: []hostapi.Param{
		{Name: "pid", Accept: hostapi.AcceptString, Type: "PID"},
		timeoutParam,
	},
	Results: []hostapi.Param{{Name: "result", Type: "result"}},
	Load:    hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		d, err := timeoutOf(c, 1, patience)
		if err != nil {
			return err
		}
		process, pid := c.Task().Process(), hostapi.PID(c.Arg(0).Str())
		told, err := process.Feed(1)
		if err != nil {
			return err
		}
		defer told.Close()
		result := p.record.end(pid, told)
		if result == nil {
			if s, err := within(process, d, told.Channel()); err != nil {
				return err
			} else if s.Index != 0 {
				doing := p.rt.Doing(pid)
				if _, known := p.rt.Inspect(pid); !known {
					doing = "no process has this PID"
				}
				return failure(hostapi.Value{}, "%s has not ended in %s: %s%s", pid, d, doing, p.at(pid))
			}
			result = p.record.end(pid, told)
		}
		// The event of this end is read by that.
		if err := process.Unmonitor(string(pid)); errors.Is(err, hostapi.ErrKilled) {
			return err
		}
		c.Push(hostapi.Wrap(&hostapi.Record{Shape: hostapi.ResultShape, Values: []hostapi.Value{result.Value, hostapi.Wrap(result.Err)}}))
		return nil
	},
}

var expectNothingFunc = &hostapi.Func{
	Name: "expect_nothing", Doc: "Fails if a message or an event comes in that time.",
	Params: []hostapi.Param{{Name: "duration", Accept: hostapi.AcceptDuration, Doc: "of virtual time"}},
	Load:   hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		d, err := timeoutOf(c, 0, 0)
		if err != nil {
			return err
		}
		process := c.Task().Process()
		s, err := within(process, d, process.Inbox(), process.Events())
		switch {
		case err != nil:
			return err
		case s.Index == 0:
			m := s.Value.Object().(*hostapi.Message)
			return failure(hostapi.Value{}, "message %q from %s, want nothing", m.Topic, m.From)
		case s.Index == 1:
			return failure(hostapi.Value{}, "event %s, want nothing", shown(s.Value))
		}
		return nil
	},
}

var settleFunc = &hostapi.Func{
	Name: "settle", Doc: "Waits until no process can run before the clock moves.",
	Load: hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		return p.settle(c.Task().Process())
	},
}

var advanceFunc = &hostapi.Func{
	Name: "advance", Doc: "Moves the virtual clock, fires what falls due, and settles.",
	Params: []hostapi.Param{{Name: "duration", Accept: hostapi.AcceptDuration}},
	Load:   hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		d, err := timeoutOf(c, 0, 0)
		if err != nil {
			return err
		}
		process := c.Task().Process()
		if err := process.Sleep(d); err != nil {
			return err
		}
		return p.settle(process)
	},
}

var startAppFunc = &hostapi.Func{
	Name: "start_app", Doc: "Starts what run would start, and waits until that runs; it is stopped after the test.",
	Load: hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		if p.started {
			return hostapi.Raise(hostapi.Errorf(hostapi.Conflict, "the app is started"))
		}
		p.started = true
		p.life.AutoStart()
		process := c.Task().Process()
		for waited := time.Duration(0); ; waited += startLook {
			over, err := p.life.Settled()
			if err != nil {
				return failure(hostapi.Value{}, "%s", err)
			}
			if over {
				return nil
			}
			if waited > startTimeout {
				return failure(hostapi.Value{}, "the app has not started in %s", startTimeout)
			}
			if err := process.Sleep(startLook); err != nil {
				return err
			}
		}
	},
}

// How often, and for how long, a test looks whether the app has started.
const (
	startLook    = time.Millisecond
	startTimeout = time.Minute
)
