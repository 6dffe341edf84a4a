package hostapi

// Supervision starts supervisors and asks them about their children (16.17).
// sup is the PID or registered name of a supervisor: unknown is NotFound
// "process not found", another process Invalid "not a supervisor", one that
// stops Unavailable "supervisor is shutting down". All methods suspend. A
// request whose caller ends before its turn is dropped.
type Supervision interface {
	// StartSupervisor starts a supervisor, links it to the caller if link is
	// set, and returns when all its children are started (16.4). spec is the
	// payload of a specification (16.1), or a string: the id of a supervisor
	// entry. A violation is Invalid "invalid supervisor specification".
	StartSupervisor(spec Value, link bool) (PID, error)
	// StartChild adds a child and starts it. args are its specification (16.2)
	// alone; for simple_one_for_one arguments that are appended to the
	// template's input.
	StartChild(sup string, args []Value) (PID, error)
	// TerminateChild stops a child by its shutdown, or drops its restart. id is
	// the child's, for simple_one_for_one its PID.
	TerminateChild(sup, id string) error
	// RestartChild starts a stopped child again.
	RestartChild(sup, id string) (PID, error)
	// DeleteChild removes the specification of a stopped child.
	DeleteChild(sup, id string) error
	// WhichChildren lists the children in start order.
	WhichChildren(sup string) ([]ChildInfo, error)
	// CountChildren counts them.
	CountChildren(sup string) (ChildCount, error)
}

// ChildInfo describes one child of a supervisor.
type ChildInfo struct {
	ID         string // "" for simple_one_for_one
	PID        PID    // "" unless running
	Supervisor bool   // a nested supervisor, not a process
	Restart    string // "permanent", "transient" or "temporary"
	Status     ChildStatus
}

// ChildStatus says what a child does at present.
type ChildStatus string

// The states of a child.
const (
	ChildRunning    ChildStatus = "running"
	ChildRestarting ChildStatus = "restarting" // waits for a restart that is delayed
	ChildStopped    ChildStatus = "stopped"
)

// ChildCount counts the children of a supervisor.
type ChildCount struct {
	Specs       int // specifications; 1 for simple_one_for_one
	Active      int // running
	Supervisors int // children that are supervisors, running or not
	Processes   int // the others, running or not
}
