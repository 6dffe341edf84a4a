package kernel

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// sending is a message that a process sends later (70.6). It implements
// hostapi.Sending.
type sending processTimer

// outgoing is what a timer sends.
type outgoing struct {
	dest    string
	message *hostapi.Message
	bytes   int64
}

// SendAfter implements hostapi.Talker.
func (p *process) SendAfter(delay time.Duration, dest, topic string, payloads []hostapi.Value) (hostapi.Sending, error) {
	if err := p.current.call(); err != nil {
		return nil, err
	}
	if err := hostapi.CheckTopic(topic, "send"); err != nil {
		return nil, err
	}
	o := &outgoing{dest, p.rt.NewMessage(p, topic, payloads), payloadBytes(payloads)}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.newTimer()
	t.sends = o
	p.talking().held += o.bytes
	p.keeps(bytesPerTimer+o.bytes, p)
	t.start(p.rt.clock.Now().Add(delay))
	return (*sending)(t), nil
}

// Stop implements hostapi.Sending.
func (s *sending) Stop() bool {
	t := (*processTimer)(s)
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	return t.cancel()
}

// forget takes what is no longer to be sent off the account of the process. The lock is
// held.
func (o *outgoing) forget(p *process) {
	if t := p.talks(); t != nil {
		t.held -= o.bytes
	}
}

// send sends it. What nobody takes is a dead letter: its sender does not learn of it.
func (o *outgoing) send(rt *Runtime) {
	if t := o.message.Trail; t != nil {
		t.Sent = rt.clock.Now()
	}
	to, err := rt.resolve(o.dest)
	if err != nil {
		rt.undeliverable(o.dest, o.message)
		return
	}
	to.Tell(o.message, nil)
}
