package app

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

var (
	errIntRange   = errors.New("integer out of range")
	errFloatRange = errors.New("number out of range")
	integerText   = regexp.MustCompile(`^[-+]?[0-9][0-9_]*$`)
)

// scalarValue gives the value of a scalar by clause 14.7: null, bool, integer
// and float as such, every other scalar as a string.
func scalarValue(n *yaml.Node) (hostapi.Value, error) {
	switch n.ShortTag() {
	case "!!null":
		return hostapi.Value{}, nil
	case "!!bool":
		switch strings.ToLower(n.Value) {
		case "true", "false":
			return hostapi.Bool(strings.EqualFold(n.Value, "true")), nil
		}
		return hostapi.Value{}, errors.New("not a boolean")
	case "!!int":
		return integerValue(n.Value, 0)
	case "!!float":
		// The parser takes for floats integers that fit no machine word, and
		// decimal ones with a leading zero.
		if integerText.MatchString(n.Value) && n.Style&yaml.TaggedStyle == 0 {
			return integerValue(n.Value, 10)
		}
		f, ok := floatOf(n.Value)
		if !ok {
			return hostapi.Value{}, errFloatRange
		}
		return hostapi.Float(f), nil
	}
	return hostapi.String(n.Value), nil
}

// integerValue reads an integer of clause 1.1. Base 0 stands for the forms of
// YAML: decimal, 0x, 0o, 0b.
func integerValue(text string, base int) (hostapi.Value, error) {
	i, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), base, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return hostapi.Value{}, errors.New("not an integer")
	case err != nil || i < -hostapi.MaxInt || i > hostapi.MaxInt:
		return hostapi.Value{}, errIntRange
	}
	return hostapi.Int(i), nil
}

func floatOf(text string) (float64, bool) {
	sign, rest := 1, text
	if strings.HasPrefix(text, "-") {
		sign, rest = -1, text[1:]
	} else if strings.HasPrefix(text, "+") {
		rest = text[1:]
	}
	switch strings.ToLower(rest) {
	case ".inf":
		return math.Inf(sign), true
	case ".nan":
		return math.NaN(), true
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	return f, err == nil
}

func numeric(v hostapi.Value) bool {
	return v.Type() == hostapi.TypeInt || v.Type() == hostapi.TypeFloat
}

// payloads reads a list of values for a script (clause 14.7) under the bounds
// of clause 1.15.
func (o *object) payloads(name string) ([]hostapi.Value, bool) {
	items, ok := o.list(name)
	if !ok {
		return nil, false
	}
	out := make([]hostapi.Value, len(items))
	copier := hostapi.NewCopier(hostapi.DefaultPayloadLimits)
	for i, item := range items {
		v, good := o.payload(item)
		if !good {
			continue
		}
		copier.Argument(i + 1)
		var err error
		if out[i], err = copier.Value(v, nil); err != nil {
			o.errorf(item, "%s%s: %s", o.path, name, err)
			break
		}
	}
	return out, true
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
		r.errorf(n, "%s: %s", err, n.Value)
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
		r.errorf(n, "%s: %s", err, n.Value)
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

// aKind names the kind of a value with its article.
func aKind(n *yaml.Node) string {
	if name := kindName(n); name != "null" {
		return "a " + name
	}
	return "null"
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "list"
	case yaml.MappingNode:
		return "map"
	}
	switch n.ShortTag() {
	case "!!null":
		return "null"
	case "!!bool":
		return "boolean"
	case "!!int", "!!float":
		return "number"
	}
	return "string"
}
