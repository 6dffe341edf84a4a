package luanet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// net compares engines with the references.
type net struct {
	references []*reference
	candidates []*candidate
	tally      tally
}

// tally is what came of the programs of a net.
type tally struct {
	programs int
	void     int // of which no reference tells anything
	partly   int // of which one reference tells nothing
	open     int // on which the references differ
	failed   int // that end in an error
	lines    int // printed
}

func (t tally) String() string {
	return fmt.Sprintf("%d programs printed %d lines; %d end in an error, the references differ on %d, one tells nothing of %d, both of %d",
		t.programs, t.lines, t.failed, t.open, t.partly, t.void)
}

// newNet starts the references; the error says which is absent. The engines are
// those with the languages of the references, in their order.
func newNet(engines ...hostapi.Engine) (*net, error) {
	n := &net{}
	for _, interpreter := range []string{"lua5.1", "lua5.2"} {
		r, err := newReference(interpreter)
		if err != nil {
			n.close()
			return nil, err
		}
		n.references = append(n.references, r)
	}
	for i, e := range engines {
		c, err := newCandidate(e, i, prelude)
		if err != nil {
			n.close()
			return nil, err
		}
		n.candidates = append(n.candidates, c)
	}
	return n, nil
}

func (n *net) close() {
	for _, r := range n.references {
		r.Close()
	}
}

// answers are those of all references to one program.
type answers []answer

// expected gives the outputs that tell something.
func (a answers) expected() []string {
	var outputs []string
	for _, answer := range a {
		if answer.void == "" {
			outputs = append(outputs, answer.output)
		}
	}
	return outputs
}

// allow reports whether an engine may print what it did: what the references
// print if they agree. Where they differ each line may be that of any of them. The
// program tells nothing if it does so on the engine's own reference.
func (a answers) allow(own int, seen string) bool {
	expected := a.expected()
	if a[own].void != "" || slices.Contains(expected, seen) {
		return true
	}
	if len(expected) < 2 || expected[0] == expected[1] {
		return false
	}
	first, second, lines := strings.Split(expected[0], "\n"), strings.Split(expected[1], "\n"), strings.Split(seen, "\n")
	if len(first) != len(second) || len(first) != len(lines) {
		return false
	}
	for i, line := range lines {
		if line != first[i] && line != second[i] {
			return false
		}
	}
	return true
}

// ask has all references run programs.
func (n *net) ask(programs []*node) ([]answers, error) {
	all := make([]answers, len(programs))
	for i := range all {
		all[i] = make(answers, len(n.references))
	}
	failed := make([]error, len(n.references))
	var group sync.WaitGroup
	for k, r := range n.references {
		group.Go(func() {
			got, err := r.ask(programs)
			for i, a := range got {
				all[i][k] = a
			}
			failed[k] = err
		})
	}
	group.Wait()
	return all, errors.Join(failed...)
}

// difference is a program of which an engine makes something else.
type difference struct {
	engine  string
	number  int // of the program
	program *node
	answers answers
	seen    string
	once    bool // it did not come again
}

// String shows the program and both outputs.
func (d difference) String() string {
	text := fmt.Sprintf("program %d, %s\n", d.number, d.engine)
	if d.once {
		text = fmt.Sprintf("program %d, %s, once and not again\n", d.number, d.engine)
	}
	text += d.program.program(nil)
	for _, output := range slices.Compact(d.answers.expected()) {
		text += "want\n" + indented(output)
	}
	return text + "got\n" + indented(d.seen)
}

// indented gives the begin of an output.
func indented(output string) string {
	const most = 2000
	if len(output) > most {
		output = output[:most] + "..."
	}
	return "\t" + strings.ReplaceAll(output, "\n", "\n\t") + "\n"
}

// batch is some programs and what the references say of them.
type batch struct {
	first    int
	programs []*node
	answers  []answers
	err      error
}

// begin has a batch made; it comes out of the channel.
func (n *net) begin(seed uint64, first, count int) <-chan batch {
	made := make(chan batch, 1)
	go func() {
		b := batch{first: first, programs: make([]*node, count)}
		for i := range b.programs {
			b.programs[i] = generate(seed, first+i)
		}
		b.answers, b.err = n.ask(b.programs)
		made <- b
	}()
	return made
}

// run compares the programs from first on and gives the differences. While the
// engines run some, the references run the next ones.
func (n *net) run(seed uint64, first, count int) ([]difference, error) {
	const most = 256
	var found []difference
	end := first + count
	next := n.begin(seed, first, min(most, count))
	for {
		b := <-next
		if b.err != nil {
			return nil, b.err
		}
		rest := b.first + len(b.programs)
		if rest < end {
			next = n.begin(seed, rest, min(most, end-rest))
		}
		for i, p := range b.programs {
			if !n.tally.add(b.answers[i]) {
				continue
			}
			text := p.program(nil)
			for _, c := range n.candidates {
				if seen := c.run(text); !b.answers[i].allow(c.own, seen) {
					found = append(found, difference{engine: c.engine.Info().Name, number: b.first + i, program: p, answers: b.answers[i], seen: seen})
				}
			}
		}
		if rest == end {
			return found, nil
		}
	}
}

// add counts a program; it is false if the program tells nothing.
func (t *tally) add(a answers) bool {
	t.programs++
	expected := a.expected()
	switch {
	case len(expected) == 0:
		t.void++
		return false
	case len(expected) < len(a):
		t.partly++
	case expected[0] != expected[1]:
		t.open++
	}
	t.lines += 1 + strings.Count(expected[0], "\n")
	if last := expected[0][strings.LastIndexByte(expected[0], '\n')+1:]; strings.HasPrefix(last, "false") {
		t.failed++
	}
	return true
}

// shrunk gives a difference with the smallest program that was found for it. One that
// does not come again is left as it is: what depends on something else than the program
// is not to be searched in it.
func (n *net) shrunk(d difference) difference {
	c := n.candidates[slices.IndexFunc(n.candidates, func(c *candidate) bool { return c.engine.Info().Name == d.engine })]
	differs := func(p *node) bool {
		all, err := n.ask([]*node{p})
		if err != nil || all[0][c.own].void != "" {
			return false
		}
		seen := c.run(p.program(nil))
		if all[0].allow(c.own, seen) {
			return false
		}
		d.answers, d.seen = all[0], seen
		return true
	}
	if d.once = !differs(d.program); !d.once {
		d.program = shrink(d.program, differs)
	}
	return d
}
