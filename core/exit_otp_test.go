package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// compareExits compares links, monitors, cancels and kills (sections 5 to 7)
// with the signals of Erlang. A grace period is there what the supervisors of OTP
// make of it: exit(Pid, shutdown), and exit(Pid, kill) when it is over.
func compareExits(t *testing.T, e *erlang) {
	e.compare(t, "exits", storiesOf(1, func(seed uint64) story { return drawFates(t, seed) }))
}

// fates is a story of processes that are linked, watch each other and end. p1, p3,
// ... note what they are told as it comes and end normally when they are
// cancelled; p2, p4, ... read nothing until they are told to.
type fates struct {
	seed  uint64
	steps []string
}

// fateCast are who is there at the beginning; three more may be spawned.
var fateCast = []string{"p1", "p2", "p3", "p4", "p5"}

func drawFates(t testing.TB, seed uint64) *fates {
	a, f := newAuthor(seed), &fates{seed: seed}
	who := slices.Clone(fateCast)
	one := func() string { return pick(a, who...) }
	var pairs []string // that are or were related
	relate := func(how string) string {
		pair := one() + " " + one()
		pairs = append(pairs, pair)
		return how + pair
	}
	related := func() string {
		if len(pairs) == 0 || a.IntN(4) == 0 {
			return one() + " " + one()
		}
		return pick(a, pairs...)
	}
	for range 30 {
		var step string
		switch a.IntN(20) {
		case 0, 1, 2, 3:
			step = relate("link ")
		case 4:
			step = "unlink " + related()
		case 5, 6:
			step = relate("monitor ")
		case 7:
			step = "demonitor " + related()
		case 8, 9, 10:
			step = "trap " + one() + " " + pick(a, "on", "on", "on", "off")
		case 11:
			step = "tell " + one() + " " + one()
		case 12:
			if len(who) == len(fateCast)+3 {
				continue
			}
			name := fmt.Sprintf("p%d", len(who)+1)
			step = "spawn " + one() + " " + pick(a, "plain", "link", "monitor", "link+monitor") + " " + name
			who = append(who, name)
		case 13, 14:
			by := one()
			to := one()
			if by == to {
				continue // what it does first, answer or end, is nobody's business
			}
			step = "cancel " + by + " " + to + " " + pick(a, "none", "0", "1", "2", "3")
		case 15:
			step = fmt.Sprintf("pass %d", 1+a.IntN(2))
		case 16:
			step = "kills " + one() + " " + one()
		case 17:
			step = "read " + one()
		default:
			step = pick(a, "exits ", "crashes ", "crashes ", "is_killed ") + one()
		}
		f.steps = append(f.steps, step)
	}
	for _, name := range who {
		f.steps = append(f.steps, "read "+name)
	}
	f.ours(t)
	return f
}

func (f *fates) shorter(t testing.TB) (all []story) {
	for _, steps := range without(f.steps) {
		s := &fates{f.seed, steps}
		s.ours(t)
		all = append(all, s)
	}
	return all
}

func (f *fates) term() string {
	var steps []string
	for _, step := range f.steps {
		words := strings.Fields(step)
		if words[0] == "spawn" {
			words[2] = "[" + strings.ReplaceAll(strings.TrimPrefix(words[2], "plain"), "+", ",") + "]"
		}
		steps = append(steps, "{"+strings.Join(words, ",")+"}")
	}
	return "{[" + strings.Join(fateCast, ",") + "],[" + strings.Join(steps, ",") + "]}"
}

// level: the order in which several watchers are told, and in which those that
// are linked to a process end with it, is not specified (4.6), nor is in Erlang
// what one process is told first of another. Those killed by a link fail with an
// error of their own (5.7), in Erlang with the reason of the first: what is
// compared is that of the first.
func (f *fates) level(seen string) string {
	parts := strings.Split(seen, "; ")
	for i, part := range parts {
		head, list, found := strings.Cut(part, " ")
		if i == 0 {
			head, list, found = "", part, true
		}
		if !found {
			continue
		}
		events := strings.Split(list, ", ")
		slices.Sort(events)
		parts[i] = strings.TrimSpace(head + " " + strings.Join(events, ", "))
	}
	return strings.Join(parts, "; ")
}

// fate plays a story of fates.
type fate struct {
	*house
	pids   map[string]string // by name
	names  map[string]string // by PID
	ended  []string          // names in order
	reason map[string]string // by PID
	news   map[string][]string
}

// ours plays the story. Steps that are not possible, since it has been drawn or
// shortened, are left out for good.
func (f *fates) ours(t testing.TB) (seen []string) {
	s := &fate{house: simulated(t, f.seed), pids: map[string]string{}, names: map[string]string{}, reason: map[string]string{}, news: map[string][]string{}}
	defer s.close()
	s.onEnd = func(r core.EndReport) {
		if name, ok := s.names[string(r.PID)]; ok {
			s.reason[string(r.PID)] = s.class(r.Result.Err)
			s.ended = append(s.ended, name)
		}
	}
	s.define("fate", s.live)
	s.define("ask", s.ask)
	for _, name := range fateCast {
		s.Launch(req("fate", name), func(pid hostapi.PID, err error) {
			if err != nil {
				t.Error(err)
			}
			s.named(name, pid)
		}, func(hostapi.Result) {})
	}
	s.sim.Settle()
	var steps []string
	for _, step := range f.steps {
		words := strings.Fields(step)
		if words[0] != "pass" && !s.alive(words[1]) || words[0] == "read" && !lazy(words[1]) ||
			slices.Contains([]string{"link", "unlink", "monitor", "demonitor", "tell", "kills", "cancel"}, words[0]) && s.pids[words[2]] == "" {
			continue
		}
		steps = append(steps, step)
		seen = append(seen, s.step(step))
	}
	f.steps = steps
	return seen
}

