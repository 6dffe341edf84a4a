package understudycli

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/inspect"
)

func showCommand() *cli.Command {
	flags := []cli.Flag{&cli.IntFlag{Name: "messages", Value: 5, Usage: "the first `N` messages that it has not read"}}
	return lookCommand("show", "shows one process of a running node", "PROCESS",
		"What is known of it: where its code stands, its mailbox, limits, links and\nmonitors, what it has outside, and its last failure.", 1, 1, flags,
		func(l *looking) error {
			n := l.c.Int("messages")
			if n < 0 || n > 1000 {
				return usage("--messages must be from 0 to 1000, got %d", n)
			}
			pid, err := l.pid(l.c.Args().First())
			if err != nil {
				return err
			}
			return show(l, processPath(pid), nil, func(p inspect.ProcessDetail) error {
				var node inspect.Node
				if err := l.Get(l.ctx, "node", nil, &node); err != nil {
					return err
				}
				var box inspect.Mailbox
				if p.Unread > 0 && n > 0 { // it may end meanwhile: then it has none
					_ = l.Get(l.ctx, processPath(pid)+"/mailbox", url.Values{"limit": {fmt.Sprint(n)}}, &box)
				}
				return writeProcess(l.c.App.Writer, &p, &box, node.Now)
			})
		})
}

func stacksCommand() *cli.Command {
	flags := append(filterFlags(""), &cli.IntFlag{Name: "limit", Value: 100, Usage: "of the first `N` processes; 0: of all"})
	return lookCommand("stacks", "shows where the code of processes stands", "[PROCESS]",
		"Each coroutine with its script stack, innermost call first. Without PROCESS of all\nprocesses that the flags let through.", 0, 1, flags,
		func(l *looking) error {
			var pids []string
			if l.c.NArg() == 1 {
				pid, err := l.pid(l.c.Args().First())
				if err != nil {
					return err
				}
				pids = []string{pid}
			} else {
				q, err := filters(l.c)
				if err != nil {
					return err
				}
				most := l.c.Int("limit")
				if most <= 0 {
					most = 1 << 30
				}
				list, err := l.every(q, most)
				if err != nil {
					return err
				}
				for _, p := range list.Processes {
					pids = append(pids, p.PID)
				}
			}
			for i, pid := range pids {
				var p inspect.ProcessDetail
				if err := l.Get(l.ctx, processPath(pid), nil, &p); err != nil {
					if len(pids) > 1 && l.ctx.Err() == nil {
						continue // it has ended meanwhile
					}
					return err
				}
				if l.c.Bool("json") {
					if err := l.line(stackOf{p.PID, p.Entry, p.State, p.Stacks, p.Coroutines}); err != nil {
						return err
					}
					continue
				}
				if i > 0 {
					fmt.Fprintln(l.c.App.Writer)
				}
				fmt.Fprintf(l.c.App.Writer, "%s  %s  %s\n", p.PID, visible(p.Entry, ""), p.State)
				writeStacks(l.c.App.Writer, &p, "")
			}
			return nil
		})
}

// stackOf is a line of stacks --json.
type stackOf struct {
	PID        string              `json:"pid"`
	Entry      string              `json:"entry"`
	State      string              `json:"state"`
	Stacks     bool                `json:"stacks"`
	Coroutines []inspect.Coroutine `json:"coroutines"`
}

