package understudycli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cmd/understudycli/internal/editor"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/hostapi"
)

func (p *program) lspCommand() *cli.Command {
	return &cli.Command{
		Name:      "lsp",
		Usage:     "serves editors by the Language Server Protocol",
		UsageText: "understudy lsp\n\nAn editor starts it. 'understudy docs editors' has the settings of some.",
		Description: "Speaks the Language Server Protocol 3.17 on standard input and output: what check\n" +
			"finds while an app is written, completion, what names mean, and where they stand.\n" +
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
				Version:  version(),
				Describe: p.describe,
			})
			if errors.Is(err, editor.ErrNoShutdown) {
				return status{statusFailed, "understudy: lsp: " + err.Error()}
			}
			return err
		},
	}
}

// describe gives the signature of what may stand in a text, and its documentation as
// Markdown, in the words of a language.
func (p *program) describe(c check.Candidate, language string) (signature, doc string) {
	d, _ := p.dialectOf(language)
	switch {
	case c.Func != nil:
		return c.Of + d.signature(c.Func), d.funcDoc(c.Func)
	case c.Const != nil && c.Const.Make == nil:
		return c.Of + c.Name + " = " + c.Const.Value.String(), d.text(c.Doc)
	case c.Param != nil:
		signature = c.Of + c.Name + ": " + d.typeText(*c.Param)
		if c.Param.Optional {
			signature += ", optional"
		}
		return signature, d.text(c.Doc)
	case c.Kind == check.CandidateModule && language != "":
		return "module " + c.Of + c.Name, d.text(c.Doc)
	case c.Kind == check.CandidateHolder:
		for _, m := range p.modules() {
			if m.Name == c.Of {
				return c.Name + ": module " + c.Of, d.text(m.Doc)
			}
		}
		return c.Name + ": " + c.Of, ""
	case c.Kind == check.CandidateEntry:
		return "", c.Name + ", a " + c.Of
	}
	return "", d.text(c.Doc)
}

// funcDoc documents a function: what it does, its parameters, its errors.
func (d dialect) funcDoc(f *hostapi.Func) string {
	var b strings.Builder
	b.WriteString(d.text(f.Doc) + "\n")
	for _, p := range d.params(f) {
		fmt.Fprintf(&b, "\n- `%s`: %s", d.spelled(p.Name), d.typeText(p))
		if p.Optional {
			b.WriteString(", optional")
		}
		if p.Doc != "" {
			b.WriteString("; " + d.text(p.Doc))
		}
	}
	if len(f.Errors) > 0 {
		how := "Errors"
		if d.raises(f) {
			how = "Raises"
		}
		b.WriteString("\n\n" + how + ":")
		for _, kind := range f.Errors {
			b.WriteString(" " + string(kind))
		}
	}
	return strings.TrimSpace(b.String())
}
