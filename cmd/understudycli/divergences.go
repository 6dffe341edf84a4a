package understudycli

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// divergence is a row of the table of divergences as the command prints it.
type divergence struct {
	Engine      string `json:"engine"`
	Interpreter string `json:"interpreter"`
	What        string `json:"what"`
	Does        string `json:"does"`    // the interpreter
	Scripts     string `json:"scripts"` // see
	Clauses     string `json:"clauses"`
	Probe       string `json:"probe,omitempty"`
	Test        string `json:"test,omitempty"`
}

// asPromised is what scripts see where the engine levels a divergence.
const asPromised = "as promised"

// divergenceList gives the tables of all engines.
func (p *program) divergenceList() []divergence {
	var out []divergence
	for _, e := range p.engines() {
		table, ok := e.(hostapi.Divergent)
		if !ok {
			continue
		}
		for _, d := range table.Divergences() {
			out = append(out, divergence{
				e.Info().Name, e.Info().Interpreter, d.What, d.Interpreter, cmp.Or(d.Engine, asPromised), d.Clauses, d.Probe, d.Test,
			})
		}
	}
	return out
}

// writeDivergences prints the tables for people.
func (p *program) writeDivergences(w io.Writer) error {
	engine := ""
	for _, d := range p.divergenceList() {
		if d.Engine != engine {
			if engine != "" {
				fmt.Fprintln(w)
			}
			engine = d.Engine
			fmt.Fprintf(w, "%s: %s\n", d.Engine, d.Interpreter)
		}
		fmt.Fprintf(w, "\n  %s (%s)\n    interpreter: %s\n    scripts see: %s\n", d.What, d.Clauses, d.Does, d.Scripts)
	}
	fmt.Fprintln(w, "\nNumbers are clauses: 'understudy docs NUMBER' shows one.")
	return nil
}

// appendixA writes the tables as appendix A of docs/spec shows them.
func (p *program) appendixA() string {
	var b strings.Builder
	engine := ""
	cell := strings.NewReplacer("|", `\|`, "\n", " ").Replace
	for _, d := range p.divergenceList() {
		if d.Engine != engine {
			engine = d.Engine
			fmt.Fprintf(&b, "\n### %s: %s\n\n| What | The interpreter | Scripts see | Clauses | Noticed by |\n|---|---|---|---|---|\n", d.Engine, d.Interpreter)
		}
		noticed := "a probe"
		if d.Probe == "" {
			noticed = "`" + d.Test + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", cell(d.What), cell(d.Does), cell(d.Scripts), d.Clauses, noticed)
	}
	return b.String()
}
