package process

import "github.com/understudy-run/understudy/hostapi"

var upgradeFuncs = []*hostapi.Func{{
	Name: "upgrade",
	Doc: "Replaces the running code of the process and keeps the process: on success it does not return, the new method starts as main. " +
		"On failure the old code goes on, untouched (13.5 to 13.13).",
	Params: []hostapi.Param{{
		Name: "id", Accept: hostapi.AcceptString, Optional: true, Entry: hostapi.EntryProcess,
		Doc: "process entry of any language; nil is the entry running now, in its newest version",
	}},
	Rest:    "args",
	Results: []hostapi.Param{{Name: "none", Accept: hostapi.AcceptNil, Doc: "always nil, beside the error"}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.NotFound, hostapi.Invalid, hostapi.Internal},
	Load:    hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		id := c.Arg(0)
		if !id.IsNil() && id.Str() == "" { // "" means the running entry to the core
			return hostapi.Errorf(hostapi.NotFound, "unknown process entry").With("id", id)
		}
		args, err := hostapi.Payloads(c, 1)
		if err != nil {
			return err
		}
		return c.Task().Process().Upgrade(id.Str(), args)
	},
}}
