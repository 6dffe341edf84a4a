package app

import (
	"fmt"
	"slices"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// Import is a library that the entry's code may require (14.9).
type Import struct {
	Alias    string
	Library  string // id
	Position Position

	node *yaml.Node
	lib  *Library // nil if there is no such library
}

// grants checks the field modules (14.15) and gives its names, each once.
func (l *loader) grants(h *Header, c *code) []string {
	var out []string
	for i, n := range c.modules {
		name, ok := h.reporter.textOf(n, fmt.Sprintf("modules[%d]", i+1))
		switch {
		case !ok || slices.Contains(out, name):
		case !l.isModule(name):
			h.reporter.offer(n, check.CandidateModule, "", l.moduleNames...)
			h.reporter.errorf(n, "unknown module %q%s", name, spec.SuggestOrList(name, l.moduleNames))
		case luaLibrary(name) && l.modules[name] == nil && !mayBeLua(h.Kind):
			h.reporter.errorf(n, "unknown module %q: it is a library of Lua", name)
		default:
			out = append(out, name)
		}
	}
	return out
}

// luaLibrary says whether a module is a library of the Lua language, which its
// engines bring themselves. To list it is legal where the code may be Lua.
func luaLibrary(name string) bool { return name == "string" || name == "table" || name == "math" }

func mayBeLua(kind string) bool {
	language := languageOf(kind)
	return language == "lua" || language == ""
}

func (l *loader) isModule(name string) bool { return slices.Contains(l.moduleNames, name) }

// imports checks the field imports (14.9).
func (l *loader) imports(h *Header, c *code) []Import {
	var out []Import
	if c.imports == nil {
		return nil
	}
	for i := 0; i+1 < len(c.imports.Content); i += 2 {
		key, value := c.imports.Content[i], target(c.imports.Content[i+1])
		imp := Import{Position: h.reporter.at(key), node: c.imports.Content[i+1]}
		switch alias := target(key); {
		case alias.ShortTag() == "!!merge": // reported by wellFormed
			continue
		case !isText(alias):
			h.reporter.errorf(key, "invalid alias: it must be a string, not %s", aKind(alias))
		case alias.Value == "":
			h.reporter.errorf(key, "invalid alias: it must not be empty")
		case l.isModule(alias.Value):
			h.reporter.errorf(key, "invalid alias %q: it is the name of a module", alias.Value)
		default:
			imp.Alias = alias.Value
		}
		lib, ok := lookup[*Library](l, h, reference{value, "imports." + imp.Alias}, "import")
		if ok {
			imp.lib, imp.Library = lib, lib.ID
		}
		if imp.Alias != "" {
			out = append(out, imp)
		}
	}
	return out
}

// importCycles reports libraries that import themselves, directly or not.
func (l *loader) importCycles() {
	libs := l.app.Libraries()
	for _, cycle := range cycles(libs, func(lib *Library) []string { return imported(lib.Imports) }) {
		lib := l.app.Lookup(cycle[0]).(*Library)
		i := slices.IndexFunc(lib.Imports, func(i Import) bool { return i.Library == cycle[1] })
		lib.reporter.errorf(lib.Imports[i].node, "import cycle: %s", joinCycle(cycle))
	}
}

func imported(imports []Import) []string {
	var ids []string
	for _, i := range imports {
		if i.lib != nil {
			ids = append(ids, i.Library)
		}
	}
	return ids
}

// libraries gives the ids of what a process imports, directly or not.
func (l *loader) libraries(p *Process) []string {
	found := map[string]bool{}
	var visit func([]Import)
	visit = func(imports []Import) {
		for _, i := range imports {
			if i.lib != nil && !found[i.Library] {
				found[i.Library] = true
				visit(i.lib.Imports)
			}
		}
	}
	visit(p.Imports)
	return sortedKeys(found)
}

// granted gives the modules that the engine binds for an entry: those always
// available and those listed, by name (14.15).
func (l *loader) granted(names []string) []*hostapi.Module {
	var out []*hostapi.Module
	for _, name := range l.moduleNames {
		if m := l.modules[name]; m != nil && (m.Always || slices.Contains(names, name)) {
			out = append(out, m)
		}
	}
	return out
}