func writeProcess(to io.Writer, p *inspect.ProcessDetail, box *inspect.Mailbox, now time.Time) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, text)
		}
	}
	row("process", p.PID)
	row("entry", visible(p.Entry, ""))
	row("engine", p.Engine)
	row("host", p.Host)
	row("names", visible(strings.Join(p.Names, ", "), ""))
	row("age", ago(now.Sub(p.Started)))
	row("state", p.State)
	row("doing", visible(p.Doing, ""))
	row("messages", fmt.Sprintf("%d unread, %d have come, %d sent", p.Unread, p.Arrived, p.Sent))
	row("steps", countOf(p.Steps))
	row("memory", bytesOf(p.Memory))
	for _, l := range p.Limits {
		row("limit", fmt.Sprintf("%s: %s", l.Name, usedOf(&l)))
	}
	var options []string
	if p.Options.TrapLinks {
		options = append(options, "trap_links")
	}
	if p.Options.Upgradable {
		options = append(options, "upgradable")
	}
	row("options", strings.Join(options, ", "))
	for _, e := range p.Context {
		row("context", visible(e.Key.Str()+" = "+e.Value.String(), ""))
	}
	row("links", peers(p, p.Links))
	row("monitored by", peers(p, p.Watchers))
	row("monitors", peers(p, p.Watching))
	row("supervisor", p.Supervisor)
	if s := p.Supervises; s != nil {
		row("supervises", fmt.Sprintf("%s, at most %d restarts in %s", s.Strategy, s.Intensity, ago(seconds(s.Period))))
	}
	for _, g := range p.Groups {
		row("group", visible(g.Scope+" "+g.Group, ""))
	}
	for _, o := range p.Operations {
		row("outside", visible(strings.TrimSpace(o.Name+" "+o.Resource), "")+", for "+ago(now.Sub(o.Started)))
	}
	for _, h := range p.Handles {
		row("holds", visible(h.Type, ""))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(p.Coroutines) > 0 {
		fmt.Fprintln(to, "\ncoroutines")
		writeStacks(to, p, "  ")
	}
	if len(box.Messages) > 0 {
		fmt.Fprintln(to, "\nunread messages")
		for _, m := range box.Messages {
			fmt.Fprintf(to, "  %s from %s: %s\n", word(m.Topic), orDash(m.From), payloadsOf(m.Payloads))
		}
		if more := box.Total - len(box.Messages); more > 0 {
			fmt.Fprintf(to, "  ... and %d more\n", more)
		}
	}
	if len(p.History) > 0 {
		fmt.Fprintln(to, "\nfailed before")
		for _, f := range p.History {
			fmt.Fprintf(to, "  %s ago: %s\n", ago(now.Sub(f.At)), block(f.Error.Message))
		}
	}
	if p.Crash != nil {
		fmt.Fprintln(to, "\nlast crash report")
		fmt.Fprintln(to, "  "+strings.ReplaceAll(visible(strings.TrimSpace(p.Crash.Text), "\n\t"), "\n", "\n  "))
	}
	return nil
}

func usedOf(l *inspect.Limit) string {
	if l.Unit == "bytes" {
		return bytesOf(l.Used) + " of " + bytesOf(l.Limit)
	}
	return countOf(l.Used) + " of " + countOf(l.Limit) + " " + l.Unit
}

// peers gives PIDs with their entries.
func peers(p *inspect.ProcessDetail, pids []string) string {
	const most = 20
	var out []string
	for _, pid := range pids[:min(len(pids), most)] {
		text := pid
		if entry := p.Peers[pid]; entry != "" {
			text += " " + visible(entry, "")
		}
		out = append(out, text)
	}
	if len(pids) > most {
		out = append(out, fmt.Sprintf("... and %d more", len(pids)-most))
	}
	return strings.Join(out, ", ")
}

func writeStacks(w io.Writer, p *inspect.ProcessDetail, indent string) {
	if !p.Stacks && slices.ContainsFunc(p.Coroutines, func(c inspect.Coroutine) bool { return len(c.Stack) == 0 }) {
		fmt.Fprintln(w, indent+"where its code stands is not known: one call of the interpreter lasts")
	}
	for _, c := range p.Coroutines {
		line := visible(c.Name, "") + "  " + c.State
		if c.Waiting != "" {
			line += "  " + visible(c.Waiting, "")
		}
		fmt.Fprintln(w, indent+line)
		for _, f := range c.Stack {
			fmt.Fprintln(w, indent+"  "+frameText(f))
		}
	}
}

func frameText(f inspect.Frame) string {
	text := visible(f.File, "")
	if f.Line > 0 {
		text += fmt.Sprintf(":%d", f.Line)
	}
	if f.Function != "" {
		text += " in " + visible(f.Function, "")
	}
	return text
}
