package starlark

import (
	"fmt"
	"maps"
	"slices"

	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// program is a compiled source: immutable.
type program struct {
	engine      *engine
	source      hostapi.Source
	code        *starlark.Program
	predeclared starlark.StringDict     // shared by all processes
	grants      map[string]*moduleTable // what require serves, by name
	libraries   map[string]*program     // likewise, by alias
	exports     starlark.StringDict     // what a library may offer, without values
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
	in := &instance{engine: p.engine, program: p, pace: pace.New(slice, p.engine.clock, t.RealTime())}
	task := in.newTask(t)
	t.Begin(in)
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
	t.source = p
	return p.code.Init(&t.thread, in.predeclared(p))
}

// predeclared gives the environment of a source in this process; if p.local is nil, that
// of all of them.
func (in *instance) predeclared(p *program) starlark.StringDict {
	if p.local == nil {
		return p.predeclared
	}
	names := maps.Clone(p.predeclared)
	for _, name := range p.local {
		names[name] = in.module(p.grants[name])
	}
	return names
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

// exported gives the names that a file may assign at its top level and others see.
func exported(file *syntax.File) starlark.StringDict {
	names := starlark.StringDict{}
	for _, g := range file.Module.(*resolve.Module).Globals {
		if public(g.First.Name) {
			names[g.First.Name] = starlark.None
		}
	}
	return names
}

// checkLoads fails if a load statement asks for what the source is not granted, or
// what there is not (clauses 2.7 and 14.6).
func (p *program) checkLoads(file *syntax.File) error {
	for _, s := range file.Stmts {
		s, ok := s.(*syntax.LoadStmt)
		if !ok {
			continue
		}
		name := s.ModuleName()
		offered := p.offered(name)
		if slices.ContainsFunc(p.source.Imports, func(i hostapi.Import) bool { return i.Alias == name && i.Missing }) {
			continue // which is said elsewhere
		}
		if offered == nil {
			return positioned(p.source.Path, s.Module.TokenPos, p.source.NotGranted(name).Message)
		}
		for _, from := range s.From {
			if err := loadable(name, from.Name, offered); err != nil {
				return positioned(p.source.Path, from.NamePos, err.Error())
			}
		}
	}
	return nil
}

// offered gives the names, without values, that load finds under the name of a
// module or library; nil if there is neither.
func (p *program) offered(name string) starlark.StringDict {
	if table := p.grants[name]; table != nil {
		names := starlark.StringDict{}
		for _, name := range table.names {
			names[name], names[plain(name)] = starlark.None, starlark.None
		}
		return names
	}
	if l := p.libraries[name]; l != nil {
		return l.exports
	}
	return nil
}

// loadable gives the interpreter's words if a module has no such name, with its hint
// at what is spelled alike.
func loadable(module, name string, offered starlark.StringDict) error {
	if offered.Has(name) {
		return nil
	}
	thread := &starlark.Thread{Load: func(*starlark.Thread, string) (starlark.StringDict, error) { return offered, nil }}
	_, err := starlark.ExecFileOptions(dialect(), thread, "", fmt.Sprintf("load(%s, x = %s)", syntax.Quote(module, false), syntax.Quote(name, false)), nil)
	return err
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
