package understudycli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cmd/understudycli/internal/bundle"
)

// contain makes the app in the file of the program the one that it runs, and no other.
func (p *program) contain(app *bundle.App, file string) {
	p.contained, p.file = app, file
	p.options.App = app.FS
}

// asRun reads arguments as those of run where they name no command (62.1).
func (p *program) asRun(args []string) []string {
	if len(args) > 1 && (!strings.HasPrefix(args[1], "-") || slices.Contains([]string{"--help", "-h", "--version", "-v", "--app-info", "-app-info"}, args[1])) {
		return args
	}
	return slices.Insert(slices.Clone(args), min(1, len(args)), "run")
}

// forDirectories are the commands that are of no use to who has a program with an app in
// it: they make apps, or try the program.
var forDirectories = []string{"init", "types", "schema", "lsp", "completion", "complete", buildName, "bench", "conformance"}

// narrow leaves what a program that contains its app can do, under its own name.
func (p *program) narrow(app *cli.App) {
	name := strings.TrimSuffix(filepath.Base(p.file), ".exe")
	app.Commands = slices.DeleteFunc(app.Commands, func(c *cli.Command) bool { return slices.Contains(forDirectories, c.Name) })
	app.HelpName, app.Usage = name, "an app in one executable, made by understudy build"
	app.UsageText = name + " [flags of run]\n" + name + " COMMAND [flags] [arguments]"
	app.Description = "Without a COMMAND it runs its app, as " + name + " run does. Paths in the app are\n" +
		"relative to the current directory, or to that of --data."
	for _, c := range app.Commands {
		text, _, _ := strings.Cut(c.UsageText, "\n")
		c.UsageText = strings.Replace(strings.Replace(text, "understudy ", name+" ", 1), " [APPDIR]", "", 1)
		action := c.Action
		if strings.HasSuffix(text, " [APPDIR]") { // and nothing else
			c.Action = func(c *cli.Context) error {
				if c.NArg() > 0 {
					return usage("%s takes no APPDIR: the app is part of the program", c.Command.Name)
				}
				return action(c)
			}
		}
	}
}
