package understudycli

import (
	"errors"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cmd/understudycli/internal/editor"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/hostapi"
)

func (p *program) lspCommand() *cli.Command {
	return &cli.Command{
		Name:      "lsp",
		Usage:     "serves editors by the Language Server Protocol",
		UsageText: "understudy lsp\n\nAn editor starts it. 'understudy docs 61.4' tells more.",
		Description: "Speaks the Language Server Protocol 3.17 on standard input and output: what check\n" +
			"finds while an app is written.\n" +
			"Exit status 0 if the editor has shut it down, otherwise 1.",
		Flags: []cli.Flag{&cli.BoolFlag{Name: "stdio", Usage: "as some editors ask for it; there is nothing else"}},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usage("lsp takes no arguments, got %d", c.NArg())
			}
			var in = p.stdin
			if in == nil {
				in = os.Stdin
			}
			err := editor.Serve(in, c.App.Writer, editor.Options{
				App: app.Options{
					Engines: p.engines(), Modules: p.modules(), Kinds: p.kinds(), AllowUnset: true, OwnHosts: true,
					TestModules: []*hostapi.Module{apptest.Module()},
				},
				Version: version(),
			})
			if errors.Is(err, editor.ErrNoShutdown) {
				return status{statusFailed, "understudy: lsp: " + err.Error()}
			}
			return err
		},
	}
}
