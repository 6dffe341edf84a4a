package pg

import "github.com/understudy-run/understudy/hostapi"

// Group is an opened scope as an object of scripts (18.2).
type Group struct {
	hostapi.Handle
	groups hostapi.Groups
	scope  string
}

// ObjectType is the type of opened scopes.
func (*Group) ObjectType() *hostapi.ObjectType { return groupType }

// String names the scope.
func (g *Group) String() string { return "group(" + g.scope + ")" }

// groupsOf gives the groups whose method is called.
func groupsOf(c hostapi.Call) hostapi.Groups { return c.Self().(*Group).groups }

var groupType = &hostapi.ObjectType{
	Name:     "group",
	Doc:      "The groups of one scope. All methods but release have an error as last result (18.3).",
	Hashable: true,
	Methods: []*hostapi.Func{
		namesMethod("join", "Joins one group, or each of a list of groups, all or none. May be repeated: every membership counts (18.3, 18.4).",
			hostapi.Groups.Join, hostapi.Invalid, hostapi.Unavailable),
		namesMethod("leave", "Ends one membership for each name; an error only if the process was in none of the groups (18.3).",
			hostapi.Groups.Leave, hostapi.Invalid),
		membersMethod("get_members"),
		membersMethod("get_local_members"),
		groupsMethod("which_groups"),
		groupsMethod("which_local_groups"),
		broadcastMethod("broadcast"),
		broadcastMethod("broadcast_local"),
		monitorMethod,
		eventsMethod,
		releaseMethod,
	},
}

// nameParam is the name of one group.
var nameParam = hostapi.Param{Name: "name", Accept: hostapi.AcceptString, Doc: "of the group, not empty"}

// namesMethod makes a method for one group or a list of groups.
func namesMethod(name, doc string, do func(hostapi.Groups, []string) error, kinds ...hostapi.Kind) *hostapi.Func {
	return &hostapi.Func{
		Name: name,
		Doc:  doc,
		Params: []hostapi.Param{{
			Name: "names", Accept: hostapi.AcceptString | hostapi.AcceptTable, Type: "string or list of strings",
			Doc: "name of a group, or a list of names; not empty",
		}},
		Results: done,
		Returns: hostapi.OrError,
		Errors:  kinds,
		Load:    hostapi.LoadRefused,
		Run: func(c hostapi.Call) error {
			names, err := namesOf(c, name)
			if err != nil {
				return err
			}
			return hostapi.Give(c, hostapi.Bool(true), do(groupsOf(c), names))
		},
	}
}

func called(c hostapi.Call, method string) string {
	return (&hostapi.Func{Name: method}).Called(c)
}

// namesOf gives the names that the first argument holds.
func namesOf(c hostapi.Call, method string) ([]string, error) {
	v := c.Arg(0)
	if v.Type() == hostapi.TypeString {
		return []string{v.Str()}, nil
	}
	elements, ok := c.Elements(v)
	if !ok {
		return nil, hostapi.Raise(hostapi.Errorf(hostapi.Invalid,
			"%s: argument #1 (names) must be a string or a list of strings, got %s", called(c, method), v.TypeName()))
	}
	names := make([]string, len(elements))
	for i, e := range elements {
		if e.Type() != hostapi.TypeString {
			return nil, hostapi.Raise(hostapi.Errorf(hostapi.Invalid,
				"%s: argument #1 (names) must hold strings, got %s at position %d", called(c, method), e.TypeName(), i+1))
		}
		names[i] = e.Str()
	}
	return names, nil
}

func membersMethod(name string) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     "The members of a group in the order of joining, a PID once for each membership; empty for an unknown group (18.3, 18.5).",
		Params:  []hostapi.Param{nameParam},
		Results: []hostapi.Param{{Name: "members", Accept: hostapi.AcceptTable, Type: "list of PID", Doc: "a new list"}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Load:    hostapi.LoadRefused,
		Run: func(c hostapi.Call) error {
			members, err := groupsOf(c).Members(c.Arg(0).Str())
			return hostapi.Give(c, hostapi.PIDs(members), err)
		},
	}
}

