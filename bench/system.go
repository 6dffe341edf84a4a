package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/bench/internal/peer"
)

// system is one column of the comparison. Each run of a workload is a process
// of its own, so that nothing is left over from the one before.
type system struct {
	name string
	has  func(workload string) bool
	// command gives the arguments and environment of one run.
	command func(w workload, scale float64) (args, env []string)
}

const beam = "beam"

// engines are the systems that are ours.
func engines() []string { return []string{"native", "gopherlua", "golua", "starlark"} }

// tools are the programs that a comparison runs.
type tools struct {
	understudy string // our command
	self       string // this command
	beams      string // directory of bench.beam
}

func (t tools) systems() []system {
	out := []system{{
		name: beam,
		has:  func(w string) bool { return w != "channel" && w != "cpu-bare" },
		command: func(w workload, scale float64) ([]string, []string) {
			s := strconv.Itoa(w.beamSchedulers())
			return []string{"erl", "+S", s + ":" + s, "+P", "2000000", "-noshell", "-pa", t.beams,
				"-run", "bench", "main", w.name, strconv.FormatFloat(scale, 'f', 6, 64)}, nil
		},
	}}
	for _, engine := range engines() {
		out = append(out, system{
			name: engine,
			has:  func(string) bool { return true },
			command: func(w workload, scale float64) ([]string, []string) {
				return []string{t.understudy, "bench", "--json", "--engine", engine, "--workload", w.name,
					"--scale", fmt.Sprint(scale)}, []string{maxProcs(w)}
			},
		})
	}
	for _, p := range peer.Systems() {
		out = append(out, system{
			name: p.Name,
			has:  p.Has,
			command: func(w workload, scale float64) ([]string, []string) {
				return []string{t.self, "peer", p.Name, w.name, fmt.Sprint(scale)}, []string{maxProcs(w)}
			},
		})
	}
	return out
}

func maxProcs(w workload) string { return "GOMAXPROCS=" + strconv.Itoa(w.cores) }

// patience is how long one run may take.
const patience = 5 * time.Minute

// measure runs a workload once.
func (s system) measure(w workload, scale float64) sample {
	out := sample{System: s.name, Workload: w.name}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	args, env := s.command(w, scale)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		out.Error = strings.TrimSpace(fmt.Sprintf("%v: %s", err, lastLine(stderr.String())))
		return out
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		out.Error = fmt.Sprintf("unreadable output: %v", err)
	}
	return out
}

func lastLine(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1]
}
