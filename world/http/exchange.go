package http

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// topic is that of requests as messages (48.4).
const topic = "http.request"

// cancelGrace is how long a spawned process has after the timeout (48.8).
const cancelGrace = time.Second

// exchange is a request that a process has, and its answer. Who claims it settles it:
// with the answer, the end of that process, the timeout, the client that goes.
type exchange struct {
	id      string
	route   *route
	w       http.ResponseWriter
	r       *http.Request
	payload hostapi.Value
	trace   hostapi.TraceContext
	read    atomic.Bool  // the body was, to its end
	parts   atomic.Int32 // that keep its place: the answer, and the process spawned for it

	mu      sync.Mutex
	claimed bool
	settled bool
	over    bool    // run has nothing to do with it any more
	outcome outcome // once done is closed
	done    chan struct{}
	binding int         // the number of the process that has it
	missed  int         // that of one that has ended after it was handed on
	release func()      // of the message to that process
	member  hostapi.PID // of a group, among whose requests it is counted
	spawned hostapi.PID // "": not yet, or not at all
	abandon func(*hostapi.Error) bool
	body    bool // is taken as a stream
}

// outcome is what becomes of a request.
type outcome struct {
	response *response       // made by who answers
	result   *hostapi.Result // of the process, which is to be made a response
	lasts    func()          // or: this is the answer; it returns when that is over
	status   int             // or: no answer, but this
	reason   string          // of that, for the log
}

// gone says that nobody is there to be answered.
func (o *outcome) gone() bool {
	return o.response == nil && o.result == nil && o.lasts == nil && o.status == 0
}

// claim reports whether the caller is the one who settles the exchange.
func (x *exchange) claim() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	first := !x.claimed
	x.claimed = true
	return first
}

// finish settles an exchange that the caller has claimed.
func (x *exchange) finish(o outcome) {
	x.mu.Lock()
	x.outcome, x.settled = o, true
	x.mu.Unlock()
	close(x.done)
}

// settle is both; false if somebody was first.
func (x *exchange) settle(o outcome) bool {
	if !x.claim() {
		return false
	}
	x.finish(o)
	return true
}

// ended says how the process with that number has ended without an answer.
func (x *exchange) ended(binding int, o outcome) {
	x.mu.Lock()
	if x.binding != binding {
		x.missed = max(x.missed, binding)
		x.mu.Unlock()
		return
	}
	x.mu.Unlock()
	if !x.settle(o) && o.result != nil && o.result.Err != nil { // nobody else tells of it
		x.route.server.config.Log.Error("process failed after its request was answered",
			"route", x.route.ID, "request", x.id, "error", o.result.Err.Error())
	}
}

var lost = outcome{status: http.StatusInternalServerError, reason: "the process has ended"}

// entrust sends the request to a process, which has it from then on.
func (x *exchange) entrust(dest hostapi.Dest, payload hostapi.Value) error {
	x.mu.Lock()
	before := x.binding
	x.binding++
	binding := x.binding
	x.mu.Unlock()
	release, err := x.route.server.rt.Entrust(dest, hostapi.Outgoing{Topic: topic, Payloads: []hostapi.Value{payload}, Trace: x.trace},
		func() { x.ended(binding, lost) })
	x.mu.Lock()
	if err != nil {
		x.binding = before
		missed := x.missed == before && before > 0
		x.mu.Unlock()
		if missed {
			x.settle(lost)
		}
		return err
	}
	if !x.over {
		release, x.release = x.release, release
	}
	member := x.member
	x.member = ""
	x.mu.Unlock()
	if release != nil {
		release()
	}
	x.route.relieve(member)
	return nil
}

// spawn starts a process for the request.
func (x *exchange) spawn() {
	r := x.route
	x.parts.Add(1)
	x.mu.Lock()
	x.binding = 1
	x.mu.Unlock()
	over := func(o outcome) {
		x.ended(1, o)
		x.part()
	}
	args := append(r.Input[:len(r.Input):len(r.Input)], x.payload)
	abandon := r.server.rt.Launch(hostapi.Spawn{ID: r.Process, Host: r.Host, Args: args, Trace: x.trace}, func(pid hostapi.PID, err error) {
		if err != nil {
			over(refused(err))
			return
		}
		x.mu.Lock()
		x.spawned = pid
		stop := x.settled && x.outcome.stops() // before it was live
		x.mu.Unlock()
		if stop {
			x.stop()
		}
	}, func(result hostapi.Result) { over(outcome{result: &result}) })
	x.mu.Lock()
	x.abandon = abandon
	x.mu.Unlock()
}

// stops says that a process spawned for the request need not go on.
func (o *outcome) stops() bool { return o.gone() || o.status == http.StatusGatewayTimeout }

// stop asks the process that was spawned for the request to stop, whose answer nobody
// wants any more (48.8, 48.9).
func (x *exchange) stop() {
	r := x.route
	x.mu.Lock()
	pid, abandon, gone, mine := x.spawned, x.abandon, x.outcome.gone(), x.binding == 1
	x.mu.Unlock()
	if !mine || r.Process == "" { // it was handed on, or is the business of who has it
		return
	}
	grace, reason := cancelGrace, "http timeout"
	if gone {
		grace, reason = -1, "client gone"
	}
	if pid == "" && abandon != nil && !abandon(hostapi.Errorf(hostapi.Canceled, "%s", reason)) {
		return
	}
	_ = r.server.rt.Cancel(pid, grace, reason) // it may have ended
}

// refused is what becomes of a request that could not be handed to anybody.
func refused(err error) outcome {
	e := hostapi.AsError(err)
	if e.Kind == hostapi.LimitExceeded { // of what a process can be sent
		return outcome{status: http.StatusRequestEntityTooLarge}
	}
	return outcome{result: &hostapi.Result{Err: e}}
}

// part ends one of the parts that keep the place.
func (x *exchange) part() {
	if x.parts.Add(-1) == 0 {
		x.route.places.Leave()
	}
}

// run hands the request over, waits until it is settled, and answers.
func (x *exchange) run() {
	s := x.route.server
	s.requests.add(x)
	x.parts.Store(1)
	defer x.part()
	stopTimer := s.rt.AfterFunc(x.route.Timeout, func() {
		if x.settle(outcome{status: http.StatusGatewayTimeout, reason: "timeout"}) {
			x.stop()
		}
	})
	x.route.dispatch(x)
	if !s.await(x.r.Context(), x.done) {
		if x.settle(outcome{}) {
			x.stop()
		} else {
			<-x.done // who has claimed it is about to settle it
		}
	}
	stopTimer()
	s.requests.remove(x.id)
	x.mu.Lock()
	x.over = true
	release, member, o := x.release, x.member, x.outcome
	x.mu.Unlock()
	if release != nil {
		release()
	}
	x.route.relieve(member)
	x.answer(o)
}
