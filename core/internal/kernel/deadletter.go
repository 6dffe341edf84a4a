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
)

// DeadLetter is a message that nobody will read.
type DeadLetter struct {
	Reason   DeadLetterReason
	To       string // PID or name, as addressed
	From     hostapi.PID
	Topic    string
	Payloads []hostapi.Value
}

// deadLetter tells that a message will not be read: the subscriber, and the log,
// which does not write down all of them (17.5).
func (rt *Runtime) deadLetter(reason DeadLetterReason, to string, m *hostapi.Message) {
	rt.Emit(DeadLetter{reason, to, m.From, m.Topic, m.Values})
}
