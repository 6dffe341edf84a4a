package understudycli

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

func (p *program) execCommand() *cli.Command {
	return &cli.Command{
		Name:      "exec",
		Usage:     "runs one process entry to its end and prints the result",
		UsageText: "understudy exec [flags] [APPDIR] ENTRY [ARG...]\n\nExample: understudy exec examples/supervision app:star",
		Description: "Starts the hosts of the app and what ENTRY requires, then ENTRY with the\n" +
			"arguments: an ARG that is a JSON value is that value, otherwise the string\n" +
			"itself. Without ARG the entry's input is used. The namespace of ENTRY may be\n" +
			"left out if the app has only one. What follows ENTRY is for the process: flags\n" +
			"of exec stand before. A signal asks the process to stop (CANCEL).\n\n" +
			"Exit status: 0 after a normal exit, 1 if the process failed, 2 for a usage\n" +
			"error or an error in the app, 124 at the end of --timeout.",
		Flags: append([]cli.Flag{
			p.engineFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the result as one JSON object on the last line", DisableDefaultText: true},
			&cli.StringFlag{Name: "timeout", Usage: "terminate the process after `DURATION`"},
			&cli.StringFlag{Name: "profile", Usage: "write `FILE`, for go tool pprof: where scripts spent their time"},
		}, append(nodeFlags(), runtimeFlags("warn")...)...),
		Action: p.runExec,
	}
}

func (p *program) runExec(c *cli.Context) error {
	dir, operands, err := p.appAndEntry(c.Args().Slice())
	if err != nil {
		return err
	}
	if len(operands) == 0 {
		if dir != builtIn && !isApp(dir) {
			return usage("exec needs an ENTRY; 'understudy help exec' tells more")
		}
		a, err := p.loadApp(c, dir)
		if err != nil {
			return err
		}
		return usage("exec needs an ENTRY; process entries: %s", processIDs(a))
	}
	if strings.HasPrefix(operands[0], "-") {
		return usage("exec: %s stands where the ENTRY is expected; flags stand before APPDIR and ENTRY", operands[0])
	}
	limit, err := positiveFlag(c, "timeout")
	if err != nil {
		return err
	}
	grace, err := durationFlag(c, "shutdown-timeout")
	if err != nil {
		return err
	}
	var args []hostapi.Value
	for _, text := range operands[1:] {
		v, err := app.ParseArg(text)
		if err != nil {
			return usage("argument %q: %v", text, err)
		}
		args = append(args, v)
	}
	a, err := p.loadApp(c, dir)
	if err != nil {
		return err
	}
	entry, err := findProcess(a, operands[0])
	if err != nil {
		if info, statErr := os.Stat(operands[0]); statErr == nil && info.IsDir() {
			return status{statusUsage, fmt.Sprintf("%v; the directory %s holds no app", err, operands[0])}
		}
		return err
	}
	if len(operands) == 1 {
		args = entry.Input
	}
	out, err := profileFile(c, "profile")
	if err != nil {
		return err
	}
	s, err := p.open(c, a, c.App.Writer, 0, slog.LevelWarn)
	if err != nil {
		return finish(out, err)
	}
	profiled := s.profile(out)
	var result hostapi.Result
	var late bool
	err = attend(c.App.ErrWriter, func(asked context.Context) error {
		if err := s.openResources(c, asked, false); err != nil {
			s.stop(grace)
			return err
		}
		if err := s.join(asked); err != nil {
			s.stop(grace)
			return err
		}
		result, late = s.exec(asked, entry, args, limit, s.terminal(c, operands[1:]))
		s.stop(grace)
		return nil
	})
	err = finish(out, profiled(err))
	if err != nil {
		return err
	}
	return s.report(c, entry.ID, result, late)
}

