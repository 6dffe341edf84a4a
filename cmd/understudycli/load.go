package understudycli

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

func (p *program) engineFlag() cli.Flag {
	return &cli.StringFlag{Name: "engine", Usage: "run every entry of its language, and every process.script, on engine `E`: " + p.engineNames()}
}

// runtimeFlags are those of run and exec; level is the default of --log-level.
func runtimeFlags(level string) []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "log", Value: "text", Usage: "`FORMAT` of log records on stderr: text or json"},
		&cli.StringFlag{Name: "log-level", Value: level, Usage: "least `LEVEL` that is logged: debug, info, warn or error"},
		memoryFlag(),
		otelFlag(),
		&cli.IntFlag{Name: "flight", Usage: "let each process keep its last `N` events, for its crash report; 0: none"},
		&cli.StringFlag{Name: "shutdown-timeout", Value: "30s", Usage: "after `DURATION` of shutting down, what is left is dropped"},
	}, settingFlags()...)
}

// engine gives the engine that is asked for: by the flag, else when the program was built.
func (p *program) engine(c *cli.Context) string {
	if engine := c.String("engine"); engine != "" || p.contained == nil {
		return engine
	}
	return p.contained.Engine
}

// carrier gives the path of the program where the app is part of it, "" where it is a
// directory or the system does not tell.
func (p *program) carrier(dir string) string {
	if p.file != "" || dir != builtIn {
		return p.file
	}
	file, _ := os.Executable()
	return file
}

// builtIn stands for the directory of the app that the program brings along.
const builtIn = ""

// scratch stands for an app of a host only, where there is none; no directory has the name.
const scratch = "\x00"

// here is the directory of the app where none is given.
func (p *program) here() string {
	if p.options.App != nil {
		return builtIn
	}
	return "."
}

// loadApp loads the app of a directory. Its errors are printed, all at once;
// the status then says that it is the app's fault.
func (p *program) loadApp(c *cli.Context, dir string) (*app.App, error) {
	return p.loadAppOr(c, dir, "nothing was started")
}

// loadAppOr is loadApp; consequence is what an error in the app means.
func (p *program) loadAppOr(c *cli.Context, dir, consequence string) (*app.App, error) {
	engine := p.engine(c)
	if engine != "" && !p.knownEngine(engine) {
		return nil, usage("unknown engine %q; there are: %s", engine, p.engineNames())
	}
	lookup, err := p.lookup(c)
	if err != nil {
		return nil, err
	}
	if data := c.String("data"); data != "" {
		if info, err := os.Stat(data); err != nil || !info.IsDir() {
			return nil, usage("--data: no such directory: %s", data)
		}
	}
	options := app.Options{
		Engines: p.engines(), Modules: p.modules(), EngineOverride: engine,
		Kinds: p.kinds(), Data: c.String("data"), Program: p.carrier(dir),
		Lookup: lookup, AllowUnset: c.Command.Name == checkName || c.Command.Name == buildName, Set: c.StringSlice("set"), OwnHosts: true,
		Contents: c.Command.Name == buildName,
	}
	if c.Command.Name == checkName || c.Bool("with-tests") {
		options.TestModules = []*hostapi.Module{apptest.Module()}
	}
	if c.Command.Name == replName {
		options.Typed = &app.Typed{Language: c.String("language")}
	}
	var a *app.App
	var found app.Diagnostics
	switch info, err := os.Stat(dir); {
	case dir == scratch:
		a, found = app.Load(scratchApp(), options)
	case dir == builtIn:
		a, found = app.Load(p.options.App, options)
	case err != nil:
		return nil, usage("no such directory: %s", dir)
	case !info.IsDir():
		return nil, usage("not a directory: %s", dir)
	default:
		a, found = app.LoadDir(dir, options)
	}
	if a != nil {
		for _, t := range a.Tests { // of check, and of build --with-tests
			found = append(found, t.Found...)
		}
	}
	if err := p.refuse(c, found, dir, consequence); err != nil {
		return nil, err
	}
	return a, nil
}

func (p *program) knownEngine(name string) bool {
	for _, e := range p.engines() {
		if e.Info().Name == name {
			return true
		}
	}
	return false
}

// session is an app on a runtime, as run and exec use it.
type session struct {
	rt     *core.Runtime
	app    *app.App
	run    *lifecycle.Run
	log    *slog.Logger
	spans  traces
	member *membership // nil: not a node
	// lines takes what the command itself says, where the log is text for people; else
	// that is records of the log.
	lines   *slog.Logger
	records *inspect.Log // of log; nil without --inspect
}

// say says something of the command's own: as a line, or with --log json as a record.
func (s *session) say(level slog.Level, line string, record string, attrs ...any) {
	if s.lines != nil {
		s.lines.Info("understudy: " + line)
		return
	}
	s.log.Log(context.Background(), level, record, attrs...)
}

// lineHandler writes the messages of records as they are.
type lineHandler struct{ w io.Writer }

func (h lineHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h lineHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h lineHandler) WithGroup(string) slog.Handler            { return h }

func (h lineHandler) Handle(_ context.Context, r slog.Record) error {
	_, err := io.WriteString(h.w, r.Message+"\n")
	return err
}

// mostFlight is how many events each process can be let keep.
const mostFlight = 10000

// open makes the runtime for an app. waitLevel is that of the lines by which a shutdown
// says whom it waits for.
func (p *program) open(c *cli.Context, a *app.App, stdout io.Writer, workers int, waitLevel slog.Level) (*session, error) {
	log, err := newLogger(c.App.ErrWriter, c.String("log"), c.String("log-level"))
	if err != nil {
		return nil, err
	}
	var records *inspect.Log // for those who look into the node
	if c.IsSet("inspect") {
		records = inspect.NewLog(log.Handler())
		log = slog.New(records)
	}
	if n := c.Int("flight"); n < 0 || n > mostFlight {
		return nil, usage("--flight must be from 0 to %d, not %d", mostFlight, n)
	}
	limit, err := memoryLimit(c.String("memory-limit"), machineMemory, log)
	if err != nil {
		return nil, err
	}
	spans, err := openTraces(c)
	if err != nil {
		return nil, err
	}
	m, err := p.membership(c, a, log)
	if err != nil {
		return nil, err
	}
	options := core.Options{Output: printed(stdout), Log: log, MemoryLimit: limit, Flight: c.Int("flight"), Facilities: p.options.Facilities, Tracer: spans.tracer}
	if m != nil {
		options.Node = m.self
	}
	rt := core.New(options)
	run, err := lifecycle.New(rt, a, lifecycle.Options{Workers: workers, Log: log, WaitLevel: waitLevel})
	if err != nil {
		return nil, err
	}
	s := &session{rt: rt, app: a, run: run, log: rt.LoggerTo(log), records: records, spans: spans, member: m}
	spans.complains(s.log)
	if c.String("log") == "text" {
		s.lines = rt.LoggerTo(slog.New(lineHandler{c.App.ErrWriter}))
	}
	return s, nil
}

// openResources opens all resources of the app, or those that do not wait for their first
// use (41.6).
func (s *session) openResources(c *cli.Context, asked context.Context, all bool) error {
	err := s.run.Open(asked, all)
	if err == nil {
		return nil
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		if s.lines != nil {
			s.lines.Info(line)
		} else {
			s.log.Error("resource not opened", "error", line)
		}
	}
	return status{statusFailed, "understudy: a resource could not be opened; nothing was started"}
}
