package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// typedCases are those on what people type at a process. An engine that does not offer it
// passes them.
func typedCases() []Case {
	cases := []Case{
		{
			Name:     "typed/lua_inputs",
			Claim:    "An input sees what those before it have left, locals of the outermost level included; an expression gives its values, an error leaves all as it is.",
			Clauses:  "61.7",
			Language: "lua",
			Scenario: typed("return { main = function() end }",
				exchange{"x = 1", ""},
				exchange{"x, 'a'", `1 "a"`},
				exchange{"local n = 0 function up() n = n + 1 return n end", ""},
				exchange{"up(), n", "1 1"},
				exchange{"n = 5 local m = up() return m, n", "6 6"},
				exchange{"local n = 'other' return up(), n", `7 "other"`},
				exchange{"n, m", `"other" 6`},
				exchange{"local function even(i) if i == 0 then return true end return not even(i - 1) end", ""},
				exchange{"even(4)", "true"},
				exchange{"x = 2 local lost = 3 error('no')", "error: no"},
				exchange{"x, lost, m", "2 nil 6"},
				exchange{"do local inner = 1 end return inner", "nil"},
				exchange{"if x then", "more"}, exchange{"if x then\nend", ""},
				exchange{"s = [[a", "more"}, exchange{"f(", "more"}, exchange{"x =", "more"},
				exchange{"x = = 1", "typed:1"}, exchange{"\n\nx = ) 1", "typed:3"},
				exchange{"", ""},
				exchange{"{1, {a = 'b'}}", `{1, {a = "b"}}`},
			),
		},
		{
			Name:     "typed/starlark_inputs",
			Claim:    "An input sees and rebinds the globals of those before it; an expression gives its value, functions see what later inputs bind, an error leaves what was assigned before it.",
			Clauses:  "61.7",
			Language: "starlark",
			Scenario: typed("def main():\n    pass",
				exchange{"x = 1", ""},
				exchange{"x, 'a'", `(1, "a")`},
				exchange{"x = x + 1\nx", "2"},
				exchange{"None", ""},
				exchange{"def f(n):\n    return n * x\n", ""},
				exchange{"f(4)", "8"},
				exchange{"l = []\nl.append(x)", ""},
				exchange{"l", "[2]"},
				exchange{"x = 5; f(4)", "20"},
				exchange{"y = 3\nfail('no')", "error: no"},
				exchange{"y", "3"},
				exchange{"def g():", "more"}, exchange{"def g():\n    pass", "more"}, exchange{"z = [", "more"}, exchange{`t = """a`, "more"},
				exchange{"x = = 1", "typed:1"}, exchange{"\n\nnothing", "typed:3"},
				exchange{"", ""},
			),
		},
	}
	for i := range cases {
		cases[i].Solo = true
	}
	return cases
}

// exchange is an input, and what is shown for it: values, "more" for one that is not
// complete, "error: " and a text, or where an error of syntax is.
type exchange struct{ input, want string }

// typed plays inputs in the process of a source.
func typed(source string, exchanges ...exchange) func(*Stage) {
	return func(s *Stage) {
		p, err := s.troupe[0].compile("app:source", "src/source", source)
		if err != nil {
			s.Fail("%v", err)
		}
		var wrong []string
		s.Entry("app:lead.source", core.Entry{Program: typist{p, func(t hostapi.Task, in hostapi.Evaluator) error {
			for _, e := range exchanges {
				got, err := answer(t, in, e.input)
				if err != nil {
					return err
				}
				if got != e.want && !(strings.HasPrefix(e.want, "typed:") && strings.HasPrefix(got, e.want+":")) {
					wrong = append(wrong, fmt.Sprintf("%q gives %q, want %q", e.input, got, e.want))
				}
			}
			if !slices.IsSorted(in.Names()) || !slices.Contains(in.Names(), "x") || !slices.Contains(in.Names(), "process") {
				wrong = append(wrong, fmt.Sprintf("inputs may use %q", in.Names()))
			}
			return nil
		}}})
		got := s.Actor().Do(Call("process.exec", "app:lead.source", Host))
		if e := got.At(1).Err(); e != nil {
			s.Fail("the process that was typed at has failed: %v", e)
		}
		if wrong != nil {
			s.Fail("%s", strings.Join(wrong, "\n"))
		}
	}
}

// answer runs one input and gives what is shown for it. The error is ErrKilled.
func answer(t hostapi.Task, in hostapi.Evaluator, text string) (string, error) {
	fn, err := in.Evaluate("typed", text)
	var syntax *hostapi.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Incomplete:
		return "more", nil
	case err != nil:
		return err.Error(), nil
	}
	values, err := fn.Call(t, nil)
	switch {
	case errors.Is(err, hostapi.ErrKilled):
		return "", err
	case err != nil:
		return "error: " + hostapi.AsError(err).Message, nil
	}
	var shown []string
	for _, v := range values {
		text, err := in.Show(t, v)
		if err != nil {
			return "", err
		}
		shown = append(shown, text)
	}
	return strings.Join(shown, " "), nil
}

// typist is the program of a process at which something is typed in place of its method,
// if the engine offers that.
type typist struct {
	hostapi.Program
	types func(t hostapi.Task, in hostapi.Evaluator) error
}

func (p typist) Load(t hostapi.Task) (hostapi.Instance, error) {
	in, err := p.Program.Load(t)
	if err != nil {
		return nil, err
	}
	return typedAt{in, p.types}, nil
}

type typedAt struct {
	hostapi.Instance
	types func(t hostapi.Task, in hostapi.Evaluator) error
}

func (i typedAt) Method(string) (hostapi.Function, error) { return i, nil }

// Call types.
func (i typedAt) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
	if in, ok := i.Instance.(hostapi.Evaluator); ok {
		return nil, i.types(t, in)
	}
	return nil, nil
}
