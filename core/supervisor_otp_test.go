package core_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
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
// says why.
func TestSupervisorHistoriesAsOTP(t *testing.T) { compareWithOTP(t, histories()) }

// TestRandomHistoriesAsOTP does the same with trees and histories drawn at
// random: what ours do is recorded, and theirs must do the same.
func TestRandomHistoriesAsOTP(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 50
	}
	var all []history
	for seed := range uint64(n) {
		all = append(all, randomHistory(t, seed))
	}
	compareWithOTP(t, all)
}

// compareWithOTP plays histories with the supervisors of OTP. Their end looks
// the same there whether they gave up or shut down: they exit with reason
// shutdown.
func compareWithOTP(t *testing.T, all []history) {
	t.Helper()
	escript, err := exec.LookPath("escript")
	if err != nil {
		t.Skip("no Erlang here: apt-get install erlang-base")
	}
	var input bytes.Buffer
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
				t.Errorf("%s: step %d, %s:\n OTP %s\nwant %s\n%s %s", h.name, j, step.do, got, want, h.sup.term(), h.term())
				break
			}
		}
	}
	t.Logf("%d histories, %d steps, %d of them different by intention", len(all), steps, different)
}

// author draws trees and steps.
type author struct {
	*rand.Rand
	ids int
}

func pick[T any](a *author, words ...T) T { return words[a.IntN(len(words))] }

// tree draws a supervisor whose leaves are named in order.
func (a *author) tree(depth int) *tree {
	// The period is long: what OTP measures in whole seconds must not matter.
	t := sup(pick(a, "one_for_one", "one_for_all", "rest_for_one"), a.IntN(4), 1000)
	t.auto = pick(a, "never", "never", "any_significant", "all_significant")
	for range 1 + a.IntN(4) {
		a.ids++
		l := leaf{id: fmt.Sprintf("c%d", a.ids), restart: pick(a, "permanent", "permanent", "transient", "temporary")}
		l.significant = t.auto != "never" && l.restart != "permanent" && a.IntN(2) == 0
		if depth > 0 && a.IntN(3) == 0 {
			l.sup = a.tree(depth - 1)
		} else if a.IntN(4) == 0 {
			l.fails = []int{2 + a.IntN(2)}
			if a.IntN(8) == 0 {
				l.fails = append(l.fails, 1+a.IntN(5))
			}
		}
		t.children = append(t.children, l)
	}
	return t
}

// walk calls f for each child of each supervisor.
func (t *tree) walk(name string, f func(sup string, l leaf)) {
	for _, l := range t.children {
		f(name, l)
		if l.sup != nil {
			l.sup.walk(l.id, f)
		}
	}
}

// randomHistory plays a history drawn from a seed with our supervisors.
func randomHistory(t *testing.T, seed uint64) history {
	a := &author{Rand: rand.New(rand.NewPCG(seed, 7))}
	h := history{name: fmt.Sprintf("random %d", seed), sup: a.tree(2)}
	s := newStage(t, seed, 0)
	defer s.close()
	s.open(h.sup)
	h.steps = []step{{want: s.quiet(0)}}
	alive := func(name string) bool {
		if name == "top" {
			name = string(s.top)
			for _, pid := range s.Processes() {
				if string(pid) == name {
					return true
				}
			}
			return false
		}
		_, ok := s.Lookup(name)
		return ok
	}
	for range 12 {
		if !alive("top") {
			break
		}
		var possible []string
		h.sup.walk("top", func(sup string, l leaf) {
			if alive(l.id) && l.sup == nil {
				possible = append(possible, "crash "+l.id, "crash "+l.id, "crash "+l.id, "exit "+l.id)
			}
			if alive(sup) {
				possible = append(possible, pick(a, "terminate ", "restart ", "delete ")+sup+" "+l.id)
			}
		})
		for _, do := range []string{pick(a, possible...), "which top"} {
			if alive("top") {
				s.do(do)
				h.steps = append(h.steps, step{do: do, want: s.quiet(0)})
			}
		}
	}
	return h
}
