package core_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// term gives a tree as a term of Erlang.
func (t *tree) term() string {
	children := make([]string, len(t.children))
	for i, l := range t.children {
		kind := "leaf"
		if l.sup != nil {
			kind = l.sup.term()
		}
		fails := strings.ReplaceAll(fmt.Sprint(l.fails), " ", ",")
		children[i] = fmt.Sprintf("{%s,%s,%v,%s,%s}", l.id, l.restart, l.significant, fails, kind)
	}
	return fmt.Sprintf("{%s,%d,%d,%s,[%s]}", t.strategy, t.intensity, t.period, t.auto, strings.Join(children, ","))
}

// term gives the steps of a history as a list of tuples.
func (h history) term() string {
	var actions []string
	for _, s := range h.steps[1:] {
		words := strings.Fields(s.do)
		if len(words) == 2 && (words[0] == "which" || words[0] == "count") {
			words = append(words, "none")
		}
		actions = append(actions, "{"+strings.Join(words, ",")+"}")
	}
	return "[" + strings.Join(actions, ",") + "]"
}

// TestSupervisorHistoriesAsOTP compares the table with the supervisors of
// Erlang/OTP, whose semantics section 16 takes over. Where a step differs it
// says why. The end of a supervisor looks the same in OTP whether it gave up or
// shut down: it exits with reason shutdown.
func TestSupervisorHistoriesAsOTP(t *testing.T) {
	escript, err := exec.LookPath("escript")
	if err != nil {
		t.Skip("no Erlang here: apt-get install erlang-base")
	}
	var input bytes.Buffer
	all := histories()
	for i, h := range all {
		fmt.Fprintf(&input, "{%d,%s,%s}.\n", i, h.sup.term(), h.term())
	}
	file := filepath.Join(t.TempDir(), "histories.terms")
	if err := os.WriteFile(file, input.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(escript, "testdata/otp/histories.erl", file)
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	seen := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(output)), "\n") {
		parts := strings.SplitN(line, "|", 3)
		if len(parts) != 3 {
			t.Fatalf("unexpected line %q", line)
		}
		seen[parts[0]+"|"+parts[1]] = parts[2]
	}
	steps, different := 0, 0
	ends := strings.NewReplacer("end normal", "end shutdown", "end gave_up", "end shutdown")
	for i, h := range all {
		for j, step := range h.steps {
			got, ok := seen[fmt.Sprintf("%d|%d", i, j)]
			want := ends.Replace(step.want)
			if step.otp != "" {
				want = step.otp
				different++
				t.Logf("%s, %s: %s; OTP: %s: %s", h.name, step.do, step.want, step.otp, step.because)
			}
			steps++
			if !ok || strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("%s: step %d, %s:\n OTP %s\nwant %s", h.name, j, step.do, got, want)
				break
			}
		}
	}
	t.Logf("%d histories, %d steps, %d of them different by intention", len(all), steps, different)
}
