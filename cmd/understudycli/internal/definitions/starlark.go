package definitions

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// What Starlark scripts have beside its built-ins and the modules (19.12).
//
//go:embed starlark.pyi
var starlarkGlobals string

// Starlark gives a stub in the notation of Python: a class for each module, with its
// functions, their signatures and docs, and in it the classes of its objects and records.
// spelled gives names as scripts write them, worded the texts in their words.
func Starlark(modules []*hostapi.Module, spelled, worded func(string) string) []byte {
	w := &stubWriter{types: luaWriter{names: classNames(modules)}, spelled: spelled, worded: worded}
	w.WriteString(starlarkGlobals)
	for _, m := range modules {
		w.module([]*hostapi.Module{m}, "")
	}
	return []byte(w.String())
}

type stubWriter struct {
	strings.Builder
	types           luaWriter
	spelled, worded func(string) string
}

func (w *stubWriter) line(indent, format string, args ...any) {
	w.WriteString(strings.TrimRight(indent+fmt.Sprintf(format, args...), " ") + "\n")
}

// doc writes a text for people.
func (w *stubWriter) doc(indent string, lines ...string) {
	text := w.worded(strings.Join(lines, "\n"))
	text = strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `"""`, `\"\"\"`)
	if !strings.Contains(text, "\n") && !strings.HasSuffix(text, `"`) {
		w.line(indent, `"""%s"""`, text)
		return
	}
	w.line(indent, `"""`)
	for line := range strings.Lines(text) {
		w.line(indent, "%s", strings.TrimRight(line, "\n"))
	}
	w.line(indent, `"""`)
}

// remark gives a text behind a declaration.
func (w *stubWriter) remark(doc string) string {
	if doc == "" {
		return ""
	}
	return "  # " + oneLine(w.worded(doc))
}

func (w *stubWriter) module(in []*hostapi.Module, indent string) {
	m, inner := in[0], indent+"    "
	w.line("", "")
	w.line(indent, "class %s:", w.name(m.Name))
	grant := ""
	if len(in) == 1 && !m.Always {
		grant = fmt.Sprintf(" By require(%q), where the entry lists it in modules (14.15).", m.Name)
	}
	w.doc(inner, m.Doc+grant)
	for _, s := range m.Shapes {
		if w.types.names[s] == qualified(in, s.Name) {
			w.line("", "")
			w.line(inner, "class %s:", w.name(s.Name))
			w.doc(inner+"    ", s.Doc)
			for _, f := range s.Fields {
				w.line(inner+"    ", "%s: %s%s", w.name(f.Name), w.optional(w.typeOf(f, in), f.Optional), w.remark(f.Doc))
			}
		}
	}
	for _, t := range m.Types {
		if w.types.names[t] == qualified(in, t.Name) {
			w.line("", "")
			w.line(inner, "class %s:", w.name(t.Name))
			w.doc(inner+"    ", t.Doc)
			for _, f := range t.Methods {
				w.function(f, in, inner+"    ", "self")
			}
		}
	}
	for _, c := range m.Consts {
		switch {
		case c.Make != nil || c.Value.Type() == hostapi.TypeObject:
			w.line(inner, "%s: object%s", w.name(c.Name), w.remark(c.Doc))
		case c.Value.Type() == hostapi.TypeString:
			w.line(inner, "%s: str = %s", w.name(c.Name), strconv.Quote(c.Value.Str()))
		default:
			w.line(inner, "%s: int = %s", w.name(c.Name), c.Value)
		}
	}
	for _, f := range m.Funcs {
		w.line("", "")
		w.line(inner, "@staticmethod")
		w.function(f, in, inner)
	}
	for _, sub := range m.Modules {
		w.module(append([]*hostapi.Module{sub}, in...), inner)
	}
}

func (w *stubWriter) function(f *hostapi.Func, in []*hostapi.Module, indent string, params ...string) {
	docs := []string{f.Doc}
	param := func(p hostapi.Param, optional bool) string {
		text := w.name(p.Name)
		if p.Doc != "" {
			docs = append(docs, fmt.Sprintf("%s: %s", text, oneLine(p.Doc)))
		}
		if kind := w.optional(w.typeOf(p, in), optional); kind != "object" {
			text += ": " + kind
		}
		if optional {
			text += " = None"
		}
		return text
	}
	for _, p := range Positional(f, true) {
		params = append(params, param(p, p.Optional))
	}
	named := ByName(f, true)
	if f.Rest != "" {
		params = append(params, "*args")
	} else if len(named) > 0 {
		params = append(params, "*")
	}
	for _, k := range named {
		params = append(params, param(k, true))
	}
	if f.AnyKeyword && len(f.Keywords) == 0 {
		params = append(params, "**kwargs")
	}
	var results []string
	many := f.Many(true)
	for _, r := range f.Results {
		results = append(results, w.optional(w.typeOf(r, in), r.Optional || f.Returns == hostapi.OrError))
	}
	fails := f.Returns == hostapi.OrError || f.Returns == hostapi.OrFalse
	if fails {
		results = append(results, w.optional(w.python(w.types.names[errorClass{}]), true))
	}
	result := "None"
	switch {
	case many && len(results) > 1:
		result = "tuple[" + strings.Join(results, ", ") + "]"
	case many && fails:
		result = "tuple[None, " + results[0] + "]"
	case len(results) > 0:
		result = results[0]
	}
	if len(f.Errors) > 0 {
		how := "Errors"
		if !fails {
			how = "Raises"
		}
		var kinds []string
		for _, k := range f.Errors {
			kinds = append(kinds, string(k))
		}
		docs = append(docs, "", how+": "+strings.Join(kinds, ", "))
	}
	w.line(indent, "def %s(%s) -> %s:", w.name(f.Name), strings.Join(params, ", "), result)
	w.doc(indent+"    ", docs...)
	w.line(indent+"    ", "...")
}

// name gives a name as scripts write it, and a stub may.
func (w *stubWriter) name(name string) string { return identifier(w.spelled(name)) }

func (w *stubWriter) optional(kind string, optional bool) string {
	if !optional || kind == "object" || strings.HasSuffix(kind, "None") {
		return kind
	}
	return kind + " | None"
}

func (w *stubWriter) typeOf(p hostapi.Param, in []*hostapi.Module) string {
	return w.python(w.types.typeOf(p, in))
}

// python writes a type of Lua as one of Python.
func (w *stubWriter) python(kind string) string {
	var parts []string
	for _, part := range strings.Split(kind, "|") {
		switch {
		case strings.HasSuffix(part, "[]"):
			parts = append(parts, "list["+w.python(strings.TrimSuffix(part, "[]"))+"]")
			continue
		case strings.HasPrefix(part, "table<string, "):
			parts = append(parts, "dict[str, "+w.python(strings.TrimSuffix(strings.TrimPrefix(part, "table<string, "), ">"))+"]")
			continue
		}
		switch part {
		case "any":
			return "object"
		case "string":
			part = "str"
		case "number":
			part = "int | float"
		case "integer":
			part = "int"
		case "boolean":
			part = "bool"
		case "table":
			part = "dict | list"
		case "function":
			part = "callable"
		case "nil":
			part = "None"
		case durationClass:
			part = "str | int | float | time.duration"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " | ")
}
