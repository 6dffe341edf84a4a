package understudycli

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/hostapi"
)

func (p *program) modulesCommand() *cli.Command {
	return &cli.Command{
		Name:      "modules",
		Usage:     "the reference of the script modules, or of one",
		UsageText: "understudy modules [--json] [NAME]\n\nExample: understudy modules channel",
		Flags:     []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "print JSON", DisableDefaultText: true}},
		Action: func(c *cli.Context) error {
			list := p.modules()
			if c.NArg() > 1 {
				return usage("modules takes one NAME, got %d arguments; flags stand before it", c.NArg())
			}
			if name := c.Args().First(); c.NArg() == 1 {
				switch name {
				case "string", "table", "math":
					return usage("%s is a library of Lua, not a module: 19.6 and 19.7 of docs/spec.md list it", name)
				}
				if list = find(list, name); list == nil {
					return usage("unknown module %q; there are: %s", name, p.moduleNames())
				}
			}
			if c.Bool("json") {
				out := make([]moduleReference, len(list))
				for i, m := range list {
					out[i] = referenceOf(m)
				}
				return printJSON(c, out)
			}
			if c.NArg() == 0 {
				return summarize(c.App.Writer, list)
			}
			writeModule(c.App.Writer, "", list[0])
			return nil
		},
	}
}

func find(list []*hostapi.Module, name string) []*hostapi.Module {
	for _, m := range list {
		if m.Name == name {
			return []*hostapi.Module{m}
		}
	}
	return nil
}

