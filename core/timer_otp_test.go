package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// compareTimers compares timers and sleeps (section 10, 20.9) with
// those of Erlang: what fires, in which order, and what stop and reset find.
// Erlang has no ticker but one that a process of a library makes (10.9).
func compareTimers(t *testing.T, e *erlang) {
	e.compare(t, "timers", storiesOf(3, func(seed uint64) story { return drawTimes(seed) }))
}

// times is a story of timers: a step at each instant and a half, and timers due at
// instants.
type times struct {
	seed  uint64
	steps []string
}

const instant = 10 * time.Millisecond

// drawTimes draws a story. A timer that is watched is read as soon as it fires,
// one that is unread when a step says so.
func drawTimes(seed uint64) *times {
	a, s := newAuthor(seed), &times{seed: seed}
	var how []string
	for range 25 {
		if len(how) == 0 || len(how) < 8 && a.IntN(3) == 0 {
			how = append(how, pick(a, "watched", "unread", "watched sleep"))
			s.steps = append(s.steps, fmt.Sprintf("set t%d %d %s", len(how), 1+a.IntN(8), how[len(how)-1]))
			continue
		}
		i := a.IntN(len(how))
		name := fmt.Sprintf("t%d", i+1)
		switch {
		case how[i] == "unread" && a.IntN(3) == 0:
			s.steps = append(s.steps, "read "+name)
		case strings.Contains(how[i], " "):
			s.steps = append(s.steps, "wait")
		default:
			s.steps = append(s.steps, pick(a, "stop "+name, fmt.Sprintf("reset %s %d", name, 1+a.IntN(8)), "wait", "wait"))
		}
	}
	return s
}

// shorter has nothing happen at a step, or leaves out the last.
func (s *times) shorter(testing.TB) (all []story) {
	all = append(all, &times{s.seed, s.steps[:len(s.steps)-1]})
	for i, step := range slices.Backward(s.steps) {
		name := strings.Fields(step + " -")[1]
		if step == "wait" || strings.HasPrefix(step, "set") && slices.ContainsFunc(s.steps[i+1:], func(later string) bool {
			return strings.Contains(later, name)
		}) {
			continue
		}
		steps := slices.Clone(s.steps)
		steps[i] = "wait"
		all = append(all, &times{s.seed, steps})
	}
	return all
}

func (s *times) term() string {
	var steps []string
	for _, step := range s.steps {
		words := strings.Fields(step)
		if words[0] == "set" {
			words = []string{"set", words[1], words[3], words[2]}
		}
		steps = append(steps, "{"+strings.Join(words, ",")+"}")
	}
	return "[" + strings.Join(steps, ",") + "]"
}

func (s *times) level(seen string) string { return seen }

func (s *times) ours(t testing.TB) (seen []string) {
	h := simulated(t, s.seed)
	defer h.close()
	var keeper hostapi.PID
	var fired []string
	h.define("keeper", func(a *actor) any { return a.keepTimers(&fired) })
	h.define("ask", func(a *actor) any {
		a.send(string(keeper), a.arg(0))
		return a.message().Values[0]
	})
	h.Launch(req("keeper"), func(pid hostapi.PID, err error) {
		if err != nil {
			t.Error(err)
		}
		keeper = pid
	}, func(hostapi.Result) {})
	h.sim.Settle()
	h.sim.RunFor(instant / 2)
	for _, step := range s.steps {
		h.sim.RunFor(instant)
		before := fired
		v, err := h.exec("ask", step)
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		text := v.Str()
		if len(before) > 0 {
			text += "; fired " + strings.Join(before, ", ")
		}
		fired = fired[len(before):]
		seen = append(seen, text)
	}
	return seen
}

// keepTimers is the program of a process whose messages are steps.
func (a *actor) keepTimers(fired *[]string) any {
	timers, unread := map[string]hostapi.Timer{}, map[string]hostapi.Channel{}
	for {
		m := a.message()
		words := strings.Fields(m.Topic)
		answer := "ok"
		switch words[0] {
		case "set":
			name, d := words[1], due(words[2])
			var channel hostapi.Channel
			if words[len(words)-1] == "sleep" {
				a.goes(func(a *actor) { a.sleep(d); *fired = append(*fired, name) })
			} else {
				timers[name] = a.timer(d)
				channel = timers[name].Channel()
			}
			switch {
			case words[3] == "unread":
				unread[name] = channel
			case channel != nil:
				a.goes(func(a *actor) {
					if _, ok, err := channel.Receive(); soft(err) == nil && ok {
						*fired = append(*fired, name)
					}
				})
			}
		case "stop":
			answer = fmt.Sprint(timers[words[1]].Stop())
		case "reset":
			answer = fmt.Sprint(timers[words[1]].Reset(due(words[2])))
		case "read":
			answer = "nothing"
			if v, ready := a.poll(unread[words[1]]); ready && v.Type() != hostapi.TypeNil {
				answer = "fired"
			}
		}
		a.send(string(m.From), "answer", answer)
	}
}

// due gives how long it is from a step to an instant.
func due(instants string) time.Duration {
	return time.Duration(instants[0]-'0')*instant - instant/2
}
