package app

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// object reads the fields of one map strictly (clause 14.5). Its methods report
// a field of another type or value than legal, and say whether they give a
// value. A nil object has no fields.
type object struct {
	reporter
	node *yaml.Node
	path string // prefix of field names in error texts: "lifecycle.restart."
}

// object begins to read a map whose legal fields are names.
func (r reporter) object(n *yaml.Node, path string, names ...string) *object {
	n = target(n)
	if n.Kind != yaml.MappingNode {
		what := strings.TrimSuffix(path, ".")
		if what == "" {
			what = "entry"
		}
		r.mustBe(n, what, "a map")
		return nil
	}
	o := &object{reporter: r, node: n, path: path}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := target(n.Content[i])
		switch {
		case key.Kind != yaml.ScalarNode:
			o.errorf(n.Content[i], "unknown field: a field name must be a string, not %s", aKind(key))
		case key.ShortTag() == "!!merge": // reported by wellFormed
		case !slices.Contains(names, key.Value):
			o.errorf(n.Content[i], "unknown field %q%s", path+key.Value, suggestOrList(key.Value, names))
		}
	}
	return o
}

// mustBe reports a value of another type than wanted.
func (r reporter) mustBe(n *yaml.Node, name, want string) {
	r.errorf(n, "%s must be %s, not %s", name, want, aKind(n))
}

// value gives the node of a field, nil if it is absent.
func (o *object) value(name string) *yaml.Node {
	if o == nil {
		return nil
	}
	return fieldNode(o.node, name)
}

// missing reports that a required field is absent.
func (o *object) missing(name string) { o.errorf(o.node, "%s%s is required", o.path, name) }

// child reads a field that is a map; nil if it is absent or none.
func (o *object) child(name string, names ...string) *object {
	n := o.value(name)
	if n == nil {
		return nil
	}
	return o.object(n, o.path+name+".", names...)
}

