package kernel

import (
	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/hostapi"
)

// Enter is what each call of a module begins with: a point where the running task may
// be stopped or preempted.
func (p *process) Enter() error { return p.current.call() }

// Stream is a channel that a neighbour of the kernel fills and the process reads.
type Stream channel

// NewStream gives a stream to the process, which is running.
func (p *process) NewStream() *Stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	return (*Stream)(p.newChannel(systemChannel))
}

// Channel is the end that the process reads.
func (s *Stream) Channel() hostapi.Channel { return (*channel)(s) }

// Offer puts a value into the stream, unless that is closed.
func (s *Stream) Offer(v hostapi.Value, by *process) {
	s.p.mu.Lock()
	if !s.closed {
		(*channel)(s).offer(item{value: v}, by)
	}
	s.p.mu.Unlock()
}

// Close ends the stream. What is unread is dropped unless flush is set.
func (s *Stream) Close(flush bool) {
	s.p.mu.Lock()
	if !flush {
		s.buffer = container.Deque[item]{}
	}
	(*channel)(s).shut(s.p)
	s.p.mu.Unlock()
}
