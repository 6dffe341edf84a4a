package process

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// stopFuncs ask or force a process to end (section 7).
var stopFuncs = []*hostapi.Func{
	{
		Name: "cancel",
		Doc: "Asks dest to stop by a CANCEL event; with a timeout, dest is killed when that is over. " +
			"Returns at once. The earliest of several deadlines counts (7.1 to 7.8).",
		Params: []hostapi.Param{
			dest,
			{
				Name: "timeout", Accept: hostapi.AcceptDuration, Optional: true, Keyword: true,
				Doc: "at least 0, a bare number is nanoseconds (10.1); without it nothing is forced",
			},
			{Name: "reason", Accept: hostapi.AcceptString, Optional: true, Keyword: true, Doc: "for the event; \"\" if left out"},
		},
		Results: done,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
		TooFew:  "cancel requires a destination argument",
		Load:    hostapi.LoadRefused,
		Run: func(c hostapi.Call) error {
			grace := time.Duration(-1) // no deadline
			if v := c.Arg(1); !v.IsNil() {
				d, ok := hostapi.DurationOf(v)
				if !ok || d < 0 {
					return hostapi.Errorf(hostapi.Invalid, "invalid duration %s", v)
				}
				grace = d
			}
			return hostapi.Give(c, hostapi.Bool(true), c.Task().Process().Cancel(c.Arg(0).Str(), grace, c.Arg(2).Str()))
		},
	},
	destFunc("terminate", "Kills dest without an event and without grace; of oneself it does not return (7.9 to 7.11).",
		hostapi.Process.Terminate, hostapi.NotFound),
}
