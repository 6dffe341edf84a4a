package peer

import (
	"log/slog"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
)

// protoactor runs the workloads as actors of protoactor-go. A sender is known
// to the receiver in the message, which costs less there than a request.
// Actors there are functions of a message; what our processes do in a loop
// they do by counting.
func protoactor() System {
	return System{"protoactor", map[string]func(float64) (float64, string){
		"ping-pong-raw":       perOp(300_000, pingProtoactor),
		"ping-pong-2-workers": perOp(300_000, pingProtoactor),
		"ring":                perOp(3_000, ringProtoactor),
		"fan-in":              perOp(1_000_000, fanInProtoactor),
		"fan-out":             perOp(500_000, fanOutProtoactor),
		"spawn":               perOp(100_000, spawnProtoactor),
		"idle":                memory(100_000, idleProtoactor),
	}}
}

func newSystem() *actor.ActorSystem {
	return actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
		return slog.New(slog.DiscardHandler)
	}))
}

type (
	ping  struct{ from *actor.PID }
	pong  struct{}
	token struct{ n int }
	count struct{ n int }
)

// boss runs an actor until it closes done.
func boss(receive func(c actor.Context, done chan struct{})) {
	system, done := newSystem(), make(chan struct{})
	system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) { receive(c, done) }))
	<-done
	system.Shutdown()
}

func pingProtoactor(n int) {
	answer := &pong{}
	var peer *actor.PID
	var message *ping
	boss(func(c actor.Context, done chan struct{}) {
		switch c.Message().(type) {
		case *actor.Started:
			peer = c.Spawn(actor.PropsFromFunc(func(c actor.Context) {
				if m, ok := c.Message().(*ping); ok {
					c.Send(m.from, answer)
				}
			}))
			message = &ping{c.Self()}
			c.Send(peer, message)
		case *pong:
			if n--; n == 0 {
				c.Stop(peer)
				close(done)
				return
			}
			c.Send(peer, message)
		}
	})
}

func ringProtoactor(rounds int) {
	const size = 100
	var next *actor.PID
	boss(func(c actor.Context, done chan struct{}) {
		switch m := c.Message().(type) {
		case *actor.Started:
			next = c.Self()
			for range size - 1 {
				to := next
				next = c.Spawn(actor.PropsFromFunc(func(c actor.Context) {
					if m, ok := c.Message().(*token); ok {
						c.Send(to, m)
					}
				}))
			}
			c.Send(next, &token{})
		case *token:
			if m.n++; m.n == rounds {
				close(done)
				return
			}
			c.Send(next, m)
		}
	})
}

func fanInProtoactor(n int) {
	const senders = 4
	left := n / senders * senders
	boss(func(c actor.Context, done chan struct{}) {
		switch c.Message().(type) {
		case *actor.Started:
			to := c.Self()
			for range senders {
				c.Spawn(actor.PropsFromFunc(func(c actor.Context) {
					if _, ok := c.Message().(*actor.Started); ok {
						for i := range n / senders {
							c.Send(to, &count{i})
						}
					}
				}))
			}
		case *count:
			if left--; left == 0 {
				close(done)
			}
		}
	})
}

func fanOutProtoactor(n int) {
	const receivers = 100
	each, answers := n/receivers, 0
	boss(func(c actor.Context, done chan struct{}) {
		switch c.Message().(type) {
		case *actor.Started:
			self := c.Self()
			all := make([]*actor.PID, receivers)
			for i := range all {
				left := each
				all[i] = c.Spawn(actor.PropsFromFunc(func(c actor.Context) {
					if _, ok := c.Message().(*count); ok {
						if left--; left == 0 {
							c.Send(self, &pong{})
						}
					}
				}))
			}
			for i := range each {
				for _, pid := range all {
					c.Send(pid, &count{i})
				}
			}
		case *pong:
			if answers++; answers == receivers {
				close(done)
			}
		}
	})
}

// spawnProtoactor starts a child that stops at once; the parent of a child is
// told of its end as a watcher is.
func spawnProtoactor(n int) {
	child := actor.PropsFromFunc(func(c actor.Context) {
		if _, ok := c.Message().(*actor.Started); ok {
			c.Stop(c.Self())
		}
	})
	boss(func(c actor.Context, done chan struct{}) {
		switch c.Message().(type) {
		case *actor.Started:
			c.Spawn(child)
		case *actor.Terminated:
			if n--; n == 0 {
				close(done)
				return
			}
			c.Spawn(child)
		}
	})
}

func idleProtoactor(n int) any {
	system := newSystem()
	var started atomic.Int64
	all := make(chan struct{})
	props := actor.PropsFromFunc(func(c actor.Context) {
		if _, ok := c.Message().(*actor.Started); ok && started.Add(1) == int64(n) {
			close(all)
		}
	})
	for range n {
		system.Root.Spawn(props)
	}
	<-all
	return system
}
