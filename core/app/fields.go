package app

import (
	"slices"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// object reads the fields of one map strictly (clause 14.5). Its methods report
// a field of another type or value than legal, and say whether they give a
// value.
type object struct {
	reporter
	node *yaml.Node
}

// object begins to read a map whose legal fields are names.
func (r reporter) object(n *yaml.Node, names ...string) *object {
	o := &object{r, n}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := target(n.Content[i])
		switch {
		case key.Kind != yaml.ScalarNode:
			o.errorf(n.Content[i], "unknown field: a field name must be a string, not %s", aKind(key))
		case key.ShortTag() == "!!merge": // reported by wellFormed
		default:
			if text, unknown := spec.UnknownField(key.Value, names); unknown {
				o.offer(n.Content[i], check.CandidateField, "", absent(n, names)...)
				o.errorf(n.Content[i], "%s %s", key.Value, text)
			}
		}
	}
	return o
}

// absent gives those of some fields that a map does not have.
func absent(n *yaml.Node, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return fieldNode(n, name) != nil })
}

// mustBe reports a value of another type than wanted.
func (r reporter) mustBe(n *yaml.Node, name, want string) {
	r.errorf(n, "%s must be %s, not %s", name, want, aKind(n))
}

// value gives the node of a field, nil if it is absent.
func (o *object) value(name string) *yaml.Node {
	return fieldNode(o.node, name)
}

// missing reports that a required field is absent.
func (o *object) missing(name string) { o.errorf(o.node, "%s is required", name) }

// list gives the elements of a field.
func (o *object) list(name string) ([]*yaml.Node, bool) {
	n := o.value(name)
	if n == nil {
		return nil, false
	}
	if n.Kind != yaml.SequenceNode {
		o.mustBe(n, name, "a list")
		return nil, false
	}
	return n.Content, true
}

// text gives a field that is a string.
func (o *object) text(name string) (string, bool) {
	n := o.value(name)
	if n == nil {
		return "", false
	}
	return o.textOf(n, name)
}

// textOf gives a node that is a string. By clause 14.7 every scalar that is
// nothing else is one: dates, for instance.
func (r reporter) textOf(n *yaml.Node, name string) (string, bool) {
	n = target(n)
	if !isText(n) {
		r.errorf(n, "%s must be a string, not %s%s", name, aKind(n), inPlaceOf(hostapi.TypeString, n))
		return "", false
	}
	return n.Value, true
}

func isText(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && kindName(n) == "string" }
