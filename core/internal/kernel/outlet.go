package kernel

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// outlet is where the lines that scripts print and the records of the log leave the
// runtime (13.25). Whoever writes there may have to wait for others, as long as they
// like: so nobody but a goroutine of its own does. What is not written yet stands in
// two lanes of bounded length; while one is full, processes that print or log wait,
// but not their workers. Without real time everything is written at once.
type outlet struct {
	direct bool

	mu      sync.Mutex // may be taken while that of a process is held
	printed lane
	logged  lane
	waiting []*process // for room, in order
}

// lane is what is to be written to one writer. Its goroutine ends when it is empty.
type lane struct {
	items   []parcel
	size    int // of these, and of those under way
	count   int // likewise
	write   func([]parcel)
	busy    bool          // its goroutine is at work
	stuck   bool          // somebody has waited in vain, and nothing was written since
	lost    int           // records for which there was no room at all
	written chan struct{} // closed when what is there now is written; nil: nobody waits
}

// parcel is a line, a text whose writer waits until it is taken, or a record and the
// handler that writes it.
type parcel struct {
	line    string
	taken   chan error // of a text; has room for what the output says
	record  slog.Record
	handler slog.Handler
}

// What a lane holds, in bytes: processes wait from the first on; records of the
// runtime, which nobody can wait for, are lost from the second on.
const (
	laneRoom = 64 << 10
	laneFull = 1 << 20
)

// settleTime is how long the end of a runtime, or a goroutine of the program that has
// waited for something of it, waits for what is still to be written.
const settleTime = time.Second

func (o *outlet) open(w io.Writer, direct bool) {
	o.direct = direct
	o.printed.write = func(items []parcel) {
		for _, i := range items {
			if i.taken != nil {
				_, err := io.WriteString(w, i.line)
				i.taken <- err
				continue
			}
			_, _ = io.WriteString(w, i.line+"\n") // an error is the writer's own affair
		}
	}
	o.logged.write = func(items []parcel) {
		for _, i := range items {
			_ = i.handler.Handle(context.Background(), i.record)
		}
	}
}

// put adds something to a lane.
func (o *outlet) put(l *lane, item parcel, size int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.direct {
		l.write([]parcel{item})
		return
	}
	if l.size >= laneFull && item.taken == nil {
		l.lost++
		return
	}
	l.items = append(l.items, item)
	l.size += size
	l.count++
	if !l.busy {
		l.busy = true
		go o.drain(l)
	}
}

// WriteOutput implements core.Runtime.
func (rt *Runtime) WriteOutput(ctx context.Context, text string) error {
	o, taken := &rt.outlet, make(chan error, 1)
	o.put(&o.printed, parcel{line: text, taken: taken}, len(text))
	select {
	case err := <-taken:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drain writes what a lane holds until that is nothing.
func (o *outlet) drain(l *lane) {
	o.mu.Lock()
	for len(l.items) > 0 {
		items, written := l.items, l.written
		l.items, l.written = nil, nil
		o.mu.Unlock()
		l.write(items)
		o.mu.Lock()
		// Only now there is room: what is under way counts too.
		l.size, l.stuck, l.count = 0, false, len(l.items)
		for _, i := range l.items {
			l.size += i.size()
		}
		if l.lost > 0 {
			r := slog.NewRecord(time.Now(), slog.LevelWarn, "records of the log are lost", 0)
			r.Add("count", l.lost)
			l.items = append(l.items, parcel{record: r, handler: items[0].handler})
			l.lost = 0
			l.count++
		}
		if written != nil {
			close(written)
		}
		waiting := o.waiting
		o.waiting = nil
		o.mu.Unlock()
		for _, p := range waiting {
			p.goOn()
		}
		o.mu.Lock()
	}
	l.busy = false
	if l.written != nil {
		close(l.written)
		l.written = nil
	}
	o.mu.Unlock()
}

// size is what an item counts in a lane.
func (i *parcel) size() int {
	if i.handler == nil {
		return len(i.line) + 1
	}
	n := 200 + len(i.record.Message)
	i.record.Attrs(func(a slog.Attr) bool {
		if a.Value.Kind() == slog.KindString {
			n += len(a.Value.String())
		}
		n += 50 + len(a.Key)
		return true
	})
	return n
}

// full reports whether a process has to wait before it adds anything. The lock is
// held.
func (o *outlet) full() bool { return o.printed.size >= laneRoom || o.logged.size >= laneRoom }

// crowded is full for who does not hold the lock.
func (o *outlet) crowded() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.full()
}

// await lets a process be told when there is room; false if there is. The lock of the
// process is held.
func (o *outlet) await(p *process) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.full() {
		return false
	}
	o.waiting = append(o.waiting, p)
	return true
}

// settle waits until what is there now is written, but not for long where nothing is
// taken. It gives how many lines and records are left.
func (o *outlet) settle() (lines, records int) {
	o.settleLane(&o.printed)
	o.settleLane(&o.logged)
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.printed.count, o.logged.count
}

func (o *outlet) settleLane(l *lane) {
	o.mu.Lock()
	if !l.busy || l.stuck {
		o.mu.Unlock()
		return
	}
	if l.written == nil {
		l.written = make(chan struct{})
	}
	written := l.written
	o.mu.Unlock()
	deadline := time.NewTimer(settleTime)
	defer deadline.Stop()
	select {
	case <-written:
	case <-deadline.C:
		o.mu.Lock()
		l.stuck = l.busy
		o.mu.Unlock()
	}
}

// logHandler queues records for the handler of the program.
type logHandler struct {
	slog.Handler
	o *outlet
}

// Handle implements slog.Handler.
func (h logHandler) Handle(_ context.Context, r slog.Record) error {
	item := parcel{record: r.Clone(), handler: h.Handler}
	h.o.put(&h.o.logged, item, item.size())
	return nil
}

// WithAttrs implements slog.Handler.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs), h.o}
}

// WithGroup implements slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(name), h.o}
}

// goOn lets a process run again that waited for room.
func (p *process) goOn() {
	p.mu.Lock()
	if p.state == stalled {
		p.state = queued
		p.ready(nil)
	}
	p.mu.Unlock()
}

// room waits until the running process may print or log.
func (t *task) room() error {
	for t.p.rt.outlet.crowded() {
		if err := t.give(taskStalled); err != nil {
			return err
		}
	}
	return nil
}
