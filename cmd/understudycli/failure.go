package understudycli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/hostapi"
)

// tellFailure tells how the process of exec has failed, once: to people as a line and
// what else is known below it, to programs as a record of the log (22.5). entry is its
// id.
func (s *session) tellFailure(c *cli.Context, entry string, e *hostapi.Error) {
	details := ""
	if e.Details != nil {
		details = hostapi.Wrap(e.Details).String()
	}
	defer s.rt.Settle()
	if c.Bool("json") || s.lines == nil {
		attrs := []any{"entry", entry, "kind", string(e.Kind), "message", e.Error()}
		for _, a := range [...]struct{ key, text string }{{"details", details}, {"stack", e.Trace()}} {
			if a.text != "" {
				attrs = append(attrs, a.key, a.text)
			}
		}
		s.log.Error("process failed", attrs...)
	}
	if c.Bool("json") {
		return
	}
	if s.lines == nil {
		s.rt.Settle() // it stands behind the record
		fmt.Fprintf(c.App.ErrWriter, "error: %s: %s\n", e.Kind, block(e.Error()))
		return
	}
	s.lines.Info(failureText(e))
}

// failureText gives an error to people: a line, and what else is known below it.
func failureText(e *hostapi.Error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "error: %s: %s", e.Kind, block(e.Error()))
	if e.Details != nil {
		fmt.Fprintf(&b, "\n    details: %s", block(hostapi.Wrap(e.Details).String()))
	}
	if trace := e.Trace(); trace != "" {
		fmt.Fprintf(&b, "\n    %s", block(trace))
	}
	return b.String()
}
