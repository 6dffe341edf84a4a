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

func decodeService(head *Header) *Service {
	o := head.object("process", "host", "input", "lifecycle")
	s := &Service{
		Header:     *head,
		processRef: o.reference("process"),
		hostRef:    o.reference("host"),
	}
	s.read(spec.Decoder{}, func(f spec.Fields) {
		s.Input = f.List("input")
		s.Lifecycle = s.lifecycle(f)
	}, "input", "lifecycle")
	if n := o.value("process"); n == nil || isText(n) && n.Value == "" {
		o.missing("process")
		s.processRef = reference{}
	}
	return s
}
