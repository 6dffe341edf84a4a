package core_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

func (a *actor) offers(dest, topic string, payloads ...any) error {
	return soft(a.Offer(dest, topic, patience, vals(payloads...)))
}

// slowReader makes test:slow known, which reads a message a second from a mailbox for one.
func (h *house) slowReader(overflow spec.Overflow) {
	h.Define(core.Entry{ID: "test:slow", Mailbox: core.Mailbox{Limit: 1, Overflow: overflow}, Program: program(func(a *actor) any {
		for {
			a.sleep(time.Second)
			h.see("%s", a.message().Topic)
		}
	})})
}

// 70.5: offers wait for room, whatever the overflow, and are served in order of asking,
// one for each place; other sends find the mailbox full meanwhile.
func TestOffersWaitForRoom(t *testing.T) {
	for _, overflow := range []spec.Overflow{spec.FailSender, spec.DropNew, spec.DropOld} {
		seeds(t, 50, func(h *house) {
			h.slowReader(overflow)
			h.define("offerer", func(a *actor) any {
				must(a.offers(a.arg(0), a.arg(1)))
				h.see("%s accepted", a.arg(1))
				return nil
			})
			h.main("", func(a *actor) any {
				pid := a.spawn("slow")
				must(a.offers(pid, "0"))
				for i := range 3 {
					a.spawnMonitored("offerer", pid, fmt.Sprint(i+1))
					a.sleep(time.Millisecond)
				}
				got := ""
				if overflow == spec.FailSender {
					checkError(t, soft(a.Send(pid, "full", nil)), hostapi.Unavailable, "mailbox full")
				}
				a.sleep(time.Second) // 0 is read, 1 has its place
				if overflow == spec.FailSender {
					checkError(t, soft(a.Send(pid, "full", nil)), hostapi.Unavailable, "mailbox full")
				}
				a.sleep(10 * time.Second)
				return got
			})
			h.saw("0", "1 accepted", "1", "2 accepted", "2", "3 accepted", "3")
			if len(h.letters) > 0 {
				t.Errorf("dead letters %v", h.letters)
			}
		})
	}
}

// 70.5: the errors of offers, and what becomes of their messages.
func TestOffersThatFindNoRoom(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(h *house, a *actor, pid string) error
		want string
		took time.Duration
		left int // dead letters
	}{
		{"one attempt", func(h *house, a *actor, pid string) error { return a.Offer(pid, "x", 0, nil) }, "Timeout: mailbox full", 0, 0},
		{"timeout", func(h *house, a *actor, pid string) error { return a.offers(pid, "x") }, "Timeout: mailbox full", patience, 0},
		{"the receiver ends", func(h *house, a *actor, pid string) error {
			a.goes(func(b *actor) { b.sleep(time.Second); must(b.Terminate(pid)) })
			return a.offers(pid, "x")
		}, gone("{test:host|2}", "limited"), time.Second, 2},
		{"nobody", func(h *house, a *actor, pid string) error { return a.offers("none", "x") },
			"NotFound: process not found: could not resolve 'none' as PID or registered name", 0, 1},
		{"a killed sender", func(h *house, a *actor, pid string) error {
			h.define("killed", func(a *actor) any { return a.offers(a.arg(0), "x") })
			other := a.spawnMonitored("killed", pid)
			a.sleep(time.Second)
			must(a.Terminate(other))
			a.event()
			must(a.Terminate(pid))
			a.sleep(time.Second)
			return nil
		}, "ok", 2 * time.Second, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds(t, 20, func(h *house) {
				h.main(c.want, func(a *actor) any {
					pid := a.limited(h, core.Mailbox{Limit: 1})
					a.send(pid, "first")
					began := a.Now()
					got := text(c.play(h, a, pid))
					if took := a.Now().Sub(began); took != c.took {
						t.Errorf("it took %s, want %s", took, c.took)
					}
					a.sleep(time.Millisecond)
					h.mu.Lock()
					defer h.mu.Unlock()
					if len(h.letters) != c.left {
						t.Errorf("%d dead letters, want %d", len(h.letters), c.left)
					}
					return got
				})
			})
		})
	}
}

