package core

import (
	"log/slog"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// DeadLetterReason says why nobody will read a message (17.4).
type DeadLetterReason string

// The reasons.
const (
	NoProcess   DeadLetterReason = "no_process"
	MailboxFull DeadLetterReason = "mailbox_full"
	Unread      DeadLetterReason = "unread"
)

// DeadLetter is a message that nobody will read.
type DeadLetter struct {
	Reason   DeadLetterReason
	To       string // PID or name, as addressed
	From     hostapi.PID
	Topic    string
	Payloads []hostapi.Value
}

// deadLetters logs dead letters, at most letterRate a second, and hands all of
// them to the subscriber (17.5).
type deadLetters struct {
	log        *slog.Logger
	subscriber func(DeadLetter)

	mu         sync.Mutex
	second     time.Time
	logged     int
	suppressed map[DeadLetterReason]int
}

const letterRate = 10

// logSuppressed logs how many were not logged one by one. The lock is held.
func (d *deadLetters) logSuppressed() {
	for _, reason := range []DeadLetterReason{NoProcess, MailboxFull, Unread} {
		if n := d.suppressed[reason]; n > 0 {
			d.log.Warn("dead letters not logged", "reason", reason, "count", n)
		}
	}
	d.suppressed = nil
}

// flush logs what no further dead letter may come to tell.
func (d *deadLetters) flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.logSuppressed()
}

func (rt *Runtime) deadLetter(reason DeadLetterReason, to string, m *hostapi.Message) {
	d := &rt.letters
	if d.subscriber != nil {
		d.subscriber(DeadLetter{reason, to, m.From, m.Topic, m.Values})
	}
	now := rt.clock.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Sub(d.second) >= time.Second {
		d.logSuppressed()
		d.second, d.logged = now, 0
	}
	if d.logged < letterRate {
		d.logged++
		d.log.Warn("dead letter", "reason", reason, "to", to, "from", m.From, "topic", m.Topic)
		return
	}
	if d.suppressed == nil {
		d.suppressed = make(map[DeadLetterReason]int)
	}
	d.suppressed[reason]++
}
