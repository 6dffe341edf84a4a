package understudycli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/hostapi"
)

func (p *program) runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "starts an app and runs it until a signal",
		UsageText: "understudy run [flags] [APPDIR]\n\nExample: understudy run --for 10s examples/worker-pool",
		Description: "Starts the entries with auto_start and what they require, and runs until SIGINT,\n" +
			"SIGTERM or the end of --for. Then every process is asked to stop (CANCEL) and\n" +
			"killed at the end of its grace time. A second signal ends the runtime at once.\n\n" +
			"Exit status: 0 after a shutdown, also one that --shutdown-timeout has cut short,\n" +
			"1 after a second signal, if a resource could not be opened, if an entry with\n" +
			"lifecycle.essential failed, or if one failed with --until-done, 2 for a usage error or an error in the app, in which\n" +
			"case nothing was started.",
		Flags: append([]cli.Flag{
			p.engineFlag(),
			&cli.IntFlag{Name: "workers", Usage: "replace the workers of all hosts by `N`", DefaultText: "those of the app"},
			&cli.StringFlag{Name: "for", Usage: "stop after `DURATION`, e.g. 10s"},
			&cli.BoolFlag{Name: "watch", Usage: "when files of the app change, let their new version serve spawns, restarts and upgrades", DisableDefaultText: true},
			metricsFlag(),
			&cli.BoolFlag{Name: "until-done", Usage: "stop when everything that was started has ended; status 1 if any of it failed", DisableDefaultText: true},
		}, slices.Concat(inspectFlags(), nodeFlags(), runtimeFlags("info"))...),
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usage("run takes one APPDIR, got %d arguments; flags stand before it", c.NArg())
			}
			dir := c.Args().First()
			if dir == "" {
				dir = p.here()
			}
			limit, err := positiveFlag(c, "for")
			if err != nil {
				return err
			}
			grace, err := durationFlag(c, "shutdown-timeout")
			if err != nil {
				return err
			}
			if c.IsSet("workers") && c.Int("workers") < 1 {
				return usage("--workers must be greater than 0")
			}
			seen, err := listenInspect(c)
			if err != nil {
				return err
			}
			defer seen.close()
			var files *watcher
			var changed <-chan struct{}
			if c.Bool("watch") && dir == builtIn {
				return usage("--watch needs an APPDIR: the app is part of the program")
			}
			if c.Bool("watch") {
				// Before the app is read, so that no change is missed.
				if files, err = p.watch(dir, c.App.ErrWriter); err != nil {
					return usage("--watch: %v", err)
				}
				defer files.close()
				changed = files.changed
			}
			a, err := p.loadApp(c, dir)
			if err != nil {
				return err
			}
			if files != nil {
				files.include(a)
			}
			s, err := p.open(c, a, c.App.Writer, c.Int("workers"), slog.LevelInfo)
			if err != nil {
				return err
			}
			unserve, err := s.serveMetrics(c)
			if err != nil {
				return err
			}
			defer unserve()
			seen.serve(s, dir != builtIn)
			return attend(c.App.ErrWriter, func(asked context.Context) error {
				if err := s.openResources(c, asked, true); err != nil {
					s.stop(grace)
					return err
				}
				if err := s.join(asked); err != nil {
					s.stop(grace)
					return err
				}
				s.run.AutoStart()
				s.sayStarted()
				done, stop := s.finish()
				defer stop()
				var over <-chan time.Time
				if limit > 0 {
					over = time.After(limit)
				}
				var outcome error
				for {
					select {
					case <-changed:
						s.reload(c, files)
						continue
					case r := <-seen.asked():
						changes, err := p.again(c, s, dir, files)
						if err != nil {
							err = hostapi.Errorf(hostapi.Invalid, "nothing was changed: the app has errors, which stderr of the node lists")
						}
						r.done <- reloaded{changes, err}
						continue
					case err := <-done:
						if !errors.Is(err, lifecycle.ErrEssential) && !c.Bool("until-done") {
							if len(s.run.Started()) > 0 {
								s.say(slog.LevelInfo, "nothing is left running", "nothing is left running")
							}
							continue
						}
						if err != nil {
							outcome = status{code: statusFailed}
						}
					case <-over:
					case <-asked.Done():
					}
					s.stop(grace)
					return outcome
				}
			})
		},
	}
}

// mostStarted is how many entries are named that were started.
const mostStarted = 10

// sayStarted says what was started (71.4).
func (s *session) sayStarted() {
	ids := s.run.Started()
	if len(ids) == 0 {
		s.say(slog.LevelInfo, "nothing has auto_start in its lifecycle, so nothing is started; 'understudy exec' runs one process",
			"nothing has auto_start")
		return
	}
	all, more := ids, ""
	if n := len(ids) - mostStarted; n > 0 {
		ids, more = ids[:mostStarted], fmt.Sprintf(" and %d more", n)
	}
	s.say(slog.LevelInfo, fmt.Sprintf("started %s%s", strings.Join(ids, ", "), more), "started", "entries", all)
}

// finish waits on a goroutine of its own until the app is done, which it then tells once.
// stop ends that goroutine and waits for it.
func (s *session) finish() (done <-chan error, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	told, ended := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.run.Finish(ctx); ctx.Err() == nil {
			told <- err
		}
	}()
	return told, func() {
		cancel()
		<-ended
	}
}

// stop shuts the app down in order, for limit at most (21.7).
func (s *session) stop(limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := s.run.Stop(ctx); err != nil {
		s.say(slog.LevelWarn, fmt.Sprintf("shutdown took longer than %s, dropped what was left: %v", limit, err),
			"shutdown took too long, dropped what was left", "limit", limit, "error", err.Error())
	}
	if err := s.run.Close(ctx); err != nil {
		s.say(slog.LevelWarn, err.Error(), "not closed", "error", err.Error())
	}
	s.leave()
	s.spans.close()
	s.rt.Settle()
}

// durationFlag reads a duration flag: the string form of clause 10.2; 0 if the
// flag is empty.
func durationFlag(c *cli.Context, name string) (time.Duration, error) {
	text := c.String(name)
	if text == "" {
		return 0, nil
	}
	d, ok := hostapi.ParseDuration(text)
	switch {
	case !ok:
		return 0, usage("--%s: invalid duration %q: write it as 500ms, 10s or 1m30s", name, text)
	case d < 0:
		return 0, usage("--%s must not be negative, got %s", name, text)
	}
	return d, nil
}

// positiveFlag reads a duration flag that is greater than 0; 0 if it is not set.
func positiveFlag(c *cli.Context, name string) (time.Duration, error) {
	d, err := durationFlag(c, name)
	if err == nil && d == 0 && c.String(name) != "" {
		return 0, usage("--%s must be greater than 0", name)
	}
	return d, err
}
