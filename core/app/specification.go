package app

import (
	"errors"
	"fmt"
	"math"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// errReported is the error of a reference that was reported where it was found.
var errReported = errors.New("reported")

// read lets fields of the entry be read, and reports what is wrong with them
// where it is written. d finds what they refer to.
func (h *Header) read(d spec.Decoder, decode func(spec.Fields), names ...string) {
	w := written{h.reporter, map[*yaml.Node]bool{}}
	var fields []hostapi.Entry
	for _, name := range names {
		if n := fieldNode(h.node, name); n != nil {
			fields = append(fields, hostapi.Entry{Key: hostapi.String(name), Value: w.field(name, name, n, false)})
		}
	}
	d.Written = true
	decode(d.Fields(hostapi.MapOf(fields...), nil, names...))
	mistyped := map[string]bool{} // what else is wrong with a value of another type follows from that
	for _, v := range d.Violations {
		at := v.Path.String()
		if mistyped[at] {
			continue
		}
		mistyped[at] = v.Want != hostapi.TypeNil
		n := locate(h.node, v.Path)
		if v.Key {
			last := len(v.Path) - 1
			in := locate(h.node, v.Path[:last])
			n = fieldKey(in, v.Path[last].(string))
			h.reporter.offer(n, check.CandidateField, h.Kind, absent(in, v.Known)...)
		} else {
			h.reporter.offer(n, check.CandidateWord, h.Kind, v.Known...)
		}
		if v.Err != errReported && !w.bad[n] {
			h.reporter.errorf(n, "%s%s", v, inPlaceOf(v.Want, n))
		}
	}
}

// inPlaceOf says what to write in place of a scalar that should be of another type;
// "" if nothing is known.
func inPlaceOf(want hostapi.Type, n *yaml.Node) string {
	is := kindName(n)
	switch {
	case want == hostapi.TypeString && (is == "number" || is == "boolean"):
		return fmt.Sprintf(": write it in quotes, %q", n.Value)
	case want == hostapi.TypeInt && is == "number":
		return fmt.Sprintf(": %s is none", n.Value)
	case want == hostapi.TypeInt && is == "string" && integerForm.MatchString(n.Value):
		return ": write it without quotes"
	}
	return ""
}

// locate gives the node of a path; if it is absent, of what it should be in.
func locate(n *yaml.Node, path spec.Path) *yaml.Node {
	for _, step := range path {
		var next *yaml.Node
		switch step := step.(type) {
		case int:
			next = target(n.Content[step-1])
		case string:
			next = fieldNode(n, step)
		}
		if next == nil {
			break
		}
		n = next
	}
	return n
}

// written converts nodes to the values that they stand for (14.7).
type written struct {
	reporter
	bad map[*yaml.Node]bool // no values at all, which has been reported
}

// field converts the value of a field. That of input is for scripts, under the
// bounds of clause 1.15.
func (w written) field(path, name string, n *yaml.Node, script bool) hostapi.Value {
	v := w.value(path, n, script || name == "input")
	if list := v.List(); name == "input" && !script && list != nil {
		copier := hostapi.NewCopier(hostapi.DefaultPayloadLimits)
		for i, item := range list.Items {
			copier.Argument(i + 1)
			var err error
			if list.Items[i], err = copier.Value(item, nil); err != nil {
				w.errorf(n.Content[i], "%s: %s", path, err)
				break
			}
		}
	}
	return v
}

// value converts a value for a script, or for a spec.Decoder.
func (w written) value(path string, n *yaml.Node, script bool) hostapi.Value {
	switch n = target(n); n.Kind {
	case yaml.SequenceNode:
		items := make([]hostapi.Value, len(n.Content))
		for i, item := range n.Content {
			items[i] = w.value(fmt.Sprintf("%s[%d]", path, i+1), item, script)
		}
		return hostapi.ListOf(items...)
	case yaml.MappingNode:
		entries := make([]hostapi.Entry, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key, ok := w.key(n.Content[i]); ok {
				name := target(n.Content[i]).Value
				v := w.field(path+"."+name, name, target(n.Content[i+1]), script)
				entries = append(entries, hostapi.Entry{Key: key, Value: v})
			}
		}
		return hostapi.MapOf(entries...)
	}
	v, err := scalarValue(n)
	truth := truthWord(n)
	switch {
	case err != nil && script:
		w.errorf(n, "%s", err)
	case err != nil:
		w.errorf(n, "%s: %s", path, err)
		w.bad[n] = true
	case script && truth != "":
		w.warnf(n, "%s is text here: write %s, or %q if it is meant to be text", n.Value, truth, n.Value)
	}
	return v
}

func (w written) key(n *yaml.Node) (hostapi.Value, bool) {
	n = target(n)
	if n.Kind != yaml.ScalarNode {
		w.errorf(n, "%s cannot be the key of a map", aKind(n))
		return hostapi.Value{}, false
	}
	v, err := scalarValue(n)
	switch {
	case n.ShortTag() == "!!merge": // reported by wellFormed
	case err != nil:
		w.errorf(n, "%s", err)
	case v.IsNil() || v.Type() == hostapi.TypeFloat && math.IsNaN(v.Float()):
		w.errorf(n, "%s cannot be the key of a map", n.Value)
	default:
		return v, true
	}
	return hostapi.Value{}, false
}
