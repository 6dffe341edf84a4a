package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

func execCommand() *cli.Command {
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
			engineFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the result as one JSON object on the last line", DisableDefaultText: true},
			&cli.StringFlag{Name: "timeout", Usage: "terminate the process after `DURATION`"},
		}, runtimeFlags("warn")...),
		Action: runExec,
	}
}

func runExec(c *cli.Context) error {
	operands := c.Args().Slice()
	dir := "."
	if len(operands) > 0 && isApp(operands[0]) {
		dir, operands = operands[0], operands[1:]
	} else if len(operands) > 0 && strings.ContainsAny(operands[0], `/\`) {
		if _, err := os.Stat(operands[0]); err != nil {
			return usage("no such directory: %s", operands[0])
		}
		return usage("no app in %s: there is no index file below it", operands[0])
	}
	if len(operands) == 0 {
		if !isApp(dir) {
			return usage("exec needs an ENTRY; 'understudy help exec' tells more")
		}
		a, err := loadApp(c, dir)
		if err != nil {
			return err
		}
		return usage("exec needs an ENTRY; process entries: %s", processIDs(a))
	}
	limit, err := durationFlag(c, "timeout")
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
	a, err := loadApp(c, dir)
	if err != nil {
		return err
	}
	entry, err := findProcess(a, operands[0])
	if err != nil {
		return err
	}
	if len(operands) == 1 {
		args = entry.Input
	}
	s, err := open(c, a, c.App.Writer, 0)
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	result, late, err := s.exec(entry, args, limit, signals)
	if err != nil {
		return err
	}
	if err := s.stop(c, grace, signals); err != nil {
		return err
	}
	return report(c, result, late)
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
			return nil, usage("entry %q: write it as namespace:name, the app has %d namespaces", name, len(namespaces))
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

// exec runs a process to its end, by clauses 22.3 and 22.7: late says that it
// was ended by the time limit. An error is that of a signal before the start.
func (s *session) exec(entry *app.Process, args []hostapi.Value, limit time.Duration, signals <-chan os.Signal) (r hostapi.Result, late bool, err error) {
	first := append(s.app.Requires(entry.ID), hostsAndScopes(s.app)...)
	s.run.Start(first...)
	ctx := context.Background()
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	timedOut := hostapi.Result{Err: hostapi.Errorf(hostapi.Timeout, "timed out after %s", limit)}
	if err := s.run.Wait(ctx); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return timedOut, true, nil
		}
		return hostapi.Result{Err: hostapi.AsError(err)}, false, nil
	}
	type outcome struct {
		pid hostapi.PID
		err error
	}
	live := make(chan outcome, 1)
	ended := make(chan hostapi.Result, 1)
	var pid hostapi.PID // "" until the process is live
	abandon := s.rt.Launch(hostapi.Spawn{ID: entry.ID, Host: entry.Host, Args: args},
		func(pid hostapi.PID, err error) { live <- outcome{pid, err} },
		func(r hostapi.Result) { ended <- r })
	for {
		select {
		case o := <-live:
			if o.err != nil {
				// There is no report of the end of a process that has not begun.
				err := hostapi.AsError(o.err)
				attrs := []any{"entry", entry.ID, "kind", string(err.Kind), "message", err.Error()}
				if err.Stack != "" {
					attrs = append(attrs, "stack", err.Stack)
				}
				s.log.Error("process could not be started", attrs...)
				return hostapi.Result{Err: err}, false, nil
			}
			pid = o.pid
		case r := <-ended:
			return r, false, nil
		case <-ctx.Done():
			abandon(timedOut.Err)
			if pid != "" {
				_ = s.rt.Terminate(pid) // it may have ended at this moment
			}
			return timedOut, true, nil
		case <-signals:
			if pid == "" {
				return hostapi.Result{}, false, status{statusFailed, "understudy: interrupted"}
			}
			_ = s.rt.Cancel(string(pid), entry.Lifecycle.StopTimeout, "shutdown")
		}
	}
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

// report prints a result (22.5) and gives the status.
func report(c *cli.Context, r hostapi.Result, late bool) error {
	if c.Bool("json") {
		line := jsonResult{}
		if !r.Value.IsNil() {
			line.Value = app.JSON(r.Value)
		}
		if r.Err != nil {
			line.Error = app.JSON(hostapi.Wrap(r.Err))
		}
		out, err := json.Marshal(line)
		if err != nil {
			return fmt.Errorf("result as JSON: %w", err)
		}
		fmt.Fprintf(c.App.Writer, "%s\n", out)
	} else if r.Err != nil {
		fmt.Fprintf(c.App.ErrWriter, "error: %s: %s\n", r.Err.Kind, r.Err)
	} else if r.Value.Type() == hostapi.TypeString {
		fmt.Fprintln(c.App.Writer, r.Value.Str())
	} else if !r.Value.IsNil() {
		fmt.Fprintf(c.App.Writer, "%s\n", app.JSON(r.Value))
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
