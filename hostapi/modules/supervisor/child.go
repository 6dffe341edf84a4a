package supervisor

import "github.com/understudy-run/understudy/hostapi"

// childID is the parameter that names a child.
var childID = hostapi.Param{
	Name: "id", Accept: hostapi.AcceptString,
	Doc: "of the child; for simple_one_for_one its PID",
}

// childFuncs change the children of a supervisor.
var childFuncs = []*hostapi.Func{
	{
		Name: "start_child",
		Doc: "Adds a child at the end and starts it. For simple_one_for_one all further arguments are appended to the " +
			"template's input. If the start fails the specification is discarded (16.17).",
		Params: []hostapi.Param{sup, {
			Name: "child", Accept: hostapi.AcceptAny, Optional: true,
			Doc: "specification (16.2); for simple_one_for_one the first argument",
		}},
		Rest:    "args",
		Results: pidResult,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.NotFound, hostapi.Invalid, hostapi.AlreadyExists, hostapi.Unavailable, hostapi.Internal},
		Load:    hostapi.LoadBlocks,
		Run: asking(func(c hostapi.Call, s hostapi.Supervision) (hostapi.Value, error) {
			args, err := hostapi.Payloads(c, 1)
			if err != nil {
				return hostapi.Value{}, err
			}
			pid, err := s.StartChild(c.Arg(0).Str(), args)
			return hostapi.String(string(pid)), err
		}),
	},
	childFunc("terminate_child", "Stops a child by its shutdown, or drops its restart; the specification is kept unless it is temporary (16.17, 16.11).",
		hostapi.Supervision.TerminateChild),
	{
		Name:    "restart_child",
		Doc:     "Starts a stopped child again (16.17).",
		Params:  []hostapi.Param{sup, childID},
		Results: pidResult,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.NotFound, hostapi.Conflict, hostapi.Invalid, hostapi.Unavailable, hostapi.Internal},
		Load:    hostapi.LoadBlocks,
		Run: asking(func(c hostapi.Call, s hostapi.Supervision) (hostapi.Value, error) {
			pid, err := s.RestartChild(c.Arg(0).Str(), c.Arg(1).Str())
			return hostapi.String(string(pid)), err
		}),
	},
	childFunc("delete_child", "Removes the specification of a stopped child (16.17).", hostapi.Supervision.DeleteChild, hostapi.Conflict),
}

// childFunc makes a function that takes a supervisor and a child and gives true
// or an error.
func childFunc(name, doc string, do func(s hostapi.Supervision, sup, id string) error, kinds ...hostapi.Kind) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     doc,
		Params:  []hostapi.Param{sup, childID},
		Results: []hostapi.Param{{Name: "done", Accept: hostapi.AcceptBool, Doc: "always true"}},
		Returns: hostapi.OrError,
		Errors:  append([]hostapi.Kind{hostapi.NotFound, hostapi.Invalid, hostapi.Unavailable}, kinds...),
		Load:    hostapi.LoadBlocks,
		Run: asking(func(c hostapi.Call, s hostapi.Supervision) (hostapi.Value, error) {
			return hostapi.Bool(true), do(s, c.Arg(0).Str(), c.Arg(1).Str())
		}),
	}
}
