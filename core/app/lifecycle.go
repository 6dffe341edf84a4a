package app

import (
	"math"
	"time"

	"go.yaml.in/yaml/v3"
)

// Lifecycle says how the runtime starts, restarts and stops an entry (15.1).
// It is complete: what the entry does not write has its default.
type Lifecycle struct {
	Given           bool          // the entry has the field lifecycle
	AutoStart       bool          // start with the app
	StartTimeout    time.Duration // > 0; default 10s
	StopTimeout     time.Duration // ≥ 0; default 10s
	StableThreshold time.Duration // ≥ 0; default 5s
	Requires        []string      // ids, as written, each once
	Restart         Restart

	requireNode *yaml.Node
	requireRefs []reference
}

// Restart says when and how often the runtime restarts an entry.
type Restart struct {
	Backoff
	MaxAttempts int // restarts since the last stable period; 0: no limit
}

// Backoff is how delays grow from one restart to the next (15.9).
type Backoff struct {
	InitialDelay time.Duration // ≥ 0; default 1s, of supervisors 0
	MaxDelay     time.Duration // ≥ InitialDelay; default 90s, or InitialDelay if that is larger
	Factor       float64       // ≥ 1; default 2
	Jitter       float64       // 0 to 1; default 0.1
}

func (o *object) lifecycle() Lifecycle {
	life := o.child("lifecycle", "auto_start", "start_timeout", "stop_timeout", "stable_threshold", "requires", "depends_on", "restart")
	restart := life.child("restart", "initial_delay", "max_delay", "backoff_factor", "jitter", "max_attempts")
	l := Lifecycle{
		Given:     o.value("lifecycle") != nil,
		AutoStart: life.boolean("auto_start", false),
		Restart: Restart{
			Backoff:     restart.backoff(time.Second),
			MaxAttempts: restart.count("max_attempts", bounds{0, math.Inf(1), "must be an integer of at least 0"}, 0),
		},
	}
	l.StartTimeout, _ = life.duration("start_timeout", 1, 10*time.Second)
	l.StopTimeout, _ = life.duration("stop_timeout", 0, 10*time.Second)
	l.StableThreshold, _ = life.duration("stable_threshold", 0, 5*time.Second)
	l.requires(life)
	return l
}

// requires reads the field of that name, or its synonym depends_on.
func (l *Lifecycle) requires(life *object) {
	name := "requires"
	if life.value(name) == nil {
		name = "depends_on"
	} else if both := life.value("depends_on"); both != nil {
		life.errorf(both, "lifecycle.depends_on is a synonym of lifecycle.requires: only one may be given")
	}
	l.requireNode = life.value(name)
	items, _ := life.list(name)
	for i, item := range items {
		l.requireRefs = append(l.requireRefs, element(life.path+name, i, item))
	}
}

func (o *object) backoff(initial time.Duration) Backoff {
	var b Backoff
	var written bool
	b.InitialDelay, _ = o.duration("initial_delay", 0, initial)
	b.MaxDelay, written = o.duration("max_delay", 0, max(90*time.Second, b.InitialDelay))
	if written && b.MaxDelay < b.InitialDelay {
		o.errorf(o.value("max_delay"), "%smax_delay: invalid duration %q: must be at least initial_delay, %s", o.path, o.value("max_delay").Value, b.InitialDelay)
	}
	b.Factor = o.number("backoff_factor", bounds{1, math.MaxFloat64, "must be a number of at least 1"}, 2)
	b.Jitter = o.number("jitter", bounds{0, 1, "must be a number from 0 to 1"}, 0.1)
	return b
}
