package understudycli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
	"github.com/understudy-run/understudy/inspect/client"
)

// The commands that look into a running node (63.7) ask its inspector, and show what that
// says.

// looking is such a command at work.
type looking struct {
	*client.Client
	c   *cli.Context
	ctx context.Context // until a signal
}

// lookCommands are all of them.
func (p *program) lookCommands() []*cli.Command {
	return []*cli.Command{
		topCommand(), psCommand(), treeCommand(), showCommand(), stacksCommand(), profileCommand(), traceCommand(), eventsCommand(), logsCommand(),
		sendCommand(), cancelCommand(), terminateCommand(),
	}
}

// aboutNodes is what the help of all of them ends with.
const aboutNodes = "\n\nThe node is one that 'understudy run --inspect' has started.\n" +
	"PROCESS is a PID, with or without its braces, a registered name, or the id of\n" +
	"an entry of which one process runs.\n\n" +
	"Exit status: 0, 1 if the node says no or cannot be asked any more, 2 for a usage\n" +
	"error or if no node answers."

// lookCommand makes one. arguments says how many it takes at least and at most; -1: any
// number.
func lookCommand(name, usageLine, operands, description string, least, most int, flags []cli.Flag, do func(*looking) error) *cli.Command {
	return &cli.Command{
		Name: name, Usage: usageLine, Category: "A running node",
		UsageText:   strings.TrimRight("understudy "+name+" [flags] "+operands, " "),
		Description: description + aboutNodes,
		Flags: append(flags,
			&cli.StringFlag{Name: "at", Value: inspectAddress, Usage: "the node at `ADDR`, as run --inspect says it; or a URL"},
			&cli.StringFlag{Name: "token-file", Usage: "`FILE` with the token of the node, that of its --inspect-token-file"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON: one value, of what goes on one a line", DisableDefaultText: true},
		),
		Action: func(c *cli.Context) error {
			switch n := c.NArg(); {
			case n < least, most >= 0 && n > most:
				return usage("%s: write it as %s", name, strings.TrimPrefix(strings.TrimRight(c.Command.UsageText, " "), "understudy "))
			}
			return look(c, do)
		},
	}
}

// look lets a command ask the node until a signal.
func look(c *cli.Context, do func(*looking) error) error {
	token := ""
	if file := c.String("token-file"); file != "" {
		var err error
		if token, err = readToken(file); err != nil {
			return usage("--token-file: %v", err)
		}
	}
	asked, err := client.New(c.String("at"), token)
	if err != nil {
		return usage("--at: %v", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return said(do(&looking{asked, c, ctx}))
}

// said tells what has come of asking a node.
func said(err error) error {
	var e *client.Error
	var s status
	switch {
	case err == nil, errors.Is(err, context.Canceled): // by a signal: that is how one stops to look
		return nil
	case errors.As(err, &s):
		return err
	case errors.Is(err, client.ErrNoNode):
		return usage("%s; start one with 'understudy run --inspect', or say where it is with --at", visible(err.Error(), ""))
	case !errors.As(err, &e):
		return status{statusFailed, "understudy: " + visible(err.Error(), "")}
	}
	text := "understudy: " + visible(e.Message, "")
	switch {
	case e.Status == http.StatusBadRequest:
		return usage("%s", visible(e.Message, ""))
	case e.Status == http.StatusUnauthorized:
		text += "; give it with --token-file"
	case e.Status == http.StatusForbidden && strings.Contains(e.Message, "without"):
		text += "; start it with --inspect-token-file"
	case e.Report != nil:
		text += "\n" + visible(e.Report.Text, "\n\t")
	}
	return status{statusFailed, strings.TrimRight(text, "\n")}
}

// show asks for what stands under a path and prints it, as JSON or by text.
func show[T any](l *looking, path string, query url.Values, text func(T) error) error {
	if l.c.Bool("json") {
		var raw json.RawMessage
		if err := l.Get(l.ctx, path, query, &raw); err != nil {
			return err
		}
		return l.indented(raw)
	}
	var answer T
	if err := l.Get(l.ctx, path, query, &answer); err != nil {
		return err
	}
	return text(answer)
}

// processPath is where the API has a process.
func processPath(pid string) string { return "processes/" + url.PathEscape(pid) }

// pid finds the process that a text means.
func (l *looking) pid(text string) (string, error) {
	if pid, ok := asPID(text); ok {
		return pid, nil
	}
	var names inspect.NameList
	if err := l.Get(l.ctx, "names", nil, &names); err != nil {
		return "", err
	}
	for _, n := range names.Names {
		if n.Name == text {
			return n.PID, nil
		}
	}
	var found inspect.ProcessList
	if err := l.Get(l.ctx, "processes", url.Values{"entry": {text}, "limit": {"5"}}, &found); err != nil {
		return "", err
	}
	switch found.Total {
	case 1:
		return found.Processes[0].PID, nil
	case 0:
		return "", status{statusFailed, fmt.Sprintf("understudy: no process %s: it is no PID, no registered name, and no entry of which a process runs; 'understudy ps' lists them", word(text))}
	}
	var pids []string
	for _, p := range found.Processes {
		pids = append(pids, p.PID)
	}
	if found.Total > len(pids) {
		pids = append(pids, "...")
	}
	return "", status{statusFailed, fmt.Sprintf("understudy: of entry %s %d processes run: %s", word(text), found.Total, strings.Join(pids, ", "))}
}

// asPID gives a text as a PID: in a shell braces are a nuisance.
func asPID(text string) (string, bool) {
	if !strings.HasPrefix(text, "{") && strings.Contains(text, "|") {
		text = "{" + text + "}"
	}
	return text, hostapi.IsPID(text)
}

// every asks for pages of processes until there are no more, or as many as are wanted.
func (l *looking) every(query url.Values, most int) (*inspect.ProcessList, error) {
	const page = 1000
	all := &inspect.ProcessList{Processes: []inspect.ProcessRow{}}
	for {
		query.Set("limit", fmt.Sprint(min(page, most-len(all.Processes))))
		query.Set("offset", fmt.Sprint(len(all.Processes)))
		var next inspect.ProcessList
		if err := l.Get(l.ctx, "processes", query, &next); err != nil {
			return nil, err
		}
		all.Total = next.Total
		all.Processes = append(all.Processes, next.Processes...)
		if len(next.Processes) == 0 || len(all.Processes) >= min(most, next.Total) {
			return all, nil
		}
	}
}

// ago gives how long something has lasted, in two units at most.
func ago(d time.Duration) string {
	d = max(d, 0)
	units := []struct {
		name string
		of   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	for i, u := range units {
		if d < u.of {
			continue
		}
		text := fmt.Sprintf("%d%s", d/u.of, u.name)
		if i+1 < len(units) && d/u.of < 10 {
			if rest := d % u.of / units[i+1].of; rest > 0 {
				text += fmt.Sprintf("%d%s", rest, units[i+1].name)
			}
		}
		return text
	}
	return fmt.Sprintf("%dms", d/time.Millisecond)
}

// amount gives a number of bytes or of other things for people.
func amount(n int64, step float64, units ...string) string {
	x := float64(n)
	for i, u := range units {
		if x < step || i == len(units)-1 {
			if i == 0 || x >= 100 {
				return fmt.Sprintf("%.0f%s", x, u)
			}
			return fmt.Sprintf("%.1f%s", x, u)
		}
		x /= step
	}
	return ""
}

func bytesOf(n int64) string { return amount(n, 1024, "B", "KiB", "MiB", "GiB") }
func countOf(n int64) string { return amount(n, 1000, "", "k", "M", "G", "T") }

// clipped gives a text that takes no more than n columns, visible characters only.
func clipped(text string, n int) string {
	text = visible(text, "")
	if n <= 0 {
		return ""
	}
	if runes := []rune(text); len(runes) > n {
		return string(slices.Concat(runes[:n-1], []rune("…")))
	}
	return text
}

// indented prints a value as JSON for people.
func (l *looking) indented(x any) error {
	e := json.NewEncoder(jsonLines{l.c.App.Writer})
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(x)
}
