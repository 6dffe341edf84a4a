// Package schema writes the forms of index files as JSON Schema, for editors (61.3).
package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/spec"
)

// dialect is that of all schemas that are written.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// Index gives the schema of index files.
func Index(forms *app.Forms) []byte {
	w := newWriter()
	root := w.form(forms.Index, false)
	var kinds []any
	var choices []any
	for _, k := range forms.Kinds {
		kinds = append(kinds, k.Kind)
		choices = append(choices, object{
			"if":   object{"properties": object{"kind": object{"const": k.Kind}}, "required": []any{"kind"}},
			"then": w.kind(k),
		})
	}
	root["properties"].(object)["entries"] = object{
		"description": forms.Index.Fields["entries"].Doc, "type": "array",
		"items": object{
			"type": "object", "required": []any{"name", "kind"},
			"properties": object{"kind": object{"enum": kinds, "description": "What it is (14.8)."}},
			"allOf":      choices,
		},
	}
	root["title"] = "Index file of an Understudy app"
	root["examples"] = []any{example}
	return w.document(root)
}

// example is the smallest app that does something.
var example = object{
	"version": "1.0", "namespace": "shop",
	"entries": []any{
		object{"name": "processes", "kind": app.KindHost},
		object{"name": "hello", "kind": app.KindScript, "source": "file://hello", "input": []any{"world"}},
	},
}

// Kind gives the schema of one entry of a kind; false if there is no such kind.
func Kind(forms *app.Forms, kind string) ([]byte, bool) {
	i := slices.IndexFunc(forms.Kinds, func(k app.KindForm) bool { return k.Kind == kind })
	if i < 0 {
		return nil, false
	}
	w := newWriter()
	return w.document(w.kind(forms.Kinds[i])), true
}

// variable is a pattern of texts with variables (71.5).
const variable = `(^|[^$])\$\{`

// shared begins the names of definitions that are no kinds.
const shared = "shared:"

type object map[string]any

type writer struct {
	defs  object
	names map[*spec.Form]string // of forms that stand in defs
	texts map[string]string     // of what is shared
}

func newWriter() *writer {
	return &writer{defs: object{}, names: map[*spec.Form]string{}, texts: map[string]string{}}
}

func (w *writer) document(root object) []byte {
	root["$schema"] = dialect
	root["$defs"] = w.defs
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // maps, lists and scalars
	}
	return append(text, '\n')
}

// kind puts the form of a kind among the definitions, and refers to it.
func (w *writer) kind(k app.KindForm) object {
	w.names[k.Form] = k.Kind
	o := w.form(k.Form, false)
	o["title"], o["description"] = k.Kind, k.Doc
	w.defs[k.Kind] = o
	return reference(k.Kind)
}

func reference(name string) object { return object{"$ref": "#/$defs/" + name} }

// form writes a form. code says that no variable is replaced there.
func (w *writer) form(f *spec.Form, code bool) object {
	code = code || f.Code
	o := w.plain(f, code)
	var either []any
	if f.Either != nil {
		either = append(either, o, w.other(f.Either, code))
	}
	if f.Null {
		either = append(either, object{"type": "null"}, o)
	}
	if !code && scalar(f) && !free(f) {
		if either == nil {
			either = []any{o}
		}
		either = append(either, reference(shared+"variable"))
		w.defs[shared+"variable"] = object{
			"type": "string", "pattern": variable, "description": "A text with variables, ${NAME} or ${NAME:-text} (71.5).",
		}
	}
	if either != nil {
		o = object{"anyOf": either}
	}
	if f.Doc != "" {
		o["description"] = f.Doc
	}
	if f.Default != nil {
		o["default"] = f.Default
	}
	switch f.Type {
	case spec.FormDuration:
		o["examples"] = []any{"500ms", "10s", "1m30s"}
	case spec.FormSize:
		o["examples"] = []any{"64KiB", "16MiB"}
	case spec.FormSecret:
		o["examples"] = []any{object{"env": "NAME"}, object{"file": "secrets/name"}}
	}
	return o
}

// other writes a form that stands beside another one. A supervisor may hold supervisors, so
// it is written without the fields that only its entry has, once.
func (w *writer) other(f *spec.Form, code bool) object {
	if w.names[f] == "" {
		return w.form(f, code)
	}
	const name = shared + "supervisor"
	if w.defs[name] == nil {
		w.defs[name] = object{} // it refers to itself
		nested := *f
		nested.Fields, nested.Names, nested.Rules, nested.Doc = map[string]*spec.Form{}, nil, nil, ""
		for _, field := range spec.SupervisorFields() {
			nested.Fields[field] = f.Fields[field]
		}
		for _, r := range f.Rules {
			if !slices.ContainsFunc(r.Then, func(c spec.Condition) bool { return c.Field == "name" || c.Field == "kind" }) {
				nested.Rules = append(nested.Rules, r)
			}
		}
		w.defs[name] = w.form(&nested, code)
	}
	return reference(name)
}

// scalar reports whether a form is of values that are written as one scalar.
func scalar(f *spec.Form) bool {
	return f.Type != spec.FormAny && f.Type != spec.FormList && f.Type != spec.FormMap && f.Type != spec.FormSecret
}

// free reports whether any text is legal: one with variables too.
func free(f *spec.Form) bool {
	return f.Type == spec.FormText && f.Words == nil && f.Pattern == ""
}

