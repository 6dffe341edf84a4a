package core_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// How many stories of each kind are drawn and compared with Erlang, and which.
var (
	otpStories = flag.Int("otp.stories", 0, "random stories of each comparison with Erlang; 0: a number that takes little time")
	otpSeed    = flag.Uint64("otp.seed", 0, "seed of the first of them")
)

// storiesOf draws the stories of a comparison; cost says how many of others one of
// them takes as long as.
func storiesOf(cost int, draw func(seed uint64) story) (all []story) {
	n := 300
	switch {
	case *otpStories > 0:
		n = *otpStories
	case long():
		n = 5000
	case testing.Short():
		n = 50
	}
	for i := range uint64(n / cost) {
		all = append(all, draw(*otpSeed+i))
	}
	return all
}

// A story is something that our runtime and a node of Erlang can both play. What
// is seen at each step is a text, and must be the same.
type story interface {
	// term is the story as a term of Erlang, for a module of testdata/otp.
	term() string
	// ours plays it under the simulation.
	ours(t testing.TB) []string
	// level makes alike what is seen at a step and may differ, by a clause of the
	// specification that it names.
	level(seen string) string
	// shorter gives stories that lack something of it.
	shorter(t testing.TB) []story
}

// TestAsOTP compares with Erlang/OTP, as far as it is here: docs/otp.md.
func TestAsOTP(t *testing.T) {
	e := startErlang(t, "supervisors", "groups", "exits", "timers")
	for _, c := range []struct {
		name    string
		compare func(t *testing.T, e *erlang)
	}{
		{"SupervisorHistories", compareHistories},
		{"Supervisors", compareSupervisors},
		{"Groups", compareGroups},
		{"Exits", compareExits},
		{"Timers", compareTimers},
	} {
		t.Run(c.name, func(t *testing.T) { c.compare(t, e) })
	}
}

// erlang is a node of Erlang that plays stories, see testdata/otp/node.erl.
type erlang struct {
	clock bool // time passes there as the story says
	in    io.WriteCloser
	out   *bufio.Reader
}

// startErlang starts a node that plays stories of some modules, for the time of
// the test. It has one scheduler: what a process is told and what others are told
// of the same end is in one order there. No thread of it waits by turning round,
// which on a busy machine takes the time that others need.
func startErlang(t testing.TB, modules ...string) *erlang {
	t.Helper()
	escript, err := exec.LookPath("escript")
	if err != nil {
		t.Skip("no Erlang here: apt-get install erlang-base")
	}
	command := exec.Command(escript, append([]string{"testdata/otp/node.erl"}, modules...)...)
	command.Stderr = os.Stderr
	command.Env = append(os.Environ(), "ERL_FLAGS=+S 1:1 +SDcpu 1:1 +SDio 1 +sbwt none +sbwtdcpu none +sbwtdio none")
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // it ends with its input
		_ = in.Close()
		if err := command.Wait(); err != nil {
			t.Errorf("the node of Erlang ended: %v", err)
		}
	})
	e := &erlang{in: in, out: bufio.NewReader(out)}
	switch line := e.line(t); line {
	case "ready":
		e.clock = true
	case "ready without clock":
		t.Logf("no debug information of OTP's supervisors here: stories in which time passes are left out")
	default:
		t.Fatalf("the node of Erlang says %q", line)
	}
	return e
}

func (e *erlang) line(t testing.TB) string {
	t.Helper()
	line, err := e.out.ReadString('\n')
	if err != nil {
		t.Fatalf("no answer of Erlang: %v, after %q", err, line)
	}
	return strings.TrimSuffix(line, "\n")
}

// play gives what is seen in Erlang at each step of stories, given by their terms,
// which a module plays. It waits for the answers however long they take; one that
// is missing fails the test.
func (e *erlang) play(t testing.TB, module string, all []string) [][]string {
	t.Helper()
	var input strings.Builder
	for i, term := range all {
		fmt.Fprintf(&input, "{%d,%s,%s}.\n", i, module, term)
	}
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(e.in, input.String())
		written <- err
	}()
	seen := make([][]string, len(all))
	for range all {
		number, rest, _ := strings.Cut(e.line(t), " ")
		how, answer, _ := strings.Cut(rest, " ")
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= len(all) || seen[i] != nil || how != "played" {
			t.Fatalf("unexpected answer of Erlang: %s %s", number, rest)
		}
		steps := strings.Split(answer, "|")
		seen[i] = steps[:len(steps)-1]
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	return seen
}

func terms(all []story) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.term()
	}
	return out
}

// compare has stories played by ours and by Erlang, and shortens the first few
// that differ as far as they still do.
func (e *erlang) compare(t testing.TB, module string, all []story) {
	t.Helper()
	steps, differ := 0, 0
	for len(all) > 0 {
		batch := all[:min(len(all), 200)]
		all = all[len(batch):]
		theirs := e.play(t, module, terms(batch))
		for i, s := range batch {
			ours := s.ours(t)
			steps += len(ours)
			if difference(s, ours, theirs[i]) < 0 {
				continue
			}
			if differ++; differ > 3 {
				t.Fatalf("and more")
			}
			e.report(t, module, e.shorten(t, module, s))
		}
	}
	t.Logf("%d steps compared", steps)
}

// difference gives the first step at which two plays differ, -1 if none does.
func difference(s story, ours, theirs []string) int {
	for i := range max(len(ours), len(theirs)) {
		if i >= len(ours) || i >= len(theirs) || s.level(ours[i]) != s.level(theirs[i]) {
			return i
		}
	}
	return -1
}

// shorten gives a story that still differs, and no story of those that lack
// something of it does.
func (e *erlang) shorten(t testing.TB, module string, s story) story {
	for {
		candidates := s.shorter(t)
		if len(candidates) == 0 {
			return s
		}
		theirs, found := e.play(t, module, terms(candidates)), false
		for i, c := range candidates {
			if difference(c, c.ours(t), theirs[i]) >= 0 {
				s, found = c, true
				break
			}
		}
		if !found {
			return s
		}
	}
}

func (e *erlang) report(t testing.TB, module string, s story) {
	t.Helper()
	ours, theirs := s.ours(t), e.play(t, module, terms([]story{s}))[0]
	var text strings.Builder
	for i := range max(len(ours), len(theirs)) {
		at := func(seen []string) string {
			if i < len(seen) {
				return s.level(seen[i])
			}
			return "(no step)"
		}
		fmt.Fprintf(&text, "\nstep %d: ours %s\n       theirs %s", i, at(ours), at(theirs))
	}
	t.Errorf("%s:%s", s.term(), text.String())
}

// author draws stories.
type author struct {
	*rand.Rand
	ids     int
	decline bool // children may decline to start
	clock   bool // time may pass
}

func newAuthor(seed uint64) *author { return &author{Rand: rand.New(rand.NewPCG(seed, 7))} }

func pick[T any](a *author, words ...T) T { return words[a.IntN(len(words))] }

// without gives the lists that lack one element of it; the later ones first, of
// which less depends.
func without[T any](list []T) [][]T {
	var out [][]T
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, append(append([]T(nil), list[:i]...), list[i+1:]...))
	}
	return out
}
