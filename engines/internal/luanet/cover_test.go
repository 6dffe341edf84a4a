package luanet

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/hostapi"
)

// tracer is a reference that tells which lines of a program it executes.
type tracer struct {
	*reference
	compiler string // luac
}

func newTracer(t *testing.T, version string) *tracer {
	t.Helper()
	compiler, err := exec.LookPath("luac" + version)
	if err != nil {
		t.Skipf("luac%s is not installed (apt-get install lua%s)", version, version)
	}
	path, err := exec.LookPath("lua" + version)
	if err != nil {
		t.Skipf("lua%s is not installed", version)
	}
	r := &tracer{&reference{path: path, memory: maxKiB, change: changeFor("lua" + version), mask: "l"}, compiler}
	if err := r.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// trace is what a reference says of a program.
type trace struct {
	output string
	lines  map[int]bool // that it executed
	known  map[int]bool // on which it has instructions
	begun  map[int]bool // statements, by calls in front of them
}

var instruction = regexp.MustCompile(`(?m)^\t\d+\t\[(\d+)\]`)

// trace runs a program twice: as it is, and with a call before each statement. It is nil
// if that tells nothing.
func (r *tracer) trace(t *testing.T, text string) *trace {
	t.Helper()
	marked, _, _ := luacode.MarkStatements(text, func(i int) string { return fmt.Sprintf("trace(%d)", i) })
	answers, err := r.run([]string{text, marked})
	if err != nil {
		t.Fatal(err)
	}
	plain, with := answers[0], answers[1]
	if plain.void != "" || with.void != "" {
		return nil
	}
	var tr trace
	var again string
	tr.output, tr.lines, _ = sets(plain.output)
	if again, _, tr.begun = sets(with.output); again != tr.output {
		return nil
	}
	list := exec.Command(r.compiler, "-p", "-l", "-")
	list.Stdin = strings.NewReader(text)
	code, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	tr.known = map[int]bool{}
	for _, m := range instruction.FindAllSubmatch(code, -1) {
		line, _ := strconv.Atoi(string(m[1]))
		tr.known[line] = true
	}
	return &tr
}

// sets takes the last two lines off an output.
func sets(output string) (rest string, executed, called map[int]bool) {
	lines := strings.Split(output, "\n")
	set := func(line string) map[int]bool {
		numbers := map[int]bool{}
		for _, word := range strings.Fields(line)[1:] {
			n, _ := strconv.Atoi(word)
			numbers[n] = true
		}
		return numbers
	}
	n := len(lines) - 2
	return strings.Join(lines[:n], "\n"), set(lines[n]), set(lines[n+1])
}

// goesOn is a line whose statement ends on another: it may fail before the reference
// executes its instructions on the first.
var goesOn = regexp.MustCompile(`(function\(.*\)|[({,])$`)

// coverage compiles a program with coverage and runs it.
func (c *candidate) coverage(t *testing.T, text string) (string, *hostapi.Coverage) {
	t.Helper()
	p, coverage, err := c.engine.(hostapi.Coverer).CompileCovered(c.source(text))
	if err != nil {
		t.Fatal(err)
	}
	return c.execute(p), coverage
}

// A line is covered if and only if the trace of the reference shows it (60.13). Where lines
// and statements are not the same, calls in front of the statements decide: on lines on which
// the reference has no instructions, such as that of a local function or an endless loop,
// and on those that another statement begins on, which the trace shows for that one.
func TestCoverageIsTheTraceOfTheReference(t *testing.T) {
	count := 80
	switch {
	case testing.Short():
		count = 30
	case os.Getenv("UNDERSTUDY_LONG") != "":
		count = 300
	}
	for k, e := range []hostapi.Engine{gopherlua.New(), golua.New()} {
		version := []string{"5.1", "5.2"}[k]
		t.Run(e.Info().Name, func(t *testing.T) {
			r := newTracer(t, version)
			c, err := newCandidate(e, k, prelude)
			if err != nil {
				t.Fatal(err)
			}
			var total tallyOfLines
			for i := range count {
				p := generate(*seed+17, i)
				total.compare(t, fmt.Sprintf("program %d", i), p.program(nil), p.program(r.change), r, c)
				if t.Failed() {
					return
				}
			}
			t.Log(total)
			if total.told < count*3/4 || total.missed < total.lines/20 {
				t.Errorf("too little is told: %v", total)
			}
		})
	}
}

// tallyOfLines counts what was compared.
type tallyOfLines struct{ told, lines, missed, without, within int }

func (n tallyOfLines) String() string {
	return fmt.Sprintf("%d programs with %d lines of which %d were not executed, on %d the reference executes nothing, on %d only another statement", n.told, n.lines, n.missed, n.without, n.within)
}

// compare holds a program to the law; changed is what the reference is given, on the same
// lines.
func (n *tallyOfLines) compare(t *testing.T, name, text, changed string, r *tracer, c *candidate) {
	t.Helper()
	want := r.trace(t, changed)
	printed := c.run(text)
	if want == nil || want.output != printed || strings.Count(changed, "\n") != strings.Count(text, "\n") {
		return
	}
	n.told++
	got, coverage := c.coverage(t, text)
	if got != printed {
		t.Errorf("%s prints with coverage\n%s\nwant\n%s\n%s", name, got, printed, text)
	}
	source := strings.Split(text, "\n")
	covered, begun := map[int]bool{}, map[int]bool{}
	for i := range coverage.Len() {
		line, executed := coverage.Statement(i)
		covered[line] = covered[line] || executed
		if executed {
			begun[i] = true
		}
	}
	if !maps.Equal(begun, want.begun) {
		t.Errorf("%s: statements %v, want %v\n%s", name, slices.Sorted(maps.Keys(begun)), slices.Sorted(maps.Keys(want.begun)), numbered(source))
	}
	first := beginning(text)
	for line, executed := range covered {
		n.lines++
		if !executed {
			n.missed++
		}
		switch traced := want.lines[line]; {
		case executed == traced:
		case executed && (!want.known[line] || goesOn.MatchString(source[line-1]) || assignsItself(source[line-1])):
			n.without++ // the calls before statements have decided
		case traced && !first[line]:
			n.within++
		default:
			t.Errorf("%s: line %d is covered: %t, want %t\n%s", name, line, executed, traced, numbered(source))
		}
	}
}

// assignsItself reports whether a variable is assigned its own value: a local one needs no
// instruction for that, while the end of the loop around it may have some on this line.
func assignsItself(line string) bool {
	to, from, ok := strings.Cut(strings.TrimSpace(line), " = ")
	return ok && to == from
}

// beginning gives the lines that begin with a statement.
func beginning(text string) map[int]bool {
	marked, name, _ := luacode.MarkStatements(text, strconv.Itoa)
	lines := map[int]bool{}
	for i, line := range strings.Split(marked, "\n") {
		lines[i+1] = strings.HasPrefix(strings.TrimSpace(line), name)
	}
	return lines
}

func numbered(lines []string) string {
	var b bytes.Buffer
	for i, l := range lines {
		fmt.Fprintf(&b, "%3d %s\n", i+1, l)
	}
	return b.String()
}