// 70.5: who waits for a topic gets what is offered to it, though other messages fill the
// mailbox; without a limit, and to oneself, an offer is a send.
func TestOffersToWhoWaits(t *testing.T) {
	both(t, 50, func(h *house) {
		h.Define(core.Entry{ID: "test:picky", Mailbox: core.Mailbox{Limit: 1}, Program: program(func(a *actor) any {
			topic := must1(a.Listen("wanted", false))
			a.sleep(2 * time.Millisecond)
			first := a.get(topic)
			a.sleep(2 * time.Millisecond)
			second := must1(a.Select([]*hostapi.Case{receiving(topic)}, true)).Value.Str()
			return first + " " + second + " " + a.message().Topic
		})})
		h.main("a b other", func(a *actor) any {
			pid := a.spawnMonitored("picky")
			a.send(pid, "other")
			must(a.offers(pid, "wanted", "a"))
			must(a.offers(pid, "wanted", "b"))
			e := a.event()
			must(a.offers(a.self(), "self"))
			if a.message().Topic != "self" {
				t.Error("an offer to oneself")
			}
			return e.Get("result").Record().Get("value")
		})
	})
}

// 70.5: offers against kills, timeouts and upgrades, over seeds: what is accepted is read
// or a dead letter, in the order of each sender; nothing else is.
func TestOffersRace(t *testing.T) {
	both(t, atLength(400, 100), func(h *house) {
		accepted := map[string][]string{}
		h.Define(core.Entry{ID: "test:reader", Mailbox: core.Mailbox{Limit: 2}, Program: program(func(a *actor) any {
			for range 12 {
				m := a.message()
				h.see("%s", m.Topic)
				a.sleep(300 * time.Microsecond)
			}
			if a.arg(0) == "upgrades" {
				return a.Upgrade("test:reader", vals("ends"))
			}
			return nil
		})})
		h.define("offerer", func(a *actor) any {
			for i := range 8 {
				topic := a.arg(1) + fmt.Sprint(i)
				if soft(a.Offer(a.arg(0), topic, time.Millisecond, nil)) == nil {
					h.mu.Lock()
					accepted[a.arg(1)] = append(accepted[a.arg(1)], topic)
					h.mu.Unlock()
				}
			}
			return nil
		})
		h.main(nil, func(a *actor) any {
			pid := a.spawnMonitored("reader", "upgrades")
			names := []string{"a", "b", "c", "d"}
			var pids []string
			for _, n := range names {
				pids = append(pids, a.spawnMonitored("offerer", pid, n))
			}
			a.sleep(time.Millisecond)
			must(soft(nil))
			_ = soft(a.Terminate(pids[3]))
			for range pids {
				for from(a.event()) == pid {
				}
			}
			_ = soft(a.Terminate(pid))
			a.sleep(time.Millisecond)
			h.mu.Lock()
			defer h.mu.Unlock()
			all := slices.Clone(h.seen)
			for _, d := range h.letters {
				if d.Reason == core.Unread {
					all = append(all, d.Topic)
				}
			}
			for _, n := range names[:3] {
				var got []string
				for _, topic := range all {
					if strings.HasPrefix(topic, n) {
						got = append(got, topic)
					}
				}
				if !slices.Equal(got, accepted[n]) {
					t.Errorf("%s: accepted %v, read or left %v", n, accepted[n], got)
				}
			}
			return nil
		})
	})
}

