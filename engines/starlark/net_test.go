package starlark

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// The net compares this engine with the interpreter as it is, on calls that are drawn
// at random. What differs is shrunk and shown; what may differ is said, with its
// clause, by the deviations.

var (
	netCalls    = flag.Int("net.calls", 0, "calls of each built-in, method and operator that are compared")
	netPrograms = flag.Int("net.programs", 0, "programs that are compared")
	netSeed     = flag.Uint64("net.seed", 1, "what they are drawn from")
	netLarge    = flag.Int("net.large", 150, "of how many arguments one is large")
	netOnly     = flag.String("net.only", "", "the subject that is compared, instead of all")
)

// net has both sides.
type net struct {
	bare *bare
	ours *ours
	used map[*deviation]int
	many int // one of so many arguments is large
}

// newNet makes one for some subjects. alter may plant faults in this engine.
func newNet(tb testing.TB, all []*subject, alter func(*program)) *net {
	tb.Helper()
	text := netText(all)
	p, err := New().Compile(netSource(text))
	if err != nil {
		tb.Fatal(err)
	}
	if alter != nil {
		alter(p.(*program))
	}
	return &net{bare: newBare(tb, text), ours: newOurs(tb, p.(*program)), used: map[*deviation]int{}, many: *netLarge}
}

// difference is a call that has two outcomes.
type difference struct {
	call      *trial
	want, got outcome
}

func (d *difference) String() string {
	return fmt.Sprintf("%.1000s\n  the interpreter %s\n  this engine %s", d.call, d.want, d.got)
}

// compare makes a call on both sides. It gives nil if there is no difference, or one
// that a deviation allows.
func (n *net) compare(c *trial) *difference {
	got := c.run(n.ours, starlark.CompareLimit)
	for _, x := range crashes() {
		if want, applies := x.applies(c); applies {
			// The interpreter is not asked.
			if got.err == want || want == "" && !strings.HasPrefix(got.err, "this engine") {
				return nil
			}
			return &difference{c, outcome{err: want}, got}
		}
	}
	want := n.bare.run(c)
	if got == want {
		return nil
	}
	for i := range deviations {
		if d := &deviations[i]; d.allows(c, want, got) {
			n.used[d]++
			return nil
		}
	}
	return &difference{c, want, got}
}

// run makes a call. What is nested deeper than the interpreter compares is compared
// with what it does if it is told to go as deep as this engine.
func (b *bare) run(c *trial) outcome {
	for _, s := range c.operands() {
		if s.depth() >= starlark.CompareLimit-3 || s.any(func(s *sample) bool { return s.kind == cycleSample }) {
			return c.run(b, maxNesting+1)
		}
	}
	return c.run(b, starlark.CompareLimit)
}

// within runs f with another limit of the interpreter's comparisons.
func within(limit int, f func()) {
	before := starlark.CompareLimit
	defer func() { starlark.CompareLimit = before }()
	starlark.CompareLimit = limit
	f()
}

// check compares so many calls of a subject.
func (n *net) check(s *subject, seed uint64, calls int) *difference {
	for i := range calls {
		if d := n.compare(n.drawn(s, seed, i)); d != nil {
			return n.shrink(d)
		}
	}
	return nil
}

// drawn gives the call of that number. One that would take too long is not drawn.
func (n *net) drawn(s *subject, seed uint64, number int) *trial {
	var stream uint64
	for _, r := range s.name {
		stream = stream*31 + uint64(r)
	}
	d := newDrawer(seed, stream&0xffffffff, uint64(number), n.many)
	for {
		c := d.call(s)
		if c.bounded() {
			return c
		}
		d.pool, d.left = nil, 60
	}
}

// multiplying are the subjects whose work may be that for all combinations of what is
// in the operands.
var multiplying = []string{"comprehension", "for", "string.replace", "string.join", "string.format", "x % y", "x %= y", "x in y", "x not in y", "list.index", "list.remove", "zip"}

// bounded reports whether a call takes no longer than some milliseconds.
func (c *trial) bounded() bool {
	sum, product := 0, 1
	for _, s := range c.operands() {
		sum += s.weight()
		product = min(product*s.weight(), 1<<40)
	}
	return sum < 1<<20 && (product < 1<<23 || !slices.Contains(multiplying, c.subject.name))
}

