package core_test

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// there gives a spawn of test:<name> on the host of another node.
func there(node, name string, args ...any) hostapi.Spawn {
	s := req(name, args...)
	s.Host = "@" + node + "/" + hostID
	return s
}

// 25.1, 24.2: a process is made on another node, watched and addressed by its name there.
func TestSpawnOnAnotherNode(t *testing.T) {
	onNodes(t, 100, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		b.define("worker", func(x *actor) any {
			v, _ := x.ContextValue("k")
			out := []any{x.arg(0), v.Str()}
			for range 2 {
				m := x.message()
				out = append(out, m.Topic, string(m.From) == x.arg(1))
			}
			return lines(out...)
		})
		a.define("main", func(x *actor) any {
			s := there("b", "worker", "hello", x.self())
			s.Monitor, s.Name, s.Context = true, "it", []hostapi.Entry{hostapi.Field("k", hostapi.String("v"))}
			s.Messages = []hostapi.Outgoing{{Topic: "first"}}
			pid := must1(x.Spawn(s))
			must(x.Send("@b/it", "second", nil))
			e := x.event()
			return lines(kind(e), from(e) == string(pid), e.Get("result").Record().Get("value").Str())
		})
		a.gives(lines("pid.exit", true, lines("hello", "v", "first", true, "second", true)), "main")
	}, "a", "b")
}

// 25.1, 24.3, 24.4, 25.3: what cannot be is told, by the node where it is found.
func TestSpawnOnAnotherNodeFails(t *testing.T) {
	onNodes(t, 50, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		b.define("worker", func(x *actor) any { return x.message() == nil })
		a.define("main", func(x *actor) any {
			at := func(host string) hostapi.Spawn { s := req("worker"); s.Host = host; return s }
			var out []any
			for _, s := range []hostapi.Spawn{at("@b/test:none"), there("b", "none"), there("c", "worker"), at("@b"), at("@b/x"), at("@*/test:none"), at("@a/test:none")} {
				_, err := x.Spawn(s)
				out = append(out, text(err), hostapi.AsError(err).Details.Get("node").Str())
			}
			for _, dest := range []string{"@b", "@b/", "@c/x"} {
				out = append(out, text(x.Send(dest, "x", nil)))
			}
			return lines(out...)
		})
		a.gives(lines(
			"NotFound: host not found: test:none", "b", "NotFound: unknown process entry: test:none", "b",
			"Unavailable: node not connected: c", "c", "Invalid: invalid address", "", "Invalid: invalid address", "",
			"Unavailable: no node runs host test:none", "", "NotFound: host not found: test:none", "",
			"Invalid: invalid address", "Invalid: invalid address", "Unavailable: node not connected: c"), "main")
	}, "a", "b")
}

// 25.6: by address one watches and links who has the name when that arrives; the PID is in the
// event, absent if nobody has it.
func TestRelationsByAddress(t *testing.T) {
	onNodes(t, 100, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		b.define("worker", func(x *actor) any {
			x.message()
			return errors.New("broken")
		})
		a.define("main", func(x *actor) any {
			x.trap()
			s := there("b", "worker")
			s.Name = "it"
			pid := string(must1(x.Spawn(s)))
			must(x.Monitor("@b/it"))
			must(x.Link("@b/it"))
			must(x.Monitor("@b/nobody"))
			e := x.event()
			out := []any{kind(e), from(e) == "", failure(e)}
			must(x.Link("@b/nobody"))
			e = x.event()
			out = append(out, kind(e), from(e) == "", failure(e))
			out = append(out, text(x.Monitor(pid)))
			must(x.Monitor("@b/it"))
			must(x.Send("@b/it", "go", nil))
			e = x.event()
			out = append(out, kind(e), from(e) == pid, failure(e))
			e = x.event()
			out = append(out, kind(e), from(e) == pid, failure(e))
			_, more := x.poll(x.Events())
			return lines(append(out, more)...)
		})
		const none = "process not found: could not resolve 'nobody' as PID or registered name"
		a.gives(lines("pid.exit", true, none, "pid.link.down", true, none, "AlreadyExists: already monitoring",
			"pid.exit", true, "broken", "pid.link.down", true, "broken", false), "main")
	}, "a", "b")
}
