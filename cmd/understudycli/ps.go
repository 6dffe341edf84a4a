package understudycli

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/inspect"
)

// sortKeys are what lists of processes are sorted by.
var sortKeys = []string{"age", "entry", "host", "state", "unread", "links", "steps", "memory"}

// descending reports whether the largest come first where nothing else is said.
func descending(key string) bool {
	switch key {
	case "unread", "links", "steps", "memory":
		return true
	}
	return false
}

func filterFlags(sort string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "sort", Value: sort, Usage: "sort by `KEY`: " + strings.Join(sortKeys, ", ") + "; numbers: largest first"},
		&cli.BoolFlag{Name: "reverse", Usage: "the other way round", DisableDefaultText: true},
		&cli.StringFlag{Name: "filter", Usage: "only those with `TEXT` in PID, entry or name"},
		&cli.StringFlag{Name: "entry", Usage: "only those of the entry `ID`"},
		&cli.StringFlag{Name: "host", Usage: "only those of the host `ID`"},
		&cli.StringFlag{Name: "state", Usage: "only those that are in `STATE`: running, runnable, waiting, suspended, ending"},
	}
}

// filters gives the query that the flags say.
func filters(c *cli.Context) (url.Values, error) {
	q := url.Values{}
	for _, name := range []string{"filter", "entry", "host", "state"} {
		if text := c.String(name); text != "" {
			q.Set(name, text)
		}
	}
	key := c.String("sort")
	if key == "" {
		if c.Bool("reverse") {
			q.Set("order", "desc")
		}
		return q, nil
	}
	if !isSortKey(key) {
		return nil, usage("--sort: unknown key %q%s", key, spec.SuggestOrList(key, sortKeys))
	}
	q.Set("sort", key)
	if descending(key) != c.Bool("reverse") {
		q.Set("order", "desc")
	}
	return q, nil
}

func isSortKey(key string) bool {
	for _, k := range sortKeys {
		if k == key {
			return true
		}
	}
	return false
}

func psCommand() *cli.Command {
	flags := append(filterFlags(""), &cli.IntFlag{Name: "limit", Value: 100, Usage: "the first `N`; 0: all"})
	return lookCommand("ps", "lists the processes of a running node", "",
		"A line for each process: since when it is there, its unread messages, the steps\nit has made, the memory charged to it, and what it does.", 0, 0, flags,
		func(l *looking) error {
			q, err := filters(l.c)
			if err != nil {
				return err
			}
			most := l.c.Int("limit")
			if most < 0 {
				return usage("--limit must not be negative, got %d", most)
			}
			if most == 0 {
				most = 1 << 30
			}
			var node inspect.Node
			if err := l.Get(l.ctx, "node", nil, &node); err != nil {
				return err
			}
			list, err := l.every(q, most)
			if err != nil {
				return err
			}
			if l.c.Bool("json") {
				return l.indented(list)
			}
			return writeProcesses(l.c.App.Writer, list, node.Now)
		})
}

// writeProcesses writes a table of processes.
func writeProcesses(to io.Writer, list *inspect.ProcessList, now time.Time) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PID\tENTRY\tSTATE\tAGE\tUNREAD\tSTEPS\tMEMORY\tNAMES\tDOING")
	for _, p := range list.Processes {
		fmt.Fprintln(w, strings.Join([]string{
			p.PID, visible(p.Entry, ""), p.State, ago(now.Sub(p.Started)), fmt.Sprint(p.Unread), countOf(p.Steps), bytesOf(p.Memory),
			orDash(clipped(strings.Join(p.Names, ","), 30)), orDash(clipped(p.Doing, 60)),
		}, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if left := list.Total - len(list.Processes); left > 0 {
		fmt.Fprintf(to, "... and %d more; --limit 0 lists all\n", left)
	}
	return nil
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
