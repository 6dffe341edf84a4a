package conformance_test

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// mistalker is a wrong hostapi.Process: each field that is set replaces a
// method of section 70.
type mistalker struct {
	hostapi.Process
	call    func(dest, topic string, timeout time.Duration, payloads []hostapi.Value) (hostapi.Value, error)
	reply   func(*hostapi.Message, hostapi.Result) error
	offer   func(dest, topic string, payloads []hostapi.Value) error
	chosen  func(hostapi.Selected) hostapi.Selected
	stopped bool // a message that is to be sent later can no longer be stopped
}

func (p mistalker) Call(dest, topic string, timeout time.Duration, payloads []hostapi.Value) (hostapi.Value, error) {
	if p.call != nil {
		return p.call(dest, topic, timeout, payloads)
	}
	return p.Process.Call(dest, topic, timeout, payloads)
}

func (p mistalker) Reply(m *hostapi.Message, r hostapi.Result) error {
	if p.reply != nil {
		return p.reply(m, r)
	}
	return p.Process.Reply(m, r)
}

func (p mistalker) Offer(dest, topic string, timeout time.Duration, payloads []hostapi.Value) error {
	if p.offer != nil {
		return p.offer(dest, topic, payloads)
	}
	return p.Process.Offer(dest, topic, timeout, payloads)
}

func (p mistalker) Select(cases []*hostapi.Case, wait bool) (hostapi.Selected, error) {
	s, err := p.Process.Select(cases, wait)
	if p.chosen != nil && s.Index >= 0 && cases[s.Index].Call != nil {
		s = p.chosen(s)
	}
	return s, err
}

func (p mistalker) SendAfter(delay time.Duration, dest, topic string, payloads []hostapi.Value) (hostapi.Sending, error) {
	s, err := p.Process.SendAfter(delay, dest, topic, payloads)
	if p.stopped {
		s = gone{}
	}
	return s, err
}

// gone is a message that is always sent.
type gone struct{}

func (gone) Stop() bool { return false }

func talkMutants() []mutant {
	wrong := func(name, caught string, change func(p *mistalker)) mutant {
		return core(name, caught, func(p hostapi.Process) hostapi.Process {
			s := &mistalker{Process: p}
			change(s)
			return *s
		})
	}
	return []mutant{
		wrong("a call ends at its timeout only", "talk/no_reply", func(p *mistalker) {
			right := p.Process
			p.call = func(dest, topic string, d time.Duration, payloads []hostapi.Value) (hostapi.Value, error) {
				v, err := right.Call(dest, topic, d, payloads)
				if e := hostapi.AsError(err); e != nil && e.Kind == hostapi.Unavailable {
					err = hostapi.Errorf(hostapi.Timeout, "no reply within %s", d)
				}
				return v, err
			}
		}),
		wrong("an error does not say whether it was sent", "talk/full_mailbox", func(p *mistalker) {
			right := p.Process
			p.call = func(dest, topic string, d time.Duration, payloads []hostapi.Value) (hostapi.Value, error) {
				v, err := right.Call(dest, topic, d, payloads)
				if e := hostapi.AsError(err); e != nil {
					err = hostapi.Errorf(e.Kind, "%s", e.Message)
				}
				return v, err
			}
		}),
		wrong("a reply is a message", "talk/call", func(p *mistalker) {
			right := p.Process
			p.reply = func(m *hostapi.Message, r hostapi.Result) error {
				return right.Send(string(m.From), "reply", []hostapi.Value{r.Value})
			}
		}),
		wrong("an error reply is a value", "talk/error_replies", func(p *mistalker) {
			right := p.Process
			p.reply = func(m *hostapi.Message, r hostapi.Result) error {
				if r.Err != nil {
					r = hostapi.Result{Value: hostapi.Wrap(r.Err)}
				}
				return right.Reply(m, r)
			}
		}),
		wrong("a second reply is true", "talk/error_replies", func(p *mistalker) {
			right := p.Process
			p.reply = func(m *hostapi.Message, r hostapi.Result) error {
				if err := right.Reply(m, r); err != nil && hostapi.AsError(err).Kind != hostapi.Conflict {
					return err
				}
				return nil
			}
		}),
		wrong("a call that failed is ok in a select", "talk/call_case", func(p *mistalker) {
			p.chosen = func(s hostapi.Selected) hostapi.Selected { s.OK = true; return s }
		}),
		wrong("an offer does not wait", "talk/offer", func(p *mistalker) { p.offer = p.Process.Send }),
		wrong("send_after cannot be stopped", "talk/send_after", func(p *mistalker) { p.stopped = true }),
		wrong("everybody has opened events", "stop/readers_at_once", func(p *mistalker) { p.Process.Events() }),
	}
}