// plain writes a form by its type.
func (w *writer) plain(f *spec.Form, code bool) object {
	switch f.Type {
	case spec.FormText:
		return text(f)
	case spec.FormBoolean:
		return object{"type": "boolean"}
	case spec.FormInteger:
		return bounded(f, object{"type": "integer"})
	case spec.FormNumber:
		return bounded(f, object{"type": "number"})
	case spec.FormDuration:
		const number = `([0-9]+\.?[0-9]*|\.[0-9]+)`
		o := object{"type": "string", "pattern": `^\+?(` + number + `(ns|us|µs|ms|s|m|h))+$|^0$`}
		if f.Low > 0 {
			return object{"allOf": []any{o, object{"pattern": "[1-9]"}}}
		}
		return object{"anyOf": []any{o, object{"const": 0}}}
	case spec.FormSize:
		o := object{"type": "string", "pattern": `^[0-9]+ ?(KiB|MiB|GiB)$`}
		if f.Low > 0 {
			o = object{"allOf": []any{o, object{"pattern": "[1-9]"}}}
		}
		return object{"anyOf": []any{bounded(f, object{"type": "integer"}), o}}
	case spec.FormSecret:
		one := object{"type": "string", "minLength": 1}
		return object{"anyOf": []any{
			object{"type": "string"},
			object{
				"type": "object", "properties": object{"env": one, "file": one}, "additionalProperties": false,
				"minProperties": 1, "maxProperties": 1,
			},
		}}
	case spec.FormList:
		o := object{"type": "array"}
		if f.Of != nil {
			o["items"] = w.form(f.Of, code)
		}
		return o
	case spec.FormMap:
		return w.mapForm(f, code)
	}
	return object{}
}

func text(f *spec.Form) object {
	o := object{"type": "string"}
	if f.Words != nil {
		words := make([]any, len(f.Words))
		for i, word := range f.Words {
			words[i] = word
		}
		o = object{"enum": words}
	}
	if f.Pattern != "" {
		o["pattern"] = f.Pattern
	}
	return o
}

func bounded(f *spec.Form, o object) object {
	if !math.IsInf(f.Low, 0) {
		o["minimum"] = f.Low
	}
	if !math.IsInf(f.High, 0) && f.High > f.Low {
		o["maximum"] = f.High
	}
	return o
}

func (w *writer) mapForm(f *spec.Form, code bool) object {
	o := object{"type": "object"}
	if f.Fields == nil {
		if f.NamesFit != "" {
			o["propertyNames"] = object{"pattern": f.NamesFit}
		}
		if f.Of != nil {
			o["additionalProperties"] = w.form(f.Of, code)
		}
		return o
	}
	properties := object{}
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		field := f.Fields[name]
		properties[name] = w.shared(name, w.form(field, code))
	}
	o["properties"], o["additionalProperties"] = properties, false
	var required, rules []any
	for _, r := range f.Rules {
		if len(r.If) == 0 && len(r.Then) == 1 && plainlyGiven(r.Then[0]) {
			if !slices.Contains(required, any(r.Then[0].Field)) {
				required = append(required, r.Then[0].Field)
			}
			continue
		}
		rules = append(rules, rule(r))
	}
	if required != nil {
		o["required"] = required
	}
	if rules != nil {
		o["allOf"] = rules
	}
	return o
}

// shared puts what is long among the definitions if it is not there otherwise: it is the
// same in most kinds.
func (w *writer) shared(name string, o object) any {
	const long = 600 // bytes
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // maps, lists and scalars
	}
	if len(text) < long {
		return o
	}
	at := shared + name
	if w.defs[at] == nil {
		w.defs[at], w.texts[at] = o, string(text)
	}
	if w.texts[at] != string(text) {
		return o
	}
	return reference(at)
}

func plainlyGiven(c spec.Condition) bool {
	return !c.Absent && c.Words == nil && c.Begins == "" && c.Count == 0 && !c.Filled && c.Each == nil && c.Any == nil
}

func rule(r spec.Rule) object {
	then := all(r.Then, true)
	if len(r.If) == 0 {
		return then
	}
	return object{"if": all(r.If, false), "then": then}
}

func all(list []spec.Condition, wanted bool) object {
	if len(list) == 1 {
		return condition(list[0], wanted)
	}
	var parts []any
	for _, c := range list {
		parts = append(parts, condition(c, wanted))
	}
	return object{"allOf": parts}
}

// condition writes a condition. Of one that is wanted the value may come from a variable.
func condition(c spec.Condition, wanted bool) object {
	if c.Any != nil {
		var parts []any
		for _, one := range c.Any {
			parts = append(parts, condition(one, wanted))
		}
		return object{"anyOf": parts}
	}
	given := object{"required": []any{c.Field}}
	of := object{}
	switch {
	case c.Absent:
		return object{"not": given}
	case c.Words != nil:
		of["enum"] = c.Words
		if wanted {
			of = object{"anyOf": []any{of, object{"type": "string", "pattern": variable}}}
		}
	case c.Begins != "":
		of["pattern"] = "^" + regexp.QuoteMeta(c.Begins)
	case c.Count > 0:
		of["minItems"], of["maxItems"] = c.Count, c.Count
	case c.Filled:
		of["minItems"] = 1
	case c.Each != nil:
		of["items"] = rule(*c.Each)
	default:
		return given
	}
	given["properties"] = object{c.Field: of}
	return given
}

// Modeline is the comment by which editors find the schema of a YAML file.
func Modeline(file string) string {
	return fmt.Sprintf("# yaml-language-server: $schema=%s\n", strings.ReplaceAll(file, " ", "%20"))
}
