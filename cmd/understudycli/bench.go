package understudycli

import (
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cmd/understudycli/internal/workload"
	"github.com/understudy-run/understudy/hostapi"
)

func (p *program) benchCommand() *cli.Command {
	return &cli.Command{
		Name:      "bench",
		Usage:     "runs the benchmarks",
		UsageText: "understudy bench [flags]\n\nExample: understudy bench --engine gopherlua --workload 'ping-pong*'",
		Description: "Runs each workload on each engine once and prints what it measured. Compare\n" +
			"figures of one run with each other: absolute times drift with the machine.\n" +
			"native runs the same work as Go functions.\n\nExit status: 0, or 2 for a usage error.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "engine", Value: "all", Usage: "engine `E` to be measured: all, native, " + p.engineNames()},
			&cli.StringFlag{Name: "workload", Value: "*", Usage: "run the workloads that match `GLOB`"},
			&cli.Float64Flag{Name: "scale", Value: 1, Usage: "multiply the amount of work by `X`"},
			&cli.StringFlag{Name: "cpuprofile", Usage: "write a CPU profile for go tool pprof to `FILE`"},
			&cli.BoolFlag{Name: "list", Usage: "list the workloads", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object a line", DisableDefaultText: true},
		},
		Action: p.runBench,
	}
}

func (p *program) runBench(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage("bench takes no arguments")
	}
	list, err := workload.Match(c.String("workload"))
	if err != nil {
		return usage("--workload: %v", err)
	}
	if len(list) == 0 {
		return usage("no workload matches %q; 'understudy bench --list' lists them", c.String("workload"))
	}
	if c.Float64("scale") <= 0 {
		return usage("--scale must be greater than 0")
	}
	if c.Bool("list") {
		for _, w := range list {
			fmt.Fprintf(c.App.Writer, "%-20s %-12s %s\n", w.Name, w.Unit, w.Doc)
		}
		return nil
	}
	runners, err := p.benchEngines(c.String("engine"))
	if err != nil {
		return err
	}
	if path := c.String("cpuprofile"); path != "" {
		file, err := os.Create(path)
		if err != nil {
			return usage("--cpuprofile: %v", err)
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, w := range list {
		for _, e := range runners {
			r, err := workload.Run(w, e, c.Float64("scale"))
			if err != nil {
				return status{statusFailed, "understudy: bench: " + err.Error()}
			}
			if c.Bool("json") {
				if err := printJSONLine(c, r); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(c.App.Writer, "%-20s %-10s %12s %s", r.Workload, r.Engine, figure(r.Value), r.Unit)
			for _, name := range sortedKeys(r.More) {
				fmt.Fprintf(c.App.Writer, "  %s %s", name, figure(r.More[name]))
			}
			fmt.Fprintln(c.App.Writer)
		}
	}
	return nil
}

// figure writes a number with as many digits as say something.
func figure(x float64) string {
	if x < 10 {
		return fmt.Sprintf("%.3f", x)
	}
	return fmt.Sprintf("%.1f", x)
}

// benchEngines gives the engines of --engine; nil among them stands for native.
func (p *program) benchEngines(name string) ([]hostapi.Engine, error) {
	if name == "all" {
		return append([]hostapi.Engine{nil}, p.engines()...), nil
	}
	if name == workload.Native {
		return []hostapi.Engine{nil}, nil
	}
	for _, e := range p.engines() {
		if e.Info().Name == name {
			return []hostapi.Engine{e}, nil
		}
	}
	return nil, usage("unknown engine %q; there are: all, native, %s", name, p.engineNames())
}
