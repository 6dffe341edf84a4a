package definitions

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// The language's own globals and libraries (19.5, 19.6), which no module table describes.
//
//go:embed lua
var standard embed.FS

// Lua gives the definition files for LuaLS, by their names. The file of a module is named
// as require names it.
func Lua(modules []*hostapi.Module) map[string][]byte {
	names := classNames(modules)
	files := map[string][]byte{}
	own, err := standard.ReadDir("lua")
	if err != nil {
		panic(err) // it is embedded
	}
	for _, e := range own {
		text, err := fs.ReadFile(standard, path.Join("lua", e.Name()))
		if err != nil {
			panic(err) // it is embedded
		}
		files[e.Name()] = text
	}
	for _, m := range modules {
		w := luaWriter{names: names, further: string(files[m.Name+".lua"])}
		w.file(m)
		files[m.Name+".lua"] = []byte(w.String())
	}
	return files
}

// LuaSettings is the .luarc.json of an app whose definitions are in a directory, written as
// relative to the app: which Lua it is, where the definitions are, and that of what LuaLS
// brings along itself nothing holds here (19.1).
func LuaSettings(library string, modules []*hostapi.Module) []byte {
	builtin := map[string]string{}
	for _, name := range []string{
		"basic", "bit", "bit32", "coroutine", "debug", "ffi", "io", "jit", "jit.profile", "jit.util", "math", "os",
		"package", "string", "string.buffer", "table", "table.clear", "table.new", "utf8",
	} {
		builtin[name] = "disable"
	}
	globals := []string{"math", "string", "table"}
	for _, m := range modules {
		if m.Always {
			globals = append(globals, m.Name)
		}
	}
	slices.Sort(globals)
	text, err := json.MarshalIndent(struct {
		Version    string            `json:"runtime.version"`
		Builtin    map[string]string `json:"runtime.builtin"`
		Library    []string          `json:"workspace.library"`
		ThirdParty bool              `json:"workspace.checkThirdParty"`
		Globals    []string          `json:"diagnostics.globals"`
		// A result that is nil beside an error is looked at by its error, or by assert;
		// the server sees neither.
		Disabled  []string `json:"diagnostics.disable"`
		WeakNil   bool     `json:"type.weakNilCheck"`
		WeakUnion bool     `json:"type.weakUnionCheck"`
	}{"Lua 5.1", builtin, []string{library}, false, globals, []string{"need-check-nil"}, true, true}, "", "  ")
	if err != nil {
		panic(err) // strings and booleans
	}
	return append(text, '\n')
}

// luaWriter writes one file.
type luaWriter struct {
	strings.Builder
	names   map[any]string // of types and shapes
	further string         // what stands behind the table of the module, and says some functions better
}

