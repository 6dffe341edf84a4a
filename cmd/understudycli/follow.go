package understudycli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

func followFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on with what comes, until Ctrl-C", DisableDefaultText: true},
		&cli.StringFlag{Name: "for", Usage: "go on with what comes for `DURATION`"},
		&cli.IntFlag{Name: "tail", Value: -1, Usage: "of what the node remembers, the last `N`", DefaultText: "all"},
	}
}

func eventsCommand() *cli.Command {
	flags := append(followFlags(), &cli.StringFlag{Name: "kind", Usage: "only these `KINDS`, separated by commas, as process.ended,child.restarted"})
	return lookCommand("events", "tells what has happened in a running node", "",
		"Ends, failures, links, restarts, dead letters: those that the node remembers,\nand with --follow those that come.", 0, 0, flags,
		func(l *looking) error {
			q := url.Values{"after": {"0"}}
			if kinds := l.c.String("kind"); kinds != "" {
				q.Set("kind", kinds)
			}
			return follow(l, "events", "event", q, func(e inspect.Event) error {
				_, err := fmt.Fprintln(l.c.App.Writer, eventLine(&e))
				return err
			})
		})
}

func logsCommand() *cli.Command {
	flags := append(followFlags(), &cli.StringFlag{Name: "level", Usage: "only records of `LEVEL` or above: debug, info, warn, error"})
	return lookCommand("logs", "shows the log of a running node", "",
		"The records that the node remembers, and with --follow those that come.", 0, 0, flags,
		func(l *looking) error {
			q := url.Values{}
			if level := l.c.String("level"); level != "" {
				if !slices.Contains([]string{"debug", "info", "warn", "error"}, level) {
					return usage("--level must be debug, info, warn or error, not %q", level)
				}
				q.Set("level", strings.ToUpper(level))
			}
			h := newConsoleHandler(l.c.App.Writer, slog.LevelDebug-100)
			return follow(l, "logs", "log", q, func(r inspect.Record) error { return h.Handle(l.ctx, recordOf(&r)) })
		})
}

// recordOf gives a record as the node had it.
func recordOf(r *inspect.Record) slog.Record {
	var level slog.Level
	_ = level.UnmarshalText([]byte(r.Level)) // a node writes only levels
	out := slog.NewRecord(r.At.Local(), level, r.Message, 0)
	for _, f := range r.Fields {
		switch x := f.Value.(type) {
		case string:
			out.AddAttrs(slog.String(f.Name, x))
		case float64:
			out.AddAttrs(slog.Any(f.Name, json.Number(fmt.Sprint(x))))
		default:
			text, _ := json.Marshal(x)
			out.AddAttrs(slog.String(f.Name, string(text)))
		}
	}
	return out
}

// errEnough ends a stream of which all was read that is wanted.
var errEnough = errors.New("enough")

