package conformance_test

import (
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// double is an engine in Go: the test double of the suite. Whatever it
// compiles is the puppet. tasks, if set, stands between the puppet and the
// core, which is how wrong cores are made.
type double struct {
	wrap func(hostapi.Task) hostapi.Task
	flaws
	// spoil, if set, may change what a call of the puppet gives.
	spoil func(path string, c *goCall, err error) error
	// ends, if set, may change what main ends with.
	ends func(values, error) (values, error)
}

// flaws are mistakes an engine can make in itself.
type flaws struct {
	shares         bool // payloads are not copied
	sendsAnything  bool // what cannot be sent arrives as nil
	catchesKills   bool // in pcall
	losesIdentity  bool // of thrown errors
	newHandles     bool // handles of the same object are unequal
	sharesState    map[string]hostapi.Value
	forgetsContext bool // in the text of errors
	floats         bool // ints are sent as floats
	faultsDeep     bool // unbounded recursion is a fault
	anyMethod      bool // a missing method is main
	loadsTwice     bool // the top level
	dropsNil       bool // arguments of main
	strictMain     bool // main takes no surplus arguments
	failsByResult  bool // of coroutines
	swallows       bool // errors of coroutines
	covers         *hostapi.Coverage
	coversAll      bool // statements count as executed before they are
}

func (d double) Info() hostapi.Info {
	return hostapi.Info{Name: "native", Language: "go", Extension: ".go", Interpreter: "none"}
}

func (d double) Compile(src hostapi.Source) (hostapi.Program, error) {
	return doubleProgram{d, src.Modules}, nil
}

// CompileCovered implements hostapi.Coverer: the top level and what it does not do are the
// statements.
func (d double) CompileCovered(src hostapi.Source) (hostapi.Program, *hostapi.Coverage, error) {
	d.covers = hostapi.NewCoverage([]int{1, 1})
	if d.coversAll {
		d.covers.Begin(1)
	}
	p, err := d.Compile(src)
	return p, d.covers, err
}

type doubleProgram struct {
	double
	modules []*hostapi.Module
}

// Load implements hostapi.Program.
func (d doubleProgram) Load(t hostapi.Task) (hostapi.Instance, error) {
	if d.wrap != nil {
		t = d.wrap(t)
	}
	p := &puppet{double: d.double, modules: d.modules, slots: make(map[string]hostapi.Value), constants: make(map[string]hostapi.Value)}
	if d.sharesState != nil {
		p.slots = d.sharesState
	}
	if d.covers != nil {
		d.covers.Begin(0)
	}
	load := func() values { return p.eval(t, arg(p.call(t, "stage.prologue"), 0)) }
	_, err := catch(load)
	if d.loadsTwice {
		_, err = catch(load)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Method implements hostapi.Instance.
func (p *puppet) Method(name string) (hostapi.Function, error) {
	switch name {
	case "main":
		return native.Function(p.main), nil
	case "other":
		return native.Function(func(_ hostapi.Task, args values) (values, error) {
			return append(values{hostapi.String("other")}, args...), nil
		}), nil
	}
	if p.anyMethod {
		return native.Function(p.main), nil
	}
	return nil, nil
}

// Copy implements hostapi.Instance.
func (p *puppet) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	if p.shares && v.Type() == hostapi.TypeTable {
		return v, nil
	}
	out, err := copyValue(v, cp)
	if err != nil && p.sendsAnything {
		return hostapi.Value{}, nil
	}
	if p.floats && out.Type() == hostapi.TypeInt {
		return hostapi.Float(out.Float()), err
	}
	return out, err
}

// Close implements hostapi.Instance.
func (p *puppet) Close() {}
