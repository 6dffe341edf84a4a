package inspect

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// How many records are kept, how long a text in one may be, and for how many a reader may
// be behind.
const (
	recordsKept = 500
	mostText    = 16 << 10
)

// Log keeps the last records of a log, for people who look into the node, and passes each
// on. It is a slog.Handler: the program gives a logger of it to the runtime
// (core.Options.Log), which takes the secrets out, and to the inspector (Options.Log). All
// those that WithAttrs and WithGroup give keep their records together. Safe for concurrent
// use; it never waits for who reads.
type Log struct {
	next   slog.Handler
	kept   *records
	within []slog.Attr // of WithAttrs, with the names of their groups
	prefix string      // of WithGroup
}

// NewLog keeps what is logged to next.
func NewLog(next slog.Handler) *Log {
	return &Log{next: next, kept: &records{readers: make(map[*reader]bool)}}
}

// Record is one record of the log.
type Record struct {
	ID      uint64    `json:"id" doc:"grows with each record"`
	At      time.Time `json:"at"`
	Level   string    `json:"level" doc:"DEBUG, INFO, WARN, ERROR, or one of them with a number"`
	Message string    `json:"message"`
	Fields  []Field   `json:"fields,omitempty" doc:"in the order in which they were given; those that a script writes are called fields.<key>"`
	level   slog.Level
}

// Field is one attribute of a record.
type Field struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Enabled implements slog.Handler.
func (l *Log) Enabled(ctx context.Context, level slog.Level) bool { return l.next.Enabled(ctx, level) }

// WithAttrs implements slog.Handler.
func (l *Log) WithAttrs(attrs []slog.Attr) slog.Handler {
	out := *l
	out.next = l.next.WithAttrs(attrs)
	out.within = append([]slog.Attr(nil), l.within...)
	for _, a := range attrs {
		out.within = append(out.within, slog.Attr{Key: l.prefix + a.Key, Value: a.Value})
	}
	return &out
}

// WithGroup implements slog.Handler.
func (l *Log) WithGroup(name string) slog.Handler {
	out := *l
	out.next, out.prefix = l.next.WithGroup(name), l.prefix+name+"."
	return &out
}

// Handle implements slog.Handler.
func (l *Log) Handle(ctx context.Context, r slog.Record) error {
	shown := Record{At: r.Time, Level: r.Level.String(), Message: cut(r.Message), level: r.Level}
	for _, a := range l.within {
		shown.Fields = addField(shown.Fields, "", a)
	}
	r.Attrs(func(a slog.Attr) bool {
		shown.Fields = addField(shown.Fields, l.prefix, a)
		return true
	})
	l.kept.add(shown)
	return l.next.Handle(ctx, r)
}

// addField adds an attribute, or those of a group with its name before theirs.
func addField(fields []Field, prefix string, a slog.Attr) []Field {
	v := a.Value.Resolve()
	if v.Kind() != slog.KindGroup {
		return append(fields, Field{cut(prefix + a.Key), plain(v)})
	}
	if a.Key != "" {
		prefix += a.Key + "."
	}
	for _, inner := range v.Group() {
		fields = addField(fields, prefix, inner)
	}
	return fields
}

// plain gives a value that JSON has.
func plain(v slog.Value) any {
	switch v.Kind() {
	case slog.KindInt64, slog.KindUint64, slog.KindBool:
		return v.Any()
	case slog.KindFloat64:
		if f := v.Float64(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	case slog.KindAny:
		switch x := v.Any().(type) {
		case error:
			return cut(x.Error())
		case []string, json.Marshaler:
			if text, err := json.Marshal(x); err == nil && len(text) <= mostText {
				return json.RawMessage(text)
			}
		}
	}
	return cut(v.String())
}

// cut makes a text no longer than one may be.
func cut(text string) string {
	if len(text) > mostText {
		text = strings.ToValidUTF8(text[:mostText], "") + fmt.Sprintf(" ... (%d bytes)", len(text))
	}
	return text
}

// records are the last of a log, and who is told of further ones.
type records struct {
	mu      sync.Mutex
	last    uint64
	kept    recent[Record]
	readers map[*reader]bool
}

// reader is a stream of records.
type reader struct {
	least slog.Level
	room[Record]
}

func (k *records) add(r Record) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last++
	r.ID = k.last
	k.kept.add(r, recordsKept)
	for to := range k.readers {
		if r.level >= to.least {
			to.put(r)
		}
	}
}

// read opens a stream, and gives what is kept of it behind a record.
func (k *records) read(least slog.Level, after uint64) (*reader, []Record) {
	to := &reader{least: least, room: room[Record]{items: make(chan Record, streamRoom)}}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.readers[to] = true
	var past []Record
	for _, r := range k.kept.list {
		if r.ID > after && r.level >= least {
			past = append(past, r)
		}
	}
	return to, past
}

func (k *records) leave(to *reader) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.readers, to)
}

func logRoutes() []*route {
	return []*route{{
		method: http.MethodGet, path: "/api/v1/logs", stream: true,
		summary: "Records of the log, as Server-Sent Events: log, those that are kept first; missed, where the reader was too slow.",
		query: []parameter{
			{name: "level", values: []string{"", "DEBUG", "INFO", "WARN", "ERROR"}, doc: "the least that is wanted; below the level of the node's log there is nothing"},
			{name: "after", kind: "integer", doc: "id of the last record that is known"},
		},
		gives: reflect.TypeFor[Record](),
		run:   (*Inspector).logs,
	}}
}

func (i *Inspector) logs(w http.ResponseWriter, r *request) {
	if i.options.Log == nil {
		writeProblem(w, &problem{http.StatusNotFound, Problem{Kind: string(hostapi.NotFound), Message: "this program does not give its log to the inspector"}})
		return
	}
	least := slog.LevelDebug
	if text := r.text("level"); text != "" {
		_ = least.UnmarshalText([]byte(text)) // it was checked
	}
	out, leave := i.streaming(w)
	if out == nil {
		return
	}
	defer leave()
	after, _ := strconv.ParseUint(r.text("after"), 10, 64) // it was checked
	kept := i.options.Log.kept
	from, past := kept.read(least, after)
	defer kept.leave(from)
	following[Record]{past: past, from: &from.room, send: func(x Record) error { return out.send("log", x.ID, x) }}.write(i, r, out)
}
