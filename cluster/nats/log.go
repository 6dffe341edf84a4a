package nats

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// serverLog hands on what the server refuses and complains about (23.3), the same once a
// minute. Its warnings are about settings, which are meant.
type serverLog struct {
	log *slog.Logger

	mu   sync.Mutex
	last map[string]time.Time
	died string
}

// refusals are the reasons that clause 23.3 gives for what the server says. It says it on the
// side that refuses; the other is told a part of it, or nothing.
var refusals = []struct{ says, reason string }{
	{"TLS route handshake error", "not authorised"},
	{"authentication error", "not authorised"},
	{"Authorization", "not authorised"},
	{"does not match", "other cluster"},
}

// Errorf is called by the server. Its texts are preceded by who is at the other end, and an
// error of the protocol by nothing else.
func (l *serverLog) Errorf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	if strings.HasPrefix(text, "Error trying to connect to route") {
		return // nobody is there, yet or any more; it is tried again
	}
	from := ""
	if before, after, ok := strings.Cut(text, " - rid:"); ok {
		if _, what, ok := strings.Cut(after, " - "); ok {
			from, text = before, what
		}
	}
	message, attrs := "cluster: "+text, []any{}
	for _, r := range refusals {
		if strings.Contains(text, r.says) {
			message, attrs = "cluster: node refused: "+r.reason, []any{"detail", text}
			break
		}
	}
	if from != "" {
		attrs = append(attrs, "address", from)
	}
	if l.first(text) {
		l.log.Log(context.Background(), slog.LevelError, message, attrs...)
	}
}

// first reports whether something was not said in the last minute.
func (l *serverLog) first(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Sub(l.last[text]) < time.Minute {
		return false
	}
	if l.last == nil || len(l.last) > 100 { // who makes it say many things is heard more often
		l.last = map[string]time.Time{}
	}
	l.last[text] = now
	return true
}

// fatal is what the server has died of.
func (l *serverLog) fatal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.died
}

// Fatalf is called by the server where its own command would end.
func (l *serverLog) Fatalf(format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.died = fmt.Sprintf(format, v...)
}

func (l *serverLog) Warnf(string, ...any)   {}
func (l *serverLog) Noticef(string, ...any) {}
func (l *serverLog) Debugf(string, ...any)  {}
func (l *serverLog) Tracef(string, ...any)  {}
