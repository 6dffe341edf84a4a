package spec

import (
	"cmp"
	"math"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Restart says after which ends a child is started again (16.8).
type Restart string

// The restart types. The first is the default.
const (
	Permanent Restart = "permanent"
	Transient Restart = "transient"
	Temporary Restart = "temporary"
)

// Child is the specification of a child (16.2), complete with defaults.
type Child struct {
	ID      string // name within the supervisor; "" for a template
	Process string // id of the process entry to run, "" for a supervisor
	// Supervisor is what a nested supervisor does, nil for a process; SupervisorID
	// is the entry it was taken from, "" if it is written in place.
	Supervisor   *Supervisor
	SupervisorID string
	Host         string          // of the process; "" stands for that of the supervisor
	Input        []hostapi.Value // arguments of the process
	Name         string          // registered for each instance; "" for none
	Restart      Restart
	Shutdown     Shutdown
	Significant  bool // counts for AutoShutdown
}

// Shutdown says how a child is stopped (16.2). If both flags are false it gets
// CANCEL with Timeout as grace period.
type Shutdown struct {
	Brutal   bool // terminated
	Infinity bool // CANCEL without deadline
	Timeout  time.Duration
}

// Process is what the child of a supervisor gets from a process entry: the full
// id, and host and input if it gives none itself (16.2).
type Process struct {
	ID    string
	Host  string // "" for none
	Input []hostapi.Value
}

// Entries finds what specifications refer to. Its errors become Violations.
type Entries interface {
	// Host gives the full id of a host.
	Host(at Path, id string) (string, error)
	// Process gives what a child gets from the entry of its process.
	Process(at Path, id string) (Process, error)
	// Supervisor gives the full id of a supervisor entry and its specification,
	// which need not be read yet.
	Supervisor(at Path, id string) (string, *Supervisor, error)
}

var childFields = [...]string{"id", "process", "supervisor", "host", "input", "name", "restart", "shutdown", "significant"}

// ChildFields are the names of the fields of a child.
func ChildFields() []string { return childFields[:] }

// Child reads the specification of one child of a supervisor that does not have
// a template. If there are Violations after it, the result is of no use.
func (d *Decoder) Child(v hostapi.Value, auto AutoShutdown) *Child {
	return d.Fields(v, nil, childFields[:]...).child(&Supervisor{AutoShutdown: auto})
}

// child reads a child of a supervisor, of which all but the children is known.
func (f Fields) child(of *Supervisor) *Child {
	template := of.Strategy == SimpleOneForOne
	c := &Child{
		Restart:     Choose(f, "restart", Permanent, Transient, Temporary),
		Significant: f.Boolean("significant"),
	}
	if id, ok := f.Text("id"); !template {
		f.NotEmpty("id")
		switch c.ID = id; {
		case ok && id == "":
			f.Fail("id", "must not be empty")
		case !f.Has("id"):
			f.Fail("id", "is required")
		}
	}
	switch nested := f.Has("supervisor"); {
	case f.Describes():
		f.Rule(Absent("process"), Given("supervisor"))
		f.Rule(Given("process"), Absent("supervisor"))
		f.Rule(Is("restart", string(Transient), string(Temporary)), Is("significant", true))
		f.process(c, of)
		f.nested(c, of)
	case nested && f.Has("process"):
		f.Fail("supervisor", "is not possible beside process")
	case nested:
		f.nested(c, of)
	case f.Has("process"):
		f.process(c, of)
	default:
		f.Fail("process", "or supervisor is required")
	}
	name, ok := f.Text("name")
	f.Pattern("name", `^[^{@]`)
	if ok {
		if c.Name = name; template {
			f.Fail("name", "is not allowed in a template: only one process can hold it")
		} else if hostapi.CheckName(name) != nil {
			f.Fail("name", "is an invalid name: %q", name)
		}
	}
	c.Shutdown = f.shutdown(c.Supervisor != nil)
	if c.Significant && of.AutoShutdown == NeverShutdown {
		f.Fail("significant", "needs an auto_shutdown other than never")
	}
	if c.Significant && c.Restart == Permanent {
		f.Fail("significant", "needs a restart other than permanent")
	}
	return c
}

// process reads what belongs to a child that is a process: entry, host, input.
func (f Fields) process(c *Child, of *Supervisor) {
	var p Process
	if id, ok := f.Text("process"); ok {
		at := f.path.field("process")
		var err error
		p, err = f.d.Entries.Process(at, id)
		f.d.refer(at, err)
	}
	c.Process, c.Host = p.ID, cmp.Or(f.host(), p.Host, of.Host)
	if c.Input, _ = f.list("input"); !f.Has("input") {
		c.Input = p.Input
	}
}

// nested reads the field supervisor: an entry or a specification.
func (f Fields) nested(c *Child, of *Supervisor) {
	if f.Describes() {
		f.Rule(Absent("host"), Given("supervisor"))
		f.Rule(Absent("input"), Given("supervisor"))
		f.note("supervisor", Form{Type: FormText, Either: f.d.supervisor})
		return
	}
	v, _ := f.get("supervisor")
	at := f.path.field("supervisor")
	switch {
	case v.Type() == hostapi.TypeString:
		var err error
		c.SupervisorID, c.Supervisor, err = f.d.Entries.Supervisor(at, v.Str())
		f.d.refer(at, err)
	case v.Map() == nil:
		f.mustBe("supervisor", "a string or a map", hostapi.TypeMap, v)
	default:
		c.Supervisor = f.d.Fields(v, at, SupervisorFields()...).Supervisor(of.Host)
	}
	for _, name := range [...]string{"host", "input"} {
		if f.Has(name) {
			f.Fail(name, "is for processes, not for a supervisor")
		}
	}
	f.host() // what is wrong with it is told too
}

// host reads the field host.
func (f Fields) host() string {
	id, ok := f.Text("host")
	if !ok {
		return ""
	}
	at := f.path.field("host")
	id, err := f.d.Entries.Host(at, id)
	f.d.refer(at, err)
	return id
}

func (f Fields) shutdown(nested bool) Shutdown {
	if f.Describes() {
		words := &Form{Type: FormText, Words: []string{"brutal", "infinity"}}
		f.note("shutdown", Form{Type: FormDuration, High: math.Inf(1), Either: words})
		return Shutdown{}
	}
	v, ok := f.get("shutdown")
	switch {
	case v.Str() == "brutal":
		return Shutdown{Brutal: true}
	case v.Str() == "infinity", !ok && nested:
		return Shutdown{Infinity: true}
	}
	return Shutdown{Timeout: f.Duration("shutdown", 0, 5*time.Second)}
}
