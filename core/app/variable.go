package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// variable is one that index files declare under env (71.5).
type variable struct {
	name     string
	kind     variableType
	secret   bool
	fallback *string // its default, as text
	position Position
}

// variableType is a type of variables (71.5).
type variableType string

const textVariable variableType = "string"

// variableTypes are all, with what the text of a value is said not to be.
var variableTypes = []struct {
	name variableType
	must string
}{
	{textVariable, "a string"}, {"integer", "an integer"}, {"number", "a number"}, {"bool", "a bool, true or false"},
	{"duration", "a duration, as in 500ms, 10s or 1m30s"}, {"size", "a size: bytes, or text such as 16MiB"},
}

func (k variableType) must() string {
	for _, t := range variableTypes {
		if t.name == k {
			return t.must
		}
	}
	return ""
}

// scalar gives a text as a value of the type, as if it were written in an index
// file; ok is false if it is none.
func (k variableType) scalar(text string) (n *yaml.Node, ok bool) {
	asText := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: text}
	plain := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	v, err := scalarValue(plain)
	whole := err == nil && v.Type() == hostapi.TypeInt
	switch k {
	case "integer":
		return plain, whole
	case "number":
		return plain, err == nil && numeric(v)
	case "bool":
		return plain, err == nil && v.Type() == hostapi.TypeBool
	case "duration":
		if whole && v.Int() == 0 {
			return plain, true
		}
		_, ok = hostapi.ParseDuration(text)
		return asText, ok
	case "size":
		if whole {
			return plain, v.Int() >= 0
		}
		_, ok = spec.ParseSize(text)
		return asText, ok
	}
	return asText, true
}

// forms gives the texts by which a value may be seen: as it was written, and a number as
// scripts have it, who do not know that it was written as 0x1F or +31.
func (k variableType) forms(text string) []string {
	forms := []string{text}
	if n, ok := k.scalar(text); ok {
		if v, err := scalarValue(n); err == nil && numeric(v) && v.String() != text {
			forms = append(forms, v.String())
		}
	}
	return forms
}

// declareVariables reads the field env of an index file.
func (s *settings) declareVariables(f *indexFile) {
	r := reporter{s.collector, f.path, ""}
	env := fieldNode(f.root, "env")
	if env == nil {
		return
	}
	if env.Kind != yaml.MappingNode {
		r.mustBe(env, "env", "a map")
		return
	}
	for i := 0; i+1 < len(env.Content); i += 2 {
		key := target(env.Content[i])
		if !isText(key) || !spec.IsVariableName(key.Value) {
			if key.ShortTag() != "!!merge" { // reported by wellFormed
				r.errorf(env.Content[i], "invalid variable %q: letters, digits and _ are allowed, and no digit at the beginning", key.Value)
			}
			continue
		}
		v := &variable{name: key.Value, kind: textVariable, position: r.at(env.Content[i])}
		v.read(r, target(env.Content[i+1]))
		if first := s.declared[v.name]; first == nil {
			s.declared[v.name] = v
		} else if first.position.File != f.path { // else it is a duplicate key
			r.errorf(env.Content[i], "declared twice: %s, first at %s", v.name, first.position)
		}
	}
}

// read reads what is said of the variable.
func (v *variable) read(r reporter, n *yaml.Node) {
	field := "env." + v.name
	if kindName(n) == "null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.errorf(n, "%s must be a map or null, not %s: write {default: ...}", field, aKind(n))
		return
	}
	o := r.object(n, "default", "type", "secret")
	if name, ok := o.text("type"); ok {
		var known []string
		for _, t := range variableTypes {
			known = append(known, string(t.name))
		}
		if v.kind = variableType(name); !slices.Contains(known, name) {
			r.offer(o.value("type"), check.CandidateWord, "type", known...)
			r.errorf(o.value("type"), "%s.type must be one of %s, not %q%s", field, strings.Join(known, ", "), name, spec.Suggest(name, known))
			v.kind = textVariable
			return
		}
	}
	if secret := o.value("secret"); secret != nil {
		b, err := scalarValue(secret)
		if v.secret = b.Bool(); secret.Kind != yaml.ScalarNode || err != nil || b.Type() != hostapi.TypeBool {
			r.mustBe(secret, field+".secret", "a boolean")
		}
	}
	given := o.value("default")
	switch {
	case given == nil || kindName(given) == "null":
	case given.Kind != yaml.ScalarNode:
		r.mustBe(given, field+".default", v.kind.must())
	case v.kind == textVariable && !isText(given):
		r.errorf(given, "%s.default must be a string, not %s%s", field, aKind(given), inPlaceOf(hostapi.TypeString, given))
	default:
		if _, ok := v.kind.scalar(given.Value); !ok {
			r.errorf(given, "%s.default must be %s", field, v.kind.must())
			return
		}
		if v.fallback = &given.Value; v.secret && given.Value != "" {
			r.warnf(given, "secret in an app file: %s.default", field)
		}
	}
}

// wrong says that a value is none of the variable's type. That of a secret is not
// shown.
func (v *variable) wrong(value string) string {
	if v.secret {
		return fmt.Sprintf("%s must be %s", v.name, v.kind.must())
	}
	return fmt.Sprintf("%s must be %s, not %q", v.name, v.kind.must(), value)
}