func (w *luaWriter) line(format string, args ...any) {
	w.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

// text writes comment lines.
func (w *luaWriter) text(doc string) {
	for line := range strings.Lines(doc) {
		w.line("--- %s", strings.TrimRight(line, "\n"))
	}
}

// file writes the file of a module.
func (w *luaWriter) file(m *hostapi.Module) {
	w.line("---@meta %s\n\n-- Made by 'understudy types' from the module tables: it is written anew each time.\n", m.Name)
	if m.Always {
		w.table(m, identifier(m.Name), libraryClass(m.Name), []*hostapi.Module{m}, "")
	} else {
		w.table(m, identifier(m.Name), libraryClass(m.Name), []*hostapi.Module{m}, "local ")
	}
	w.WriteString(w.further)
	w.line("return %s", identifier(m.Name))
}

func libraryClass(module string) string { return strings.ReplaceAll(module, " ", "_") + "lib" }

// table writes a module that a variable holds. in are the modules that it stands in, the
// innermost first: what a text names is looked for there.
func (w *luaWriter) table(m *hostapi.Module, variable, class string, in []*hostapi.Module, before string) {
	for _, s := range m.Shapes {
		if w.names[s] == qualified(in, s.Name) {
			w.shape(s, in)
		}
	}
	for i, t := range m.Types {
		if w.names[t] == qualified(in, t.Name) {
			w.object(t, in, fmt.Sprintf("methods_of_%s_%d", identifier(t.Name), i+1))
		}
	}
	w.text(m.Doc)
	w.line("---@class %s\n%s%s = {}\n", class, before, variable)
	for _, f := range m.Funcs {
		if !strings.Contains(w.further, "function "+member(variable, f.Name)+"(") {
			w.function(f, qualified(in, f.Name), in, member(variable, f.Name))
		}
	}
	for _, c := range m.Consts {
		w.text(c.Doc)
		if value, ok := literal(c); ok {
			w.line("%s = %s\n", member(variable, c.Name), value)
		} else {
			w.line("---@type any\n%s = nil\n", member(variable, c.Name))
		}
	}
	for _, sub := range m.Modules {
		w.table(sub, member(variable, sub.Name), class+"."+sub.Name, append([]*hostapi.Module{sub}, in...), "")
	}
}

// literal writes a constant; ok is false for objects.
func literal(c hostapi.Const) (text string, ok bool) {
	switch {
	case c.Make != nil:
		return "", false
	case c.Value.Type() == hostapi.TypeString:
		return strconv.Quote(c.Value.Str()), true
	}
	return c.Value.String(), c.Value.Type() != hostapi.TypeObject
}

// shape writes the class of records.
func (w *luaWriter) shape(s *hostapi.Shape, in []*hostapi.Module) {
	w.text(s.Doc)
	w.line("---@class %s", w.names[s])
	w.fields(s.Fields, in)
	w.line("")
}

func (w *luaWriter) fields(fields []hostapi.Param, in []*hostapi.Module) {
	for _, f := range fields {
		w.line("---@field %s%s %s %s", f.Name, mark(f.Optional), w.typeOf(f, in), oneLine(f.Doc))
	}
}

// object writes the class of objects.
func (w *luaWriter) object(t *hostapi.ObjectType, in []*hostapi.Module, variable string) {
	w.text(t.Doc)
	w.line("---@class %s\nlocal %s = {}\n", w.names[t], variable)
	for _, f := range t.Methods {
		w.function(f, w.names[t]+"."+f.Name, in, variable+":"+f.Name)
	}
}

// function writes a function or method, and the class of its options if it takes any.
func (w *luaWriter) function(f *hostapi.Func, called string, in []*hostapi.Module, declared string) {
	options := Options(f)
	if options != nil {
		w.text("Options of " + called + ".")
		w.line("---@class %s.%s", called, options.Name)
		if options.Elements != nil {
			w.line("---@field [integer] %s", w.names[options.Elements])
		}
		w.fields(f.Keywords, in)
		w.line("")
	}
	w.text(f.Doc)
	if len(f.Errors) > 0 {
		var kinds []string
		for _, k := range f.Errors {
			kinds = append(kinds, string(k))
		}
		how := "Errors"
		if f.Returns == hostapi.Plain {
			how = "Raises"
		}
		w.text(fmt.Sprintf("\n%s: %s", how, strings.Join(kinds, ", ")))
	}
	var params []string
	for _, p := range f.Params {
		kind := w.typeOf(p, in)
		if options != nil && p.Name == options.Name {
			kind = called + "." + p.Name
			if rest := p.Accept &^ (hostapi.AcceptTable | hostapi.AcceptNil | hostapi.AcceptAny); rest != 0 {
				kind += "|" + w.accepted(rest, p.Object)
			}
		}
		name := identifier(p.Name)
		params = append(params, name)
		w.line("---@param %s%s %s %s", name, mark(p.Optional), kind, oneLine(p.Doc))
	}
	if f.Rest != "" {
		params = append(params, "...")
		w.line("---@param ... any %s", f.Rest)
	}
	// On failure every result is nil, or false, and an error follows (0.5).
	failed := f.Returns == hostapi.OrError
	for _, r := range f.Results {
		kind := w.typeOf(r, in)
		if failed && kind != "any" && kind != "nil" || r.Optional {
			kind += "?"
			if strings.Contains(kind, "|") {
				kind = strings.TrimSuffix(kind, "?") + "|nil"
			}
		}
		w.line("---@return %s %s %s", kind, identifier(r.Name), oneLine(r.Doc))
	}
	if f.Returns != hostapi.Plain {
		if len(f.Results) == 0 {
			w.line("---@return nil")
		}
		w.line("---@return %s? err", w.names[errorClass{}])
	}
	list := strings.Join(params, ", ")
	if strings.HasSuffix(declared, "]") {
		w.line("%s = function(%s) end\n", declared, list)
	} else {
		w.line("function %s(%s) end\n", declared, list)
	}
}

func mark(optional bool) string {
	if optional {
		return "?"
	}
	return ""
}

func oneLine(doc string) string { return strings.Join(strings.Fields(doc), " ") }

// luaWords are no names in Lua.
var luaWords = strings.Fields("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")

// identifier makes a variable's name of any.
func identifier(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if name == "" || slices.Contains(luaWords, name) || name[0] >= '0' && name[0] <= '9' {
		name = "_" + name
	}
	return name
}

// member writes the field of a variable.
func member(variable, name string) string {
	if identifier(name) != name {
		return fmt.Sprintf("%s[%q]", variable, name)
	}
	return variable + "." + name
}
