package process

import "github.com/understudy-run/understudy/hostapi"

var identityFuncs = []*hostapi.Func{
	{
		Name:    "pid",
		Doc:     "The PID of the calling process, the same for life (2.27).",
		Results: []hostapi.Param{{Name: "pid", Accept: hostapi.AcceptString, Type: "PID", Doc: "opaque text of the form {host|unique}"}},
		Run: func(c hostapi.Call) error {
			return hostapi.Give(c, hostapi.String(string(c.Task().Process().PID())), nil)
		},
	},
	{
		Name:    "host",
		Doc:     "The id of the host that the calling process is on, the same for life (70.4).",
		Results: []hostapi.Param{{Name: "host", Accept: hostapi.AcceptString, Doc: "namespace:name"}},
		Run: func(c hostapi.Call) error {
			c.Push(hostapi.String(c.Task().Process().Host()))
			return nil
		},
	},
	{
		Name:    "id",
		Doc:     "The id of the entry whose code is running; an upgrade may change it (2.28).",
		Results: []hostapi.Param{{Name: "id", Accept: hostapi.AcceptString, Doc: "namespace:name"}},
		Run:     func(c hostapi.Call) error { return hostapi.Give(c, hostapi.String(c.Task().Process().EntryID()), nil) },
	},
}
