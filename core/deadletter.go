package core

import (
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

// deadLetters bounds the log of dead letters: at most letterRate a second are
// logged one by one. The subscriber gets all of them (17.5).
type deadLetters struct {
	subscriber func(DeadLetter)

	mu         sync.Mutex
	second     time.Time
	logged     int
	suppressed map[DeadLetterReason]int
}

const letterRate = 10

// logSuppressed logs how many were not logged one by one. The lock is held.
func (d *deadLetters) logSuppressed(l eventLog) {
	for _, reason := range []DeadLetterReason{NoProcess, MailboxFull, Unread} {
		if n := d.suppressed[reason]; n > 0 {
			l.Warn("dead letters not logged", "reason", reason, "count", n)
		}
	}
	d.suppressed = nil
}

// flush logs what no further dead letter may come to tell.
func (d *deadLetters) flush(l eventLog) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.logSuppressed(l)
}

func (rt *Runtime) deadLetter(reason DeadLetterReason, to string, m *hostapi.Message) {
	letter := DeadLetter{reason, to, m.From, m.Topic, m.Values}
	if rt.letters.subscriber != nil {
		rt.letters.subscriber(letter)
	}
	rt.emit(letter)
}

// log logs a dead letter, unless it is one of too many.
func (d *deadLetters) log(l eventLog, now time.Time, letter DeadLetter) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Sub(d.second) >= time.Second {
		d.logSuppressed(l)
		d.second, d.logged = now, 0
	}
	if d.logged < letterRate {
		d.logged++
		l.logLetter(letter)
		return
	}
	if d.suppressed == nil {
		d.suppressed = make(map[DeadLetterReason]int)
	}
	d.suppressed[letter.Reason]++
}
