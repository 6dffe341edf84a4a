package supervisor

import "github.com/understudy-run/understudy/hostapi"

// listFuncs tell about the children of a supervisor.
var listFuncs = []*hostapi.Func{
	{
		Name:   "which_children",
		Doc:    "Lists the children in start order (16.17).",
		Params: []hostapi.Param{sup},
		Results: []hostapi.Param{{
			Name: "children", Accept: hostapi.AcceptTable, Type: "list of map",
			Doc: "each a child_info",
		}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.NotFound, hostapi.Invalid, hostapi.Unavailable},
		Load:    hostapi.LoadBlocks,
		Run: asking(func(c hostapi.Call, s hostapi.Supervision) (hostapi.Value, error) {
			children, err := s.WhichChildren(c.Arg(0).Str())
			list := make([]hostapi.Value, len(children))
			for i, child := range children {
				list[i] = describe(child)
			}
			return hostapi.ListOf(list...), err
		}),
	},
	{
		Name:   "count_children",
		Doc:    "Counts the children (16.17).",
		Params: []hostapi.Param{sup},
		Results: []hostapi.Param{{
			Name: "count", Accept: hostapi.AcceptTable, Type: "map",
			Doc: "a count",
		}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.NotFound, hostapi.Invalid, hostapi.Unavailable},
		Load:    hostapi.LoadBlocks,
		Run: asking(func(c hostapi.Call, s hostapi.Supervision) (hostapi.Value, error) {
			n, err := s.CountChildren(c.Arg(0).Str())
			return hostapi.MapOf(
				hostapi.Field("specs", hostapi.Int(int64(n.Specs))),
				hostapi.Field("active", hostapi.Int(int64(n.Active))),
				hostapi.Field("supervisors", hostapi.Int(int64(n.Supervisors))),
				hostapi.Field("processes", hostapi.Int(int64(n.Processes))),
			), err
		}),
	},
}

// describe gives a child as a map; what does not apply is absent.
func describe(child hostapi.ChildInfo) hostapi.Value {
	var entries []hostapi.Entry
	if child.ID != "" {
		entries = append(entries, hostapi.Field("id", hostapi.String(child.ID)))
	}
	if child.PID != "" {
		entries = append(entries, hostapi.Field("pid", hostapi.String(string(child.PID))))
	}
	kind := "process"
	if child.Supervisor {
		kind = "supervisor"
	}
	return hostapi.MapOf(append(entries,
		hostapi.Field("type", hostapi.String(kind)),
		hostapi.Field("restart", hostapi.String(child.Restart)),
		hostapi.Field("status", hostapi.String(string(child.Status))),
	)...)
}
