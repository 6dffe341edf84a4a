package inspect

import (
	"slices"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// How much of what has happened is kept, and for how much a reader may be behind.
const (
	eventsKept  = 1000
	lettersKept = 200
	crashesKept = 200
	streamRoom  = 1024
)

// hub is told what happens in the runtime, keeps the last of it, and passes it on to the
// streams that are open. It never waits for them.
type hub struct {
	rt   Runtime
	most int // streams

	mu       sync.Mutex
	next     uint64 // number of the next event
	events   recent[happened]
	letters  recent[happened]
	crashes  recent[happened]
	reasons  map[core.DeadLetterReason]int // of dead letters
	restarts int                           // of services and children
	streams  map[*stream]bool
	open     int // streams of all sorts
	closed   bool
	rare     func() // stops observing what happens seldom
	all      func() // stops observing the rest; nil: nobody looks
}

func newHub(rt Runtime, most int) *hub {
	h := &hub{rt: rt, most: most, streams: make(map[*stream]bool), reasons: make(map[core.DeadLetterReason]int)}
	h.rare = rt.Observe(false, func(e core.RuntimeEvent) {
		if !frequent(e) {
			h.tell(e)
		}
	})
	return h
}

// tell takes an event. It is called by the runtime, one call at a time for each of the two
// observations.
func (h *hub) tell(e core.RuntimeEvent) {
	at := h.rt.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	x := happened{h.next, at, e}
	h.events.add(x, eventsKept)
	switch e := e.(type) {
	case core.DeadLetter:
		h.letters.add(x, lettersKept)
		h.reasons[e.Reason]++
	case core.EndReport:
		if e.Result.Err != nil {
			h.crashes.add(x, crashesKept)
		}
	case core.ServiceChange:
		if e.State == core.ServiceWaiting {
			h.restarts++
		}
	case core.SupervisorRestart:
		h.restarts++
	}
	for s := range h.streams {
		if wants(s.kinds, x) {
			s.put(x)
		}
	}
}

// stream is one reader of events.
type stream struct {
	kinds []string // none: all
	room[happened]
}

// wants reports whether a reader of some kinds wants an event.
func wants(kinds []string, x happened) bool {
	return len(kinds) == 0 || slices.Contains(kinds, kindOf(x.event))
}

// enter makes room for one more stream of any sort; false if there are too many, or the
// inspector is closed.
func (h *hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.open >= h.most {
		return false
	}
	h.open++
	return true
}

func (h *hub) leave() {
	h.mu.Lock()
	h.open--
	h.mu.Unlock()
}

// subscribe opens a stream of events, and gives those that are kept and came after one if
// they are wanted.
func (h *hub) subscribe(kinds []string, wanted bool, after uint64) (*stream, []happened) {
	s := &stream{kinds: kinds, room: room[happened]{items: make(chan happened, streamRoom)}}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams[s] = true
	if h.all == nil && !h.closed {
		h.all = h.rt.Observe(true, func(e core.RuntimeEvent) {
			if frequent(e) {
				h.tell(e)
			}
		})
	}
	var past []happened
	if wanted {
		for _, x := range h.events.list {
			if x.id > after && wants(kinds, x) {
				past = append(past, x)
			}
		}
	}
	return s, past
}

func (h *hub) unsubscribe(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, s)
	if len(h.streams) == 0 && h.all != nil {
		h.all()
		h.all = nil
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.rare()
	if h.all != nil {
		h.all()
		h.all = nil
	}
}

// crash gives the report of a process that has failed lately.
func (h *hub) crash(pid hostapi.PID) (*CrashReport, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, x := range slices.Backward(h.crashes.list) {
		if r := x.event.(core.EndReport); r.PID == pid {
			return reportOf(r, x.at), true
		}
	}
	return nil, false
}

// counts gives how many restarts and dead letters there were.
func (h *hub) counts() (restarts, letters int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, n := range h.reasons {
		letters += n
	}
	return h.restarts, letters
}

// crashOf gives the report of a failure that is remembered, nil if it is not.
func (h *hub) crashOf(err *hostapi.Error) *CrashReport {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, x := range slices.Backward(h.crashes.list) {
		if r := x.event.(core.EndReport); r.Result.Err == err {
			return reportOf(r, x.at)
		}
	}
	return nil
}

// reports gives all of them, newest first.
func (h *hub) reports() []*CrashReport {
	h.mu.Lock()
	last := h.crashes.last(crashesKept)
	h.mu.Unlock()
	out := []*CrashReport{}
	for _, x := range last {
		out = append(out, reportOf(x.event.(core.EndReport), x.at))
	}
	return out
}

// deadLetters gives those that are remembered, newest first, and how many there were by
// reason.
func (h *hub) deadLetters() ([]happened, map[string]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	reasons := make(map[string]int)
	for r, n := range h.reasons {
		reasons[string(r)] = n
	}
	return h.letters.last(lettersKept), reasons
}

// recent are the last of many, oldest first.
type recent[T any] struct{ list []T }

func (r *recent[T]) add(x T, most int) {
	if len(r.list) >= 2*most {
		r.list = append(r.list[:0], r.list[len(r.list)-most+1:]...)
	}
	r.list = append(r.list, x)
}

// last gives so many of them, newest first.
func (r *recent[T]) last(most int) []T {
	out := slices.Clone(r.list[max(0, len(r.list)-most):])
	slices.Reverse(out)
	return out
}

// heartbeat is how often a stream says something when nothing happens, so that its end is
// noticed.
const heartbeat = 15 * time.Second
