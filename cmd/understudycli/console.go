package understudycli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
)

// consoleHandler writes log records for people: time, level, message, fields,
// and what has lines of its own, such as a script stack, as a block below. It
// colours levels on a terminal.
type consoleHandler struct {
	mu     *sync.Mutex
	w      io.Writer
	level  slog.Level
	colour bool
	attrs  []slog.Attr
	group  string
}

func newConsoleHandler(w io.Writer, level slog.Level) *consoleHandler {
	return &consoleHandler{mu: &sync.Mutex{}, w: w, level: level, colour: isTerminal(w) && os.Getenv("NO_COLOR") == ""}
}

// isTerminal tells a terminal from files and pipes.
func isTerminal(w io.Writer) bool {
	if m, ok := w.(*messages); ok {
		w = m.w
	}
	if _, ok := w.(*lineEditor); ok {
		return true
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (h *consoleHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level }

func (h *consoleHandler) Handle(_ context.Context, r slog.Record) error {
	var b, below strings.Builder
	b.WriteString(r.Time.Format("15:04:05.000 "))
	b.WriteString(h.paint(r.Level))
	b.WriteString(" " + sentence(r.Message))
	var write func(group string, a slog.Attr)
	write = func(group string, a slog.Attr) {
		text := a.Value.Resolve().String()
		switch {
		case a.Value.Kind() == slog.KindGroup:
			name := word(a.Key)
			for _, a := range a.Value.Group() {
				write(group+name+".", a)
			}
		case group == "" && a.Key == "history":
			below.WriteString("    failed before:\n      " + strings.ReplaceAll(block(text), "\n", "\n  ") + "\n")
		case group == "" && a.Key == "events":
			below.WriteString("    last events:\n      " + strings.ReplaceAll(block(text), "\n", "\n  ") + "\n")
		case group == "" && a.Key == "stack":
			below.WriteString("    " + block(text) + "\n")
		default:
			fmt.Fprintf(&b, " %s%s=%s", group, word(a.Key), word(text))
		}
	}
	for _, a := range h.attrs {
		write(h.group, a)
	}
	r.Attrs(func(a slog.Attr) bool { write(h.group, a); return true })
	b.WriteString("\n" + below.String())
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := io.WriteString(h.w, b.String())
	return err
}

func (h *consoleHandler) paint(l slog.Level) string {
	if !h.colour {
		return l.String()
	}
	colour := "36" // cyan
	switch {
	case l >= slog.LevelError:
		colour = "31" // red
	case l >= slog.LevelWarn:
		colour = "33" // yellow
	case l < slog.LevelInfo:
		colour = "90" // grey
	}
	return "\x1b[" + colour + "m" + l.String() + "\x1b[0m"
}

func (h *consoleHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.attrs = append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)
	return &c
}

func (h *consoleHandler) WithGroup(name string) slog.Handler {
	c := *h
	c.group += name + "."
	return &c
}

// newLogger gives the logger of --log and --log-level.
func newLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var l slog.Level
	switch level {
	case "debug":
		l = slog.LevelDebug
	case "info":
		l = slog.LevelInfo
	case "warn":
		l = slog.LevelWarn
	case "error":
		l = slog.LevelError
	default:
		return nil, usage("--log-level must be debug, info, warn or error, not %q", level)
	}
	switch format {
	case "text":
		return slog.New(newConsoleHandler(w, l)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(jsonLines{w}, &slog.HandlerOptions{Level: l, ReplaceAttr: inSeconds})), nil
	}
	return nil, usage("--log must be text or json, not %q", format)
}

// inSeconds gives durations as all times in records are given (0.11): in seconds.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
	return a
}
