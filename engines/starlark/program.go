package starlark

import (
	"maps"

	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// program is a compiled source: immutable.
type program struct {
	engine      *engine
	source      hostapi.Source
	code        *starlark.Program
	predeclared starlark.StringDict     // shared by all processes
	grants      map[string]*moduleTable // what require serves, by name
	libraries   map[string]*program     // likewise, by alias
	// local names the predeclared modules that differ from process to process;
	// nearly always empty.
	local []string
}

// link makes the environment of the source: the language, our own functions
// and the modules that are always available (docs/starlark.md, 2.1).
func (p *program) link() error {
	p.predeclared = globals()
	p.predeclared["require"] = starlark.NewBuiltin("require", p.require)
	for _, m := range p.source.Modules {
		table := newModuleTable(m)
		p.grants[m.Name] = table
		if m.Always {
			p.predeclared[m.Name] = &module{table: table}
			if table.local {
				p.local = append(p.local, m.Name)
			}
		}
	}
	for _, i := range p.source.Imports {
		library, ok := i.Program.(*program)
		if !ok {
			return &hostapi.SyntaxError{Path: p.source.Path, Message: "import " + i.Alias + " was compiled by another engine"}
		}
		p.libraries[i.Alias] = library
	}
	return nil
}

// Load makes the state of a new process and runs the top levels.
func (p *program) Load(t hostapi.Task) (_ hostapi.Instance, err error) {
	in := &instance{engine: p.engine, pace: pace.New(slice, p.engine.clock, t.RealTime())}
	task := in.newTask(t)
	defer task.end(&err)
	// The globals are not frozen (clause 2.15): functions go on using them.
	globals, err := in.initialise(p, task)
	if err != nil {
		return nil, task.failure(err)
	}
	in.globals = globals
	return in, nil
}

// initialise runs the top levels of p's libraries, unless they have run, and
// then that of p. Imports form no cycle (clause 14.9).
func (in *instance) initialise(p *program, t *task) (starlark.StringDict, error) {
	for _, i := range p.source.Imports {
		library := p.libraries[i.Alias]
		if in.libraries[library] != nil {
			continue
		}
		globals, err := in.initialise(library, t)
		if err != nil {
			return nil, err
		}
		freeze(globals)
		if in.libraries == nil {
			in.libraries = map[*program]*libraryModule{}
		}
		in.libraries[library] = newLibrary(i.Alias, globals)
	}
	predeclared := p.predeclared
	if p.local != nil {
		predeclared = maps.Clone(predeclared)
		for _, name := range p.local {
			predeclared[name] = in.module(p.grants[name])
		}
	}
	t.source = p
	return p.code.Init(&t.thread, predeclared)
}

// require serves the modules and libraries granted to this source (clause
// 14.16).
func (p *program) require(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := taskOf(thread)
	var name string
	if err := starlark.UnpackPositionalArgs("require", args, kwargs, 1, &name); err != nil {
		return nil, invalid(err)
	}
	return p.find(t.instance, name)
}

func (p *program) find(in *instance, name string) (starlark.Value, error) {
	if table := p.grants[name]; table != nil {
		if m, ok := p.predeclared[name].(*module); ok && !table.local {
			return m, nil
		}
		return in.module(table), nil
	}
	if l := p.libraries[name]; l != nil {
		return in.libraries[l], nil
	}
	return nil, newError(p.source.NotGranted(name))
}

// load serves the load statement (docs/starlark.md, 2.3): under the same grants
// as require, since it occurs only at the top level of t.source.
func (t *task) load(_ *starlark.Thread, name string) (starlark.StringDict, error) {
	if name == taskQuery {
		return nil, t
	}
	found, err := t.source.find(t.instance, name)
	if err != nil {
		return nil, err
	}
	names := found.(starlark.HasAttrs).AttrNames()
	out := make(starlark.StringDict, len(names))
	for _, name := range names {
		v, err := found.(starlark.HasAttrs).Attr(name)
		if err != nil {
			return nil, err
		}
		out[name], out[plain(name)] = v, v
	}
	return out, nil
}
