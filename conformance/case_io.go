package conformance

import (
	"context"
	"errors"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/io"
)

// atTerminal starts a puppet that alone has a terminal, with something to read.
func (s *Stage) atTerminal(in string, args ...string) *Actor {
	write := func(ctx context.Context, text string) error {
		if text == "refused" {
			return errors.New("closed")
		}
		return s.WriteOutput(ctx, text)
	}
	errs := lineWriter(func(line string) { s.change(func() { s.lines = append(s.lines, "error output: "+line) }) })
	t := io.NewTerminal(strings.NewReader(in), args, write, errs)
	ctx, cancel := context.WithTimeout(context.Background(), s.patience)
	defer cancel()
	live := make(chan struct{})
	a := &Actor{"", s}
	var failed error
	s.LaunchWith([]any{t}, hostapi.Spawn{ID: Lead, Host: Host, Args: []hostapi.Value{Serve().wire}}, func(pid hostapi.PID, err error) {
		a.PID, failed = pid, err
		close(live)
	}, nil)
	if !s.Await(ctx, live) || failed != nil {
		s.Fail("%s does not start: %v", Lead, failed)
	}
	return a
}

// ioCases are those of section 45 about the terminal.
func ioCases() []Case {
	return []Case{
		{
			Name:    "io/reads",
			Claim:   "The input is read in pieces and in lines, up to its end.",
			Clauses: "45.2",
			Scenario: func(s *Stage) {
				a := s.atTerminal("one\r\n\ntwo three\nlast")
				a.Gives(Call("io.readline"), "one")
				a.Gives(Call("io.readline"), "")
				a.Gives(Call("io.read", 4), "two ")
				a.Gives(Call("io.readline"), "three")
				a.Gives(Call("io.readline"), "last")
				a.Gives(Call("io.readline"), nil, nil)
				a.Gives(Call("io.read"), nil, nil)
				a.Gives(Call("io.read", 0), nil, Fails(hostapi.Invalid, "n must be an integer"))
				a.Throws(Call("io.read", "x"), Fails(hostapi.Invalid, ""))
				b := s.atTerminal("a b\n")
				b.Gives(Call("io.read"), "a b\n")
			},
		},
		{
			Name:    "io/long_line",
			Claim:   "Of a line that is too long nothing is taken.",
			Clauses: "45.2",
			Solo:    true, Schedules: 2,
			Scenario: func(s *Stage) {
				a := s.atTerminal(strings.Repeat("x", 1<<20) + "\n" + strings.Repeat("y", 1<<20) + "z\nnext\n")
				a.Gives(Call("io.readline"), strings.Repeat("x", 1<<20))
				a.Gives(Call("io.readline"), nil, Fails(hostapi.LimitExceeded, "line too long"))
				a.Gives(Call("io.read", 1<<20), strings.Repeat("y", 1<<20))
				a.Gives(Call("io.readline"), "z")
				a.Gives(Call("io.readline"), "next")
			},
		},
		{
			Name:    "io/lines",
			Claim:   "Lines come as a feed, which ends with the input.",
			Clauses: "45.2, 40.12",
			Scenario: func(s *Stage) {
				a := s.atTerminal("one\ntwo")
				a.Do(Let("c", Call("io.lines")))
				a.Gives(Method(Get("c"), "receive"), "one", true)
				a.Gives(Method(Get("c"), "receive"), "two", true)
				a.Gives(Method(Get("c"), "receive"), nil, false)
			},
		},
		{
			Name:    "io/writes",
			Claim:   "What is written stands behind what was printed, and fails if it cannot be taken.",
			Clauses: "45.2, 45.3",
			Scenario: func(s *Stage) {
				a := s.atTerminal("", "x", "5", "")
				a.Gives(Call("io.args"), []any{"x", "5", ""})
				a.Gives(Call("io.write", "a", 1, "b\n"), true)
				a.Gives(Call("io.eprint", "c", "d"), true)
				a.Gives(Call("io.write", "refused"), nil, Fails(hostapi.Unavailable, "output closed"))
				s.mu.Lock()
				lines := strings.Join(s.lines, "|")
				s.mu.Unlock()
				if lines != "a 1 b|error output: c d" {
					s.Fail("written is %q", lines)
				}
			},
		},
		{
			Name:    "io/one_terminal",
			Claim:   "No other process has the terminal, also none that it spawns.",
			Clauses: "45.2",
			Scenario: func(s *Stage) {
				for _, a := range []*Actor{s.Actor(), s.Actor()} {
					no := Fails(hostapi.Unavailable, "no terminal")
					a.Gives(Call("io.read"), nil, no)
					a.Gives(Call("io.readline"), nil, no)
					a.Gives(Call("io.write", "x"), nil, no)
					a.Gives(Call("io.eprint", "x"), nil, no)
					a.Throws(Call("io.lines"), no)
					a.Throws(Call("io.args"), no)
				}
				a := s.atTerminal("")
				a.Gives(Call("process.exec", Peer, Host, Quote(Seq(Nth(1, Try(Call("io.args")))))), false)
			},
		},
	}
}
