// Command bench compares Understudy with the BEAM, with protoactor-go and with
// bare goroutines: the same workloads, all systems taking turns in one run.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/understudy-run/understudy/bench/internal/peer"
)

const usage = `usage: bench compare [flags]              run everything, write results/
       bench report                        write table and chart of results/results.json anew
       bench peer SYSTEM WORKLOAD SCALE    run one workload on protoactor or goroutines
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no command\n%s", usage)
	}
	switch args[0] {
	case "compare":
		return compareCommand(args[1:])
	case "report":
		flags := flag.NewFlagSet("report", flag.ExitOnError)
		dir := flags.String("dir", "results", "`directory` of the results")
		_ = flags.Parse(args[1:])
		record, err := readRecord(*dir)
		if err != nil {
			return err
		}
		return report(*dir, record)
	case "peer":
		if len(args) != 4 {
			return fmt.Errorf("peer takes 3 arguments\n%s", usage)
		}
		scale, err := strconv.ParseFloat(args[3], 64)
		if err != nil || scale <= 0 {
			return fmt.Errorf("bad scale %q", args[3])
		}
		// As our own command does, so that the collector runs as often.
		debug.SetGCPercent(300)
		ballast := make([]byte, 16<<20)
		defer runtime.KeepAlive(ballast)
		r, err := peer.Run(args[1], args[2], scale)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	return fmt.Errorf("unknown command %q\n%s", args[0], usage)
}

func compareCommand(args []string) error {
	flags := flag.NewFlagSet("compare", flag.ExitOnError)
	c := comparison{}
	flags.IntVar(&c.runs, "runs", 5, "rounds, each of which runs everything once")
	flags.Float64Var(&c.scale, "scale", 1, "multiply the amount of work")
	flags.StringVar(&c.workloads, "workload", "*", "run the workloads that match `GLOB`")
	flags.StringVar(&c.systems, "system", "*", "run the systems that match `GLOB`")
	dir := flags.String("dir", "results", "`directory` for the results")
	_ = flags.Parse(args)
	if c.runs < 1 || c.scale <= 0 {
		return fmt.Errorf("-runs and -scale must be greater than 0")
	}
	record, err := c.run()
	if err != nil {
		return err
	}
	if err := writeRecord(*dir, record); err != nil {
		return err
	}
	return report(*dir, record)
}

// report writes the table and the chart of a record, and prints the table.
func report(dir string, r *record) error {
	table := r.table()
	fmt.Print(table)
	if err := os.WriteFile(dir+"/ratios.md", []byte(table), 0o644); err != nil {
		return err
	}
	return os.WriteFile(dir+"/ratios.svg", []byte(r.chart()), 0o644)
}
