package process

import "github.com/understudy-run/understudy/hostapi"

// spawnFuncs start processes (2.1 to 2.7, 13.1). They are functions of the
// module and the terminals of a builder.
var spawnFuncs = []*hostapi.Func{
	spawnFunc("spawn", "Starts a process and returns its PID when it is live (2.1 to 2.7).", false, false),
	spawnFunc("spawn_monitored", "As spawn; the caller also monitors the new process before it can run (2.1, 2.3, 6.1).", false, true),
	spawnFunc("spawn_linked", "As spawn; caller and new process are also linked before it can run (2.1, 2.3, 5.1).", true, false),
	spawnFunc("spawn_linked_monitored", "As spawn; the new process is also linked to the caller and monitored by it (2.1, 2.3).", true, true),
	{
		Name: "exec",
		Doc: "Starts a process, waits for its end and gives its value, or the error with which it failed. " +
			"Only the calling coroutine waits (13.1 to 13.4).",
		Params: spawnParams,
		Rest:   "args",
		Results: []hostapi.Param{
			{Name: "value", Accept: hostapi.AcceptAny, Doc: "what the process returned; nil for nothing"},
		},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound, hostapi.Unavailable, hostapi.AlreadyExists, hostapi.Internal},
		TooFew:  "exec requires id and host arguments",
		Load:    hostapi.LoadBlocks,
		Run: func(c hostapi.Call) error {
			s, err := newSpawn(c)
			if err != nil {
				return err
			}
			v, err := c.Task().Process().Exec(s)
			return hostapi.Give(c, v, err)
		},
	},
}

var spawnParams = []hostapi.Param{
	{Name: "id", Accept: hostapi.AcceptString, Entry: hostapi.EntryProcess, Doc: "process entry to run, as namespace:name"},
	{Name: "host", Accept: hostapi.AcceptString, Entry: hostapi.EntryHost, Optional: true, Doc: "host entry that runs it, as namespace:name; left out or nil: that of the entry, else the caller's (70.4)"},
}

func spawnFunc(name, doc string, link, monitor bool) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     doc,
		Params:  spawnParams,
		Rest:    "args",
		Results: []hostapi.Param{{Name: "pid", Accept: hostapi.AcceptString, Type: "PID", Doc: "of the new process"}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound, hostapi.Unavailable, hostapi.AlreadyExists, hostapi.Internal},
		TooFew:  name + " requires at least id and host arguments",
		Load:    hostapi.LoadBlocks,
		Run: func(c hostapi.Call) error {
			s, err := newSpawn(c)
			if err != nil {
				return err
			}
			s.Link, s.Monitor = link, monitor
			pid, err := c.Task().Process().Spawn(s)
			return hostapi.Give(c, hostapi.String(string(pid)), err)
		},
	}
}

// newSpawn checks and copies the arguments of a spawn, in the order of clause
// 2.6, and adds what the builder holds.
func newSpawn(c hostapi.Call) (hostapi.Spawn, error) {
	id, host := c.Arg(0).Str(), c.Arg(1).Str()
	switch {
	case id == "":
		return hostapi.Spawn{}, hostapi.Errorf(hostapi.Invalid, "process ID required")
	case !hostapi.ValidID(id):
		return hostapi.Spawn{}, hostapi.Errorf(hostapi.Invalid, "invalid process ID format (namespace:name required)")
	case host == "" && !c.Arg(1).IsNil():
		return hostapi.Spawn{}, hostapi.Errorf(hostapi.Invalid, "host ID required")
	}
	s, err := builderOf(c).spawn()
	if err != nil {
		return hostapi.Spawn{}, err
	}
	s.ID, s.Host = id, host
	s.Args, err = hostapi.Payloads(c, len(spawnParams))
	return s, err
}
