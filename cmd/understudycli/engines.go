package understudycli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
)

func (p *program) engineNames() string {
	var names []string
	for _, e := range p.engines() {
		names = append(names, e.Info().Name)
	}
	return strings.Join(names, ", ")
}

func (p *program) enginesCommand() *cli.Command {
	return &cli.Command{
		Name:      "engines",
		Usage:     "lists the engines and what they lack",
		UsageText: "understudy engines [--divergences] [--json]",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "divergences", Usage: "print in what the interpreters differ from what scripts are promised, and what scripts see", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print JSON", DisableDefaultText: true},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usage("engines takes no arguments")
			}
			switch {
			case c.Bool("divergences") && c.Bool("json"):
				return printJSON(c, p.divergenceList())
			case c.Bool("divergences"):
				return p.writeDivergences(c.App.Writer)
			case c.Bool("json"):
				return printJSON(c, p.engineList())
			}
			w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tLANGUAGE\tFILES\tINTERPRETER\tLACKS")
			for _, e := range p.engineList() {
				lacks := "nothing"
				if len(e.Lacks) > 0 {
					lacks = strings.Join(e.Lacks, "; ")
				}
				fmt.Fprintf(w, "%s\t%s\t*%s\t%s\t%s\n", e.Name, e.Language, e.Extension, e.Interpreter, lacks)
			}
			return w.Flush()
		},
	}
}

type engineInfo struct {
	Name        string   `json:"name"`
	Language    string   `json:"language"`
	Extension   string   `json:"extension"`
	Interpreter string   `json:"interpreter"`
	Lacks       []string `json:"lacks"`
}

func (p *program) engineList() []engineInfo {
	var out []engineInfo
	for _, e := range p.engines() {
		i := e.Info()
		out = append(out, engineInfo{i.Name, i.Language, i.Extension, i.Interpreter, append([]string{}, i.Lacks...)})
	}
	return out
}

func printJSON(c *cli.Context, v any) error {
	enc := json.NewEncoder(c.App.Writer)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printJSONLine prints v on one line.
func printJSONLine(c *cli.Context, v any) error {
	enc := json.NewEncoder(c.App.Writer)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
