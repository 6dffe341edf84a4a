package conformance

import (
	"context"

	"github.com/understudy-run/understudy/hostapi"
)

// Actor is a puppet that takes commands.
type Actor struct {
	PID   hostapi.PID
	stage *Stage
}

// Actor starts a puppet that takes commands: the first one on the first engine,
// all others on the second.
func (s *Stage) Actor() *Actor {
	entry := Lead
	if s.actors++; s.actors > 1 {
		entry = Peer
	}
	return s.Start(entry, Serve())
}

// Actors starts n puppets, as Actor does.
func (s *Stage) Actors(n int) []*Actor {
	out := make([]*Actor, n)
	for i := range out {
		out[i] = s.Actor()
	}
	return out
}

// Start starts a puppet of an entry whose main carries out code.
func (s *Stage) Start(entry string, code Code) *Actor {
	ctx, cancel := context.WithTimeout(context.Background(), s.patience)
	defer cancel()
	pid, err := s.Runtime.Start(ctx, hostapi.Spawn{ID: entry, Host: Host, Args: []hostapi.Value{code.wire}}, nil)
	if err != nil {
		s.Fail("%s does not start: %v", entry, err)
	}
	s.trace.note("start   ", "%s %s: %s", pid, entry, code)
	return &Actor{pid, s}
}

// At gives the actor that is known by a PID.
func (s *Stage) At(pid hostapi.Value) *Actor {
	if !hostapi.IsPID(pid.Str()) {
		s.Fail("%s is no PID", show(pid))
	}
	return &Actor{hostapi.PID(pid.Str()), s}
}

// Command is a command under way.
type Command struct {
	actor *Actor
	code  Code
	tag   hostapi.Value
}

// Begin tells the actor to carry out code and does not wait.
func (a *Actor) Begin(code Code) *Command {
	s := a.stage
	s.mu.Lock()
	s.commands++
	c := &Command{a, code, hostapi.Int(int64(s.commands))}
	s.mu.Unlock()
	s.trace.note("command ", "%s %s: %s", a.PID, c.tag, code)
	if err := s.Send(a.PID, "do", c.tag, code.wire); err != nil {
		s.Fail("%s takes no command: %v", a.PID, err)
	}
	return c
}

// Done reports whether the command has been carried out.
func (c *Command) Done() bool {
	c.actor.stage.mu.Lock()
	defer c.actor.stage.mu.Unlock()
	_, ok := c.result()
	return ok
}

func (c *Command) result() (Seen, bool) {
	for _, n := range c.actor.stage.notes {
		if n.tag.Equal(c.tag) {
			return n.seen, true
		}
	}
	return nil, false
}

// Wait waits until the command has been carried out and gives its results.
func (c *Command) Wait() Seen {
	s := c.actor.stage
	var seen Seen
	var end string
	if !s.await(func() (ok bool) {
		if seen, ok = c.result(); ok {
			return true
		}
		for _, e := range s.ends {
			if e.PID == c.actor.PID {
				end = describe(e.Result)
				return true
			}
		}
		return false
	}) {
		s.Fail("%s: %s does not come to an end", c.actor.PID, c.code)
	}
	if end != "" {
		s.Fail("%s: %s: the process has ended with %s", c.actor.PID, c.code, end)
	}
	return seen
}

// Gives waits for the command and checks its results.
func (c *Command) Gives(want ...any) { c.actor.stage.Same(c.code, c.Wait(), want...) }

// Do carries out code and gives its results.
func (a *Actor) Do(codes ...any) Seen { return a.Begin(Seq(codes...)).Wait() }

// Gives carries out code and checks its results.
func (a *Actor) Gives(code Code, want ...any) { a.Begin(code).Gives(want...) }

// Throws carries out code and checks that it throws what is wanted.
func (a *Actor) Throws(code Code, want any) { a.Begin(Try(code)).Gives(false, want) }

// Refuses carries out code and checks that it fails with the error wanted:
// returned after nil or false, or thrown (section 10, Waiting).
func (a *Actor) Refuses(code Code, want Matcher) {
	got := a.Do(Try(code))
	if got.Match(false, want) || got.Match(true, nil, want) || got.Match(true, false, want) {
		return
	}
	a.stage.Fail("%s gave %s, want %s returned or thrown", code, got, want)
}

// Finish lets the actor's main return.
func (a *Actor) Finish(results ...any) { a.Begin(Finish(results...)) }

// Fail lets the actor fail with a text.
func (a *Actor) Fail(text string) { a.Finish(nil, text) }

// Spawns lets the actor spawn a puppet on the other engine by one of the spawn
// functions of process, and gives it. The puppet takes commands.
func (a *Actor) Spawns(function string) *Actor {
	got := a.Do(Spawn(function, Peer, Serve()))
	if !got.Match(Where("a PID", func(v hostapi.Value) bool { return hostapi.IsPID(v.Str()) })) {
		a.stage.Fail("%s gave %s, want a PID", function, got)
	}
	return a.stage.At(got.First())
}
