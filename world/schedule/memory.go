package schedule

import (
	"context"
	"errors"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/store"
)

// What is kept in a store, under the key of the schedule: up to when everything was
// carried out, and when it was due last.
const (
	sinceField    = "since"
	previousField = "previous"
)

func (s *schedule) key() string { return "schedule/" + s.id }

// recall reads what another run has kept: what it missed counts from there on. A schedule
// that has kept nothing yet has missed nothing.
func (s *schedule) recall(ctx context.Context, since *time.Time) error {
	opened, err := s.rt.Resource(ctx, s.entry.store, store.KindFile, store.KindMemory)
	if err != nil {
		return err
	}
	driver, ok := opened.(store.Driver)
	if !ok {
		return hostapi.Errorf(hostapi.Internal, "%s is no store", s.entry.store)
	}
	s.store = driver
	item, err := driver.Get(ctx, *since, s.key())
	if errors.Is(err, hostapi.NotFound) {
		s.handled = *since
		_, err := driver.Put(ctx, *since, s.key(), store.Put{Value: s.kept()})
		return err
	}
	if err != nil {
		return err
	}
	kept := func(name string) time.Time {
		if v := item.Value.Map().Get(name); v.Type() == hostapi.TypeInt {
			return time.Unix(v.Int(), 0)
		}
		return time.Time{}
	}
	s.previous = kept(previousField)
	if last := kept(sinceField); !last.IsZero() && last.Before(*since) {
		*since, s.base = last, last
	}
	s.handled = *since
	return nil
}

// kept is what is kept. The lock is held.
func (s *schedule) kept() hostapi.Value {
	entries := []hostapi.Entry{hostapi.Field(sinceField, hostapi.Int(s.handled.Unix()))}
	if !s.previous.IsZero() {
		entries = append(entries, hostapi.Field(previousField, hostapi.Int(s.previous.Unix())))
	}
	return hostapi.MapOf(entries...)
}

// keep keeps what was carried out.
func (s *schedule) keep() {
	if s.store == nil {
		return
	}
	write := func() {
		// One after the other, so that what comes last is what is kept.
		s.keeping.Lock()
		defer s.keeping.Unlock()
		s.mu.Lock()
		v, now := s.kept(), s.now()
		s.mu.Unlock()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		defer s.rt.AfterFunc(store.DefaultTimeout, cancel)()
		if _, err := s.store.Put(ctx, now, s.key(), store.Put{Value: v}); err != nil {
			s.log.Error("schedule not kept", "schedule", s.id, "error", err)
		}
	}
	if s.rt.Simulated() {
		write()
		return
	}
	s.away.Go(write)
}