// list gives the elements of a field.
func (o *object) list(name string) ([]*yaml.Node, bool) {
	n := o.value(name)
	if n == nil {
		return nil, false
	}
	if n.Kind != yaml.SequenceNode {
		o.mustBe(n, o.path+name, "a list")
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
	return o.textOf(n, o.path+name)
}

// textOf gives a node that is a string. By clause 14.7 every scalar that is
// nothing else is one: dates, for instance.
func (r reporter) textOf(n *yaml.Node, name string) (string, bool) {
	n = target(n)
	if !isText(n) {
		if n.Kind == yaml.ScalarNode && kindName(n) != "null" {
			r.errorf(n, "%s must be a string, not %s: write it in quotes, %q", name, aKind(n), n.Value)
		} else {
			r.mustBe(n, name, "a string")
		}
		return "", false
	}
	return n.Value, true
}

func isText(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && kindName(n) == "string" }

// boolean gives a field that is true or false, otherwise absent.
func (o *object) boolean(name string, absent bool) bool {
	n := o.value(name)
	if n == nil {
		return absent
	}
	if v, err := scalarValue(n); n.Kind == yaml.ScalarNode && err == nil && v.Type() == hostapi.TypeBool {
		return v.Bool()
	}
	if isText(n) {
		o.errorf(n, "%s%s must be a boolean, not a string: write true or false", o.path, name)
	} else {
		o.mustBe(n, o.path+name, "a boolean")
	}
	return absent
}

// bounds say what numbers are legal, and how the text goes on for others.
type bounds struct {
	low, high float64
	text      string
}

var (
	positive    = bounds{1, math.Inf(1), "must be greater than 0"}
	notNegative = bounds{0, math.Inf(1), "must not be negative"}
)

func (b bounds) hold(x float64) bool { return x >= b.low && x <= b.high }

// integer gives a field that is an integer within bounds.
func (o *object) integer(name string, b bounds) (int64, bool) {
	n := o.value(name)
	if n == nil {
		return 0, false
	}
	return o.integerOf(n, name, b, "an integer")
}

func (o *object) integerOf(n *yaml.Node, name string, b bounds, want string) (int64, bool) {
	v, err := scalarValue(n)
	switch {
	case n.Kind == yaml.ScalarNode && err == nil && v.Type() == hostapi.TypeFloat:
		o.errorf(n, "%s%s must be %s, not %s", o.path, name, want, n.Value)
	case isText(n) && integerForm.MatchString(n.Value):
		o.errorf(n, "%s%s must be %s, not a string: write it without quotes", o.path, name, want)
	case n.Kind != yaml.ScalarNode || err == nil && v.Type() != hostapi.TypeInt:
		o.mustBe(n, o.path+name, want)
	case err != nil:
		o.errorf(n, "%s%s: %s", o.path, name, err)
	case !b.hold(v.Float()):
		o.errorf(n, "%s%s %s", o.path, name, b.text)
	default:
		return v.Int(), true
	}
	return 0, false
}

// count gives a field that is an integer within bounds, otherwise absent.
func (o *object) count(name string, b bounds, absent int) int {
	if i, ok := o.integer(name, b); ok {
		return int(i)
	}
	return absent
}

// number gives a field that is a number within bounds, otherwise absent.
func (o *object) number(name string, b bounds, absent float64) float64 {
	n := o.value(name)
	if n == nil {
		return absent
	}
	v, err := scalarValue(n)
	switch {
	case n.Kind != yaml.ScalarNode || err == nil && !numeric(v):
		o.mustBe(n, o.path+name, "a number")
	case err != nil:
		o.errorf(n, "%s%s: %s", o.path, name, err)
	case !b.hold(v.Float()):
		o.errorf(n, "%s%s %s", o.path, name, b.text)
	default:
		return v.Float()
	}
	return absent
}

// duration gives a field that is a duration of at least low, otherwise absent.
// Entries take the string form of clause 10.2 only, and 0.
func (o *object) duration(name string, low time.Duration, absent time.Duration) (time.Duration, bool) {
	n := o.value(name)
	if n == nil {
		return absent, false
	}
	if n.Kind != yaml.ScalarNode || !isText(n) && kindName(n) != "number" {
		o.mustBe(n, o.path+name, "a duration")
		return absent, false
	}
	d, ok := hostapi.ParseDuration(n.Value)
	switch {
	case !ok:
		hint := ": write it as 500ms, 10s or 1m30s"
		if kindName(n) == "number" {
			hint = ": a unit is missing, as in \"5s\""
		}
		o.errorf(n, "%s%s: invalid duration %q%s", o.path, name, n.Value, hint)
	case d < 0 && low == 0:
		o.errorf(n, "%s%s: invalid duration %q: must not be negative", o.path, name, n.Value)
	case d < low:
		o.errorf(n, "%s%s: invalid duration %q: must be greater than 0", o.path, name, n.Value)
	default:
		return d, true
	}
	return absent, false
}

// choice gives a field that is one of a few words, otherwise the first of them.
func choice[T ~string](o *object, name string, words ...T) (T, bool) {
	s, ok := o.text(name)
	if !ok {
		return words[0], false
	}
	if slices.Contains(words, T(s)) {
		return T(s), true
	}
	known := make([]string, len(words))
	for i, w := range words {
		known[i] = string(w)
	}
	o.errorf(o.value(name), "%s%s must be one of %s, not %q%s", o.path, name, strings.Join(known, ", "), s, suggest(s, known))
	return words[0], false
}

// size gives a field that is a number of bytes (clause 17.7).
func (o *object) size(name string, low int64) (int64, bool) {
	const want = "a size: bytes, or text such as \"16MiB\""
	n := o.value(name)
	if n == nil {
		return 0, false
	}
	b := bounds{float64(low), hostapi.MaxInt, fmt.Sprintf("must be at least %d bytes", low)}
	if !isText(n) {
		return o.integerOf(n, name, b, want)
	}
	bytes, ok := ParseSize(n.Value)
	switch {
	case !ok:
		o.errorf(n, "%s%s must be %s, not %q", o.path, name, want, n.Value)
	case bytes < low:
		o.errorf(n, "%s%s %s", o.path, name, b.text)
	default:
		return bytes, true
	}
	return 0, false
}

// ParseSize reads a size that is text (17.7): a whole number with the unit KiB,
// MiB or GiB; a space may stand between.
func ParseSize(text string) (int64, bool) {
	for i, unit := range [...]string{"KiB", "MiB", "GiB"} {
		if digits, ok := strings.CutSuffix(text, unit); ok {
			digits = strings.TrimSuffix(digits, " ")
			u, err := strconv.ParseUint(digits, 10, 63)
			shift := 10 * (i + 1)
			return int64(u) << shift, err == nil && u <= hostapi.MaxInt>>shift
		}
	}
	return 0, false
}
