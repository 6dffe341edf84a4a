package understudycli

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

const checkName = "check"

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name:      checkName,
		Usage:     "checks an app without starting anything",
		UsageText: "understudy check [flags] [APPDIR]\n\nExample: understudy check examples/worker-pool",
		Description: "Reports everything that is wrong with the app at once, each as\n" +
			"file:line:column: entry id: message. A variable that is not set is a warning here.\n" +
			"Exit status 0, or 2 if there are errors.",
		Flags: append([]cli.Flag{p.engineFlag()}, settingFlags()...),
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usage("check takes one APPDIR, got %d arguments; flags stand before it", c.NArg())
			}
			dir := c.Args().First()
			if dir == "" {
				dir = p.here()
			}
			a, err := p.loadApp(c, dir)
			if err != nil {
				return err
			}
			noun := "entries"
			if len(a.Entries) == 1 {
				noun = "entry"
			}
			fmt.Fprintf(c.App.Writer, "%d %s, no errors\n", len(a.Entries), noun)
			return nil
		},
	}
}
