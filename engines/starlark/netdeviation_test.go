package starlark

import (
	"math/big"
	"strings"
)

// deviation is a way in which this engine may differ, by a clause.
type deviation struct {
	clause string
	words  string
	allows func(c *trial, want, got outcome) bool
}

var deviations = []deviation{
	{"spec.md 2.18", "fail puts nothing before the text", func(c *trial, want, got outcome) bool {
		want.err = strings.TrimPrefix(want.err, "fail: ")
		return c.subject.name == "fail" && want == got
	}},
	{"starlark.md 12.1", "what is too much for one operation is refused", func(c *trial, _, got outcome) bool {
		return strings.HasSuffix(got.err, errTooLarge.Error()) && c.large()
	}},
	{"starlark.md 12.2", "which of several pairs that cannot be compared sorted names", func(c *trial, want, got outcome) bool {
		want.err, got.err = pairless(want.err), pairless(got.err)
		return c.subject.name == "sorted" && want == got && want.err != ""
	}},
	{"starlark.md 12.3", "symmetric_difference of an empty set refuses what cannot be an element", func(c *trial, want, got outcome) bool {
		return c.subject.name == "set.symmetric_difference" && strings.HasPrefix(got.err, refusal) && (want.err == "" || strings.HasPrefix(want.err, refusal))
	}},
	{"starlark.md 12.5", "a key nested deeper than ten that is written twice in a dict", func(c *trial, want, got outcome) bool {
		return c.subject.name == "{x: y, z: w}" && strings.HasPrefix(want.err, "duplicate key: ") && got.err == errCompareDepth.Error()
	}},
}

const refusal = "symmetric_difference: unhashable"

// programDeviations are those that programs meet: where in its line a slice stands that
// fails, for the interpreter gives the place of what was evaluated last, which another
// slice within may be; and what is no element of a set, where the interpreter goes on
// or names another of several.
var programDeviations = []deviation{
	{"starlark.md 12.4", "the column of a slice that fails", func(_ *trial, want, got outcome) bool {
		for _, text := range []string{"invalid start index", "invalid end index", "invalid slice", "zero is not a valid slice step"} {
			if strings.HasPrefix(want.err, text) {
				want.stack, got.stack = lineOnly(want.stack), lineOnly(got.stack)
				return want == got
			}
		}
		return false
	}},
	{"starlark.md 12.3", "symmetric_difference of an empty set refuses what cannot be an element", func(_ *trial, _, got outcome) bool {
		return strings.HasPrefix(got.err, refusal)
	}},
}

// lineOnly takes the column off the last place of a stack.
func lineOnly(stack string) string { return stack[:max(0, strings.LastIndexByte(stack, ':'))] }

// pairless gives one error for all pairs that cannot be compared.
func pairless(err string) string {
	if strings.Contains(err, " < ") && strings.HasSuffix(err, " not implemented") || strings.HasSuffix(err, errCompareDepth.Error()) {
		return "not comparable"
	}
	return err
}

// large reports whether a call has to do with many elements or large numbers.
func (c *trial) large() bool {
	for _, s := range c.operands() {
		if s.any(func(s *sample) bool {
			return s.length > 0 || s.kind == intSample && new(big.Int).Abs(s.n).Cmp(big.NewInt(1<<15)) > 0
		}) {
			return true
		}
	}
	return false
}

// crash is a call that the interpreter does not survive. It is described here, and
// never made there.
type crash struct {
	words   string
	applies func(c *trial) (want string, applies bool) // the error of this engine; "" is any outcome
}

// crashes are those that are known.
func crashes() []crash {
	return []crash{
		{"methods of sets that take one iterable, and are given nothing", func(c *trial) (string, bool) {
			name, ok := strings.CutPrefix(c.subject.name, "set.")
			switch name {
			case "difference", "intersection", "issubset", "issuperset", "symmetric_difference":
				return name + ": got 0 arguments, want 1", ok && len(c.args) == 0 && len(c.names) == 0 && c.receiver.kind == setSample
			}
			return "", false
		}},
		{"rsplit at space with a large number of pieces makes room for all of them", func(c *trial) (string, bool) {
			return "", c.subject.name == "string.rsplit" && len(c.args) > 1 && c.args[1].kind == intSample && c.args[1].n.Cmp(big.NewInt(1<<20)) > 0
		}},
		{"the text of what contains itself by way of a struct", func(c *trial) (string, bool) {
			for _, s := range c.operands() {
				if s.any(func(s *sample) bool {
					return s.kind == structSample && s.any(func(s *sample) bool { return s.kind == cycleSample })
				}) {
					return "", true
				}
			}
			return "", false
		}},
		{"repetition makes up to a gigabyte in one step", func(c *trial) (string, bool) {
			if !strings.HasPrefix(c.subject.name, "x *") {
				return "", false
			}
			for i, s := range c.args {
				if s.kind == intSample && s.n.IsInt64() && s.n.Int64() > 1<<22/int64(c.args[1-i].weight()+len(c.args[1-i].text)) {
					return "", true
				}
			}
			return "", false
		}},
	}
}
