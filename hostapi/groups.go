package hostapi

// Grouper gives access to process groups (section 18).
type Grouper interface {
	// OpenScope gives the groups of a started scope (18.2). An id that is
	// unknown or of a scope that is not started is NotFound "scope not found".
	OpenScope(id string) (Groups, error)
}

// Groups are the process groups of one scope in the hands of one process. They
// belong to the code that opened them: an upgrade ends them, and with them
// their subscriptions, but no membership (13.12, 13.13). After Release every
// other method fails with Invalid "group released"; an empty name is Invalid
// "group name cannot be empty" (18.3).
type Groups interface {
	// Join makes the process a member of each group named, once more for each
	// time it is named; of all or of none (18.3, 18.4).
	Join(names []string) error
	// Leave ends one membership for each name. It is Invalid "not a member" if
	// the process is in none of the groups named; no name at all is no error.
	Leave(names []string) error
	// Members gives the members of a group in the order of joining, once for
	// each membership.
	Members(name string) ([]PID, error)
	// Names gives the names of all groups that have members, sorted.
	Names() ([]string, error)
	// Broadcast sends one message to each member process; what a member cannot
	// take is a dead letter and no error.
	Broadcast(name, topic string, payloads []Value) error
	// Monitor subscribes to the changes of one group and gives its members:
	// each change is either in those or will be told.
	Monitor(name string) (Subscription, []PID, error)
	// MonitorAll subscribes to the changes of all groups and gives those that
	// have members, sorted by name.
	MonitorAll() (Subscription, []Group, error)
	// Release ends the object and its subscriptions. It may be repeated.
	Release() error
}

// Group is a group that has members.
type Group struct {
	Name    string
	Members []PID // in the order of joining, once for each membership
}

// Subscription tells the changes of groups (18.6 to 18.9).
type Subscription interface {
	// Channel yields records of GroupEventShape. The same channel every time.
	Channel() Channel
	// Close ends the subscription and closes the channel. Unread records are
	// dropped, or with flush stay readable (18.8). It may be repeated.
	Close(flush bool) error
}

// GroupEventShape is the shape of the records of a Subscription (18.6).
var GroupEventShape = &Shape{
	Name: "event",
	Doc:  "A change of the members of a process group (18.6).",
	Fields: []Param{
		{Name: "system", Accept: AcceptString, Doc: "always pg"},
		{Name: "kind", Accept: AcceptString, Doc: "member.joined or member.left"},
		{Name: "group", Accept: AcceptString, Doc: "name of the group"},
		{Name: "pids", Type: "list of PID", Accept: AcceptTable, Doc: "the members, once for each membership"},
		{Name: "path", Accept: AcceptString, Doc: "as group"},
		{Name: "data", Type: "map", Accept: AcceptTable, Doc: "as group and pids, in the fields Group and PIDs"},
	},
}

// GroupEvent gives the record of a change: members joined the group, or left it.
func GroupEvent(group string, joined bool, members ...PID) *Record {
	kind := "member.left"
	if joined {
		kind = "member.joined"
	}
	return &Record{Shape: GroupEventShape, Values: []Value{
		String("pg"), String(kind), String(group), PIDs(members), String(group),
		MapOf(Field("Group", String(group)), Field("PIDs", PIDs(members))),
	}}
}

// PIDs gives the list of some PIDs.
func PIDs(pids []PID) Value {
	items := make([]Value, len(pids))
	for i, pid := range pids {
		items[i] = String(string(pid))
	}
	return ListOf(items...)
}
