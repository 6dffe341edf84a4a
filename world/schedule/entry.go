package schedule

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/cron"
	"github.com/understudy-run/understudy/world/store"
)

// Kind is the kind schedule (49.1).
var Kind = &spec.Kind{
	Name:   "schedule",
	Doc:    "Starts a process, or sends a message, when it is time (section 49).",
	Role:   spec.BesideThem,
	Fields: []string{"cron", "every", "zone", "process", "host", "input", "to", "overlap", "catch_up", "store", "jitter", "timeout"},
	About: map[string]string{
		"cron":     "Minute, hour, day, month and weekday (42.8), as in 0 9 * * 1-5.",
		"every":    "So often, counted from its start, in place of cron.",
		"zone":     "The time zone of cron, or Local; UTC if left out.",
		"process":  "The id of the process entry to start.",
		"host":     "Its host (14.14).",
		"input":    "Its arguments.",
		"to":       "A registered name to send a message to, in place of process.",
		"overlap":  "Whether it is started while the one before still runs.",
		"catch_up": "Whether what was missed while the runtime was down is made up, once.",
		"store":    "The id of a store, where the last time is kept.",
		"jitter":   "Up to so much later, drawn each time.",
		"timeout":  "After which the process gets CANCEL, and a kill 1s later.",
	},
	Read: func(f spec.Fields) any { return read(f) },
}

// entry is what an entry says. Immutable.
type entry struct {
	when    plan
	local   bool // when.zone is that of the runtime
	spawn   hostapi.Spawn
	to      string // a name; "": spawn
	overlap bool
	catchUp bool
	store   string // where the last time is kept; "": nowhere
	jitter  time.Duration
	timeout time.Duration // 0: none
}

// read reads the fields of an entry.
func read(f spec.Fields) *entry {
	e := &entry{}
	f.OneOf("cron", "every")
	f.OneOf("process", "to")
	e.readTime(f)
	e.spawn = f.Spawn("process", "host")
	if input := f.List("input"); f.Has("input") {
		e.spawn.Args = input
	}
	if to, given := f.Text("to"); given {
		if e.to = to; to == "" {
			f.Fail("to", "must not be empty")
		}
	}
	f.NotEmpty("to")
	f.Needs("process", "input", "overlap", "timeout")
	e.overlap = spec.Choose(f, "overlap", "skip", "allow") == "allow"
	e.catchUp = spec.Choose(f, "catch_up", "none", "one") == "one"
	e.store = f.Entry("store", store.KindFile, store.KindMemory)
	f.Rule(spec.Given("store"), spec.Is("catch_up", "one"))
	f.Rule(spec.Is("catch_up", "one"), spec.Given("store"))
	switch {
	case e.catchUp && !f.Has("store"):
		f.Fail("store", "is required with catch_up: one")
	case !e.catchUp && f.Has("store"):
		f.Fail("store", "has no meaning without catch_up: one")
	}
	e.jitter = f.Duration("jitter", 0, 0)
	e.timeout = f.Duration("timeout", time.Millisecond, 0)
	return e
}

// readTime reads when it is due.
func (e *entry) readTime(f spec.Fields) {
	e.when.every = f.Duration("every", time.Second, 0)
	e.when.zone = time.UTC
	name, zoned := f.Text("zone")
	if zoned {
		var err error
		switch e.local = name == "Local"; {
		case name == "":
			f.Fail("zone", "must not be empty")
		case e.local:
		default:
			if e.when.zone, err = time.LoadLocation(name); err != nil {
				e.when.zone = time.UTC
				f.Fail("zone", "unknown time zone %s", name)
			}
		}
	}
	f.NotEmpty("zone")
	text, given := f.Text("cron")
	if !given {
		f.Needs("cron", "zone")
		return
	}
	var err error
	if e.when.cron, err = cron.Parse(text); err != nil {
		f.Fail("cron", "%s", err)
	} else if _, ok := e.when.cron.Next(time.Now(), e.when.zone); !ok {
		f.Fail("cron", "never due")
	}
}

// Start implements core.CompanionEntry.
func (e *entry) Start(ctx context.Context, rt *core.Runtime, id string, _ spec.Place) (core.Companion, error) {
	s := &schedule{entry: e, rt: rt, id: id, when: e.when, log: rt.Logger(), jobs: map[*job]struct{}{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.random = rand.New(rand.NewPCG(rt.NextSeed(), 0))
	if e.local {
		s.when.zone = rt.Now().Location()
	}
	s.base = s.now()
	since := s.base
	if e.catchUp {
		if err := s.recall(ctx, &since); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan(since)
	return s, nil
}
