// Package log is the script module log: structured records (13.26 of
// docs/spec).
package log

import (
	"log/slog"

	"github.com/understudy-run/understudy/hostapi"
)

// Module is the module log. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name: "log",
	Doc:  "Structured log records; time, PID and entry id are added by the runtime (13.26).",
	Funcs: []*hostapi.Func{
		levelFunc("debug", slog.LevelDebug),
		levelFunc("info", slog.LevelInfo),
		levelFunc("warn", slog.LevelWarn),
		levelFunc("error", slog.LevelError),
	},
}).Named().Prompt()

func levelFunc(name string, level slog.Level) *hostapi.Func {
	return &hostapi.Func{
		Name: name,
		Doc:  "Writes one record at level " + name + ". Never fails for reasons of content (13.26).",
		Params: []hostapi.Param{
			{Name: "message", Accept: hostapi.AcceptAny, Doc: "what happened; what is no string is written in its text form"},
			{Name: "fields", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "written with the record; what is no payload value is written in its text form"},
		},
		AnyKeyword: true,
		Errors:     []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			text, err := message(c)
			if err != nil {
				return err
			}
			attrs, err := Attributes(c)
			if err != nil {
				return err
			}
			return c.Task().Process().Log(level, text, attrs)
		},
	}
}
