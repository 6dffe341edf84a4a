package conformance

import (
	"context"
	"log/slog"
	"strings"
)

// Record is a record of the runtime's log.
type Record struct {
	Level   slog.Level
	Message string
	Fields  map[string]string
}

// Logged gives the log records so far whose message contains text.
func (s *Stage) Logged(text string) []Record {
	if s.sim == nil { // a goroutine of its own writes them
		now := make(chan struct{})
		close(now)
		s.Await(context.Background(), now)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Record
	for _, r := range s.records {
		if strings.Contains(r.Message, text) {
			out = append(out, r)
		}
	}
	return out
}

// newLog gives the logger of a stage.
func newLog(s *Stage) *slog.Logger { return slog.New(&logHandler{stage: s}) }

type logHandler struct {
	stage *Stage
	attrs []slog.Attr
}

func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	rec := Record{Level: r.Level, Message: r.Message, Fields: make(map[string]string)}
	for _, a := range h.attrs {
		rec.Fields[a.Key] = a.Value.String()
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Value.Kind() != slog.KindGroup {
			rec.Fields[a.Key] = a.Value.String()
		}
		for _, own := range group(a.Value) {
			rec.Fields[a.Key+"."+own.Key] = own.Value.String()
		}
		return true
	})
	h.stage.change(func() { h.stage.records = append(h.stage.records, rec) })
	return nil
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{h.stage, append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)}
}

func (h *logHandler) WithGroup(string) slog.Handler { return h }

// group gives the attributes of a group, none of another value.
func group(v slog.Value) []slog.Attr {
	if v.Kind() != slog.KindGroup {
		return nil
	}
	return v.Group()
}
