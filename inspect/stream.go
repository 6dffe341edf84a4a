package inspect

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// writeTime is how long a reader may take for what is written to it; then it has gone.
const writeTime = 10 * time.Second

// sender writes Server-Sent Events.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func newSender(w http.ResponseWriter) *sender {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	return &sender{w, http.NewResponseController(w)}
}

// send writes one event; id 0: it has none. What data holds stands in one line, since JSON
// escapes line ends.
func (s *sender) send(name string, id uint64, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTime)) // a server that has none serves as well
	if id > 0 {
		_, err = fmt.Fprintf(s.w, "id: %d\nevent: %s\ndata: %s\n\n", id, name, text)
	} else {
		_, err = fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", name, text)
	}
	return err
}

// comment writes what readers skip.
func (s *sender) comment() error {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := fmt.Fprint(s.w, ":\n\n")
	return err
}

func (s *sender) flush() error { return s.control.Flush() }

// Missed says that a reader was too slow.
type Missed struct {
	Count int `json:"count" doc:"events that it was not sent"`
}

var eventKinds = []string{
	"process.started", "process.ended", "link.made", "link.down", "service.state", "child.restarted", "dead.letter", "outside.done",
	"mailbox.long", "slice.long", "grace.expired", "outside.stuck", "cascade",
}

func eventRoutes() []*route {
	return []*route{{
		method: http.MethodGet, path: "/api/v1/events", stream: true,
		summary: "What happens, as Server-Sent Events: event, with the id of each; missed, where the reader was too slow.",
		query: []parameter{
			{name: "kind", doc: "kinds of events, separated by commas; absent: all"},
			{name: "after", kind: "integer", doc: "id of the last event that is known, or 0: those after it that are kept come first; absent: none"},
		},
		gives: reflect.TypeFor[Event](),
		run:   (*Inspector).events,
	}}
}

// streaming makes room for a stream and gives what writes it; nil if there is none, which
// has been answered then. leave is called at its end.
func (i *Inspector) streaming(w http.ResponseWriter) (s *sender, leave func()) {
	if !i.hub.enter() {
		writeProblem(w, &problem{http.StatusServiceUnavailable, Problem{Kind: string(hostapi.Unavailable), Message: "too many streams are open"}})
		return nil, nil
	}
	return newSender(w), i.hub.leave
}

func (i *Inspector) events(w http.ResponseWriter, r *request) {
	var kinds []string
	if text := r.text("kind"); text != "" {
		kinds = strings.Split(text, ",")
		for _, k := range kinds {
			if p := (&parameter{name: "kind", values: eventKinds}); p.check(map[string][]string{"kind": {k}}) != nil {
				writeProblem(w, invalid("no kind of event %q; there are: %s", k, strings.Join(eventKinds, ", ")))
				return
			}
		}
	}
	out, leave := i.streaming(w)
	if out == nil {
		return
	}
	defer leave()
	after, _ := strconv.ParseUint(r.text("after"), 10, 64) // it was checked
	s, past := i.hub.subscribe(kinds, r.values.Has("after"), after)
	defer i.hub.unsubscribe(s)
	following[happened]{
		past: past, from: &s.room,
		send: func(x happened) error { return out.send("event", x.id, x.shown(i.rt)) },
	}.write(i, r, out)
}

// room is where items wait for the reader of a stream. It does not wait for that: what comes
// while it is full is missed.
type room[T any] struct {
	items  chan T
	missed atomic.Int64
}

func (m *room[T]) put(x T) {
	select {
	case m.items <- x:
	default:
		m.missed.Add(1)
	}
}

// takeMissed gives how many there was no room for since the last call.
func (m *room[T]) takeMissed() int { return int(m.missed.Swap(0)) }

// following is what a stream consists of.
type following[T any] struct {
	past  []T // comes first
	from  *room[T]
	send  func(T) error
	ended <-chan struct{} // when nothing comes any more, which then tells what was missed; nil: never
}

// write writes a stream until the reader has gone, the inspector is closed, or it has ended and
// all was written: only then over is true.
func (f following[T]) write(i *Inspector, r *request, out *sender) (over bool) {
	for _, x := range f.past {
		if f.send(x) != nil {
			return false
		}
	}
	if out.comment() != nil || out.flush() != nil {
		return false
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case x := <-f.from.items:
			for more := true; more && err == nil; {
				err = f.send(x)
				select {
				case x = <-f.from.items:
				default:
					more = false
				}
			}
			if f.ended != nil || err != nil {
				break
			}
			if n := f.from.takeMissed(); n > 0 {
				err = out.send("missed", 0, Missed{n})
			}
		case <-f.ended:
			if len(f.from.items) == 0 { // what it has seen comes first
				return true
			}
			continue
		case <-beat.C:
			err = out.comment()
		case <-r.Context().Done():
			return false
		case <-i.closed:
			return false
		}
		if err != nil || out.flush() != nil {
			return false
		}
	}
}