func groupsMethod(name string) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     "The names of all groups that have members, sorted (18.3, 18.5).",
		Results: []hostapi.Param{{Name: "names", Accept: hostapi.AcceptTable, Type: "list of string", Doc: "a new list"}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Load:    hostapi.LoadRefused,
		Run: func(c hostapi.Call) error {
			names, err := groupsOf(c).Names()
			if err != nil {
				return err
			}
			items := make([]hostapi.Value, len(names))
			for i, n := range names {
				items[i] = hostapi.String(n)
			}
			c.Push(hostapi.ListOf(items...))
			return nil
		},
	}
}

func broadcastMethod(name string) *hostapi.Func {
	return &hostapi.Func{
		Name: name,
		Doc: "Sends one message to each member process, once however often it joined, the caller included if it is a member. " +
			"What a member cannot take is a dead letter and no error (18.3, 18.5).",
		Params:  []hostapi.Param{nameParam, {Name: "topic", Accept: hostapi.AcceptString, Doc: "not empty, not beginning with @ (3.4)"}},
		Rest:    "payloads",
		Results: done,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Load:    hostapi.LoadRefused,
		Run: func(c hostapi.Call) error {
			topic := c.Arg(1).Str()
			if err := hostapi.CheckTopic(topic, "send"); err != nil {
				return err
			}
			payloads, err := hostapi.Payloads(c, 2)
			if err != nil {
				return err
			}
			return hostapi.Give(c, hostapi.Bool(true), groupsOf(c).Broadcast(c.Arg(0).Str(), topic, payloads))
		},
	}
}

var subscriptionResult = hostapi.Param{
	Name: "subscription", Object: subscriptionType, Accept: hostapi.AcceptObject, Doc: "tells every change from now on",
}

var monitorMethod = &hostapi.Func{
	Name:   "monitor",
	Doc:    "A subscription to the changes of one group, and its members at that moment: no change falls between the two (18.3).",
	Params: []hostapi.Param{nameParam},
	Results: []hostapi.Param{
		subscriptionResult,
		{Name: "members", Accept: hostapi.AcceptTable, Type: "list of PID", Doc: "as of get_members"},
	},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Load:    hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		name := c.Arg(0).Str()
		sub, members, err := groupsOf(c).Monitor(name)
		if err != nil {
			return err
		}
		c.Push(hostapi.ObjectOf(&Subscription{sub: sub, group: name}))
		c.Push(hostapi.PIDs(members))
		return nil
	},
}

var eventsMethod = &hostapi.Func{
	Name: "events",
	Doc:  "A subscription to the changes of all groups, and their members at that moment (18.3).",
	Results: []hostapi.Param{
		subscriptionResult,
		{Name: "groups", Accept: hostapi.AcceptTable, Type: "map of lists of PID", Doc: "the members of each group, by its name"},
	},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Load:    hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		sub, groups, err := groupsOf(c).MonitorAll()
		if err != nil {
			return err
		}
		entries := make([]hostapi.Entry, len(groups))
		for i, g := range groups {
			entries[i] = hostapi.Field(g.Name, hostapi.PIDs(g.Members))
		}
		c.Push(hostapi.ObjectOf(&Subscription{sub: sub}))
		c.Push(hostapi.MapOf(entries...))
		return nil
	},
}

var releaseMethod = &hostapi.Func{
	Name:    "release",
	Doc:     "Ends the object and its subscriptions, not the memberships; may be repeated (18.3).",
	Results: done,
	Load:    hostapi.LoadRefused,
	Run:     func(c hostapi.Call) error { return hostapi.Give(c, hostapi.Bool(true), groupsOf(c).Release()) },
}
