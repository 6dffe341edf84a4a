package app

import (
	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

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
