package app

import (
	"os"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"go.yaml.in/yaml/v3"
)

// settings puts into the index files what comes from outside, before their entries are
// read: what the caller sets, and values of variables (71.5 to 71.7).
type settings struct {
	*loader
	declared map[string]*variable
	lookup   func(string) (string, bool)
	used     map[string]bool // values of secrets
}

// dataFields hold data, whose fields have names that mean nothing.
var dataFields = []string{"input", "meta"}

// settle completes the index files.
func (l *loader) settle(files []*indexFile) {
	s := &settings{l, map[string]*variable{}, l.opts.Lookup, map[string]bool{}}
	if s.lookup == nil {
		s.lookup = os.LookupEnv
	}
	for _, f := range files {
		s.declareVariables(f)
	}
	for _, text := range l.opts.Set {
		s.set(files, text)
	}
	for _, f := range files {
		if f.changed || strings.Contains(f.data, "${") {
			f.unalias()
			s.fillFile(f)
		}
	}
	l.app.Secrets = sortedKeys(s.used)
}

// fillFile replaces the variables in a file.
func (s *settings) fillFile(f *indexFile) {
	r := reporter{s.collector, f.path, ""}
	if f.root.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(f.root.Content); i += 2 {
		name, value := target(f.root.Content[i]).Value, f.root.Content[i+1]
		switch {
		case slices.Contains(spec.CodeFields(), name):
		case name == "entries" && value.Kind == yaml.SequenceNode:
			for _, n := range value.Content {
				r.entry = f.idOf(n)
				s.fill(r, n, false)
			}
			r.entry = ""
		default:
			s.fill(r, value, slices.Contains(dataFields, name))
		}
	}
}

// fill replaces the variables in a value and in all that it holds.
func (s *settings) fill(r reporter, n *yaml.Node, data bool) {
	switch n.Kind {
	case yaml.ScalarNode:
		if isText(n) && strings.Contains(n.Value, "${") {
			s.fillScalar(r, n)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			s.fill(r, item, data)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := target(n.Content[i]).Value
			if data || !slices.Contains(spec.CodeFields(), name) {
				s.fill(r, n.Content[i+1], data || slices.Contains(dataFields, name))
			}
		}
	}
}

// fillScalar replaces the variables in a text. If that is nothing but one variable,
// the value has its type.
func (s *settings) fillScalar(r reporter, n *yaml.Node) {
	var text strings.Builder
	var secret []string
	rest, sound := n.Value, true
	for rest != "" {
		before, after, found := strings.Cut(rest, "${")
		if literal, escaped := strings.CutSuffix(before, "$"); found && escaped {
			text.WriteString(literal + "${")
			rest = after
			continue
		}
		text.WriteString(before)
		if !found {
			break
		}
		inside, behind, closed := strings.Cut(after, "}")
		name, fallback, given := strings.Cut(inside, ":-")
		if !closed || !spec.IsVariableName(name) {
			r.errorf(n, "invalid variable: write ${NAME} or ${NAME:-text}, or $${ where ${ is meant")
			s.unknown[n] = true
			return
		}
		v, value, ok := s.value(r, n, name, fallback, given)
		sound = sound && ok
		if ok && v.secret && value != "" {
			for _, form := range v.kind.forms(value) {
				s.used[form] = true
				s.secrets.Add(form)
				secret = append(secret, form)
			}
		}
		if ok && inside == n.Value[len("${"):max(len(n.Value)-1, len("${"))] && behind == "" && n.Style&yaml.TaggedStyle == 0 {
			scalar, _ := v.kind.scalar(value)
			n.Tag, n.Style, n.Value = scalar.Tag, scalar.Style, scalar.Value
			s.tainted[n] = secret
			return
		}
		text.WriteString(value)
		rest = behind
	}
	if !sound {
		s.unknown[n] = true
		return
	}
	if n.Style&yaml.TaggedStyle == 0 {
		n.Tag, n.Style = "!!str", yaml.DoubleQuotedStyle
	}
	n.Value = text.String()
	s.tainted[n] = secret
}

// value gives the value of a variable that is used at a node; given says that there
// is a text for when it has none. What is wrong is reported, and ok is false then.
func (s *settings) value(r reporter, n *yaml.Node, name, fallback string, given bool) (v *variable, value string, ok bool) {
	if v = s.declared[name]; v == nil {
		r.errorf(n, "undeclared variable: %s%s", name, spec.Suggest(name, sortedKeys(s.declared)))
		return nil, "", false
	}
	value, set := s.lookup(name)
	if !set && v.fallback != nil {
		value, set = *v.fallback, true
	}
	if given && value == "" {
		value, set = fallback, true
	}
	if !set {
		report := r.errorf
		if s.opts.AllowUnset {
			report = r.warnf
		}
		report(n, "variable not set: %s", name)
		return v, "", false
	}
	if _, ok := v.kind.scalar(value); !ok {
		r.errorf(n, "%s", v.wrong(value))
		return v, "", false
	}
	return v, value, true
}

// unalias puts a copy in place of each alias, since each use of what it stands for is
// a value of its own (14.7).
func (f *indexFile) unalias() {
	if !f.unaliased {
		f.root, f.unaliased = withoutAliases(f.root), true
	}
}

func withoutAliases(n *yaml.Node) *yaml.Node {
	c := *target(n)
	c.Content = nil
	for i, child := range target(n).Content {
		if c.Kind == yaml.MappingNode && i%2 == 0 {
			c.Content = append(c.Content, child)
		} else {
			c.Content = append(c.Content, withoutAliases(child))
		}
	}
	return &c
}

// idOf gives the id of an entry, "" if it has none.
func (f *indexFile) idOf(n *yaml.Node) string {
	name, ns := fieldNode(n, "name"), fieldNode(f.root, "namespace")
	if name == nil || ns == nil || !isText(name) || !isText(ns) || name.Value == "" {
		return ""
	}
	return ns.Value + ":" + name.Value
}
