package hostile

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

const (
	hostID = "app:processes"

	// Limits, unless the attack sets others.
	memory  = 4 << 20  // of each process
	program = 24 << 20 // of the program, on top of what it uses before

	// services is how often the bystander is served while an attack runs that
	// does not end, in the ordinary run.
	services = 5
)

// result is how an attack came out, as the child reports it. Times are of the
// processor.
type result struct {
	Failure string        // "": as stated
	Seen    string        // what became of it
	Served  int           // round trips of the bystander meanwhile
	Slowest time.Duration // of them
	Kill    time.Duration // from the kill to the end
	ByScope bool          // the limit of the runtime, not of the process, ended it
	Took    time.Duration
}

// stage is a runtime with one worker, a bystander and the attack.
type stage struct {
	rt        *core.Runtime
	bystander hostapi.PID
	answers   chan string
	gone      chan hostapi.Result // how the bystander ended
	asked     int
}

// Write takes the lines that scripts print.
func (s *stage) Write(line []byte) (int, error) {
	if answer, ok := strings.CutPrefix(string(line), "bystander "); ok {
		select {
		case s.answers <- strings.TrimSpace(answer):
		default: // the attack floods: it may not stop the worker
		}
	}
	return len(line), nil
}

// ask lets the bystander do something and gives its answer.
func (s *stage) ask(topic string) (string, error) {
	s.asked++
	id := strconv.Itoa(s.asked)
	if err := s.rt.Send(s.bystander, topic, hostapi.String(id)); err != nil {
		return "", fmt.Errorf("the bystander is gone: %w", err)
	}
	for {
		select {
		case answer := <-s.answers:
			if rest, ok := strings.CutPrefix(answer, id+" "); ok {
				return rest, nil
			}
		case end := <-s.gone:
			return "", fmt.Errorf("the bystander ended: %v, %v", end.Value, end.Err)
		}
	}
}

// play plays one attack. What never ends is for the caller to notice.
func play(e hostapi.Engine, a attack, bystander string, at *doing) (r result) {
	start := processor()
	if err := r.play(e, a, bystander, at); err != nil {
		r.Failure = err.Error()
	}
	r.Took = processor() - start
	return r
}

func (r *result) play(e hostapi.Engine, a attack, bystander string, at *doing) error {
	program, err := compile(e, "attack", a.text)
	if err != nil || a.outcome.word == "refused" {
		var syntax *hostapi.SyntaxError
		if a.outcome.word != "refused" || !errors.As(err, &syntax) || !strings.Contains(err.Error(), a.outcome.text) {
			return fmt.Errorf("compile: %v", err)
		}
		r.Seen = err.Error()
		return nil
	}
	s := &stage{answers: make(chan string, 16), gone: make(chan hostapi.Result, 1)}
	limit := inUse() + a.program
	debug.SetGCPercent(300) // this and the limit as the command does
	debug.SetMemoryLimit(limit)
	s.rt = core.New(core.Options{Output: s, MemoryLimit: limit})
	s.rt.DefineHost(core.HostOptions{ID: hostID, Workers: 1, MaxProcesses: a.processes})
	if err := s.rt.StartHost(hostID); err != nil {
		return err
	}
	watcher, err := compile(e, "bystander", bystander)
	if err != nil {
		return err
	}
	s.rt.Define(core.Entry{ID: "app:bystander", Program: watcher, Limits: core.Limits{Memory: -1}})
	s.rt.Define(core.Entry{ID: "app:attack", Program: program, Limits: a.limits, Mailbox: a.mailbox})
	ctx := context.Background()
	if s.bystander, err = s.rt.Start(ctx, hostapi.Spawn{ID: "app:bystander", Host: hostID}, func(end hostapi.Result) { s.gone <- end }); err != nil {
		return err
	}
	if answer, err := s.ask("check"); err != nil || answer != "intact" {
		return fmt.Errorf("before the attack the bystander is %q, %v", answer, err)
	}
	at.now("attacks")
	failure := s.attack(r, a)
	at.now("checks the bystander")
	answer, err := s.ask("check")
	if err == nil && answer != "intact" {
		err = fmt.Errorf("the bystander found: %s", answer)
	}
	at.now("shuts down")
	for _, pid := range s.rt.Processes() {
		_ = s.rt.Terminate(pid)
	}
	return errors.Join(failure, err, s.rt.Shutdown(ctx, time.Hour))
}

