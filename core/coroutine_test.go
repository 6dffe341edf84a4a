package core_test

import (
	"errors"
	"testing"
	"time"

	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// 9.4: the new coroutine runs to its first waiting point before the caller goes
// on; 9.3, 9.5: one queue, first in, first out.
func TestCoroutineOrder(t *testing.T) {
	channels(t, "a1, main1, a2, b1, main2, a3, b2", func(a *actor) any {
		var tr trace
		a.goes(func(a *actor) {
			tr.add("a1")
			a.yield()
			tr.add("a2")
			a.yield()
			tr.add("a3")
		})
		tr.add("main1")
		a.goes(func(a *actor) {
			tr.add("b1")
			a.yield()
			tr.add("b2")
		})
		tr.add("main2")
		for len(tr) < 7 {
			a.yield()
		}
		return tr.String()
	})
}

// 8.8, 9.3: who is woken goes to the end of the queue; who wakes goes on.
func TestWokenCoroutineQueues(t *testing.T) {
	channels(t, "sent all, r0, r1, r2", func(a *actor) any {
		var tr trace
		c := a.channel(0)
		for _, name := range []string{"r0", "r1", "r2"} {
			a.goes(func(a *actor) { a.get(c); tr.add(name) })
		}
		for range 3 {
			a.put(c, 1)
		}
		tr.add("sent all")
		a.yield()
		return tr.String()
	})
}

// 9.3, 20.4: preemption does not switch between coroutines.
func TestPreemptionStaysInTheCoroutine(t *testing.T) {
	both(t, 200, func(h *house) {
		h.define("other", func(a *actor) any { a.spin(); return nil })
		h.main(0, func(a *actor) any {
			a.spawn("other")
			inside, overlaps, done := 0, 0, 0
			for range 3 {
				a.goes(func(a *actor) {
					a.yield()
					for range 20 {
						inside++
						must(a.t.Tick(3000))
						a.send(a.self(), "x")
						must(a.t.Tick(30000))
						if inside != 1 {
							overlaps++
						}
						inside--
						a.yield()
					}
					done++
				})
			}
			for done < 3 {
				a.yield()
			}
			return overlaps
		})
	})
}

// 9.6: main's end discards the others, without error; 9.7: an uncaught error in
// any of them fails the process; what they return is ignored.
func TestEndsOfCoroutines(t *testing.T) {
	returns := func(values ...any) native.Function {
		return func(hostapi.Task, []hostapi.Value) ([]hostapi.Value, error) { return vals(values...), nil }
	}
	for _, c := range []struct {
		name string
		body func(a *actor) any
		want string
	}{
		{"discarded", func(a *actor) any {
			for range 3 {
				a.goes(func(a *actor) {
					defer func() {
						if got := text2(a.Send(a.self(), "x", nil)); got != "killed" {
							panic("a discarded coroutine went on: " + got)
						}
					}()
					a.forever()
				})
			}
			return "main"
		}, "main"},
		{"failure", func(a *actor) any {
			a.goes(func(a *actor) { a.sleep(time.Millisecond); must(errors.New("coroutine failed")) })
			return a.forever()
		}, "!coroutine failed"},
		{"result ignored", func(a *actor) any {
			must1(a.Go(returns(hostapi.Value{}, "text"), nil))
			a.sleep(time.Millisecond)
			return "main"
		}, "main"},
		{"arguments", func(a *actor) any {
			var got string
			must1(a.Go(native.Function(func(_ hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
				got = lines(args[0], args[1])
				return nil, nil
			}), vals(1, "two")))
			return got
		}, `1 "two"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, 20, func(h *house) {
				h.define("main", c.body)
				if c.want[0] == '!' {
					h.wantError(hostapi.Internal, c.want[1:], "main")
				} else {
					h.want(c.want, "main")
				}
			})
		})
	}
}

// text2 is text for code that runs while its process is killed.
func text2(err error) string {
	if errors.Is(err, hostapi.ErrKilled) {
		return "killed"
	}
	return text(err)
}

func TestTenThousandCoroutines(t *testing.T) {
	both(t, atLength(20, 2), func(h *house) {
		h.main(10000, func(a *actor) any {
			sum := 0
			gate, done := a.channel(0), a.channel(0)
			for range 10000 {
				a.goes(func(a *actor) { a.get(gate); sum++; a.put(done, 1) })
			}
			must(gate.Close())
			for range 10000 {
				a.get(done)
			}
			return sum
		})
	})
}

// 9.2: calls of any coroutine are calls of the process.
func TestCoroutinesShareTheProcess(t *testing.T) {
	both(t, 20, func(h *house) {
		h.main("ok", func(a *actor) any {
			done := a.channel(0)
			a.goes(func(b *actor) {
				must(b.SetOptions(hostapi.Options{TrapLinks: true}))
				must(b.Register("shared", ""))
				b.send("shared", "from coroutine")
				b.put(done, string(b.PID()))
			})
			if a.get(done) != a.self() || !a.Options().TrapLinks || string(a.message().From) != a.self() {
				return "another process"
			}
			return "ok"
		})
	})
}
