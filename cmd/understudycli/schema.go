package understudycli

import (
	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/schema"
	"github.com/understudy-run/understudy/core/spec"
)

func (p *program) schemaCommand() *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "prints the JSON Schema of index files, or of the entries of a kind",
		UsageText: "understudy schema [KIND]\n\nExample: understudy schema > schema.json",
		Description: "Editors complete and check index files by it. In a YAML file the comment\n" +
			"  # yaml-language-server: $schema=schema.json\n" +
			"leads to it. 'understudy types' writes it too.",
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usage("schema takes one KIND, got %d arguments", c.NArg())
			}
			forms := p.forms()
			if c.NArg() == 0 {
				_, err := c.App.Writer.Write(schema.Index(forms))
				return err
			}
			kind := c.Args().First()
			text, ok := schema.Kind(forms, kind)
			if !ok {
				var known []string
				for _, k := range forms.Kinds {
					known = append(known, k.Kind)
				}
				return usage("unknown kind %q%s", kind, spec.SuggestOrList(kind, known))
			}
			_, err := c.App.Writer.Write(text)
			return err
		},
	}
}

// forms are those of index files for what the program has.
func (p *program) forms() *app.Forms {
	return app.Describe(app.Options{Engines: p.engines(), Modules: p.modules(), Kinds: p.kinds()})
}
