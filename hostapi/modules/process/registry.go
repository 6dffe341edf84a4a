package process

import (
	"errors"

	"github.com/understudy-run/understudy/hostapi"
)

// registryModule holds the functions for names (section 12).
var registryModule = &hostapi.Module{
	Name:   "registry",
	Doc:    "Names of processes, which serve wherever a destination is taken (section 12).",
	Always: true,
	Funcs: []*hostapi.Func{
		{
			Name: "register",
			Doc:  "Gives a live process a name. True also if it has that name already (12.1).",
			Params: []hostapi.Param{
				{Name: "name", Accept: hostapi.AcceptString, Doc: "not empty, not beginning with { or @ (12.2)"},
				{Name: "pid", Accept: hostapi.AcceptString, Optional: true, Keyword: true, Doc: "PID to be named; the caller's if left out"},
			},
			Results: done,
			Returns: hostapi.OrError,
			Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.AlreadyExists, hostapi.NotFound},
			TooFew:  "register requires a name argument",
			Load:    hostapi.LoadRefused,
			Run: func(c hostapi.Call) error {
				name, pid := c.Arg(0).Str(), c.Arg(1)
				if err := hostapi.CheckName(name); err != nil {
					return err
				}
				if !pid.IsNil() && !hostapi.IsPID(pid.Str()) { // "" means the caller to the core
					return hostapi.Errorf(hostapi.Invalid, "invalid pid %s", pid)
				}
				return hostapi.Give(c, hostapi.Bool(true), c.Task().Process().Register(name, hostapi.PID(pid.Str())))
			},
		},
		{
			Name:    "lookup",
			Doc:     "The PID of the process that holds a name (12.3).",
			Params:  []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString, Doc: "a registered name"}},
			Results: []hostapi.Param{{Name: "pid", Accept: hostapi.AcceptString, Type: "PID", Doc: "of the holder"}},
			Returns: hostapi.OrError,
			Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
			TooFew:  "lookup requires a name argument",
			Load:    hostapi.LoadRefused,
			Run: func(c hostapi.Call) error {
				pid, err := c.Task().Process().Lookup(c.Arg(0).Str())
				return hostapi.Give(c, hostapi.String(string(pid)), err)
			},
		},
		{
			Name:    "unregister",
			Doc:     "Frees a name, whoever holds it (12.4).",
			Params:  []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString, Doc: "a name"}},
			Results: []hostapi.Param{{Name: "removed", Accept: hostapi.AcceptBool, Doc: "false if nobody held it"}},
			// One plain result by 12.4; only too few arguments are returned (0.9),
			// where a language has room for that.
			Returns: hostapi.OrThrow,
			Errors:  []hostapi.Kind{hostapi.Invalid},
			TooFew:  "unregister requires a name argument",
			Load:    hostapi.LoadRefused,
			Run: func(c hostapi.Call) error {
				removed, err := c.Task().Process().Unregister(c.Arg(0).Str())
				var e *hostapi.Error
				if errors.As(err, &e) {
					return hostapi.Raise(e)
				}
				return hostapi.Give(c, hostapi.Bool(removed), err)
			},
		},
	},
}
