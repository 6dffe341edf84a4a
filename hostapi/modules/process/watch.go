package process

import "github.com/understudy-run/understudy/hostapi"

// watchFuncs link and monitor (sections 5 and 6).
var watchFuncs = []*hostapi.Func{
	destFunc("monitor", "Asks for one EXIT event when dest ends; dest is not affected (6.1 to 6.3).",
		hostapi.Process.Monitor, hostapi.NotFound, hostapi.AlreadyExists),
	destFunc("unmonitor", "Takes a monitor back: no EXIT of dest is read afterwards. True also if there was none (6.4).",
		hostapi.Process.Unmonitor, hostapi.NotFound),
	destFunc("link", "Links caller and dest: if either fails, the other is killed or gets LINK_DOWN. True also if they were linked (5.2, 5.3).",
		hostapi.Process.Link, hostapi.NotFound),
	destFunc("unlink", "Removes the link, and any unread LINK_DOWN of dest. True also if there was none (5.4).",
		hostapi.Process.Unlink, hostapi.NotFound),
}

// destFunc makes a function that takes one destination and gives true or an
// error.
func destFunc(name, doc string, do func(hostapi.Process, string) error, kinds ...hostapi.Kind) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     doc,
		Params:  []hostapi.Param{dest},
		Results: done,
		Returns: hostapi.OrError,
		Errors:  append([]hostapi.Kind{hostapi.Invalid}, kinds...),
		TooFew:  name + " requires a destination argument",
		Load:    hostapi.LoadRefused,
		Run: func(c hostapi.Call) error {
			return hostapi.Give(c, hostapi.Bool(true), do(c.Task().Process(), c.Arg(0).Str()))
		},
	}
}
