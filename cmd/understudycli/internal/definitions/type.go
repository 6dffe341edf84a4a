package definitions

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// errorClass is the key under which classNames has the class of error objects.
type errorClass struct{}

// durationClass is what stands for a duration: text, nanoseconds, or what time.parse_duration
// gives (10.1).
const durationClass = "understudy.duration"

// classNames gives the classes of all types of objects and records, each named after the
// module of its name that has it, else the first: channel.channel, process.event.
func classNames(modules []*hostapi.Module) map[any]string {
	names := map[any]string{errorClass{}: "any"}
	for _, m := range modules {
		for _, t := range m.Types {
			if t.Name == m.Name {
				names[t] = qualified([]*hostapi.Module{m}, t.Name)
			}
		}
	}
	var walk func(in []*hostapi.Module)
	walk = func(in []*hostapi.Module) {
		for _, s := range in[0].Shapes {
			if names[s] == "" {
				names[s] = qualified(in, s.Name)
			}
		}
		for _, t := range in[0].Types {
			if names[t] == "" {
				names[t] = qualified(in, t.Name)
			}
			if t == hostapi.ErrorType {
				names[errorClass{}] = names[t]
			}
		}
		for _, sub := range in[0].Modules {
			walk(append([]*hostapi.Module{sub}, in...))
		}
	}
	for _, m := range modules {
		walk([]*hostapi.Module{m})
	}
	return names
}

// qualified is a name in modules of which each stands in the next.
func qualified(in []*hostapi.Module, name string) string {
	for _, m := range in {
		name = m.Name + "." + name
	}
	return strings.ReplaceAll(name, " ", "_")
}

// typeOf writes the type of a parameter, result or field.
func (w *luaWriter) typeOf(p hostapi.Param, in []*hostapi.Module) string {
	if p.Type == "" {
		if p.Object != nil && p.Accept&^(hostapi.AcceptObject|hostapi.AcceptNil) == 0 {
			return w.objectClass(p.Object)
		}
		return w.accepted(p.Accept, p.Object)
	}
	var parts []string
	for _, word := range strings.Split(p.Type, " or ") {
		kind := w.named(word, p, in)
		if kind == "" {
			return w.accepted(p.Accept, p.Object)
		}
		parts = append(parts, kind)
	}
	return strings.Join(parts, "|")
}

func (w *luaWriter) objectClass(t *hostapi.ObjectType) string {
	if name := w.names[t]; name != "" {
		return name
	}
	return "any"
}

// named gives the type that a text of a table names, "" if it is none.
func (w *luaWriter) named(text string, p hostapi.Param, in []*hostapi.Module) string {
	if of, ok := strings.CutPrefix(text, "list of "); ok {
		return w.list(of, p, in)
	}
	if of, ok := strings.CutPrefix(text, "map of "); ok {
		if of, ok := strings.CutPrefix(of, "lists of "); ok {
			return "table<string, " + w.list(of, p, in) + ">"
		}
		if kind := w.named(of, p, in); kind != "" {
			return "table<string, " + kind + ">"
		}
		return "table<string, any>"
	}
	switch text {
	case "string", "number", "integer", "boolean", "function", "nil", "any", "table":
		return text
	case "PID", "name", "pattern", "blob", "json_number":
		if text == "blob" || text == "json_number" {
			break // objects
		}
		return "string"
	case "list":
		return "any[]"
	case "map":
		return "table"
	case "payload":
		return "any"
	case "error":
		return w.names[errorClass{}]
	case "duration":
		return durationClass
	}
	for _, m := range in {
		for _, s := range m.Shapes {
			if s.Name == text {
				return w.names[s]
			}
		}
		for _, t := range m.Types {
			if t.Name == text {
				return w.names[t]
			}
		}
	}
	if p.Object != nil && p.Object.Name == text {
		return w.objectClass(p.Object)
	}
	return ""
}

// list gives the type of a list, of elements that a text names, in the singular or not.
func (w *luaWriter) list(of string, p hostapi.Param, in []*hostapi.Module) string {
	if p.Elements != nil {
		return w.objectClass(p.Elements) + "[]"
	}
	for _, name := range []string{of, strings.TrimSuffix(of, "s")} {
		if kind := w.named(name, p, in); kind != "" {
			return kind + "[]"
		}
	}
	return "any[]"
}

// accepted writes a set of types.
func (w *luaWriter) accepted(a hostapi.Accept, object *hostapi.ObjectType) string {
	if a&hostapi.AcceptAny != 0 || a == 0 {
		return "any"
	}
	var parts []string
	for _, t := range []struct {
		bit  hostapi.Accept
		name string
	}{
		{hostapi.AcceptBool, "boolean"}, {hostapi.AcceptNumber, "number"}, {hostapi.AcceptString, "string"},
		{hostapi.AcceptTable, "table"}, {hostapi.AcceptFunction, "function"}, {hostapi.AcceptError, w.names[errorClass{}]},
		{hostapi.AcceptDuration, durationClass},
	} {
		if a&t.bit != 0 {
			parts = append(parts, t.name)
		}
	}
	if a&hostapi.AcceptObject != 0 {
		if object == nil {
			return "any"
		}
		parts = append(parts, w.objectClass(object))
	}
	if a&hostapi.AcceptNil != 0 {
		parts = append(parts, "nil")
	}
	return strings.Join(parts, "|")
}
