package conformance

import (
	"fmt"
	"path"
	"runtime/debug"
	"sync"
	"time"
)

// Options select what a suite plays, and how. The zero value plays every case
// on nothing: set Engines.
type Options struct {
	Engines []Engine
	// Pairs plays the cases that concern several processes also on every
	// ordered pair of two of the engines.
	Pairs bool
	// Case selects cases by a glob over their names: "link/*". "": all.
	Case string
	// Schedules is how many schedules of each case are played. 0: 20.
	Schedules int
	// Seed is that of the first schedule; each further one adds 1. 0: 1.
	Seed uint64
	// Real plays on real workers and the wall clock instead: each case once, if
	// it does not need the virtual clock.
	Real bool
	// Parallel is how many engines or pairs are played at the same time. 0: 1.
	Parallel int
	// Progress, if set, is called for every result, one at a time.
	Progress func(Result)
	// Cases replaces the suite's own cases.
	Cases []Case
}

// DefaultSchedules is how many schedules of a case are played.
const DefaultSchedules = 20

// Status says how a case came out.
type Status string

// The ways in which a case comes out.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped" // not meant for this engine or mode, see Reason
	Lacking Status = "lacking" // failed, and the engine declares so
)

// Result is how one case came out on an engine or a pair of engines.
type Result struct {
	Case      Case
	Engine    string // "gopherlua", or "gopherlua+starlark"
	Status    Status
	Reason    string // of a skip or a lack
	Failure   *Failure
	Schedules int // that were played
	Took      time.Duration
}

// Failure is a schedule in which a claim did not hold.
type Failure struct {
	Message string
	Seed    uint64 // that reproduces it; 0 on real workers
	Trace   string // the last events of the schedule, one a line
}

// Text describes a failed result for people: the claim with its clauses, what
// was seen, how to see it again, and what led there.
func (r Result) Text() string {
	f := r.Failure
	if f == nil {
		return fmt.Sprintf("%s on %s %s", r.Case.Name, r.Engine, r.Status)
	}
	text := fmt.Sprintf("%s on %s\n  claim:   %s\n  clauses: %s\n  seen:    %s\n",
		r.Case.Name, r.Engine, r.Case.Claim, r.Case.Clauses, f.Message)
	if f.Seed != 0 {
		text += fmt.Sprintf("  again:   --case %s --seed %d --schedules 1\n", r.Case.Name, f.Seed)
	} else {
		text += "  again:   on real workers; no seed decides\n"
	}
	if f.Trace != "" {
		text += "  what led there:\n" + f.Trace + "\n"
	}
	return text
}

// stagehands are the engines that a case is played on: one, or a pair.
type stagehands struct{ lead, peer *troupe }

func (h stagehands) name() string {
	if h.pair() {
		return h.lead.engine.Info().Name + "+" + h.peer.engine.Info().Name
	}
	return h.lead.engine.Info().Name
}

func (h stagehands) pair() bool { return h.lead.engine.Info().Name != h.peer.engine.Info().Name }

