package understudycli

import (
	"fmt"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/conformance"
)

func (p *program) conformanceCommand() *cli.Command {
	return &cli.Command{
		Name:      "conformance",
		Usage:     "runs the conformance suite",
		UsageText: "understudy conformance [flags]\n\nExample: understudy conformance --engine gopherlua --case 'link/*'",
		Description: "Plays every claim of the specification that scripts can observe on the engines\n" +
			"chosen, each under many schedules of a simulated clock and scheduler. A failing\n" +
			"case prints its claim, its clauses and the seed that reproduces it.\n\n" +
			"Exit status: 0 if all cases passed, 1 if one failed, 2 for a usage error.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "engine", Value: "all", Usage: "engine `E` to be tested, or all: " + p.engineNames()},
			&cli.BoolFlag{Name: "pairs", Usage: "also play the cases of several processes on every ordered pair of engines", DisableDefaultText: true},
			&cli.StringFlag{Name: "case", Usage: "only cases whose names match `GLOB`, e.g. 'link/*'"},
			&cli.IntFlag{Name: "schedules", Value: conformance.DefaultSchedules, Usage: "play each case under `N` schedules"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "seed `S` of the first schedule"},
			&cli.BoolFlag{Name: "real", Usage: "play once on real workers and the wall clock instead", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print the results, or the list, as JSON", DisableDefaultText: true},
			&cli.BoolFlag{Name: "list", Usage: "list the cases with their clauses and claims, and play nothing", DisableDefaultText: true},
		},
		Action: p.runConformance,
	}
}

func (p *program) runConformance(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage("conformance takes no arguments")
	}
	o, err := p.conformanceOptions(c)
	if err != nil {
		return err
	}
	if c.Bool("list") {
		return listCases(c, o)
	}
	meter := newMeter(c.App.ErrWriter, o.Count())
	failed := 0
	o.Progress = func(r conformance.Result) {
		meter.step(r)
		if r.Status == conformance.Failed {
			failed++
			if !c.Bool("json") {
				meter.clear()
				fmt.Fprintf(c.App.Writer, "FAIL %s\n", r.Text())
			}
		}
	}
	start := time.Now()
	results, err := conformance.Play(o)
	meter.clear()
	if err != nil {
		return usage("%v", err)
	}
	if c.Bool("json") {
		if err := printJSON(c, jsonCases(results)); err != nil {
			return err
		}
	} else {
		writeResults(c.App.Writer, results)
		fmt.Fprintf(c.App.Writer, "\n%d played, %d failed, in %.1fs\n", len(results), failed, time.Since(start).Seconds())
	}
	if failed > 0 {
		return status{code: statusFailed}
	}
	return nil
}

func (p *program) conformanceOptions(c *cli.Context) (conformance.Options, error) {
	o := conformance.Options{
		Pairs: c.Bool("pairs"), Case: c.String("case"), Schedules: c.Int("schedules"),
		Seed: c.Uint64("seed"), Real: c.Bool("real"), Parallel: runtime.GOMAXPROCS(0),
	}
	name := c.String("engine")
	for _, e := range p.engines() {
		if name == "all" || name == e.Info().Name {
			o.Engines = append(o.Engines, conformance.Engine{Engine: e})
		}
	}
	switch {
	case len(o.Engines) == 0:
		return o, usage("unknown engine %q; there are: %s, all", name, p.engineNames())
	case o.Schedules < 1:
		return o, usage("--schedules must be greater than 0")
	case o.Seed < 1:
		return o, usage("--seed must be greater than 0")
	case o.Pairs && len(o.Engines) < 2:
		return o, usage("--pairs needs several engines: --engine all")
	}
	if _, err := path.Match(o.Case, ""); err != nil {
		return o, usage("--case %q: %v", o.Case, err)
	}
	if len(o.Selected()) == 0 {
		return o, usage("no case matches %q; --list shows all", o.Case)
	}
	return o, nil
}

func listCases(c *cli.Context, o conformance.Options) error {
	if c.Bool("json") {
		var out []caseInfo
		for _, x := range o.Selected() {
			out = append(out, caseInfoOf(x))
		}
		return printJSON(c, out)
	}
	for _, x := range o.Selected() {
		fmt.Fprintf(c.App.Writer, "%s (%s)\n    %s\n", x.Name, x.Clauses, x.Claim)
	}
	return nil
}

// writeResults prints a table of topics against engines: how many cases passed,
// of how many that were played.
func writeResults(w io.Writer, results []conformance.Result) {
	type cell struct{ passed, played, skipped int }
	var topics, columns []string
	cells := make(map[[2]string]*cell)
	for _, r := range results {
		topic := r.Case.Topic()
		if !slices.Contains(topics, topic) {
			topics = append(topics, topic)
		}
		if !slices.Contains(columns, r.Engine) {
			columns = append(columns, r.Engine)
		}
		at := [2]string{topic, r.Engine}
		if cells[at] == nil {
			cells[at] = &cell{}
		}
		switch r.Status {
		case conformance.Skipped:
			cells[at].skipped++
		case conformance.Passed:
			cells[at].passed++
			fallthrough
		default:
			cells[at].played++
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "TOPIC\t%s\n", strings.Join(columns, "\t"))
	for _, topic := range topics {
		fmt.Fprint(t, topic)
		for _, column := range columns {
			x := cells[[2]string{topic, column}]
			switch {
			case x == nil || x.played == 0:
				fmt.Fprint(t, "\t-")
			case x.passed == x.played:
				fmt.Fprintf(t, "\t%d ok", x.passed)
			default:
				fmt.Fprintf(t, "\t%d of %d", x.passed, x.played)
			}
		}
		fmt.Fprintln(t)
	}
	t.Flush()
}

// meter shows the progress on a terminal, in one line; nothing elsewhere.
type meter struct {
	w    io.Writer
	on   bool
	done int
	all  int
}

func newMeter(w io.Writer, all int) *meter { return &meter{w: w, on: isTerminal(w), all: all} }

func (m *meter) step(r conformance.Result) {
	m.done++
	if m.on {
		fmt.Fprintf(m.w, "\r\x1b[K%d of %d  %s  %s", m.done, m.all, r.Engine, r.Case.Name)
	}
}

func (m *meter) clear() {
	if m.on {
		fmt.Fprint(m.w, "\r\x1b[K")
	}
}

// caseInfo is the JSON form of a case.
type caseInfo struct {
	Name    string   `json:"name"`
	Claim   string   `json:"claim"`
	Clauses []string `json:"clauses"`
}

func caseInfoOf(c conformance.Case) caseInfo { return caseInfo{c.Name, c.Claim, c.ClauseList()} }

// caseResult is the JSON form of a result.
type caseResult struct {
	caseInfo
	Engine    string  `json:"engine"`
	Status    string  `json:"status"`
	Reason    string  `json:"reason,omitempty"`
	Seen      string  `json:"seen,omitempty"`
	Seed      uint64  `json:"seed,omitempty"`
	Trace     string  `json:"trace,omitempty"`
	Schedules int     `json:"schedules"`
	Seconds   float64 `json:"seconds"`
}

func jsonCases(results []conformance.Result) []caseResult {
	out := make([]caseResult, len(results))
	for i, r := range results {
		out[i] = caseResult{
			caseInfo: caseInfoOf(r.Case), Engine: r.Engine, Status: string(r.Status), Reason: r.Reason,
			Schedules: r.Schedules, Seconds: r.Took.Seconds(),
		}
		if f := r.Failure; f != nil {
			out[i].Seen, out[i].Seed, out[i].Trace = f.Message, f.Seed, f.Trace
		}
	}
	return out
}
