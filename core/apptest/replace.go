package apptest

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/internal/driven"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

var replaceFunc = &hostapi.Func{
	Name: "replace",
	Doc:  "Replaces functions of a module, and methods of its objects, for all other processes of this test; those that are not named stay (60.16).",
	Params: []hostapi.Param{
		{Name: "module", Accept: hostapi.AcceptString, Doc: "its name"},
		{Name: "by", Accept: hostapi.AcceptTable, Type: "map", Doc: "from the name of a function, or of a method as volume.readfile, to one that takes its place, or to the value that it gives"},
	},
	Errors: []hostapi.Kind{hostapi.Invalid},
	Load:   hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		return p.replace(c, c.Arg(0).Str())
	},
}

// fixed are the modules whose functions cannot be replaced (60.16).
var fixed = []string{"process", "channel", "coroutine", "errors", "test", "string", "table", "math"}

// replaceable gives modules of which all functions may be carried out by a substitute.
func replaceable(modules []*hostapi.Module) []*hostapi.Module {
	out := slices.Clone(modules)
	for i, m := range out {
		if !slices.Contains(fixed, m.Name) {
			out[i] = unhurried(m)
		}
	}
	return out
}

// unhurried gives a module and those nested in it without the promise to be prompt.
func unhurried(m *hostapi.Module) *hostapi.Module {
	out := *m
	out.Funcs = slices.Clone(m.Funcs)
	for i, f := range out.Funcs {
		changed := *f
		changed.Prompt = false
		out.Funcs[i] = &changed
	}
	out.Modules = slices.Clone(m.Modules)
	for i, nested := range out.Modules {
		out.Modules[i] = unhurried(nested)
	}
	return &out
}

// replacement is what stands in for a function or method.
type replacement struct {
	play   *play
	module *hostapi.Module
	fn     hostapi.Function // nil: value is what it gives
	value  hostapi.Value
}

// substitute carries out a call that something stands in for.
func (p *play) substitute(f *hostapi.Func, c hostapi.Call) (done bool, err error) {
	if c.Task().Process().PID() == p.pid {
		return false, nil
	}
	p.replacing.Lock()
	r := p.replaced[f]
	p.replacing.Unlock()
	if r == nil {
		return false, nil
	}
	return true, r.give(c, f)
}

// replace takes note of what the table of a call says.
func (p *play) replace(c hostapi.Call, module string) error {
	found := p.suite.functions(module)
	if found == nil {
		if slices.Contains(fixed, module) {
			return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "cannot replace: functions of %s", module))
		}
		return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "unknown module %q%s", module, spec.SuggestOrList(module, p.moduleNames())))
	}
	entries, _ := c.Fields(c.Arg(1))
	more := make(map[*hostapi.Func]*replacement)
	for _, e := range entries {
		f, ok := found[e.Key.Str()]
		switch {
		case !ok:
			names := slices.Sorted(maps.Keys(found))
			return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "no such function: %s.%s%s", module, e.Key.Str(), spec.SuggestOrList(e.Key.Str(), names)))
		case f.function.Prompt: // which no substitute is asked for
			return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "cannot replace: methods of objects of %s", module))
		}
		r := &replacement{play: p, module: f.module}
		if e.Value.Type() == hostapi.TypeFunction {
			reflector, ok := p.in.(hostapi.Reflector)
			if !ok {
				return hostapi.Errorf(hostapi.Unavailable, "engine %s has no functions that stand in", p.Engine)
			}
			if r.fn = reflector.FunctionOf(e.Value); r.fn == nil {
				return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "cannot call what stands in for %s.%s", module, e.Key.Str()))
			}
		} else {
			v, err := c.Copy(e.Value, hostapi.NewCopier(c.Task().PayloadLimits()))
			if err != nil {
				return err
			}
			r.value = v
		}
		more[f.function] = r
	}
	if p.requests == nil {
		process := c.Task().Process()
		f, err := process.Feed(maxRequests)
		if err != nil {
			return err
		}
		p.requests = f
		if _, err := process.Go(driven.Function(p.serve), nil); err != nil {
			return err
		}
	}
	p.replacing.Lock()
	defer p.replacing.Unlock()
	if p.replaced == nil {
		p.replaced = make(map[*hostapi.Func]*replacement)
	}
	maps.Copy(p.replaced, more)
	return nil
}

// maxRequests are the calls of replaced functions that may wait for the test process.
const maxRequests = 10_000

// named is a function or method, and the module that it is documented with.
type named struct {
	function *hostapi.Func
	module   *hostapi.Module
}

// functions gives the functions of a module and the methods of its objects, by the names
// that replace takes; nil if there is no such module.
func (s *Suite) functions(module string) map[string]named {
	for _, m := range s.modules {
		if m.Name == module && !slices.Contains(fixed, module) {
			found := map[string]named{}
			add(m, "", found)
			return found
		}
	}
	return nil
}

