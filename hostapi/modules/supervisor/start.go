package supervisor

import "github.com/understudy-run/understudy/hostapi"

// startFuncs start supervisors.
var startFuncs = []*hostapi.Func{
	startFunc("start", "Starts a supervisor and returns its PID when all its children are started (16.4, 16.17).", false),
	startFunc("start_linked", "As start; supervisor and caller are also linked (16.17, 5.1).", true),
}

func startFunc(name, doc string, link bool) *hostapi.Func {
	return &hostapi.Func{
		Name: name,
		Doc:  doc,
		Params: []hostapi.Param{{
			Name: "spec", Accept: hostapi.AcceptString | hostapi.AcceptTable, Entry: hostapi.EntrySupervisor,
			Doc: "specification (16.1), or id of a supervisor entry",
		}},
		Results: pidResult,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound, hostapi.Unavailable, hostapi.Internal},
		Load:    hostapi.LoadBlocks,
		Run: asking(func(c hostapi.Call, s hostapi.Supervision) (hostapi.Value, error) {
			args, err := hostapi.Payloads(c, 0)
			if err != nil {
				return hostapi.Value{}, err
			}
			pid, err := s.StartSupervisor(args[0], link)
			return hostapi.String(string(pid)), err
		}),
	}
}
