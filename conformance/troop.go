package conformance

import (
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// troop is what the cases of supervisors have in common: supervisors whose
// children are puppets that tell when they start and stop.
type troop struct {
	*Stage
	boss *Actor // starts supervisors, on the first engine
}

func newTroop(s *Stage) troop { return troop{s, s.Actor()} }

// ward is what a child does: it reports "start <id>" with its PID, and "stop
// <id>" with the CANCEL it gets, at which it ends. Messages of the topic "fail"
// let it fail with their text, others let it exit.
func ward(id string) Code {
	return Seq(Report("start "+id, Self()),
		Let("got", Select(Method(Call("process.events"), "case_receive"), Method(Call("process.inbox"), "case_receive"))),
		Let("item", Field(Get("got"), "value")),
		If(Equal(Field(Get("got"), "channel"), Call("process.events")),
			Report("stop "+id, Get("item")),
			If(Equal(Method(Get("item"), "topic"), "fail"), Values(nil, Method(Method(Get("item"), "payload"), "data")), Values())))
}

// runs gives the specification of a child that runs code, with further fields,
// names and values in turn.
func runs(id string, code Code, more ...any) Code {
	return merged([]any{"id", id, "process", Peer, "input", List(Quote(code))}, more)
}

// merged makes a table of fields, names and values in turn, where what is in more
// takes the place of what is given: what a key that occurs twice means is the
// language's affair.
func merged(given, more []any) Code {
	named := map[any]bool{}
	for i := 0; i < len(more); i += 2 {
		named[more[i]] = true
	}
	for i := 0; i < len(given); i += 2 {
		if !named[given[i]] {
			more = append(more, given[i], given[i+1])
		}
	}
	return Table(more...)
}

// kid is runs of a ward.
func kid(id string, more ...any) Code { return runs(id, ward(id), more...) }

// spec gives a specification of children that may restart often; more are
// further fields, names and values in turn.
func spec(children []any, more ...any) Code {
	return merged([]any{"period", "1h", "intensity", 100, "children", List(children...)}, more)
}

func kids(children ...any) []any { return children }

// starts lets the boss start a supervisor, whose PID it keeps in the slot "sup".
func (t troop) starts(specification any) hostapi.PID {
	got := t.boss.Do(Let("sup", Call("supervisor.start", specification)), Get("sup"))
	return t.At(got.First()).PID
}

// nth gives the n-th process of a child, counted from 1, when it has started.
func (t troop) nth(n int, id string) hostapi.PID {
	return t.At(t.AwaitReports("start "+id, n)[n-1].First()).PID
}

// fails lets a child fail, exits lets it exit.
func (t troop) fails(pid hostapi.PID, text string) { t.tell(pid, "fail", hostapi.String(text)) }
func (t troop) exits(pid hostapi.PID)              { t.tell(pid, "exit") }

func (t troop) tell(pid hostapi.PID, topic string, payload ...hostapi.Value) {
	if err := t.Send(pid, topic, payload...); err != nil {
		t.Fail("%s does not get %s: %v", pid, topic, err)
	}
}

// asks lets the boss call a function of the module for the supervisor it has
// started last, and checks the results.
func (t troop) asks(function string, args []any, want ...any) {
	t.boss.Gives(Call("supervisor."+function, append([]any{Get("sup")}, args...)...), want...)
}

// happened gives the reports whose tags begin with a word, without it, in order.
func (t troop) happened(word string) []string {
	var out []string
	for _, tag := range t.Order() {
		if rest, ok := strings.CutPrefix(tag, word+" "); ok {
			out = append(out, rest)
		}
	}
	return out
}

// inOrder checks what has happened to whom so far, such as "stop", "c b a".
func (t troop) inOrder(word, ids string) {
	if got := strings.Join(t.happened(word), " "); got != ids {
		t.Fail("%s of %q, want %q", word, got, ids)
	}
}

// loads defines an entry app:peer.<id> whose top level reports "load <id>", and
// gives the specification of a child that runs it as ward.
func (t troop) loads(id string, more ...any) Code {
	entry := Peer + "." + id
	t.Prologue(entry, Report("load "+id, 1))
	t.Entry(entry, core.Entry{})
	return Table(append([]any{"id", id, "process", entry, "input", List(Quote(ward(id)))}, more...)...)
}

// shown matches a child as which_children shows it, of type process.
func shown(id any, restart, status string, pid any) Matcher {
	return Has(fields{"id": id, "type": "process", "restart": restart, "status": status, "pid": pid})
}

// counts matches what count_children gives.
func counts(specs, active, supervisors, processes int) Matcher {
	return Has(fields{"specs": specs, "active": active, "supervisors": supervisors, "processes": processes})
}