// 70.8: offers of Go code.
func TestOffersOfThePrograms(t *testing.T) {
	seeds(t, 20, func(h *house) {
		h.slowReader(spec.FailSender)
		pid, _ := h.start("slow")
		for i := range 3 {
			if err := h.Offer(t.Context(), to(pid), fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := h.Offer(ctx, to(pid), "late")
		checkError(t, err, hostapi.Canceled, "mailbox full")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not that of the context", err)
		}
		h.sim.RunFor(time.Minute)
		h.saw("0", "1", "2")
	})
}

// 17.4: a send that fail_sender refuses is no dead letter; what nobody is told of is.
func TestRefusedSendsAreNoDeadLetters(t *testing.T) {
	seeds(t, 20, func(h *house) {
		h.scope(core.ScopeOptions{})
		h.Define(core.Entry{ID: "test:member", Mailbox: core.Mailbox{Limit: 1}, Program: program(func(a *actor) any {
			must(a.groups().Join([]string{"g"}))
			a.sleep(time.Hour)
			return nil
		})})
		h.main(nil, func(a *actor) any {
			pid := a.spawn("member")
			a.sleep(time.Second)
			a.send(pid, "first")
			checkError(t, soft(a.Send(pid, "refused", nil)), hostapi.Unavailable, "mailbox full")
			must(a.groups().Broadcast("g", "broadcast", nil))
			must1(a.SendAfter(0, pid, "later", nil))
			a.sleep(time.Second)
			return nil
		})
		var topics []string
		for _, d := range h.letters {
			topics = append(topics, string(d.Reason)+" "+d.Topic)
		}
		if want := []string{"mailbox_full broadcast", "mailbox_full later"}; !slices.Equal(topics, want) {
			t.Errorf("dead letters %q, want %q", topics, want)
		}
	})
}

// 70.6: what is sent later, stopped, or lost with its sender.
func TestSendAfter(t *testing.T) {
	seeds(t, 50, func(h *house) {
		h.define("leaves", func(a *actor) any {
			must1(a.SendAfter(2*time.Second, a.arg(0), "of the dead", nil))
			a.sleep(time.Second)
			return nil
		})
		h.define("upgrades", func(a *actor) any {
			must1(a.SendAfter(2*time.Second, a.arg(0), "of old code", nil))
			a.sleep(time.Second)
			return a.Upgrade("test:sleeps", nil)
		})
		h.define("sleeps", func(a *actor) any { a.sleep(time.Hour); return nil })
		h.main("now@0 b@1 a@2", func(a *actor) any {
			began := a.Now()
			must1(a.SendAfter(2*time.Second, "me", "a", nil)) // the name is not yet known
			must1(a.SendAfter(time.Second, a.self(), "b", nil))
			must1(a.SendAfter(0, a.self(), "now", nil))
			stopped := must1(a.SendAfter(time.Second, a.self(), "stopped", nil))
			must1(a.SendAfter(time.Second, "none", "nobody", nil))
			must(a.Register("me", ""))
			a.spawn("leaves", a.self())
			a.spawn("upgrades", a.self())
			if !stopped.Stop() || stopped.Stop() {
				t.Error("stop is true once")
			}
			var got []string
			for range 3 {
				m := a.message()
				if string(m.From) != a.self() {
					t.Errorf("from %s", m.From)
				}
				got = append(got, fmt.Sprintf("%s@%.0f", m.Topic, a.Now().Sub(began).Seconds()))
			}
			a.sleep(time.Hour)
			if rest := a.drain(); len(rest) > 0 {
				t.Errorf("also came %q", rest)
			}
			return strings.Join(got, " ")
		})
		if len(h.letters) != 1 || h.letters[0].Topic != "nobody" {
			t.Errorf("dead letters %v", h.letters)
		}
	})
}

// 17.14: what a process has yet to send is charged to it.
func TestWhatIsToBeSentIsCharged(t *testing.T) {
	seeds(t, 5, func(h *house) {
		h.Define(core.Entry{ID: "test:hoards", Limits: core.Limits{Memory: 2 << 20}, Program: program(func(a *actor) any {
			for {
				must1(a.SendAfter(time.Hour, "none", "x", vals(strings.Repeat("x", 1000))))
			}
		})})
		h.wantError(hostapi.LimitExceeded, "memory limit exceeded", "hoards")
	})
}

// 70.5: an offer gets the place of a message that another view hands to who waits there,
// as unlisten may.
func TestOffersFindRoomByUnlisten(t *testing.T) {
	seeds(t, 20, func(h *house) {
		h.Define(core.Entry{ID: "test:reader", Mailbox: core.Mailbox{Limit: 1, Overflow: spec.DropOld}, Program: program(func(a *actor) any {
			c := must1(a.Listen("t", true))
			a.goes(func(b *actor) { b.message() })
			a.sleep(2 * time.Second)
			must(a.Unlisten(c))
			a.sleep(2 * time.Second)
			h.see("%s", a.message().Values[0])
			return nil
		})})
		h.define("offerer", func(a *actor) any {
			must(a.offers(a.arg(0), "t", 2))
			h.see("accepted")
			return nil
		})
		h.main("", func(a *actor) any {
			pid := a.spawn("reader")
			a.sleep(time.Second)
			a.send(pid, "t", 1)
			a.spawnMonitored("offerer", pid)
			a.sleep(2 * time.Second)
			a.send(pid, "t", 3) // drops 2
			a.sleep(2 * time.Second)
			return ""
		})
		h.saw("accepted", "3")
	})
}