func add(m *hostapi.Module, path string, found map[string]named) {
	for _, t := range m.Types {
		for _, f := range t.Methods {
			found[t.Name+"."+f.Name] = named{f, m}
		}
	}
	for _, nested := range m.Modules {
		add(nested, path+nested.Name+".", found)
	}
	for _, f := range m.Funcs {
		found[path+f.Name] = named{f, m}
	}
}

func (p *play) moduleNames() (names []string) {
	for _, m := range p.suite.options.Modules {
		names = append(names, m.Name)
	}
	return names
}

// request is a call of a replaced function on its way to the process of the test.
type request struct {
	hostapi.Handle
	fn     hostapi.Function
	args   []hostapi.Value
	answer hostapi.Feed
}

var (
	requestType = &hostapi.ObjectType{Name: "request", Doc: "A call of a replaced function."}
	answerType  = &hostapi.ObjectType{Name: "answer", Doc: "What a replaced function gave."}
)

// ObjectType is no type of scripts.
func (*request) ObjectType() *hostapi.ObjectType { return requestType }
func (*request) String() string                  { return "request" }

// answer is what it gave.
type answer struct {
	hostapi.Handle
	results []hostapi.Value
	err     error
}

// ObjectType is no type of scripts.
func (*answer) ObjectType() *hostapi.ObjectType { return answerType }
func (*answer) String() string                  { return "answer" }

// serve calls what stands in, in the process of the test: each in a coroutine of its own.
func (p *play) serve(t hostapi.Task) ([]hostapi.Value, error) {
	process := t.Process()
	for {
		v, ok, err := p.requests.Channel().Receive()
		if err != nil || !ok {
			return nil, err
		}
		r := v.Object().(*request)
		if _, err := process.Go(serving{p, r}, r.args); err != nil {
			return nil, err
		}
	}
}

// serving is the function of a request, whose outcome goes back to who asked.
type serving struct {
	play    *play
	request *request
}

// Call calls it.
func (s serving) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	results, err := s.request.fn.Call(t, args)
	if err == hostapi.ErrKilled {
		return nil, err
	}
	a := &answer{err: err}
	cp := hostapi.NewCopier(t.PayloadLimits())
	for _, v := range results {
		copied, err := s.play.in.Copy(v, cp)
		if err != nil {
			a.err = err
			break
		}
		a.results = append(a.results, copied)
	}
	_ = s.request.answer.Put(context.Background(), hostapi.Wrap(a))
	return nil, nil
}

// give makes the call of a function that was replaced.
func (r *replacement) give(c hostapi.Call, f *hostapi.Func) error {
	results := []hostapi.Value{r.value}
	if r.fn != nil {
		args, err := hostapi.Payloads(c, 0)
		if err != nil {
			return err
		}
		if named := c.Keywords(); len(named) > 0 {
			options, err := c.Copy(hostapi.MapOf(named...), hostapi.NewCopier(c.Task().PayloadLimits()))
			if err != nil {
				return err
			}
			args = append(args, options)
		}
		process := c.Task().Process()
		back, err := process.Feed(1)
		if err != nil {
			return err
		}
		defer back.Close()
		if err := r.play.requests.Put(context.Background(), hostapi.Wrap(&request{fn: r.fn, args: args, answer: back})); err != nil {
			return err
		}
		v, _, err := back.Channel().Receive()
		if err != nil {
			return err
		}
		a := v.Object().(*answer)
		if a.err != nil {
			return hostapi.Raise(hostapi.AsError(a.err))
		}
		results = a.results
	}
	if f.Returns != hostapi.Plain && len(results) > 1 && results[0].IsNil() && !results[1].IsNil() {
		if e := results[1].Err(); e != nil {
			return e
		}
		return hostapi.Errorf(hostapi.Unknown, "%s", strings.Trim(results[1].String(), `"`))
	}
	for i := range f.Results {
		v := hostapi.Value{}
		if i < len(results) {
			v = shaped(results[i], f.Results[i].Type, r.module)
		}
		c.Push(v)
	}
	return nil
}

// shaped gives a map as the record that the function gives.
func shaped(v hostapi.Value, name string, m *hostapi.Module) hostapi.Value {
	if v.Type() != hostapi.TypeMap {
		return v
	}
	for _, s := range m.Shapes {
		if s.Name == name {
			r := &hostapi.Record{Shape: s, Values: make([]hostapi.Value, len(s.Fields))}
			for i, f := range s.Fields {
				r.Values[i] = v.Map().Get(f.Name)
			}
			return hostapi.Wrap(r)
		}
	}
	return v
}
