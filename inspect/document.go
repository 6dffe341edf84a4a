package inspect

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

func documentRoutes() []*route {
	return []*route{{
		method: http.MethodGet, path: "/api/v1/openapi.json", summary: "This document.",
		gives:  reflect.TypeFor[map[string]any](),
		answer: func(i *Inspector, _ *request) (any, error) { return i.document, nil },
	}}
}

// object is one of JSON.
type object = map[string]any

// describe gives the document of the API: OpenAPI 3.1, made from the routes.
func describe(routes []*route) object {
	s := &schemas{known: object{}}
	refusal := object{"description": "an error", "content": object{"application/json": object{"schema": s.of(reflect.TypeFor[Refusal]())}}}
	paths := object{}
	for _, r := range routes {
		operation := object{"summary": r.summary, "operationId": operationID(r), "responses": object{"default": refusal}}
		success := object{"description": "success"}
		status := "200"
		switch {
		case r.gives == nil:
			status = "204"
		case r.stream:
			success["content"] = object{"text/event-stream": object{"schema": s.of(r.gives)}}
		default:
			success["content"] = object{"application/json": object{"schema": s.of(r.gives)}}
		}
		operation["responses"].(object)[status] = success
		if p := r.parameters(); len(p) > 0 {
			operation["parameters"] = p
		}
		if r.body != nil {
			operation["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": s.of(r.body)}}}
		}
		switch r.right {
		case open:
			operation["security"] = []any{}
		case action:
			operation["description"] = "An action: it needs the token."
		}
		if paths[r.path] == nil {
			paths[r.path] = object{}
		}
		paths[r.path].(object)[strings.ToLower(r.method)] = operation
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "understudy inspector", "version": "1",
			"description": "Looks into a running node (section 63 of the specification). Times are RFC 3339, durations seconds."},
		"servers":  []any{object{"url": "../.."}},
		"paths":    paths,
		"security": []any{object{"token": []any{}}, object{}},
		"components": object{
			"schemas":         s.known,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}},
		},
	}
}

// operationID names an operation by its method and path.
func operationID(r *route) string {
	id := strings.ToLower(r.method)
	for part := range strings.SplitSeq(strings.TrimPrefix(r.path, "/api/v1/"), "/") {
		part = strings.Trim(part, "{}")
		for word := range strings.FieldsFuncSeq(part, func(c rune) bool { return c == '-' || c == '.' }) {
			id += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return id
}

func (to *route) parameters() []any {
	var out []any
	for part := range strings.SplitSeq(to.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			out = append(out, object{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, p := range to.query {
		schema := object{"type": "string"}
		switch {
		case p.kind == "integer":
			schema = object{"type": "integer", "minimum": 0}
			if n, err := strconv.Atoi(p.standard); err == nil {
				schema["default"] = n
			}
		case p.kind != "":
			schema["type"] = p.kind
		case p.standard != "":
			schema["default"] = p.standard
		}
		if p.values != nil {
			schema["enum"] = p.values
		}
		one := object{"name": p.name, "in": "query", "schema": schema}
		if p.doc != "" {
			one["description"] = p.doc
		}
		out = append(out, one)
	}
	return out
}

// schemas gives JSON schemas of Go types; those that have a name are kept.
type schemas struct{ known object }

func (s *schemas) of(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[hostapi.Value]():
		return object{"description": "a payload as JSON (22.6)"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Interface:
		return object{"description": "any value"}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		out := object{"type": "object"}
		if t.Elem().Kind() != reflect.Interface {
			out["additionalProperties"] = s.of(t.Elem())
		}
		return out
	case reflect.Struct:
		if _, ok := s.known[t.Name()]; !ok {
			s.known[t.Name()] = object{} // it may hold itself
			s.known[t.Name()] = s.object(t)
		}
		return object{"$ref": "#/components/schemas/" + t.Name()}
	}
	panic("inspect: no schema of " + t.String()) // the types are ours
}

func (s *schemas) object(t reflect.Type) object {
	properties, required := object{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.of(f.Type)
		if d := f.Tag.Get("doc"); d != "" {
			p["description"] = d
		}
		if e := f.Tag.Get("enum"); e != "" {
			p["enum"] = strings.Split(e, ",")
		}
		properties[name] = p
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
