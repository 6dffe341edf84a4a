package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// seat is held together with a place.
type seat struct {
	h      *house
	places *hostapi.Places
}

func (s *seat) Release(context.Context, bool) {
	s.h.see("left")
	s.places.Leave()
}

// 40.15: operations that need a place are carried out in the order of asking, once there
// is one; who is killed or has waited too long meanwhile is passed over; what is held
// keeps its place until its release.
func TestPlaces(t *testing.T) {
	performing(t, 100, func(h *house) {
		places := hostapi.NewPlaces(1)
		op := hostapi.Op{Name: "test.seat", Places: places}
		h.define("waiter", func(a *actor) any {
			mine := op
			if a.arg(0) == "b" {
				mine.Timeout = time.Millisecond
			}
			_, err := a.Await(mine, func(context.Context) (hostapi.Done, error) {
				h.see("%s", a.arg(0))
				return hostapi.Done{}, nil
			})
			return text(err)
		})
		h.main("ok", func(a *actor) any {
			a.trap()
			must1(a.Await(op, func(context.Context) (hostapi.Done, error) {
				return hostapi.Done{Held: &seat{h, places}}, nil
			}))
			a.spawnMonitored("waiter", "b")
			a.event() // it has waited too long
			pids := map[string]string{}
			for i, name := range strings.Split("acde", "") {
				pids[name] = a.spawnMonitored("waiter", name)
				for asked := -1; asked != i+1; _, _, asked = places.Count() {
					a.sleep(time.Millisecond)
				}
			}
			must(a.Terminate(pids["d"]))
			a.event()
			if most, taken, waiting := places.Count(); most != 1 || taken != 1 || waiting != 3 {
				h.t.Errorf("most %d, taken %d, waiting %d", most, taken, waiting)
			}
			h.see("ends")
			return "ok"
		})
		h.define("last", func(a *actor) any {
			_, err := a.Await(op, func(context.Context) (hostapi.Done, error) {
				h.see("last")
				return hostapi.Done{}, nil
			})
			return text(err)
		})
		h.want("ok", "last")
		h.saw("ends", "left", "a", "c", "e", "last")
		if _, taken, waiting := places.Count(); taken != 0 || waiting != 0 {
			h.t.Errorf("taken %d, waiting %d at the end", taken, waiting)
		}
	})
}

// What was asked for a time ahead happens on the runtime's clock, unless it is stopped.
func TestAfterFuncOfAProcess(t *testing.T) {
	performing(t, 20, func(h *house) {
		called := make(chan time.Time, 1)
		h.main("true false", func(a *actor) any {
			began := a.Now()
			stop := a.AfterFunc(time.Millisecond, func() { t.Error("called though stopped") })
			stopped := stop()
			stop = a.AfterFunc(2*time.Millisecond, func() { called <- time.Time{} })
			for len(called) == 0 {
				a.sleep(time.Millisecond)
			}
			if a.Now().Sub(began) < 2*time.Millisecond {
				h.t.Error("called early")
			}
			return lines(stopped, stop())
		})
	})
}
