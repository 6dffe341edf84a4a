package understudycli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/docs"
)

// Exit statuses (22.1).
const (
	statusOK     = 0
	statusFailed = 1   // the process failed, a case failed, output was lost, or a second signal
	statusUsage  = 2   // usage error or app error
	statusLate   = 124 // time limit of exec
)

// status is an error that carries the exit status. Its text may be empty, when
// all has been said.
type status struct {
	code int
	text string
}

func (s status) Error() string { return s.text }

func usage(format string, args ...any) error {
	return status{statusUsage, "understudy: " + fmt.Sprintf(format, args...)}
}

// run is the whole command; it returns the exit status.
func (p *program) run(args []string, stdout, stderr io.Writer) int {
	stderr = &messages{w: stderr}
	out := &output{w: stdout, stderr: stderr}
	err := p.application(out, stderr).Run(args)
	lost := out.close()
	switch {
	case err == nil && lost != nil:
		return statusFailed
	case err == nil:
		return statusOK
	}
	var s status
	if !errors.As(err, &s) {
		// Everything the flag package finds is an error of usage.
		s = status{statusUsage, "understudy: " + err.Error() + p.helpHint(err)}
	}
	if s.text != "" {
		fmt.Fprintln(stderr, s.text)
	}
	return s.code
}

// helpHint says who tells of a name of which help knows nothing.
func (p *program) helpHint(err error) string {
	_, name, found := strings.Cut(err.Error(), "No help topic for '")
	if !found {
		return ""
	}
	name = strings.TrimSuffix(name, "'")
	module, _, _ := strings.Cut(strings.Replace(name, ":", ".", 1), ".")
	d, _ := p.dialectOf("lua")
	switch {
	case slices.Contains(p.moduleNames(), name) || members(p.modules(), d)[strings.Replace(name, ":", ".", 1)].fn != nil:
		return fmt.Sprintf("; 'understudy modules %s' shows it", name)
	case slices.Contains(p.moduleNames(), module):
		return fmt.Sprintf("; 'understudy modules %s' shows the module", module)
	}
	if _, ok := docs.Find(name); ok {
		return fmt.Sprintf("; 'understudy docs %s' shows it", name)
	}
	return "; 'understudy help' lists the commands, 'understudy modules' what scripts call, 'understudy docs' the documents"
}

func (p *program) application(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:      "understudy",
		Usage:     "supervised actors written in scripts",
		UsageText: "understudy COMMAND [flags] [arguments]",
		Description: "An app is a directory of scripts and YAML files that name them.\n" +
			"Start one of the examples:\n\n   understudy run examples/worker-pool",
		Reader:    p.stdin,
		Writer:    stdout,
		ErrWriter: stderr,
		Commands: append([]*cli.Command{
			p.runCommand(), p.execCommand(), p.replCommand(), p.checkCommand(), p.testCommand(), p.initCommand(), p.typesCommand(), p.schemaCommand(), p.lspCommand(), p.buildCommand(), p.enginesCommand(), p.modulesCommand(), p.docsCommand(), p.clusterCommand(), p.benchCommand(), p.conformanceCommand(),
			p.completionCommand(), p.completeCommand(),
		}, p.lookCommands()...),
		Version: version(),
		// A value of --set may hold commas.
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              func(_ *cli.Context, err error, _ bool) error { return usage("%v; 'understudy help' tells more", err) },
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "app-info", Usage: "list what an executable with an app contains: this one, or the FILE behind it", DisableDefaultText: true},
		},
		Action: func(c *cli.Context) error {
			if c.Bool("app-info") {
				return p.appInfo(c)
			}
			if c.Args().First() == "version" { // as many other commands have it
				cli.ShowVersion(c)
				return nil
			}
			if c.NArg() > 0 {
				name := c.Args().First()
				var known []string
				for _, command := range c.App.VisibleCommands() {
					known = append(known, command.Name)
				}
				return usage("unknown command %q%s; 'understudy help' lists them", name, spec.Suggest(name, known))
			}
			return cli.ShowAppHelp(c)
		},
	}
	if p.contained != nil {
		p.narrow(app)
	}
	for _, c := range app.Commands {
		c.OnUsageError = func(c *cli.Context, err error, _ bool) error {
			return usage("%s: %v; 'understudy help %s' tells more", c.Command.Name, err, c.Command.Name)
		}
	}
	return app
}
