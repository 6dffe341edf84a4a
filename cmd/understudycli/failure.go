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
	if c.Bool("json") || c.String("log") != "text" {
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
	var b strings.Builder
	fmt.Fprintf(&b, "error: %s: %s\n", e.Kind, block(e.Error()))
	if c.String("log") == "text" {
		if details != "" {
			fmt.Fprintf(&b, "    details: %s\n", block(details))
		}
		if trace := e.Trace(); trace != "" {
			fmt.Fprintf(&b, "    %s\n", block(trace))
		}
	}
	fmt.Fprint(c.App.ErrWriter, b.String())
}
