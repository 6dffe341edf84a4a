package understudycli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/docs"
)

func (p *program) docsCommand() *cli.Command {
	return &cli.Command{
		Name:      "docs",
		Usage:     "shows the documents, a section or a clause",
		UsageText: "understudy docs [TOPIC [CLAUSE]]\n\nExample: understudy docs 16.5",
		Description: "TOPIC is the name of a document, or of the specification a clause (16.5), a section\n" +
			"(16) or an appendix (A). CLAUSE is one of another document with numbered clauses:\n" +
			"understudy docs starlark 3.1. Without TOPIC it lists what there is.",
		Action: func(c *cli.Context) error {
			var text string
			var ok bool
			topic := c.Args().First()
			switch c.NArg() {
			case 0:
				text, ok = contents(), true
			case 1:
				text, ok = docs.Find(topic)
			case 2:
				if text, ok = docs.FindIn(topic, c.Args().Get(1)); !ok {
					if _, ok := docs.Find(topic); ok {
						return usage("docs: %s has no clause %s", topic, c.Args().Get(1))
					}
				}
			default:
				return usage("docs takes TOPIC and CLAUSE, got %d arguments", c.NArg())
			}
			if !ok {
				var known []string
				for _, d := range docs.List() {
					known = append(known, d.Name, d.Name[strings.LastIndex(d.Name, "/")+1:])
				}
				return usage("no document, section or clause %q%s; 'understudy docs' lists them", topic, spec.Suggest(topic, known))
			}
			fmt.Fprint(c.App.Writer, text)
			return nil
		},
	}
}

// contents lists the documents and the sections of the specification.
func contents() string {
	var b strings.Builder
	for _, d := range docs.List() {
		fmt.Fprintf(&b, "%-27s %s\n", d.Name, d.Title)
	}
	b.WriteString("\nSections of the specification, by their number or letter:\n\n")
	for _, line := range strings.Split(docs.Spec(), "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			b.WriteString("  " + strings.TrimPrefix(heading, "Appendix ") + "\n")
		}
	}
	b.WriteString("\n'understudy docs TOPIC' shows one, 'understudy docs 16.5' a clause.\n")
	return b.String()
}
