package apptest

import (
	"slices"

	"github.com/understudy-run/understudy/core/app"
)

// Apps gives the app, once for each engine that it was loaded for.
func (s *Suite) Apps() []*app.App { return s.apps }

// Concerned gives the cases that the changes since an older suite may concern; last are
// the latest results of its cases, each by Result.Case.Key. That is a test that is new, has
// failed, or whose file, or a library that this may require, has changed, or an entry of
// which it has started a process; and every test if something else of the app has changed
// (60.12).
func (s *Suite) Concerned(old *Suite, last map[string]Result) (cases []*Case) {
	before := map[string]*Case{}
	for _, c := range old.Cases {
		before[c.Key()] = c
	}
	changes := map[*app.App]app.Changes{}
	for _, c := range s.Cases {
		was, known := before[c.Key()]
		r, ran := last[c.Key()]
		if !known || !ran || r.Status == Failed || c.Broken != nil || c.file.Hash != was.file.Hash {
			cases = append(cases, c)
			continue
		}
		changed, compared := changes[c.app]
		if !compared {
			changed = app.Compare(was.app, c.app)
			changes[c.app] = changed
		}
		if c.concerned(changed, r.Events) {
			cases = append(cases, c)
		}
	}
	return cases
}

// Key is the same for a case of a later suite.
func (c *Case) Key() string { return c.Engine + " " + c.String() }

// concerned reports whether changes concern a run in which these events were seen.
func (c *Case) concerned(changed app.Changes, events []Event) bool {
	if len(changed.Removed)+len(changed.NeedRun) > 0 {
		return true
	}
	if slices.ContainsFunc(changed.Replaced, func(id string) bool { return slices.Contains(c.file.Libraries, id) }) {
		return true
	}
	return slices.ContainsFunc(events, func(e Event) bool {
		p, ok := c.app.Lookup(e.Entry).(*app.Process)
		return ok && len(p.Outdates(changed.Replaced)) > 0
	})
}
