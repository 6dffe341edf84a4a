package understudycli

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
	"github.com/understudy-run/understudy/observe/pprof"
)

func profileCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "for", Value: "10s", Usage: "look for `DURATION`, at most 10m"},
		&cli.StringFlag{Name: "entry", Usage: "only at processes that run the entry `ID`"},
		&cli.BoolFlag{Name: "memory", Usage: "instead, at once: what memory is charged to", DisableDefaultText: true},
		&cli.StringFlag{Name: "out", Usage: "write `FILE`, for go tool pprof"},
	}
	return lookCommand("profile", "finds out where a running node spends its time, or its memory", "",
		"Looks at what runs, 200 times a second, and says which functions of scripts that\nwas. With --out it writes a file that 'go tool pprof -http=: FILE' shows as graphs.", 0, 0, flags,
		func(l *looking) error {
			if !l.c.Bool("memory") {
				if _, err := positiveFlag(l.c, "for"); err != nil {
					return err
				}
			}
			if l.c.Bool("json") && l.c.String("out") != "" {
				return usage("--json and --out exclude each other")
			}
			out, err := profileFile(l.c, "out")
			if err != nil {
				return err
			}
			q := url.Values{"for": {l.c.String("for")}, "memory": {fmt.Sprint(l.c.Bool("memory"))}}
			if entry := l.c.String("entry"); entry != "" {
				q.Set("entry", entry)
			}
			return finish(out, show(l, "profile", q, func(p inspect.Profile) error {
				switch {
				case out == nil && l.c.Bool("memory"):
					return writeCharged(l.c.App.Writer, &p)
				case out == nil:
					return writeSpent(l.c.App.Writer, &p)
				case l.c.Bool("memory"):
					var charged []pprof.Memory
					for _, s := range p.Stacks {
						charged = append(charged, pprof.Memory{Entry: s.Entry, Engine: s.Engine, Processes: s.Processes, Bytes: s.Bytes})
					}
					return pprof.WriteMemory(out, charged, time.Now())
				}
				return pprof.Write(out, samplesOf(&p), time.Now(), seconds(p.Took))
			}))
		})
}

// profileFile opens the file of a flag, before anything is started; nil if there is none.
func profileFile(c *cli.Context, flag string) (*os.File, error) {
	name := c.String(flag)
	if name == "" {
		return nil, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, usage("--%s: %v", flag, err)
	}
	return f, nil
}

// finish closes a file to which something was written, and removes one that did not become
// whole.
func finish(f *os.File, err error) error {
	if f == nil {
		return err
	}
	if closing := f.Close(); err == nil && closing != nil {
		err = status{statusFailed, "understudy: " + closing.Error()}
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func samplesOf(p *inspect.Profile) (out []core.ProfileSample) {
	for _, s := range p.Stacks {
		x := core.ProfileSample{Entry: s.Entry, Engine: s.Engine, Host: s.Host, Count: s.Samples, Time: seconds(s.Time)}
		for _, f := range s.Stack {
			x.Stack = append(x.Stack, hostapi.Frame{Source: f.File, Line: f.Line, Name: f.Function})
		}
		out = append(out, x)
	}
	return out
}

// mostFunctions is how many functions the table of a profile has.
const mostFunctions = 30

// writeSpent writes the functions in which most time was spent: in themselves, and with all
// that they call.
func writeSpent(to io.Writer, p *inspect.Profile) error {
	type row struct {
		name, file string
		own, all   float64
	}
	rows := make(map[[2]string]*row)
	total := 0.0
	for _, s := range p.Stacks {
		total += s.Time
		seen := make(map[[2]string]bool)
		frames := s.Stack
		if len(frames) == 0 {
			frames = []inspect.Frame{{Function: s.Entry}}
		}
		for i, f := range frames {
			key := [2]string{f.Function, f.File}
			r := rows[key]
			if r == nil {
				r = &row{name: orDash(f.Function), file: f.File}
				rows[key] = r
			}
			if i == 0 {
				r.own += s.Time
			}
			if !seen[key] {
				r.all += s.Time
			}
			seen[key] = true
		}
	}
	if total == 0 {
		_, err := fmt.Fprintf(to, "no process ran in %s\n", ago(seconds(p.Took)))
		return err
	}
	list := make([]*row, 0, len(rows))
	for _, r := range rows {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *row) int {
		return cmp.Or(cmp.Compare(b.own, a.own), cmp.Compare(b.all, a.all), cmp.Compare(a.name, b.name), cmp.Compare(a.file, b.file))
	})
	share := func(x float64) string { return fmt.Sprintf("%.1f%%", 100*x/total) }
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OWN\tSHARE\tWITH CALLS\tSHARE\tFUNCTION\tFILE")
	for _, r := range list[:min(len(list), mostFunctions)] {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", seconds(r.own).Round(time.Millisecond), share(r.own),
			seconds(r.all).Round(time.Millisecond), share(r.all), visible(r.name, ""), orDash(visible(r.file, "")))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(list) - mostFunctions; more > 0 {
		fmt.Fprintf(to, "... and %d more functions\n", more)
	}
	_, err := fmt.Fprintf(to, "%s on workers in %s\n", seconds(total).Round(time.Millisecond), seconds(p.Took).Round(time.Millisecond))
	return err
}

func writeCharged(to io.Writer, p *inspect.Profile) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CHARGED\tPROCESSES\tEACH\tENTRY")
	for _, s := range p.Stacks {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", bytesOf(s.Bytes), s.Processes, bytesOf(s.Bytes/max(1, s.Processes)), visible(s.Entry, ""))
	}
	return w.Flush()
}

// profile begins a profile of what the session runs, if there is a file for it. written
// writes it, unless there was an error, which it gives back.
func (s *session) profile(f *os.File) (written func(err error) error) {
	if f == nil {
		return func(err error) error { return err }
	}
	start := time.Now()
	stop, err := s.rt.Profile(core.ProfileOptions{})
	return func(failed error) error {
		if err != nil || failed != nil {
			return cmp.Or(failed, err)
		}
		return pprof.Write(f, stop(), time.Now(), time.Since(start))
	}
}