func (p *program) moduleNames() string {
	var names []string
	for _, m := range p.modules() {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}

func summarize(w io.Writer, list []*hostapi.Module) error {
	for _, m := range list {
		grant := "to be listed in modules"
		if m.Always {
			grant = "always available"
		}
		fmt.Fprintf(w, "%-12s %s (%s)\n", m.Name, m.Doc, grant)
	}
	fmt.Fprintln(w, "\n'understudy modules NAME' shows one in full.")
	return nil
}

// writeModule prints the reference of a module as text.
func writeModule(w io.Writer, prefix string, m *hostapi.Module) {
	name := prefix + m.Name
	fmt.Fprintf(w, "%s\n%s\n\n%s\n", name, strings.Repeat("=", len(name)), m.Doc)
	for _, f := range m.Funcs {
		writeFunc(w, name+".", f)
	}
	if len(m.Consts) > 0 {
		fmt.Fprintf(w, "\nConstants\n")
		for _, c := range m.Consts {
			text := ""
			if c.Make == nil {
				text = " = " + c.Value.String()
			}
			fmt.Fprintf(w, "  %s.%s%s", name, c.Name, text)
			if c.Doc != "" {
				fmt.Fprintf(w, "  %s", c.Doc)
			}
			fmt.Fprintln(w)
		}
	}
	for _, t := range m.Types {
		fmt.Fprintf(w, "\nType %s: %s\n", t.Name, t.Doc)
		for _, f := range t.Methods {
			writeFunc(w, t.Name+":", f)
		}
	}
	for _, s := range m.Shapes {
		fmt.Fprintf(w, "\nRecord %s: %s\n", s.Name, s.Doc)
		for _, f := range s.Fields {
			writeParam(w, f)
		}
	}
	for _, sub := range m.Modules {
		fmt.Fprintln(w)
		writeModule(w, name+".", sub)
	}
}

func writeFunc(w io.Writer, prefix string, f *hostapi.Func) {
	fmt.Fprintf(w, "\n%s%s\n    %s\n", prefix, signature(f), f.Doc)
	for _, p := range f.Params {
		writeParam(w, p)
	}
	for _, p := range f.Keywords {
		writeParam(w, p)
	}
	if len(f.Errors) > 0 {
		var kinds []string
		for _, k := range f.Errors {
			kinds = append(kinds, string(k))
		}
		how := ""
		if f.Returns == hostapi.OrThrow || f.Returns == hostapi.OrFalseOrThrow {
			how = " (returned in Lua, raised in Starlark)"
		}
		fmt.Fprintf(w, "    errors: %s%s\n", strings.Join(kinds, ", "), how)
	}
}

func writeParam(w io.Writer, p hostapi.Param) {
	fmt.Fprintf(w, "    %s: %s", p.Name, p.TypeText())
	if p.Optional {
		fmt.Fprint(w, ", optional")
	}
	if p.Doc != "" {
		fmt.Fprintf(w, "; %s", p.Doc)
	}
	fmt.Fprintln(w)
}

// signature gives name(a [, b], ...) -> results, in the notation of the
// specification.
func signature(f *hostapi.Func) string {
	var b strings.Builder
	b.WriteString(f.Name + "(")
	depth := 0
	for i, p := range f.Params {
		if p.Optional {
			b.WriteString("[")
			depth++
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
	}
	b.WriteString(strings.Repeat("]", depth))
	if f.Rest != "" {
		if len(f.Params) > 0 {
			b.WriteString(", ")
		}
		b.WriteString("...")
	}
	b.WriteString(")")
	var results []string
	for _, r := range f.Results {
		results = append(results, r.TypeText())
	}
	if len(results) == 0 && f.Returns != hostapi.Plain {
		results = []string{"nil"}
	}
	if len(results) > 0 {
		b.WriteString(" -> " + strings.Join(results, ", "))
	}
	switch f.Returns {
	case hostapi.OrError, hostapi.OrThrow:
		b.WriteString(" | error")
	case hostapi.OrFalse, hostapi.OrFalseOrThrow:
		b.WriteString(" | false, error")
	}
	return b.String()
}

// moduleReference is the JSON form of a module.
type moduleReference struct {
	Name      string            `json:"name"`
	Doc       string            `json:"doc"`
	Always    bool              `json:"always"`
	Functions []funcReference   `json:"functions"`
	Constants []string          `json:"constants"`
	Types     []typeReference   `json:"types"`
	Records   []recordReference `json:"records"`
	Modules   []moduleReference `json:"modules"`
}

type funcReference struct {
	Name      string           `json:"name"`
	Signature string           `json:"signature"`
	Doc       string           `json:"doc"`
	Params    []paramReference `json:"params"`
	Results   []paramReference `json:"results"`
	Errors    []string         `json:"errors"`
}

type paramReference struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Optional bool   `json:"optional"`
	Doc      string `json:"doc,omitempty"`
}

type typeReference struct {
	Name    string          `json:"name"`
	Doc     string          `json:"doc"`
	Methods []funcReference `json:"methods"`
}

type recordReference struct {
	Name   string           `json:"name"`
	Doc    string           `json:"doc"`
	Fields []paramReference `json:"fields"`
}

func referenceOf(m *hostapi.Module) moduleReference {
	r := moduleReference{
		Name: m.Name, Doc: m.Doc, Always: m.Always, Functions: functionsOf(m.Funcs),
		Constants: []string{}, Types: []typeReference{}, Records: []recordReference{}, Modules: []moduleReference{},
	}
	for _, c := range m.Consts {
		r.Constants = append(r.Constants, c.Name)
	}
	for _, t := range m.Types {
		r.Types = append(r.Types, typeReference{t.Name, t.Doc, functionsOf(t.Methods)})
	}
	for _, s := range m.Shapes {
		r.Records = append(r.Records, recordReference{s.Name, s.Doc, paramsOf(s.Fields)})
	}
	for _, sub := range m.Modules {
		r.Modules = append(r.Modules, referenceOf(sub))
	}
	return r
}

func functionsOf(fs []*hostapi.Func) []funcReference {
	out := make([]funcReference, len(fs))
	for i, f := range fs {
		kinds := make([]string, len(f.Errors))
		for j, k := range f.Errors {
			kinds[j] = string(k)
		}
		out[i] = funcReference{f.Name, signature(f), f.Doc, paramsOf(append(f.Params[:len(f.Params):len(f.Params)], f.Keywords...)), paramsOf(f.Results), kinds}
	}
	return out
}

func paramsOf(ps []hostapi.Param) []paramReference {
	out := make([]paramReference, len(ps))
	for i, p := range ps {
		out[i] = paramReference{p.Name, p.TypeText(), p.Optional, p.Doc}
	}
	return out
}
