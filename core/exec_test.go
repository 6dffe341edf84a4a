package core_test

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// 13.1, 13.3: the value or the error with all its fields, and no event.
func TestExec(t *testing.T) {
	both(t, 100, func(h *house) {
		h.define("value", func(a *actor) any { return lines(a.args[0], len(a.args)) })
		h.define("nothing", func(a *actor) any { return nil })
		h.define("failing", func(a *actor) any {
			return &hostapi.Error{Kind: "Own", Message: "m", Retryable: hostapi.True, Script: true,
				Details: hostapi.MapOf(hostapi.Field("k", val(1))).Map(), Context: []string{"c"}}
		})
		h.main("ok", func(a *actor) any {
			if v, err := a.Exec(req("value", 1, hostapi.Value{})); text(err) != "ok" || v.Str() != "1 2" { // 1.17
				return lines(v, text(err))
			}
			if v, err := a.Exec(req("nothing")); text(err) != "ok" || !v.IsNil() {
				return lines(v, text(err))
			}
			_, err := a.Exec(req("failing"))
			e := hostapi.AsError(err)
			if e.Kind != "Own" || e.Error() != "c: m" || e.Retryable != hostapi.True || !e.Script || e.Details.Get("k").Int() != 1 {
				return lines(e)
			}
			if _, ok := a.poll(a.Events()); ok {
				return "an event"
			}
			return "ok"
		})
	})
}

// 13.2: only the calling coroutine waits, and no worker is occupied.
func TestExecOccupiesNoWorker(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("nested", func(a *actor) any {
			n := int(a.args[0].Int())
			if n == 0 {
				return 0
			}
			other := 0
			a.goes(func(a *actor) { a.yield(); other = 1 })
			v := must1(a.Exec(req("nested", n-1)))
			return int(v.Int()) + other
		})
		h.want(50, "nested", 50)
	})
}

// 13.3: the caller ends, the executed process goes on.
func TestExecutedProcessOutlivesTheCaller(t *testing.T) {
	both(t, 200, func(h *house) {
		h.define("executed", func(a *actor) any {
			a.send(a.arg(0), "running")
			a.message()
			a.send(a.arg(0), "went on")
			return nil
		})
		h.define("caller", func(a *actor) any {
			_, err := a.Exec(req("executed", a.arg(0)))
			if errors.Is(err, hostapi.ErrKilled) {
				return err
			}
			return "not killed"
		})
		h.main("ok", func(a *actor) any {
			caller := a.spawnMonitored("caller", a.self())
			executed := string(a.message().From)
			must(a.Terminate(caller))
			if failure(a.event()) != "process terminated" {
				return "the caller was not killed"
			}
			a.send(executed, "go on")
			return map[bool]string{true: "ok"}[a.message().Topic == "went on"]
		})
	})
}

// Several coroutines execute at once, and each gets its own result.
func TestExecInCoroutines(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("same", func(a *actor) any { return a.args[0] })
		h.main(45, func(a *actor) any {
			sum, done := 0, a.channel(0)
			for i := range 10 {
				a.goes(func(a *actor) {
					if v := must1(a.Exec(req("same", i))); v.Int() == int64(i) {
						sum += i
					}
					a.put(done, 1)
				})
			}
			for range 10 {
				a.get(done)
			}
			return sum
		})
	})
}

// 13.18 to 13.21, 13.23: what a builder gives a new process.
func TestBuilderFields(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("grandchild", func(a *actor) any {
			v, ok := a.ContextValue("a")
			_, none := a.ContextValue("none")
			return lines(v, ok, none, a.ContextValues())
		})
		h.define("child", func(a *actor) any {
			first, second := a.message(), a.message()
			if string(first.From) != a.arg(0) || first.Topic != "one" || second.Topic != "two" || second.Data().Int() != 2 {
				return lines("messages", first, second)
			}
			if third := a.message(); third.Topic != "three" {
				return lines("third", third)
			}
			s := req("grandchild")
			s.Context = []hostapi.Entry{hostapi.Field("c", val(3)), hostapi.Field("a", val("changed"))}
			return must1(a.Exec(s))
		})
		h.main(`"changed" true false [{"a" "changed"} {"b" 2} {"c" 3}] 0`, func(a *actor) any {
			s := req("child", a.self())
			s.Context = []hostapi.Entry{hostapi.Field("b", val(2)), hostapi.Field("a", val(1))}
			s.Messages = []hostapi.Outgoing{{Topic: "one"}, {Topic: "two", Payloads: vals(2)}}
			s.Monitor = true
			pid := string(must1(a.Spawn(s)))
			a.send(pid, "three")
			return lines(a.event().Get("result").Record().Get("value").Str(), len(a.ContextValues()))
		})
	})
}
