package main

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// comparison is one complete measurement.
type comparison struct {
	runs      int
	scale     float64
	workloads string // glob
	systems   string // glob
}

func (c comparison) run() (*record, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	t, err := build(dir)
	if err != nil {
		return nil, err
	}
	r := &record{Machine: thisMachine(), Time: time.Now().UTC().Truncate(time.Second), Runs: c.runs, Scale: c.scale}
	r.LoadBefore = load()
	for i := range c.runs {
		for _, w := range workloads() {
			if ok, err := path.Match(c.workloads, w.name); err != nil || !ok {
				if err != nil {
					return nil, err
				}
				continue
			}
			for _, s := range t.systems() {
				if ok, _ := path.Match(c.systems, s.name); !ok || !s.has(w.name) {
					continue
				}
				m := s.measure(w, c.scale)
				m.Run = i + 1
				r.Samples = append(r.Samples, m)
				if m.Error != "" {
					fmt.Fprintf(os.Stderr, "%d/%d %-20s %-10s %s\n", i+1, c.runs, w.name, s.name, m.Error)
					continue
				}
				fmt.Fprintf(os.Stderr, "%d/%d %-20s %-10s %14.2f %s\n", i+1, c.runs, w.name, s.name, m.Value, m.Unit)
			}
		}
	}
	r.LoadAfter = load()
	return r, nil
}

// build makes the programs that are compared. The command runs in bench/.
func build(dir string) (tools, error) {
	self, err := os.Executable()
	if err != nil {
		return tools{}, err
	}
	t := tools{understudy: filepath.Join(dir, "understudy"), self: self, beams: dir}
	compile := exec.Command("go", "build", "-o", t.understudy, "./cmd/understudy")
	compile.Dir = ".."
	for _, cmd := range []*exec.Cmd{compile, exec.Command("erlc", "-o", dir, "erlang/bench.erl")} {
		if out, err := cmd.CombinedOutput(); err != nil {
			return t, fmt.Errorf("%s: %w\n%s('task bench:setup' installs the BEAM)", cmd, err, out)
		}
	}
	return t, nil
}

func thisMachine() machine {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				m.CPU = strings.TrimSpace(value)
				break
			}
		}
	}
	out, err := exec.Command("erl", "-noshell", "-eval",
		`io:format("OTP ~s, erts ~s", [erlang:system_info(otp_release), erlang:system_info(version)]), halt().`).Output()
	if err == nil {
		m.BEAM = string(out)
	}
	return m
}

// load gives the load averages of the machine, "" where it does not tell.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