// follow reads a stream: what is remembered, as much as --tail says, and what comes, as
// long as the flags say. Events are those called name.
func follow[T any](l *looking, path, name string, query url.Values, write func(T) error) error {
	limit, err := positiveFlag(l.c, "for")
	if err != nil {
		return err
	}
	tail := l.c.Int("tail")
	ctx := l.ctx
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	one := func(data []byte) error {
		if l.c.Bool("json") {
			return l.line(json.RawMessage(data))
		}
		var x T
		if err := json.Unmarshal(data, &x); err != nil {
			return err
		}
		return write(x)
	}
	var past [][]byte
	remembered := true
	err = l.Stream(ctx, path, query, func(is string, data []byte) error {
		switch {
		case is == name && remembered:
			past = append(past, data)
			if tail >= 0 && len(past) > tail {
				past = past[1:]
			}
		case is == name:
			return one(data)
		case is == "missed":
			var m inspect.Missed
			if json.Unmarshal(data, &m) == nil {
				fmt.Fprintf(l.c.App.ErrWriter, "understudy: %d were missed here: more happens than can be shown\n", m.Count)
			}
		case is == "" && remembered:
			remembered = false
			for _, data := range past {
				if err := one(data); err != nil {
					return err
				}
			}
			past = nil
			if !l.c.Bool("follow") && limit == 0 {
				return errEnough
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// line prints a value as a line of JSON.
func (l *looking) line(x any) error {
	e := json.NewEncoder(jsonLines{l.c.App.Writer})
	e.SetEscapeHTML(false)
	return e.Encode(x)
}

// eventLine says an event in a line.
func eventLine(e *inspect.Event) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s %s", e.At.Local().Format("15:04:05.000"), e.Kind)
	add := func(name, text string) {
		if text != "" {
			fmt.Fprintf(b, " %s=%s", name, word(text))
		}
	}
	add("pid", e.PID)
	add("entry", e.Entry)
	add("service", e.Service)
	add("child", e.Child)
	add("topic", e.Topic)
	if e.To != e.PID {
		add("to", e.To)
	}
	add("peer", e.Peer)
	add("function", e.Function)
	add("resource", e.Resource)
	if e.Count > 0 {
		add("count", fmt.Sprint(e.Count))
	}
	if e.Restarts > 0 {
		add("restarts", fmt.Sprint(e.Restarts))
	}
	if e.Delay > 0 {
		add("delay", seconds(e.Delay).String())
	}
	if e.Took > 0 {
		add("took", seconds(e.Took).String())
	}
	add("where", e.Where)
	add("reason", firstLine(e.Reason))
	if e.Error != nil && firstLine(e.Error.Message) != firstLine(e.Reason) {
		add("error", firstLine(e.Error.Message))
	}
	return b.String()
}

func traceCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "for", Value: "10s", Usage: "end after `DURATION`, at most 10m"},
		&cli.IntFlag{Name: "rate", Value: 1000, Usage: "at most `N` events a second, up to 10000"},
		&cli.BoolFlag{Name: "payloads", Usage: "with what messages carry", DisableDefaultText: true},
	}
	return lookCommand("trace", "tells what a process, the processes of an entry, or messages of a topic do", "PROCESS|ENTRY|TOPIC",
		"Sends, reads, spawns, ends, links, monitors, timers and events as they happen, for\n10s or as --for says. A PID means a process, the id of an entry all that run it,\nany other text a topic. An action: it needs the token. It ends with Ctrl-C.", 1, 1, flags,
		func(l *looking) error {
			of := l.c.Args().First()
			if pid, ok := asPID(of); ok {
				of = pid
			}
			var t inspect.TraceStarted
			if err := l.Post(l.ctx, "traces", inspect.TraceBody{Of: of, For: l.c.String("for"), Rate: l.c.Int("rate"), Payloads: l.c.Bool("payloads")}, &t); err != nil {
				return err
			}
			defer func() { // also after a signal: who does not look needs no trace
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				_ = l.Delete(ctx, "traces/"+t.ID)
			}()
			if !l.c.Bool("json") {
				fmt.Fprintf(l.c.App.ErrWriter, "understudy: tracing the %s %s for %s\n", t.Of, word(of), ago(seconds(t.Ends)))
			}
			return l.trace(&t)
		})
}

// trace writes what a trace sees, to its end.
func (l *looking) trace(t *inspect.TraceStarted) error {
	err := l.Stream(l.ctx, "traces/"+t.ID, nil, func(name string, data []byte) error {
		switch name {
		case "event":
			if l.c.Bool("json") {
				return l.line(json.RawMessage(data))
			}
			var s inspect.TraceStep
			if err := json.Unmarshal(data, &s); err != nil {
				return err
			}
			_, err := fmt.Fprintln(l.c.App.Writer, stepLine(&s))
			return err
		case "end":
			var e inspect.TraceEnd
			if json.Unmarshal(data, &e) == nil && e.Missed > 0 {
				fmt.Fprintf(l.c.App.ErrWriter, "understudy: %d more were left out, beyond --rate\n", e.Missed)
			}
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// stepLine says a step of a trace in a line.
func stepLine(s *inspect.TraceStep) string {
	b := &strings.Builder{}
	who := func(pid, entry string) string {
		switch {
		case pid == "" && entry == "":
			return "the program"
		case entry == "":
			return visible(pid, "")
		}
		return visible(pid+" "+entry, "")
	}
	fmt.Fprintf(b, "%s %-7s %s", s.At.Local().Format("15:04:05.000000"), s.Kind, who(s.PID, s.Entry))
	arrow := " -> "
	if s.Kind == "receive" || s.Kind == "event" {
		arrow = " <- "
	}
	if s.Peer != "" || s.Kind == "receive" {
		b.WriteString(arrow + who(s.Peer, s.PeerEntry))
	}
	if s.Topic != "" {
		b.WriteString("  " + word(s.Topic))
	}
	if s.Message > 0 {
		fmt.Fprintf(b, " #%d", s.Message)
	}
	if len(s.Payloads) > 0 {
		b.WriteString(" " + payloadsOf(s.Payloads))
	}
	if s.Reason != "" {
		b.WriteString("  " + visible(s.Reason, ""))
	}
	if s.Error != nil {
		b.WriteString("  " + visible(firstLine(s.Error.Message), ""))
	}
	return b.String()
}

// payloadsOf gives payloads as JSON, shortened.
func payloadsOf(values []hostapi.Value) string {
	var out []string
	for _, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			text = []byte(v.String())
		}
		out = append(out, clipped(string(text), 200))
	}
	return strings.Join(out, " ")
}
