package app

import (
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Process is an entry of kind process.<language> or process.script (14.9).
type Process struct {
	Header
	Engine  hostapi.Engine  // that runs it (14.13)
	Program hostapi.Program // compiled by Engine
	// Source is the file that holds the code, relative to the app directory: the
	// index file if the code is written there.
	Source string
	Method string // default "main"
	// Modules are those listed, each once; Imports as written, in order.
	Modules []string
	Imports []Import
	// Resources are those it is granted (41.2), in order.
	Resources []spec.Grant
	// Libraries are the ids of all libraries it imports, directly or not,
	// sorted.
	Libraries []string
	// Host is the id of the host for starts by the runtime and for exec, by
	// clause 14.14; "" if there is none, which is legal for entries that the
	// runtime does not start.
	Host  string
	Input []hostapi.Value
	// Lifecycle is complete with defaults; its Given says whether the runtime
	// may start the entry.
	Lifecycle Lifecycle
	Mailbox   spec.Mailbox
	Limits    spec.Limits

	code        code
	engineField reference
	hostRef     reference
}

// OwnHost is the id of the host that the entry names itself, "" if it names
// none: as a child it takes that of its supervisor then (16.2).
func (p *Process) OwnHost() string {
	if p.hostRef.given() {
		return p.Host
	}
	return ""
}

// Life gives the lifecycle.
func (p *Process) Life() *Lifecycle { return &p.Lifecycle }

var processFields = []string{"source", "method", "engine", "modules", "imports", "resources", "host", "input", "lifecycle", "mailbox", "limits"}

// fields reads those that are no references and no code.
func (p *Process) fields(f spec.Fields) {
	p.Input = f.List("input")
	p.Lifecycle = p.lifecycle(f)
	p.Mailbox = f.Mailbox()
	p.Limits = f.Limits()
}

func decodeProcess(head *Header) *Process {
	o := head.object(processFields...)
	p := &Process{
		Header:      *head,
		Method:      "main",
		code:        o.code(),
		engineField: o.reference("engine"),
		hostRef:     o.reference("host"),
	}
	p.read(spec.Decoder{}, p.fields, "input", "lifecycle", "mailbox", "limits")
	if m, ok := o.text("method"); ok {
		p.Method = m
		if m == "" {
			o.errorf(o.value("method"), "method must not be empty")
		}
	}
	return p
}