// Play plays a suite and gives all results, in the order of the cases for each
// engine, engines before pairs. An error says that it could not be played: a
// bad glob, or a puppet that does not compile.
func Play(o Options) ([]Result, error) {
	if _, err := path.Match(o.Case, ""); err != nil {
		return nil, fmt.Errorf("conformance: case %q: %w", o.Case, err)
	}
	companies, err := engage(o)
	if err != nil {
		return nil, err
	}
	results := make([][]Result, len(companies))
	var mu sync.Mutex
	var group sync.WaitGroup
	slots := make(chan struct{}, max(1, o.Parallel))
	for i, h := range companies {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, c := range o.Selected() {
				r, played := o.play(c, h)
				if !played {
					continue
				}
				results[i] = append(results[i], r)
				if o.Real && r.Failure != nil {
					// What the failed case left running must not report to the next.
					if again, err := engagePair(h.lead.engine, h.peer.engine); err == nil {
						h = again
					}
				}
				if o.Progress != nil {
					mu.Lock()
					o.Progress(r)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	var out []Result
	for _, r := range results {
		out = append(out, r...)
	}
	return out, nil
}

// engage compiles the puppets: for each engine and each pair its own, so that
// they can play at the same time.
func engage(o Options) ([]stagehands, error) {
	var out []stagehands
	for _, e := range o.Engines {
		h, err := engagePair(e, e)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	if !o.Pairs {
		return out, nil
	}
	for i, a := range o.Engines {
		for j, b := range o.Engines {
			if i == j {
				continue
			}
			h, err := engagePair(a, b)
			if err != nil {
				return nil, err
			}
			out = append(out, h)
		}
	}
	return out, nil
}

func engagePair(a, b Engine) (stagehands, error) {
	lead, err := newTroupe(a)
	if err != nil || a.Info().Name == b.Info().Name {
		return stagehands{lead, lead}, err
	}
	peer, err := newTroupe(b)
	return stagehands{lead, peer}, err
}

// Count is how many results Play will give.
func (o Options) Count() int {
	n := 0
	for _, c := range o.Selected() {
		for _, a := range o.Engines {
			for _, b := range o.Engines {
				single := a.Info().Name == b.Info().Name
				if (single || o.Pairs) && c.suits(a.Info().Language, !single) {
					n++
				}
			}
		}
	}
	return n
}

// suits reports whether the case is one for engines of which the first speaks a
// language.
func (c Case) suits(language string, pair bool) bool {
	return (c.Language == "" || c.Language == language) && !(pair && c.Solo)
}

// Selected gives the cases that Play plays.
func (o Options) Selected() []Case {
	all := o.Cases
	if all == nil {
		all = Cases()
	}
	if o.Case == "" {
		return all
	}
	var out []Case
	for _, c := range all {
		if ok, _ := path.Match(o.Case, c.Name); ok {
			out = append(out, c)
		}
	}
	return out
}

// play plays one case; false if it is no case for these engines.
func (o Options) play(c Case, h stagehands) (r Result, played bool) {
	if !c.suits(h.lead.engine.Info().Language, h.pair()) {
		return Result{}, false
	}
	r = Result{Case: c, Engine: h.name(), Status: Passed}
	start := time.Now()
	defer func() { r.Took = time.Since(start) }()
	if o.Real {
		if c.Virtual {
			r.Status, r.Reason = Skipped, "needs the virtual clock"
			return r, true
		}
		r.Schedules = 1
		r.Failure = playReal(c, h)
	} else {
		r.Schedules, r.Failure = o.playSchedules(c, h)
	}
	o.judge(&r, h)
	return r, true
}

// playSchedules plays a case with one seed after the other, until one fails.
func (o Options) playSchedules(c Case, h stagehands) (n int, f *Failure) {
	n = o.Schedules
	if n <= 0 {
		n = DefaultSchedules
	}
	if c.Schedules > 0 {
		n = min(n, c.Schedules)
	}
	for i := range n {
		seed := max(1, o.Seed) + uint64(i)
		if f := play(c, h, seed, false, nil); f != nil {
			// Once more, to tell what led there.
			tr := &trace{}
			if again := play(c, h, seed, false, tr); again != nil {
				f = again
			} else {
				f.Message += " (the second time this seed passed: the engine is not deterministic)"
			}
			f.Seed, f.Trace = seed, tr.text()
			return i + 1, f
		}
	}
	return n, nil
}

func playReal(c Case, h stagehands) *Failure {
	tr := &trace{}
	f := play(c, h, 0, true, tr)
	if f != nil {
		f.Trace = tr.text()
	}
	return f
}

// judge sets the status, by what the engines declare to lack.
func (o Options) judge(r *Result, h stagehands) {
	reason, lacks := h.lead.engine.Lacks[r.Case.Name]
	if !lacks {
		reason, lacks = h.peer.engine.Lacks[r.Case.Name]
	}
	switch {
	case r.Failure != nil && lacks:
		r.Status, r.Reason = Lacking, reason
	case r.Failure != nil:
		r.Status = Failed
	case lacks && !h.pair():
		r.Status = Failed
		r.Failure = &Failure{Message: "the engine declares to lack this (" + reason + "), but it works: remove the declaration"}
	}
}

// play plays one schedule.
func play(c Case, h stagehands, seed uint64, real bool, tr *trace) (f *Failure) {
	var s *Stage
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			f = &Failure{Message: r.text}
		default:
			f = &Failure{Message: fmt.Sprintf("panic: %v\n%s", r, debug.Stack())}
		}
		if s == nil {
			return
		}
		if err := s.close(); err != nil && f == nil {
			f = &Failure{Message: err.Error()}
		}
	}()
	s = open(h.lead, h.peer, seed, real, tr)
	c.Scenario(s)
	return nil
}