func (c *trial) operands() []*sample {
	all := append(slices.Clone(c.args), c.values...)
	if c.receiver != nil {
		all = append(all, c.receiver)
	}
	return all
}

// shrink looks for a smaller call that differs too.
func (n *net) shrink(d *difference) *difference {
	for tries := 0; ; {
		var less *difference
		for c := range d.call.smaller {
			if tries++; tries > 20000 {
				return d
			}
			if c.cost() >= d.call.cost() || !c.bounded() {
				continue
			}
			if less = n.compare(c); less != nil {
				break
			}
		}
		if less == nil {
			return d
		}
		d = less
	}
}

func (c *trial) cost() int {
	n := len(c.names)
	for _, s := range c.operands() {
		n += 2 + s.cost()
	}
	return n
}

// smaller gives calls that may be smaller.
func (c *trial) smaller(yield func(*trial) bool) {
	with := func(f func(*trial)) bool {
		less := *c
		less.args, less.names, less.values = slices.Clone(c.args), slices.Clone(c.names), slices.Clone(c.values)
		f(&less)
		if less.form.direct && !less.subject.exact && (less.form.n != len(less.args) || len(less.names) > 0) {
			less.form = &less.subject.forms[0]
		}
		return yield(&less)
	}
	for i := range c.names {
		if !with(func(c *trial) {
			c.names, c.values = slices.Delete(c.names, i, i+1), slices.Delete(c.values, i, i+1)
		}) {
			return
		}
	}
	for i := len(c.args) - 1; i >= 0 && !c.subject.exact; i-- {
		if !with(func(c *trial) { c.args = slices.Delete(c.args, i, i+1) }) {
			return
		}
	}
	var all []*sample
	seen := map[*sample]bool{}
	for _, s := range c.operands() {
		s.each(seen, func(s *sample) { all = append(all, s) })
	}
	for _, s := range all {
		for _, other := range s.smaller() {
			done := map[*sample]*sample{s: other}
			if !with(func(c *trial) {
				for i := range c.args {
					c.args[i] = c.args[i].with(done)
				}
				for i := range c.values {
					c.values[i] = c.values[i].with(done)
				}
				if c.receiver != nil {
					c.receiver = c.receiver.with(done)
				}
			}) {
				return
			}
		}
	}
}

// The net has all that is replaced.
func TestNetHasAllSubjects(t *testing.T) {
	has := map[string]bool{}
	for _, s := range subjects() {
		has[s.name] = true
	}
	for name := range globals() {
		switch {
		case internalName(name):
		case name == "error" || name == "pcall" || name == "struct": // the interpreter has none
		case !has[name]:
			t.Errorf("%s is not compared", name)
		}
	}
	for _, v := range []starlark.HasAttrs{starlark.String(""), starlark.Bytes(""), new(starlark.List), new(starlark.Dict), new(starlark.Set)} {
		for _, name := range v.AttrNames() {
			if methodRules()[name] != nil && !has[v.Type()+"."+name] {
				t.Errorf("%s.%s is not compared", v.Type(), name)
			}
		}
	}
}

// Every built-in and method that this engine replaces, and every operator and
// statement that it rewrites, does what that of the interpreter does.
func TestCallsAreTheInterpreters(t *testing.T) {
	all := subjects()
	n := newNet(t, all, nil)
	for _, s := range all {
		if *netOnly != "" && s.name != *netOnly {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			if d := n.check(s, *netSeed, drawnOf(*netCalls)); d != nil {
				t.Errorf("seed %d: %s", *netSeed, d)
			}
		})
	}
	for i := range deviations {
		if d := &deviations[i]; testing.Verbose() {
			t.Logf("%d times: %s (%s)", n.used[d], d.words, d.clause)
		}
	}
}

// drawnOf is how many calls or programs are compared: as many as asked for, else some.
func drawnOf(asked int) int {
	switch {
	case asked > 0:
		return asked
	case testing.Short(): // for the race detector, which is slow
		return 100
	case os.Getenv("UNDERSTUDY_LONG") != "":
		return 2000
	}
	return 500
}
