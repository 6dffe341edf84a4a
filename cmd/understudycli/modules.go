package understudycli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cmd/understudycli/internal/definitions"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

func (p *program) modulesCommand() *cli.Command {
	return &cli.Command{
		Name:      "modules",
		Usage:     "the reference of the script modules, or of one",
		UsageText: "understudy modules [--language L] [--json] [NAME]\n\nExample: understudy modules --language starlark channel",
		Description: "Shows what scripts can call, in the spelling of their language.\n" +
			"Numbers are clauses: 'understudy docs NUMBER' shows one.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "language", Value: "lua", Usage: "the `LANGUAGE` of the scripts: " + strings.Join(p.languages(), ", ")},
			&cli.BoolFlag{Name: "json", Usage: "print JSON", DisableDefaultText: true},
		},
		Action: func(c *cli.Context) error {
			d, ok := p.dialectOf(c.String("language"))
			if !ok {
				return usage("unknown language %q%s", d.language, spec.SuggestOrList(d.language, p.languages()))
			}
			list := p.modules()
			if c.NArg() > 1 {
				return usage("modules takes one NAME, got %d arguments; flags stand before it", c.NArg())
			}
			if name := c.Args().First(); c.NArg() == 1 {
				i := slices.IndexFunc(list, func(m *hostapi.Module) bool { return m.Name == name })
				switch {
				case i >= 0:
					list = list[i : i+1]
				case name == "string" || name == "table" || name == "math":
					return usage("%s is a library of Lua, not a module: 'understudy docs 19.6' and 'understudy docs 19.7' list it", name)
				case strings.ContainsAny(name, ".:") && !c.Bool("json"):
					return d.writeMember(c.App.Writer, list, name)
				default:
					return usage("unknown module %q%s", name, spec.SuggestOrList(name, p.moduleNames()))
				}
			}
			w := c.App.Writer
			switch {
			case c.Bool("json"):
				out := make([]moduleReference, len(list))
				for i, m := range list {
					out[i] = d.module(m)
				}
				return printJSON(c, out)
			case c.NArg() == 0:
				summarize(w, list)
			default:
				d.writeModule(w, "", list[0])
				writeKinds(w, p.kinds(), list[0].Name)
				fmt.Fprintln(w, "\nNumbers are clauses: 'understudy docs NUMBER' shows one.")
			}
			return nil
		},
	}
}

func (p *program) moduleNames() []string {
	var names []string
	for _, m := range p.modules() {
		names = append(names, m.Name)
	}
	return names
}

// writeKinds says what is to be granted for a module.
func writeKinds(w io.Writer, kinds []*spec.Kind, module string) {
	for _, k := range kinds {
		if k.Role == spec.ForProcesses && k.Module == module {
			fmt.Fprintf(w, "\nEntries of kind %s, to be listed under resources (41.2)\n  %s\n  Fields: %s\n", k.Name, k.Doc, strings.Join(k.Fields, ", "))
		}
	}
}

func summarize(w io.Writer, list []*hostapi.Module) {
	for _, m := range list {
		grant := "to be listed in modules"
		if m.Always {
			grant = "always available"
		}
		fmt.Fprintf(w, "%-12s %s (%s)\n", m.Name, m.Doc, grant)
	}
	fmt.Fprintln(w, "\n'understudy modules NAME' shows one in full, 'understudy docs NUMBER' a clause or section.")
}

// writeModule prints the reference of a module as text.
func (d dialect) writeModule(w io.Writer, prefix string, m *hostapi.Module) {
	name := prefix + m.Name
	fmt.Fprintf(w, "%s\n%s\n\n%s\n", name, strings.Repeat("=", len(name)), d.text(m.Doc))
	if prefix == "" && !m.Always {
		local := "local "
		if d.strict {
			local = ""
		}
		fmt.Fprintf(w, "\n    %s%s = require(%q), where the entry lists it in modules (14.15)\n", local, m.Name, m.Name)
	}
	for _, f := range m.Funcs {
		d.writeFunc(w, name+".", f)
	}
	if len(m.Consts) > 0 {
		fmt.Fprintf(w, "\nConstants\n")
		for _, c := range m.Consts {
			text := ""
			if c.Make == nil {
				text = " = " + c.Value.String()
			}
			if c.Doc != "" {
				text += "  " + d.text(c.Doc)
			}
			fmt.Fprintf(w, "  %s.%s%s\n", name, d.spelled(c.Name), text)
		}
	}
	for _, t := range m.Types {
		fmt.Fprintf(w, "\nType %s: %s\n", t.Name, d.text(t.Doc))
		for _, f := range t.Methods {
			d.writeFunc(w, t.Name+d.method, f)
		}
	}
	for _, s := range m.Shapes {
		fmt.Fprintf(w, "\nFields of %s: %s\n", s.Name, d.text(s.Doc))
		for _, f := range s.Fields {
			d.writeParam(w, f)
		}
	}
	for _, sub := range m.Modules {
		fmt.Fprintln(w)
		d.writeModule(w, name+".", sub)
	}
}

func (d dialect) writeFunc(w io.Writer, prefix string, f *hostapi.Func) {
	fmt.Fprintf(w, "\n%s%s\n    %s\n", prefix, d.signature(f), d.text(f.Doc))
	for _, p := range d.params(f) {
		d.writeParam(w, p)
	}
	if len(f.Errors) > 0 {
		var kinds []string
		for _, k := range f.Errors {
			kinds = append(kinds, string(k))
		}
		how := "errors"
		if d.raises(f) {
			how = "raises"
		}
		fmt.Fprintf(w, "    %s: %s\n", how, strings.Join(kinds, ", "))
	}
}

// params gives the parameters and options of a function, options of a lenient language
// by their place in its table.
func (d dialect) params(f *hostapi.Func) []hostapi.Param {
	list := slices.Clone(definitions.Positional(f, d.strict))
	o := definitions.Options(f)
	for _, k := range definitions.ByName(f, d.strict) {
		if !d.strict && o != nil {
			k.Name = o.Name + "." + k.Name
		}
		list = append(list, k)
	}
	return list
}

func (d dialect) writeParam(w io.Writer, p hostapi.Param) {
	fmt.Fprintf(w, "    %s: %s", d.spelled(p.Name), d.typeText(p))
	if p.Optional {
		fmt.Fprint(w, ", optional")
	}
	if p.Doc != "" {
		fmt.Fprintf(w, "; %s", d.text(p.Doc))
	}
	fmt.Fprintln(w)
}