// inUse gives the bytes that the Go program uses, without garbage.
func inUse() int64 {
	runtime.GC()
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
	}
	metrics.Read(samples)
	n := int64(samples[0].Value.Uint64())
	for _, s := range samples[1:] {
		n -= int64(s.Value.Uint64())
	}
	return n
}

func compile(e hostapi.Engine, name, text string) (hostapi.Program, error) {
	return e.Compile(hostapi.Source{ID: "app:" + name, Path: name + e.Info().Extension, Text: text, Modules: modules.Standard()})
}

// attack runs the attack to its end, while the bystander is served.
func (s *stage) attack(r *result, a attack) error {
	ctx, abandon := context.WithCancel(context.Background())
	defer abandon()
	ended := make(chan hostapi.Result, 1)
	killed, killedAt := false, time.Duration(0)
	go func() {
		spawn := hostapi.Spawn{ID: "app:attack", Host: hostID, Args: []hostapi.Value{hostapi.String(string(s.bystander))}}
		_, err := s.rt.Start(ctx, spawn, func(end hostapi.Result) { ended <- end })
		if err != nil { // the top level failed, or goes on for ever
			if ctx.Err() != nil {
				err = hostapi.Errorf(hostapi.Unavailable, "process terminated")
			}
			ended <- hostapi.Result{Err: hostapi.AsError(err)}
		}
	}()
	for {
		select {
		case end := <-ended:
			if killed {
				r.Kill = processor() - killedAt
			}
			return r.judge(a, end, killed)
		default:
		}
		if r.Served >= a.services && a.outcome.word == "killed" {
			now := processor()
			if s.kill(abandon, r.Served >= 20*a.services) && !killed {
				killed, killedAt = true, now
			}
		}
		asked := processor()
		if _, err := s.ask("ping"); err != nil {
			return err
		}
		r.Served++
		r.Slowest = max(r.Slowest, processor()-asked)
	}
}

// kill kills the attack: every process but the bystander. It reports false if
// there is none yet, as long as its top level runs; with force that is abandoned.
func (s *stage) kill(abandon func(), force bool) bool {
	found := false
	for _, pid := range s.rt.Processes() {
		if pid != s.bystander {
			found = true
			_ = s.rt.Terminate(pid)
		}
	}
	if force {
		abandon()
	}
	return found || force
}

// judge compares an end with what the attack states.
func (r *result) judge(a attack, end hostapi.Result, killed bool) error {
	o := a.outcome
	if end.Err == nil {
		r.Seen = "returned " + short(end.Value.String())
		if o.word == "ends" || o.word == "stopped" || o.word == "returns" && end.Value.String() == o.text {
			return nil
		}
		return fmt.Errorf("it %s", r.Seen)
	}
	r.Seen = short(fmt.Sprintf("%s %s", end.Err.Kind, end.Err.Error()))
	r.ByScope = end.Err.Details != nil && !end.Err.Details.Get("scope").IsNil()
	ok := false
	switch o.word {
	case "killed":
		ok = killed && end.Err.Error() == "process terminated"
	case "fails":
		ok = !killed && end.Err.Kind == o.kind && strings.Contains(end.Err.Error(), o.text)
	case "stopped":
		ok = !killed && end.Err.Error() != "internal error"
	case "ends":
		ok = !killed && !r.ByScope && end.Err.Error() != "internal error"
	}
	if !ok {
		return fmt.Errorf("it failed with %s", r.Seen)
	}
	return nil
}

func short(s string) string {
	if len(s) > 200 {
		return s[:200] + "..."
	}
	return s
}