// appAndEntry splits the operands of exec: APPDIR, if the first is a directory that
// holds an app, and the rest (22.3).
func (p *program) appAndEntry(operands []string) (dir string, rest []string, err error) {
	here := p.here()
	if len(operands) == 0 || here == builtIn {
		return here, operands, nil
	}
	first := operands[0]
	isPath := strings.ContainsAny(first, `/\`)
	switch info, err := os.Stat(first); {
	case isApp(first):
		return first, operands[1:], nil
	case !isPath && isApp(here):
		return here, operands, nil // whatever else has the name of the entry
	case err == nil && info.IsDir():
		return first, operands[1:], nil // loading says why it holds no app
	case err == nil:
		return "", nil, usage("not a directory: %s", first)
	case isPath:
		return "", nil, usage("no such directory: %s", first)
	}
	return "", nil, usage("exec %s: no app in the current directory; that of the app stands before the ENTRY", first)
}

// findProcess gives the process entry that ENTRY names.
func findProcess(a *app.App, name string) (*app.Process, error) {
	id := name
	if !strings.Contains(name, ":") {
		namespaces := map[string]bool{}
		for _, e := range a.Entries {
			namespaces[e.Head().Namespace] = true
		}
		if len(namespaces) > 1 {
			var known []string
			for _, e := range a.Entries {
				known = append(known, e.Head().ID)
			}
			return nil, usage("entry %q: write it as namespace:name, the app has %d namespaces%s", name, len(namespaces), spec.Suggest(":"+name, known))
		}
		for ns := range namespaces {
			id = ns + ":" + name
		}
	}
	switch e := a.Lookup(id).(type) {
	case *app.Process:
		if e.Host == "" {
			return nil, usage("entry %s: host is required: it names none, and the app has %d", id, len(a.Hosts()))
		}
		return e, nil
	case nil:
		return nil, usage("no entry %s; process entries: %s", id, processIDs(a))
	default:
		return nil, usage("entry %s is a %s, not a process; process entries: %s", id, e.Head().Kind, processIDs(a))
	}
}

func processIDs(a *app.App) string {
	var ids []string
	for _, e := range a.Entries {
		if p, ok := e.(*app.Process); ok {
			ids = append(ids, p.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// exec runs a process to its end, by clauses 22.3 and 22.7. When asked is done the
// process is cancelled, or its start given up. It alone is offered what is offered. late says that it was ended by the
// time limit.
func (s *session) exec(asked context.Context, entry *app.Process, args []hostapi.Value, limit time.Duration, offered ...any) (r hostapi.Result, late bool) {
	in, end := s.spans.begin("exec "+entry.ID, s.rt.Now())
	defer func() { end(s.rt.Now(), r.Err) }()
	interrupted := hostapi.Errorf(hostapi.Canceled, "interrupted before %s was started", entry.ID)
	timedOut := hostapi.Errorf(hostapi.Timeout, "timed out after %s", limit)
	expired := context.Background()
	if limit > 0 {
		var cancel context.CancelFunc
		expired, cancel = context.WithTimeout(expired, limit)
		defer cancel()
	}
	first := append(s.app.Requires(entry.ID), hostsAndScopes(s.app)...)
	s.run.Start(first...)
	starting, giveUp := context.WithCancel(expired)
	defer giveUp()
	defer context.AfterFunc(asked, giveUp)()
	if err := s.run.Wait(starting); err != nil {
		switch {
		case expired.Err() != nil:
			return hostapi.Result{Err: timedOut}, true
		case asked.Err() != nil:
			return hostapi.Result{Err: interrupted}, false
		}
		return hostapi.Result{Err: hostapi.AsError(err)}, false
	}
	type outcome struct {
		pid hostapi.PID
		err error
	}
	live := make(chan outcome, 1)
	ended := make(chan hostapi.Result, 1)
	abandon := s.rt.LaunchWith(offered, hostapi.Spawn{ID: entry.ID, Host: entry.Host, Args: args, Trace: in},
		func(pid hostapi.PID, err error) { live <- outcome{pid, err} },
		func(r hostapi.Result) { ended <- r })
	var pid hostapi.PID // "" until the process is live
	stopReport := func() {}
	defer func() { stopReport() }()
	cancel := func() {
		_ = s.rt.Stop(pid, entry.Lifecycle.StopTimeout, "shutdown") // it may have ended
		of := pid
		stopReport = s.run.ReportWaiting(func() string { return fmt.Sprintf("%s (%s)", entry.ID, s.rt.Doing(of)) })
	}
	stop := asked.Done()
	for {
		select {
		case o := <-live:
			if o.err != nil {
				return hostapi.Result{Err: hostapi.AsError(o.err)}, false
			}
			if pid = o.pid; stop == nil {
				cancel()
			}
		case r := <-ended:
			return r, false
		case <-expired.Done():
			abandon(timedOut)
			if pid != "" {
				_ = s.rt.Terminate(pid) // it may have ended at this moment
			}
			select { // where it was
			case r := <-ended:
				return hostapi.Result{Err: placed(timedOut, r.Err)}, true
			case o := <-live:
				return hostapi.Result{Err: placed(timedOut, hostapi.AsError(o.err))}, true
			case <-time.After(time.Second): // in something that cannot be interrupted
				return hostapi.Result{Err: timedOut}, true
			}
		case <-stop:
			// If it is live already, and that only has not been seen yet, giving up
			// its start does nothing.
			if stop = nil; pid == "" {
				abandon(interrupted)
			} else {
				cancel()
			}
		}
	}
}

// placed gives an error with the stack of another, which may be nil.
func placed(err, by *hostapi.Error) *hostapi.Error {
	if by == nil {
		return err
	}
	c := *err
	c.Stack, c.Frames = by.Stack, by.Frames
	return &c
}

func hostsAndScopes(a *app.App) []string {
	var ids []string
	for _, e := range a.Entries {
		switch e.(type) {
		case *app.Host, *app.Scope:
			ids = append(ids, e.Head().ID)
		}
	}
	return ids
}

// report prints the result of an entry (22.5) and gives the status.
func (s *session) report(c *cli.Context, entry string, r hostapi.Result, late bool) error {
	text, err := r.Value.MarshalJSON()
	if err != nil {
		r = hostapi.Result{Err: hostapi.AsError(err)}
	}
	if r.Err != nil {
		s.tellFailure(c, entry, r.Err)
	}
	if c.Bool("json") {
		line := jsonResult{}
		if !r.Value.IsNil() {
			line.Value = text
		}
		if r.Err != nil {
			line.Error, _ = hostapi.Wrap(r.Err).MarshalJSON() // of an error never fails
		}
		if err := printJSONLine(c, line); err != nil {
			return fmt.Errorf("result as JSON: %w", err)
		}
	} else if r.Value.Type() == hostapi.TypeString {
		fmt.Fprintln(c.App.Writer, r.Value.Str())
	} else if !r.Value.IsNil() {
		fmt.Fprintf(c.App.Writer, "%s\n", text)
	}
	switch {
	case r.Err == nil:
		return nil
	case late:
		return status{code: statusLate}
	}
	return status{code: statusFailed}
}

type jsonResult struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error json.RawMessage `json:"error,omitempty"`
}

// isApp reports whether path is a directory that holds an app.
func isApp(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() && app.HasIndex(os.DirFS(path))
}
