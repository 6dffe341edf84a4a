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

func (rt *Runtime) deadLetter(reason DeadLetterReason, to string, m *hostapi.Message) {
	d := &rt.letters
	if d.subscriber != nil {
		d.subscriber(DeadLetter{reason, to, m.From, m.Topic, m.Values})
	}
	now := rt.clock.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Sub(d.second) >= time.Second {
		for reason, n := range d.suppressed {
			d.log.Warn("dead letters not logged", "reason", reason, "count", n)
		}
		d.second, d.logged, d.suppressed = now, 0, nil
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
