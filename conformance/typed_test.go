package conformance_test

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
)

// forgetful is an engine for which changed inputs are typed.
type forgetful struct {
	hostapi.Engine
	change func(text string) string
}

func (e forgetful) Compile(src hostapi.Source) (hostapi.Program, error) {
	p, err := e.Engine.Compile(src)
	return forgetfulProgram{p, e.change}, err
}

type forgetfulProgram struct {
	hostapi.Program
	change func(text string) string
}

func (p forgetfulProgram) Load(t hostapi.Task) (hostapi.Instance, error) {
	in, err := p.Program.Load(t)
	if err != nil {
		return nil, err
	}
	return forgetfulInstance{in, in.(hostapi.Evaluator), p.change}, nil
}

type forgetfulInstance struct {
	hostapi.Instance
	hostapi.Evaluator
	change func(text string) string
}

func (i forgetfulInstance) Evaluate(path, text string) (hostapi.Function, error) {
	return i.Evaluator.Evaluate(path, i.change(text))
}

// The case of what is typed fails where locals are global, where they are lost, and where
// nothing is ever incomplete.
func TestTypedCaseCanFail(t *testing.T) {
	for name, c := range map[string]struct {
		change func(string) string
		says   string
	}{
		"locals are global":     {func(text string) string { return strings.ReplaceAll(text, "local ", " ") }, `"local n = 'other' return up(), n" gives`},
		"locals are lost":       {func(text string) string { return "do " + text + "\nend" }, `"up(), n" gives`},
		"all is complete":       {func(text string) string { return strings.TrimSuffix(text, "(") }, `"f(" gives`},
		"lines are not counted": {func(text string) string { return strings.TrimLeft(text, "\n") }, "want \"typed:3\""},
	} {
		results, err := conformance.Play(conformance.Options{Engines: []conformance.Engine{{Engine: forgetful{gopherlua.New(), c.change}}}, Case: "typed/lua_inputs", Schedules: 1})
		if err != nil || len(results) != 1 {
			t.Fatalf("%d results, %v", len(results), err)
		}
		if r := results[0]; r.Status != conformance.Failed || !strings.Contains(r.Failure.Message, c.says) {
			t.Errorf("%s: %s: %s", name, r.Status, r.Text())
		}
	}
}
