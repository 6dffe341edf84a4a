package channel

import "github.com/understudy-run/understudy/hostapi"

var selectFunc = &hostapi.Func{
	Name: "select",
	Doc: "Waits until one of several channels is ready and takes that case, the first in list order if several are (8.10 to 8.20). " +
		"A send case of a closed channel raises when it is its turn (8.17).",
	Params: []hostapi.Param{{
		Name: "cases", Accept: hostapi.AcceptTable, Type: "list of cases", Elements: hostapi.CaseType,
		Doc: "made by case_receive, case_send and process.call_case; in languages without keywords also holds the field default",
	}},
	Keywords: []hostapi.Param{{
		Name: "default", Accept: hostapi.AcceptBool, Optional: true,
		Doc: "if true, select does not wait: with no ready case it gives the default result at once (8.13)",
	}},
	Results: []hostapi.Param{{Name: "result", Type: "result", Accept: hostapi.AcceptTable, Doc: "record of the case taken (8.12)"}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run:     runSelect,
}

// resultShape is the shape of the outcome of a select.
var resultShape = &hostapi.Shape{
	Name: "result",
	Doc:  "The outcome of channel.select (8.12).",
	Fields: []hostapi.Param{
		{Name: "channel", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject, Optional: true, Doc: "of the case taken; absent for a call and the default"},
		{Name: "value", Accept: hostapi.AcceptAny, Optional: true, Doc: "received or sent, of a call the reply or the error; absent for a closed channel and the default"},
		{Name: "ok", Accept: hostapi.AcceptBool, Doc: "false if a receive found the channel closed and drained, or a call failed"},
		{Name: "default", Accept: hostapi.AcceptBool, Optional: true, Doc: "true for the default; otherwise absent, in Starlark False (8.13)"},
		{Name: "case", Object: hostapi.CaseType, Accept: hostapi.AcceptObject, Optional: true, Doc: "that was taken; absent for the default"},
	},
}

// madeBy says how a case is made of what was given instead, if it can be.
func madeBy(v hostapi.Value) string {
	if _, isChannel := v.Object().(hostapi.Channel); isChannel {
		return ", of which case_receive and case_send make cases"
	}
	return ""
}

func runSelect(c hostapi.Call) error {
	elements, ok := c.Elements(c.Arg(0))
	if !ok {
		return hostapi.Errorf(hostapi.Invalid, "channel.select: argument #1 (cases) must be a list of cases, got %s", c.Arg(0).TypeName())
	}
	cases := make([]*hostapi.Case, len(elements))
	for i, v := range elements {
		if cases[i], ok = v.Object().(*hostapi.Case); !ok {
			return hostapi.Errorf(hostapi.Invalid, "invalid select case at index %d: %s%s", i+1, v.TypeName(), madeBy(v))
		}
	}
	orDefault := hostapi.Option(c, 0, "default")
	if !orDefault.IsNil() && orDefault.Type() != hostapi.TypeBool {
		return hostapi.Errorf(hostapi.Invalid, "default must be a boolean, got %s", orDefault.TypeName())
	}
	if len(cases) == 0 {
		if !orDefault.Bool() {
			return hostapi.Errorf(hostapi.Invalid, "select with no cases")
		}
		pushDefault(c)
		return nil
	}
	s, err := c.Task().Process().Select(cases, !orDefault.Bool())
	if err != nil {
		return err
	}
	if s.Index < 0 {
		pushDefault(c)
		return nil
	}
	var isDefault hostapi.Value
	if c.Strict() {
		isDefault = hostapi.Bool(false)
	}
	taken := cases[s.Index]
	var ch hostapi.Value
	if taken.Call == nil {
		ch = hostapi.ObjectOf(taken.Channel)
	}
	push(c, ch, s.Value, hostapi.Bool(s.OK), isDefault, hostapi.ObjectOf(taken))
	return nil
}

func pushDefault(c hostapi.Call) {
	push(c, hostapi.Value{}, hostapi.Value{}, hostapi.Bool(true), hostapi.Bool(true), hostapi.Value{})
}

// push pushes a result with the fields of resultShape, in order.
func push(c hostapi.Call, fields ...hostapi.Value) {
	c.Push(hostapi.Wrap(&hostapi.Record{Shape: resultShape, Values: fields}))
}
