package understudycli

import (
	"embed"
	"fmt"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/spec"
)

// completionScripts have one file for each shell, in which COMMAND stands for the name of
// the command and FUNCTION for it as a part of a name. They ask the command, by complete.
//
//go:embed completion
var completionScripts embed.FS

var shells = []string{"bash", "zsh", "fish"}

var noLetter = regexp.MustCompile(`\W`)

func (p *program) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "prints the completion for a shell",
		UsageText: "understudy completion SHELL\n\nExample: source <(understudy completion bash)",
		Description: "SHELL is bash, zsh or fish. For every session: a line in ~/.bashrc or ~/.zshrc (there\n" +
			"below compinit)\n\n" +
			"   source <(understudy completion bash)\n   source <(understudy completion zsh)\n\n" +
			"or for fish the file ~/.config/fish/completions/understudy.fish with\n\n   understudy completion fish | source\n\n" +
			"Commands, flags, their values and the ids of entries are completed.",
		Action: func(c *cli.Context) error {
			shell := c.Args().First()
			if c.NArg() != 1 {
				return usage("completion takes one SHELL, got %d arguments", c.NArg())
			}
			script, err := completionScripts.ReadFile("completion/" + shell)
			if err != nil {
				return usage("unknown shell %q%s", shell, spec.SuggestOrList(shell, shells))
			}
			name := c.App.HelpName
			fmt.Fprint(c.App.Writer, strings.NewReplacer("COMMAND", name, "FUNCTION", noLetter.ReplaceAllString(name, "_")).Replace(string(script)))
			return nil
		},
	}
}

// completeCommand is what the scripts ask: the words of a line up to the cursor, of which
// the last may be empty. A candidate a line, and behind a tab what it is.
func (p *program) completeCommand() *cli.Command {
	return &cli.Command{
		Name: "complete", Hidden: true, SkipFlagParsing: true,
		Action: func(c *cli.Context) error {
			words := c.Args().Slice()
			if len(words) > 0 && words[0] == "--" {
				words = words[1:]
			}
			for _, x := range p.complete(c.App, words) {
				fmt.Fprintln(c.App.Writer, x)
			}
			return nil
		},
	}
}
