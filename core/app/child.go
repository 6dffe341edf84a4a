package app

import (
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// ChildRestart says after which ends a child is started again (16.8).
type ChildRestart string

// The restart types. The first is the default.
const (
	Permanent ChildRestart = "permanent"
	Transient ChildRestart = "transient"
	Temporary ChildRestart = "temporary"
)

// Child is the specification of a child (16.2), complete with defaults.
type Child struct {
	ID string // "" for a template
	// Process is the id of the process entry to run, "" for a supervisor.
	Process string
	// Spec is what a nested supervisor does, nil for a process. Supervisor is
	// the id of the entry it is taken from, "" if it is written in place.
	Spec       *SupervisorSpec
	Supervisor string
	// Host is the id of the host of the process: its own, that of the process
	// entry, or that of the supervisor; "" if that has none.
	Host        string
	Input       []hostapi.Value // by default that of the process entry
	Name        string          // registered for each instance; "" for none
	Restart     ChildRestart
	Shutdown    Shutdown
	Significant bool
	Position    Position

	processRef, supervisorRef, hostRef reference
	inputGiven                         bool
	reporter                           reporter
}

// Shutdown says how a child is stopped (16.2). If both flags are false it gets
// CANCEL with Timeout as grace period.
type Shutdown struct {
	Brutal   bool // terminated
	Infinity bool // CANCEL without deadline
	Timeout  time.Duration
}

// supervised reads the specification of a child.
func (o *object) supervised(template bool, auto AutoShutdown) Child {
	c := Child{
		Position:   o.at(o.node),
		processRef: o.reference("process"),
		hostRef:    o.reference("host"),
		reporter:   o.reporter,
	}
	nested := o.value("supervisor")
	switch process := o.value("process"); {
	case process == nil && nested == nil:
		o.errorf(o.node, "%sprocess is required, or %ssupervisor", o.path, o.path)
	case process != nil && nested != nil:
		o.errorf(nested, "%ssupervisor: only one of process and supervisor may be given", o.path)
	}
	if nested != nil {
		o.nested(&c, nested)
	}
	c.Input, c.inputGiven = o.payloads("input")
	o.childID(&c, template)
	o.childName(&c, template)
	c.Restart, _ = choice(o, "restart", Permanent, Transient, Temporary)
	c.Shutdown = o.shutdown(nested != nil)
	if c.Significant = o.boolean("significant", false); c.Significant {
		at := o.value("significant")
		if auto == Never {
			o.errorf(at, "%ssignificant needs an auto_shutdown other than never", o.path)
		}
		if c.Restart == Permanent {
			o.errorf(at, "%ssignificant needs a restart other than permanent", o.path)
		}
	}
	return c
}

// nested reads the field supervisor: an id or a specification in place.
func (o *object) nested(c *Child, n *yaml.Node) {
	switch {
	case n.Kind == yaml.MappingNode:
		if spec := o.child("supervisor", specFields()...); spec != nil {
			s := spec.supervisor()
			c.Spec = &s
		}
	case isText(n):
		c.supervisorRef = o.reference("supervisor")
	default:
		o.mustBe(n, o.path+"supervisor", "a string or a map")
	}
	for _, name := range [...]string{"host", "input"} {
		if v := o.value(name); v != nil {
			o.errorf(v, "%s%s is for processes, not for a supervisor", o.path, name)
		}
	}
}

func (o *object) childID(c *Child, template bool) {
	id, ok := o.text("id")
	switch {
	case template:
		return
	case o.value("id") == nil:
		o.missing("id")
	case ok && id == "":
		o.errorf(o.value("id"), "%sid must not be empty", o.path)
	}
	c.ID = id
}

// childName reads the registered name (12.2).
func (o *object) childName(c *Child, template bool) {
	name, ok := o.text("name")
	switch {
	case !ok:
	case template:
		o.errorf(o.value("name"), "%sname is not allowed in a template: only one process can hold it", o.path)
	case name == "" || strings.ContainsAny(name[:1], "{@"):
		o.errorf(o.value("name"), "%sname: invalid name %q", o.path, name)
	}
	c.Name = name
}

func (o *object) shutdown(nested bool) Shutdown {
	s := Shutdown{Timeout: 5 * time.Second}
	if nested {
		s = Shutdown{Infinity: true}
	}
	n := o.value("shutdown")
	switch {
	case n == nil:
	case isText(n) && n.Value == "brutal":
		return Shutdown{Brutal: true}
	case isText(n) && n.Value == "infinity":
		return Shutdown{Infinity: true}
	default:
		if _, ok := hostapi.ParseDuration(n.Value); isText(n) && !ok {
			o.errorf(n, "%sshutdown: invalid duration %q: write it as 500ms or 10s, or brutal or infinity", o.path, n.Value)
			return s
		}
		d, _ := o.duration("shutdown", 0, 0)
		return Shutdown{Timeout: d}
	}
	return s
}