func lazy(name string) bool { return strings.ContainsAny(name, "2468") }

func (s *fate) named(name string, pid hostapi.PID) {
	s.pids[name], s.names[string(pid)] = string(pid), name
}

func (s *fate) alive(name string) bool {
	return s.pids[name] != "" && s.reason[s.pids[name]] == ""
}

// class gives how a process ended, in Erlang's words; of one that was killed by a
// link how the first of the chain did.
func (s *fate) class(err *hostapi.Error) string {
	switch {
	case err == nil:
		return "normal"
	case err.Message == "linked process failed":
		return s.reason[err.Details.Get("pid").Str()]
	case err.Kind == hostapi.Canceled:
		return "killed"
	default:
		return err.Message
	}
}

// step does something and gives what is seen of it.
func (s *fate) step(step string) string {
	answer := "ok"
	if words := strings.Fields(step); words[0] == "pass" {
		s.sim.RunFor(time.Duration(words[1][0]-'0') * time.Second)
	} else {
		v, err := s.exec("ask", step)
		if err != nil {
			s.t.Fatalf("%s: %v", step, err)
		}
		answer = v.Str()
		s.sim.Settle()
	}
	parts := []string{answer}
	if len(s.ended) > 0 {
		var list []string
		for _, name := range s.ended {
			list = append(list, name+" "+s.reason[s.pids[name]])
		}
		parts = append(parts, "ended "+strings.Join(list, ", "))
	}
	for _, name := range slices.Sorted(slices.Values(append(slices.Clone(fateCast), "p6", "p7", "p8"))) {
		if news := s.news[name]; len(news) > 0 && s.alive(name) {
			parts = append(parts, name+": "+strings.Join(news, ", "))
		}
	}
	s.ended = nil
	clear(s.news)
	return strings.Join(parts, "; ")
}

// ask has a process do a step, and gives its answer; "ok" if it ended instead.
func (s *fate) ask(a *actor) any {
	words := strings.Fields(a.arg(0))
	pid := s.pids[words[1]]
	must(a.Monitor(pid))
	if words[0] == "is_killed" {
		must(a.Terminate(pid))
	} else {
		a.send(pid, a.arg(0))
	}
	got := must1(a.Select([]*hostapi.Case{{Channel: a.Inbox()}, {Channel: a.Events()}}, true))
	if got.Index == 0 {
		return got.Value.Message().Values[0]
	}
	return "ok"
}

// live is the program of a process.
func (s *fate) live(a *actor) any {
	name := a.arg(0)
	cases := []*hostapi.Case{{Channel: a.Inbox()}}
	hello := must1(a.Listen("hello", true))
	if !lazy(name) {
		cases = append(cases, &hostapi.Case{Channel: a.Events()}, &hostapi.Case{Channel: hello})
	}
	for {
		got := must1(a.Select(cases, true))
		if got.Index > 0 {
			if event := s.event(name, got.Value); !strings.HasPrefix(event, "CANCEL") {
				s.news[name] = append(s.news[name], event)
				continue
			}
			return nil
		}
		m := got.Value.Message()
		words := strings.Fields(m.Topic)
		var answer string
		switch words[0] {
		case "exits":
			return nil
		case "crashes":
			return hostapi.Errorf(hostapi.Internal, "crash")
		case "spawn":
			r := req("fate", words[3])
			r.Link, r.Monitor = strings.Contains(words[2], "link"), strings.Contains(words[2], "monitor")
			s.named(words[3], must1(a.Spawn(r)))
			answer = "ok"
		case "trap":
			must(a.SetOptions(hostapi.Options{TrapLinks: words[2] == "on"}))
			answer = "ok"
		case "read":
			answer = s.unread(a, name, hello)
		default:
			answer = s.does(a, words, s.pids[words[2]])
		}
		a.send(string(m.From), "answer", answer)
	}
}

// does is what a process does to another.
func (s *fate) does(a *actor, words []string, pid string) string {
	var err error
	switch words[0] {
	case "link":
		err = a.Link(pid)
	case "unlink":
		err = a.Unlink(pid)
	case "monitor":
		err = a.Monitor(pid)
	case "demonitor":
		err = a.Unmonitor(pid)
	case "tell":
		err = a.Send(pid, "hello", nil)
	case "kills":
		err = a.Terminate(pid)
	case "cancel":
		grace := time.Duration(-1)
		if words[3] != "none" {
			grace = time.Duration(words[3][0]-'0') * time.Second
		}
		err = a.Cancel(pid, grace, "")
	}
	if soft(err) == nil {
		return "ok"
	}
	text := hostapi.AsError(err).Message
	for _, known := range []string{"not found", "already monitoring"} {
		if strings.Contains(text, known) {
			return known
		}
	}
	return text
}

// event gives an event or a greeting.
func (s *fate) event(reader string, v hostapi.Value) string {
	if v.Type() == hostapi.TypeObject {
		return "hello " + s.names[string(v.Message().From)]
	}
	r := v.Record()
	if kind(r) == "pid.cancel" {
		return "CANCEL " + reader
	}
	what := "EXIT "
	if kind(r) == "pid.link.down" {
		what = "LINK_DOWN "
	}
	return what + s.names[from(r)] + " " + s.class(r.Get("result").Record().Get("error").Err())
}

// unread gives what a process has not read.
func (s *fate) unread(a *actor, name string, hello hostapi.Channel) string {
	var all []string
	for _, c := range []hostapi.Channel{a.Events(), hello} {
		for {
			v, ready := a.poll(c)
			if !ready {
				break
			}
			all = append(all, s.event(name, v))
		}
	}
	return strings.Join(all, ", ")
}
