package secret

import (
	"context"
	"fmt"
	"log/slog"
)

// handler passes records on without secrets.
type handler struct {
	slog.Handler
	values *Values
}

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if h.values.replacer.Load() == nil {
		return h.Handler.Handle(ctx, r)
	}
	shown := slog.NewRecord(r.Time, r.Level, h.values.Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		shown.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, shown)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	shown := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		shown[i] = h.attr(a)
	}
	return handler{h.Handler.WithAttrs(shown), h.values}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(name), h.values}
}

// attr leaves an attribute as it is, with its type, unless its text holds a secret.
func (h handler) attr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	if a.Value.Kind() == slog.KindGroup {
		group := a.Value.Group()
		shown := make([]slog.Attr, len(group))
		for i, inner := range group {
			shown[i] = h.attr(inner)
		}
		return slog.Attr{Key: h.values.Text(a.Key), Value: slog.GroupValue(shown...)}
	}
	a.Key = h.values.Text(a.Key)
	text := a.Value.String()
	if a.Value.Kind() == slog.KindAny {
		text = fmt.Sprintf("%+v", a.Value.Any())
	}
	if shown := h.values.Text(text); shown != text {
		a.Value = slog.StringValue(shown)
	}
	return a
}
