package cluster

import (
	"regexp"
	"time"

	"github.com/understudy-run/understudy/core/spec"
)

// KindName is that of the entry that says what is the same on all nodes.
const KindName = "cluster"

// Kind is the kind cluster (30.3).
var Kind = &spec.Kind{
	Name:   KindName,
	Doc:    "What is the same on all nodes of a cluster (30.3); a runtime that is no node ignores it.",
	Role:   spec.OfAnotherKind,
	Fields: []string{"cluster", "heartbeat", "down_after", "compression"},
	About: map[string]string{
		"cluster":     "The name of the cluster: nodes of others are refused.",
		"heartbeat":   "How often nodes tell each other that they are there, from 100ms to 10s.",
		"down_after":  "A node without contact for so long is down; at least three heartbeats.",
		"compression": "Whether what nodes send each other is compressed.",
	},
	Read: func(f spec.Fields) any { return readEntry(f) },
	Check: func(all []spec.Checked) {
		for _, e := range all[min(1, len(all)):] {
			e.Fail("", "duplicate cluster: %s is one already", all[0].ID)
		}
	},
}

// Entry is what an entry of the kind says. Immutable.
type Entry struct {
	Name                 string
	Heartbeat, DownAfter time.Duration
	Compression          bool
}

// Defaults of Options and of the kind cluster.
const (
	DefaultName      = "understudy"
	DefaultHeartbeat = time.Second
	DefaultDownAfter = 5 * time.Second
)

// DefaultEntry is what holds without an entry of the kind.
func DefaultEntry() *Entry {
	return &Entry{Name: DefaultName, Heartbeat: DefaultHeartbeat, DownAfter: DefaultDownAfter}
}

const namePattern = `^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`

var name = regexp.MustCompile(namePattern)

// IsName reports whether a text is the name of a node or cluster (23.1).
func IsName(text string) bool { return name.MatchString(text) }

func readEntry(f spec.Fields) *Entry {
	e := DefaultEntry()
	if e.Name = f.TextOr("cluster", DefaultName); !f.Describes() && !IsName(e.Name) {
		f.Fail("cluster", "must be 1 to 63 letters, digits, \"_\", \"-\" and \".\", the first a letter or digit")
	}
	f.Pattern("cluster", namePattern)
	e.Heartbeat = f.Duration("heartbeat", 100*time.Millisecond, DefaultHeartbeat)
	e.DownAfter = f.Duration("down_after", 1, DefaultDownAfter)
	e.Compression = f.Switch("compression", false)
	switch {
	case f.Describes():
	case e.Heartbeat > 10*time.Second:
		f.Fail("heartbeat", "must be 10s at most")
	case e.DownAfter < 3*e.Heartbeat:
		f.Fail("down_after", "must be at least three heartbeats, %s", 3*e.Heartbeat)
	}
	return e
}
