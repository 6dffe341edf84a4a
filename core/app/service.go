package app

import (
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Service is a process.service entry (14.12): one process that the runtime
// keeps running.
type Service struct {
	Header
	Process string // id of the process entry
	Host    string // by clause 14.14; "" only if the runtime never starts it
	Input   []hostapi.Value
	// Lifecycle is complete with defaults.
	Lifecycle Lifecycle

	processRef, hostRef reference
}

// Life gives the lifecycle.
func (s *Service) Life() *Lifecycle { return &s.Lifecycle }

var serviceFields = []string{"process", "host", "input", "lifecycle"}

// fields reads those that are no references.
func (s *Service) fields(f spec.Fields) {
	s.Input = f.List("input")
	s.Lifecycle = s.lifecycle(f)
}

func decodeService(head *Header) *Service {
	o := head.object(serviceFields...)
	s := &Service{
		Header:     *head,
		processRef: o.reference("process"),
		hostRef:    o.reference("host"),
	}
	s.read(spec.Decoder{}, s.fields, "input", "lifecycle")
	if n := o.value("process"); n == nil || isText(n) && n.Value == "" {
		o.missing("process")
		s.processRef = reference{}
	}
	return s
}
