package kernel

import "github.com/understudy-run/understudy/hostapi"

// DeadLetterReason says why nobody will read a message (17.4).
type DeadLetterReason string

// The reasons.
const (
	NoProcess   DeadLetterReason = "no_process"
	MailboxFull DeadLetterReason = "mailbox_full"
	Unread      DeadLetterReason = "unread"
	LateReply   DeadLetterReason = "late_reply"
	NoNode      DeadLetterReason = "no_node"
)

// DeadLetter is a message that nobody will read.
type DeadLetter struct {
	Reason   DeadLetterReason
	To       string // PID or name, as addressed
	From     hostapi.PID
	Topic    string
	Payloads []hostapi.Value
	Entry    string // of the receiver, "" if it is not known: never alive, or long dead
}

// deadLetter tells that a message to the process will not be read: the subscriber, and
// the log, which does not write down all of them (17.5). No lock is held.
func (p *process) deadLetter(reason DeadLetterReason, m *hostapi.Message) {
	p.mu.Lock()
	entry := p.entry.ID
	p.mu.Unlock()
	p.rt.lost(DeadLetter{reason, string(p.pid), m.From, m.Topic, m.Values, entry}, m)
}

// undeliverable is deadLetter for a message whose destination is no process, or none any
// more.
func (rt *Runtime) undeliverable(to string, m *hostapi.Message) {
	reason := NoProcess
	if node, ok := NodeOf(hostapi.PID(to)); ok && rt.prefix != "" && node.Name != rt.node.Name && rt.peers.named(node.Name) == nil {
		reason = NoNode
	}
	rt.lost(DeadLetter{reason, to, m.From, m.Topic, m.Values, rt.table.past(to)}, m)
}

// lost tells of a dead letter.
func (rt *Runtime) lost(d DeadLetter, m *hostapi.Message) {
	rt.noteLost(d, m)
	rt.Emit(d)
}
