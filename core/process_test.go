package core_test

import (
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestReturnedValueIsTheResult(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("value", func(a *actor) any { return 42 })
		h.define("nothing", func(a *actor) any { return nil })
		h.define("text", func(a *actor) any { return vals("x", "went wrong") })
		h.define("data", func(a *actor) any { return vals(1, false) })
		h.want(42, "value")
		h.want(hostapi.Value{}, "nothing")
		h.want(1, "data")
		h.wantError(hostapi.Internal, "went wrong", "text")
	})
}

func TestPanicEndsOneProcess(t *testing.T) {
	both(t, 20, func(h *house) {
		h.define("broken", func(a *actor) any { return a.args[7] })
		h.define("parent", func(a *actor) any {
			pid := a.spawnMonitored("broken")
			e := a.event()
			if kind(e) != "pid.exit" || from(e) != pid {
				return "wrong event " + kind(e)
			}
			return failure(e)
		})
		h.want("internal error", "parent")
	})
}

func TestMessagesBetweenTwo(t *testing.T) {
	both(t, 50, func(h *house) {
		h.define("echo", func(a *actor) any {
			for {
				m := a.message()
				if m.Topic == "stop" {
					return "stopped"
				}
				a.send(string(m.From), "answer", m.Data())
			}
		})
		h.define("client", func(a *actor) any {
			echo := a.spawnMonitored("echo")
			sum := 0
			for i := range 20 {
				a.send(echo, "ask", i)
				sum += int(a.message().Data().Int())
			}
			a.send(echo, "stop")
			if e := a.event(); failure(e) != "" || from(e) != echo {
				return "wrong end"
			}
			return sum
		})
		h.want(190, "client")
	})
}
