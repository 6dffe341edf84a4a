package app

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

const quotedStyles = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// What some version of YAML, or its parser here, takes for a number. Times such as
// 1:30, numbers to the base of 60 in YAML 1.1, are text.
var (
	integerForm = regexp.MustCompile(`^[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*)$`)
	floatForm   = regexp.MustCompile(`^[-+]?(\.[0-9][0-9_]*|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9_]+)?$`)
)

// scalarTag gives the tag of a scalar by clause 14.7. A plain one that looks like a
// number is one, and no other, whatever the parser makes of it: for that a number
// too large is text, or a float.
func scalarTag(n *yaml.Node) string {
	tag := n.ShortTag()
	if n.Style&(yaml.TaggedStyle|quotedStyles) == 0 {
		switch {
		case integerForm.MatchString(n.Value):
			return "!!int"
		case floatForm.MatchString(n.Value):
			return "!!float"
		case tag == "!!int": // -_5
			return "!!str"
		}
	}
	return tag
}

// scalarValue gives the value of a scalar by clause 14.7: null, bool, integer and
// float as such, every other scalar as a string. The error names the text.
func scalarValue(n *yaml.Node) (hostapi.Value, error) {
	switch scalarTag(n) {
	case "!!null":
		switch strings.ToLower(n.Value) {
		case "", "~", "null":
			return hostapi.Value{}, nil
		}
		return hostapi.Value{}, fmt.Errorf("not null: %s", n.Value)
	case "!!bool":
		switch strings.ToLower(n.Value) {
		case "true", "false":
			return hostapi.Bool(strings.EqualFold(n.Value, "true")), nil
		}
		return hostapi.Value{}, fmt.Errorf("not a boolean: %s", n.Value)
	case "!!int":
		if !integerForm.MatchString(n.Value) {
			return hostapi.Value{}, fmt.Errorf("not an integer: %s", n.Value)
		}
		return integerValue(n.Value)
	case "!!float":
		return floatValue(n.Value)
	}
	return hostapi.String(n.Value), nil
}

// integerValue reads an integer of clause 1.1: decimal, 0x or 0o. What other readers
// of YAML take for another value, or for text, is refused.
func integerValue(text string) (hostapi.Value, error) {
	digits := strings.TrimLeft(text, "-+")
	plain, base := strings.ReplaceAll(text, "_", ""), 0
	zeros := len(digits) > 1 && digits[0] == '0' && !strings.ContainsAny(digits, "xXoObB")
	if zeros {
		base = 10
	}
	i, err := strconv.ParseInt(plain, base, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || i < -hostapi.MaxInt || i > hostapi.MaxInt:
		return hostapi.Value{}, fmt.Errorf("integer out of range: %s", text)
	case err != nil:
		return hostapi.Value{}, fmt.Errorf("not an integer: %s", text)
	case zeros:
		octal := ""
		if o, err := strconv.ParseInt(plain, 8, 64); err == nil && o != i {
			octal = fmt.Sprintf(" or, if it is octal, %d", o)
		}
		return hostapi.Value{}, fmt.Errorf("%s has a leading zero, which some readers of YAML take for octal: write %d%s, or %q as text", text, i, octal, text)
	case plain != text || strings.ContainsAny(digits, "XObB") && base == 0 && !strings.HasPrefix(digits, "0x"):
		return hostapi.Value{}, onlyToSome(text, strconv.FormatInt(i, 10))
	}
	return hostapi.Int(i), nil
}

// floatValue reads a float of clause 1.1; an integer serves too.
func floatValue(text string) (hostapi.Value, error) {
	sign := 1
	if strings.HasPrefix(text, "-") {
		sign = -1
	}
	switch strings.ToLower(strings.TrimLeft(text, "-+")) {
	case ".inf":
		return hostapi.Float(math.Inf(sign)), nil
	case ".nan":
		return hostapi.Float(math.NaN()), nil
	}
	if integerForm.MatchString(text) {
		i, err := integerValue(text)
		return hostapi.Float(i.Float()), err
	}
	if !floatForm.MatchString(text) {
		return hostapi.Value{}, fmt.Errorf("not a number: %s", text)
	}
	plain := strings.ReplaceAll(text, "_", "")
	f, err := strconv.ParseFloat(plain, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return hostapi.Value{}, fmt.Errorf("number out of range: %s", text)
	case err != nil:
		return hostapi.Value{}, fmt.Errorf("not a number: %s", text)
	case plain != text:
		return hostapi.Value{}, onlyToSome(text, plain)
	}
	return hostapi.Float(f), nil
}

// onlyToSome is the error of what YAML 1.1 takes for a number, and 1.2 for text.
func onlyToSome(text, number string) error {
	return fmt.Errorf("%s is a number to some readers of YAML, and text to others: write %s, or %q as text", text, number, text)
}

func numeric(v hostapi.Value) bool {
	return v.Type() == hostapi.TypeInt || v.Type() == hostapi.TypeFloat
}

// truthWord gives what a plain text that YAML 1.1 took for a boolean stood for: the
// word is text now (14.7), which not everybody knows. "" for other texts.
func truthWord(n *yaml.Node) string {
	if n.Style&(yaml.TaggedStyle|quotedStyles) != 0 {
		return ""
	}
	switch strings.ToLower(n.Value) {
	case "yes", "on":
		return "true"
	case "no", "off":
		return "false"
	}
	return ""
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
	switch scalarTag(n) {
	case "!!null":
		return "null"
	case "!!bool":
		return "boolean"
	case "!!int", "!!float":
		return "number"
	}
	return "string"
}
