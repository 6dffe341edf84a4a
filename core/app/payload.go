package app

import (
	"math"

	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// arguments converts a list of values for a script (clause 14.7) under the bounds
// of clause 1.15.
func (r reporter) arguments(items []*yaml.Node) []hostapi.Value {
	out := make([]hostapi.Value, len(items))
	copier := hostapi.NewCopier(hostapi.DefaultPayloadLimits)
	for i, item := range items {
		v, good := r.payload(item)
		if !good {
			continue
		}
		copier.Argument(i + 1)
		var err error
		if out[i], err = copier.Value(v, nil); err != nil {
			r.errorf(item, "input: %s", err)
			break
		}
	}
	return out
}

// payload converts one value; what is wrong with it is reported where it is
// written.
func (r reporter) payload(n *yaml.Node) (hostapi.Value, bool) {
	n = target(n)
	switch n.Kind {
	case yaml.SequenceNode:
		items, good := make([]hostapi.Value, len(n.Content)), true
		for i, c := range n.Content {
			v, ok := r.payload(c)
			items[i], good = v, good && ok
		}
		return hostapi.ListOf(items...), good
	case yaml.MappingNode:
		entries, good := make([]hostapi.Entry, 0, len(n.Content)/2), true
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, ok := r.key(n.Content[i])
			v, okValue := r.payload(n.Content[i+1])
			good = good && ok && okValue
			entries = append(entries, hostapi.Entry{Key: key, Value: v})
		}
		return hostapi.MapOf(entries...), good
	}
	v, err := scalarValue(n)
	if err != nil {
		r.errorf(n, "%s", err)
	} else if truth := truthWord(n); truth != "" {
		r.warnf(n, "%s is text here: write %s, or %q if it is meant to be text", n.Value, truth, n.Value)
	}
	return v, err == nil
}

func (r reporter) key(n *yaml.Node) (hostapi.Value, bool) {
	n = target(n)
	if n.Kind != yaml.ScalarNode {
		r.errorf(n, "%s cannot be the key of a map", aKind(n))
		return hostapi.Value{}, false
	}
	v, err := scalarValue(n)
	switch {
	case err != nil:
		r.errorf(n, "%s", err)
	case v.IsNil() || v.Type() == hostapi.TypeFloat && math.IsNaN(v.Float()):
		r.errorf(n, "%s cannot be the key of a map", n.Value)
	default:
		return v, true
	}
	return hostapi.Value{}, false
}

// plain converts a value of meta, which is not interpreted: nothing in it is an
// error, and keys count by their text.
func plain(n *yaml.Node) any {
	n = target(n)
	switch n.Kind {
	case yaml.SequenceNode:
		items := make([]any, len(n.Content))
		for i, c := range n.Content {
			items[i] = plain(c)
		}
		return items
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[target(n.Content[i]).Value] = plain(n.Content[i+1])
		}
		return m
	}
	v, err := scalarValue(n)
	switch {
	case err != nil:
		return n.Value
	case v.Type() == hostapi.TypeBool:
		return v.Bool()
	case v.Type() == hostapi.TypeInt:
		return v.Int()
	case v.Type() == hostapi.TypeFloat:
		return v.Float()
	case v.IsNil():
		return nil
	}
	return v.Str()
}
