package starlark

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// moduleTable is a hostapi.Module bound to the language: immutable, shared by
// all processes.
type moduleTable struct {
	def     *hostapi.Module
	members starlark.StringDict
	names   []string // as scripts spell them, sorted
	// makes holds the constants that each process has its own of; local says
	// that there are some, here or in a nested module.
	makes  map[string]*hostapi.Const
	nested map[string]*moduleTable
	local  bool
}

func newModuleTable(def *hostapi.Module) *moduleTable {
	t := &moduleTable{def: def, members: starlark.StringDict{}}
	for _, f := range def.Funcs {
		t.add(f.Name, &builtin{def: f, path: def.Name})
	}
	for i := range def.Consts {
		c := &def.Consts[i]
		if c.Make == nil && c.Value.Object() == nil {
			t.add(c.Name, fromHost(c.Value))
			continue
		}
		if t.makes == nil {
			t.makes = map[string]*hostapi.Const{}
		}
		t.makes[c.Name], t.local = c, true
		t.add(c.Name, nil)
	}
	for _, m := range def.Modules {
		nested := newModuleTable(m)
		if nested.local {
			if t.nested == nil {
				t.nested = map[string]*moduleTable{}
			}
			t.nested[m.Name], t.local = nested, true
			t.add(m.Name, nil)
			continue
		}
		t.add(m.Name, &module{table: nested})
	}
	slices.Sort(t.names)
	return t
}

func (t *moduleTable) add(name string, v starlark.Value) {
	t.names = append(t.names, spelled(name))
	if v != nil {
		t.members[name] = v
	}
}

// module is a module in the hands of scripts. One without members that differ
// from process to process is shared by all and has no instance.
type module struct {
	table    *moduleTable
	instance *instance
	made     starlark.StringDict
}

var _ starlark.HasAttrs = (*module)(nil)

func (m *module) String() string        { return fmt.Sprintf("<module %q>", m.table.def.Name) }
func (m *module) Type() string          { return "module" }
func (m *module) Freeze()               {}
func (m *module) Truth() starlark.Bool  { return true }
func (m *module) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable type: module") }
func (m *module) AttrNames() []string   { return slices.Clone(m.table.names) }

func (m *module) Attr(name string) (starlark.Value, error) {
	name = plain(name)
	if v := m.table.members[name]; v != nil {
		return v, nil
	}
	if !m.table.local {
		return nil, nil
	}
	if v := m.made[name]; v != nil {
		return v, nil
	}
	var v starlark.Value
	if c := m.table.makes[name]; c != nil {
		if c.Make != nil {
			v = fromHost(c.Make(m.instance.current.Task))
		} else {
			v = fromHost(c.Value)
		}
	} else if nested := m.table.nested[name]; nested != nil {
		v = m.instance.module(nested)
	} else {
		return nil, nil
	}
	if m.made == nil {
		m.made = starlark.StringDict{}
	}
	m.made[name] = v
	return v, nil
}

// libraryModule is a library as require gives it: its globals that do not begin
// with an underscore (clause 14.10).
type libraryModule struct {
	name    string
	members starlark.StringDict
}

var _ starlark.HasAttrs = (*libraryModule)(nil)

func newLibrary(name string, globals starlark.StringDict) *libraryModule {
	l := &libraryModule{name: name, members: starlark.StringDict{}}
	for name, v := range globals {
		if public(name) {
			l.members[name] = v
		}
	}
	return l
}

// public reports whether others see a global of that name (clause 14.10).
func public(name string) bool { return !strings.HasPrefix(name, "_") && !internalName(name) }

func (l *libraryModule) String() string        { return fmt.Sprintf("<module %q>", l.name) }
func (l *libraryModule) Type() string          { return "module" }
func (l *libraryModule) Freeze()               {}
func (l *libraryModule) Truth() starlark.Bool  { return true }
func (l *libraryModule) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable type: module") }
func (l *libraryModule) AttrNames() []string   { return l.members.Keys() }

func (l *libraryModule) Attr(name string) (starlark.Value, error) { return l.members[name], nil }
