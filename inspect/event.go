package inspect

import (
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// Event is something that has happened in the runtime. What it has beside its kind depends
// on that.
type Event struct {
	ID       uint64          `json:"id" doc:"grows with each event"`
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind" enum:"process.started,process.ended,link.made,link.down,service.state,child.restarted,dead.letter,outside.done,mailbox.long,slice.long,grace.expired,outside.stuck,cascade"`
	PID      string          `json:"pid,omitempty" doc:"whom it is about; of child.restarted the supervisor"`
	Entry    string          `json:"entry,omitempty" doc:"of that process; of dead.letter that of the receiver"`
	Peer     string          `json:"peer,omitempty" doc:"of link.made: to whom; of link.down: who has failed; of dead.letter: who has sent it; of process.ended: whose failure killed it"`
	Reason   string          `json:"reason,omitempty" doc:"why: of an end, a restart, a dead letter; of service.state the state"`
	Error    *Failure        `json:"error,omitempty"`
	Service  string          `json:"service,omitempty"`
	Child    string          `json:"child,omitempty" doc:"of child.restarted"`
	Restarts int             `json:"restarts,omitempty" doc:"of a service in a row; of a supervisor within its period"`
	Delay    float64         `json:"delay,omitempty" doc:"seconds before the restart"`
	Topic    string          `json:"topic,omitempty" doc:"of dead.letter"`
	To       string          `json:"to,omitempty" doc:"of dead.letter: PID or name, as addressed"`
	Payloads []hostapi.Value `json:"payloads,omitempty" doc:"of dead.letter"`
	Function string          `json:"function,omitempty" doc:"of outside.done, outside.stuck, slice.long"`
	Resource string          `json:"resource,omitempty" doc:"of outside.done"`
	Took     float64         `json:"took,omitempty" doc:"seconds"`
	Where    string          `json:"where,omitempty" doc:"file:line where its code was"`
	Count    int             `json:"count,omitempty" doc:"of mailbox.long unread messages, of slice.long steps, of cascade killed processes, of child.restarted siblings"`
}

// Failure is an error with which something ended.
type Failure struct {
	Kind      string         `json:"kind"`
	Message   string         `json:"message"`
	Retryable *bool          `json:"retryable,omitempty"`
	Details   *hostapi.Value `json:"details,omitempty"`
	Stack     string         `json:"stack,omitempty" doc:"of the script, innermost first"`
}

func failureOf(e *hostapi.Error) *Failure {
	if e == nil {
		return nil
	}
	f := &Failure{Kind: string(e.Kind), Message: e.Error(), Stack: e.Trace()}
	if e.Retryable != hostapi.Unset {
		r := e.Retryable == hostapi.True
		f.Retryable = &r
	}
	if e.Details != nil {
		d := hostapi.Wrap(e.Details)
		f.Details = &d
	}
	return f
}

// PastFailure is an earlier failure of a service or child.
type PastFailure struct {
	At    time.Time `json:"at"`
	Error *Failure  `json:"error"`
}

func pastOf(history []core.Failure) []PastFailure {
	var out []PastFailure
	for _, f := range history {
		out = append(out, PastFailure{f.At, failureOf(f.Err)})
	}
	return out
}

// CrashReport describes a process that has failed.
type CrashReport struct {
	At        time.Time     `json:"at"`
	PID       string        `json:"pid"`
	Entry     string        `json:"entry"`
	Engine    string        `json:"engine,omitempty"`
	Names     []string      `json:"names,omitempty"`
	Error     *Failure      `json:"error"`
	Lived     float64       `json:"lived" doc:"seconds"`
	LastTopic string        `json:"last_topic,omitempty" doc:"of the message read last"`
	Unread    int           `json:"unread"`
	Links     int           `json:"links"`
	Watchers  int           `json:"watchers"`
	Watching  int           `json:"watching"`
	Steps     int64         `json:"steps"`
	First     string        `json:"first,omitempty" doc:"PID of the process whose failure has killed it through links"`
	History   []PastFailure `json:"history,omitempty" doc:"failures before it of the service or child that it ran for, oldest first"`
	Recorded  []TraceStep   `json:"recorded,omitempty" doc:"its last events, oldest first, where run --flight lets it keep some"`
	Text      string        `json:"text" doc:"all of it, to be read"`
}

func reportOf(r core.EndReport, at time.Time) *CrashReport {
	var recorded []TraceStep
	for n, e := range r.Recorded {
		recorded = append(recorded, stepOf(n+1, e))
	}
	return &CrashReport{
		Recorded: recorded,
		At:       at, PID: string(r.PID), Entry: r.Entry, Engine: r.Engine, Names: r.Names, Error: failureOf(r.Result.Err),
		Lived: r.Lifetime.Seconds(), LastTopic: r.LastTopic, Unread: r.Unread, Links: r.Links, Watchers: r.Watchers,
		Watching: r.Watching, Steps: r.Steps, First: string(r.First), History: pastOf(r.History), Text: r.String(),
	}
}

// happened is an event of the runtime, as it is kept.
type happened struct {
	id    uint64
	at    time.Time
	event core.RuntimeEvent
}

// frequent reports whether an event is of those that happen all the time.
func frequent(e core.RuntimeEvent) bool {
	switch e := e.(type) {
	case core.ProcessStarted, core.LinkMade, core.OutsideDone:
		return true
	case core.EndReport:
		return e.Result.Err == nil
	}
	return false
}

// kindOf is the kind of an event by clause 60.17, "" for one that is not shown.
func kindOf(e core.RuntimeEvent) string {
	switch e.(type) {
	case core.ProcessStarted:
		return "process.started"
	case core.EndReport:
		return "process.ended"
	case core.LinkMade:
		return "link.made"
	case core.LinkDown:
		return "link.down"
	case core.DeadLetter:
		return "dead.letter"
	case core.ServiceChange:
		return "service.state"
	case core.SupervisorRestart:
		return "child.restarted"
	case core.OutsideDone:
		return "outside.done"
	case core.LongMailbox:
		return "mailbox.long"
	case core.LongSlice:
		return "slice.long"
	case core.GraceExpired:
		return "grace.expired"
	case core.OutsideStuck:
		return "outside.stuck"
	case core.Cascade:
		return "cascade"
	}
	return ""
}

// shown gives an event as it is shown.
func (h happened) shown(rt Runtime) Event {
	out := Event{ID: h.id, At: h.at, Kind: kindOf(h.event)}
	switch e := h.event.(type) {
	case core.ProcessStarted:
		out.PID, out.Entry = string(e.PID), e.Entry
	case core.EndReport:
		out.PID, out.Entry, out.Peer, out.Error = string(e.PID), e.Entry, string(e.First), failureOf(e.Result.Err)
		out.Reason = "exited normally"
		if e.Result.Err != nil {
			out.Reason = e.Result.Err.Error()
		}
	case core.LinkMade:
		out.PID, out.Peer = string(e.PID), string(e.Peer)
	case core.LinkDown:
		out.PID, out.Peer, out.Error = string(e.PID), string(e.Peer), failureOf(e.Err)
		out.Reason = map[bool]string{true: "trapped", false: "killed"}[e.Trapped]
	case core.DeadLetter:
		out.PID, out.Entry, out.Peer, out.Reason, out.Topic = "", e.Entry, string(e.From), string(e.Reason), e.Topic
		if out.To = e.To; hostapi.IsPID(e.To) {
			out.PID = e.To
		}
		for _, v := range e.Payloads {
			out.Payloads = append(out.Payloads, rt.ConcealedValue(v))
		}
	case core.ServiceChange:
		out.PID, out.Service, out.Reason = string(e.PID), e.Service, e.State.String()
		out.Error, out.Restarts, out.Delay = failureOf(e.Err), e.Restarts, e.Delay.Seconds()
	case core.SupervisorRestart:
		out.PID, out.Entry, out.Child, out.Reason = string(e.Supervisor), e.Entry, e.Child, e.Reason
		out.Restarts, out.Delay, out.Count = e.Restarts, e.Delay.Seconds(), e.Siblings
	case core.OutsideDone:
		out.PID, out.Entry, out.Function, out.Resource = string(e.PID), e.Entry, e.Op.Name, e.Op.Resource
		out.Took, out.Error = e.Took.Seconds(), failureOf(e.Err)
	case core.LongMailbox:
		out.PID, out.Entry, out.Count = string(e.PID), e.Entry, e.Unread
	case core.LongSlice:
		out.PID, out.Entry, out.Function = string(e.PID), e.Entry, e.Function
		out.Count, out.Took, out.Where = e.Steps, e.Took.Seconds(), e.At
	case core.GraceExpired:
		out.PID, out.Entry, out.Where = string(e.PID), e.Entry, e.At
	case core.OutsideStuck:
		out.PID, out.Entry, out.Function, out.Took = string(e.PID), e.Entry, e.Op, e.After.Seconds()
	case core.Cascade:
		out.PID, out.Entry, out.Error = string(e.First.PID), e.First.Entry, failureOf(e.First.Result.Err)
		for _, k := range e.Killed {
			out.Count += k.Count
		}
	}
	return out
}
