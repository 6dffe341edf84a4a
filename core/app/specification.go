package app

import (
	"errors"
	"fmt"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// errReported is the error of a reference that was reported where it was found.
var errReported = errors.New("reported")

// read lets fields of the entry be read, and reports what is wrong with them
// where it is written. entries is nil if there are no supervisors among them.
func (h *Header) read(entries spec.Entries, decode func(spec.Fields), names ...string) {
	w := written{h.reporter, map[*yaml.Node]bool{}}
	var fields []hostapi.Entry
	for _, name := range names {
		if n := fieldNode(h.node, name); n != nil {
			fields = append(fields, hostapi.Entry{Key: hostapi.String(name), Value: w.field(name, name, n)})
		}
	}
	d := spec.Decoder{Written: true, Entries: entries}
	decode(d.Fields(hostapi.MapOf(fields...), nil, names...))
	for _, v := range d.Violations {
		n := locate(h.node, v.Path)
		if v.Key {
			last := len(v.Path) - 1
			n = fieldKey(locate(h.node, v.Path[:last]), v.Path[last].(string))
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

// written converts nodes for a spec.Decoder.
type written struct {
	reporter
	bad map[*yaml.Node]bool // no values at all, which has been reported
}

// field converts the value of a field: that of input is for scripts.
func (w written) field(path, name string, n *yaml.Node) hostapi.Value {
	if name == "input" && n.Kind == yaml.SequenceNode {
		return hostapi.ListOf(w.arguments(n.Content)...)
	}
	return w.value(path, n)
}

func (w written) value(path string, n *yaml.Node) hostapi.Value {
	switch n = target(n); n.Kind {
	case yaml.SequenceNode:
		items := make([]hostapi.Value, len(n.Content))
		for i, item := range n.Content {
			items[i] = w.value(fmt.Sprintf("%s[%d]", path, i+1), item)
		}
		return hostapi.ListOf(items...)
	case yaml.MappingNode:
		var entries []hostapi.Entry
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].ShortTag() == "!!merge" { // reported by wellFormed
				continue
			}
			if key, ok := w.key(n.Content[i]); ok {
				entries = append(entries, hostapi.Entry{Key: key, Value: w.field(path+"."+key.Str(), key.Str(), target(n.Content[i+1]))})
			}
		}
		return hostapi.MapOf(entries...)
	}
	v, err := scalarValue(n)
	if err != nil {
		w.errorf(n, "%s: %s", path, err)
		w.bad[n] = true
	}
	return v
}
