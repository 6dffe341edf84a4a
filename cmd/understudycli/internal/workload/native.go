package workload

import (
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
	"slices"
)

// The workloads as Go functions: the same work as in bench.lua and bench.star.

const host = "bench:host"

type actor struct {
	hostapi.Process
	args []hostapi.Value
}

// body is a workload in Go: an error is that of the host API.
type body func(a *actor) (hostapi.Value, error)

func (b body) program() hostapi.Program {
	return native.Program(func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
		v, err := b(&actor{t.Process(), args})
		return []hostapi.Value{v}, err
	})
}

func (a *actor) arg(i int) hostapi.Value {
	if i < len(a.args) {
		return a.args[i]
	}
	return hostapi.Value{}
}

func (a *actor) int(i int) int { return int(a.arg(i).Int()) }

func (a *actor) spawn(method string, args ...hostapi.Value) (string, error) {
	pid, err := a.Spawn(hostapi.Spawn{ID: "bench:" + method, Host: host, Args: args})
	return string(pid), err
}

func (a *actor) self() hostapi.Value { return hostapi.String(string(a.PID())) }

func (a *actor) send(to, topic string, payloads ...hostapi.Value) error {
	if len(payloads) == 1 {
		return a.SendValue(to, topic, payloads[0])
	}
	return a.Send(to, topic, slices.Clone(payloads)) // so that one payload needs no slice
}

func receive(c hostapi.Channel) (hostapi.Value, error) {
	v, _, err := c.Receive()
	return v, err
}

// drain receives n values.
func drain(c hostapi.Channel, n int) error {
	for range n {
		if _, err := receive(c); err != nil {
			return err
		}
	}
	return nil
}

var none hostapi.Value

var natives = map[string]body{
	"pong_raw": func(a *actor) (hostapi.Value, error) {
		ping, err := a.Listen("ping", false)
		for err == nil {
			var from hostapi.Value
			if from, err = receive(ping); err == nil {
				err = a.send(from.Str(), "pong", hostapi.Int(1))
			}
		}
		return none, err
	},
	"ping_raw_boss": func(a *actor) (hostapi.Value, error) {
		pong, err := a.Listen("pong", false)
		if err != nil {
			return none, err
		}
		peer, err := a.spawn("pong_raw")
		self := a.self()
		for i := 0; i < a.int(0) && err == nil; i++ {
			if err = a.send(peer, "ping", self); err == nil {
				_, err = receive(pong)
			}
		}
		if err == nil {
			err = a.Terminate(peer)
		}
		return none, err
	},
	"pong": func(a *actor) (hostapi.Value, error) {
		inbox := a.Inbox()
		for {
			v, err := receive(inbox)
			if err != nil {
				return none, err
			}
			m := v.Message()
			if err := a.send(string(m.From), "pong", m.Data()); err != nil {
				return none, err
			}
		}
	},
	"ping_boss": func(a *actor) (hostapi.Value, error) {
		inbox := a.Inbox()
		peer, err := a.spawn("pong")
		payload := a.arg(1)
		for i := 0; i < a.int(0) && err == nil; i++ {
			if err = a.send(peer, "ping", payload); err == nil {
				_, err = receive(inbox)
			}
		}
		if err == nil {
			err = a.Terminate(peer)
		}
		return none, err
	},
	"ring_node": func(a *actor) (hostapi.Value, error) {
		token, err := a.Listen("token", false)
		for err == nil {
			var v hostapi.Value
			if v, err = receive(token); err == nil {
				err = a.send(a.arg(0).Str(), "token", v)
			}
		}
		return none, err
	},
	"ring_boss": func(a *actor) (hostapi.Value, error) {
		token, err := a.Listen("token", false)
		next := string(a.PID())
		var nodes []string
		for i := 1; i < a.int(1) && err == nil; i++ {
			next, err = a.spawn("ring_node", hostapi.String(next))
			nodes = append(nodes, next)
		}
		for i := 0; i < a.int(0) && err == nil; i++ {
			if err = a.send(next, "token", hostapi.Int(int64(i))); err == nil {
				_, err = receive(token)
			}
		}
		for _, pid := range nodes {
			if err == nil {
				err = a.Terminate(pid)
			}
		}
		return none, err
	},
	"fan_in_sender": func(a *actor) (hostapi.Value, error) {
		to, n := a.arg(0).Str(), a.int(1)
		for i := range n {
			if err := a.send(to, "n", hostapi.Int(int64(i))); err != nil {
				return none, err
			}
		}
		return none, nil
	},
	"fan_in_boss": func(a *actor) (hostapi.Value, error) {
		numbers, err := a.Listen("n", false)
		n, senders := a.int(0), a.int(1)
		for i := 0; i < senders && err == nil; i++ {
			_, err = a.spawn("fan_in_sender", a.self(), hostapi.Int(int64(n/senders)))
		}
		if err != nil {
			return none, err
		}
		return none, drain(numbers, n)
	},
	"fan_out_receiver": func(a *actor) (hostapi.Value, error) {
		numbers, err := a.Listen("n", false)
		if err != nil {
			return none, err
		}
		if err := drain(numbers, a.int(1)); err != nil {
			return none, err
		}
		return none, a.send(a.arg(0).Str(), "done")
	},
	"fan_out_boss": func(a *actor) (hostapi.Value, error) {
		done, err := a.Listen("done", false)
		each, receivers := a.int(0)/a.int(1), a.int(1)
		pids := make([]string, receivers)
		for i := 0; i < receivers && err == nil; i++ {
			pids[i], err = a.spawn("fan_out_receiver", a.self(), hostapi.Int(int64(each)))
		}
		for i := 0; i < each && err == nil; i++ {
			for _, pid := range pids {
				if err = a.send(pid, "n", hostapi.Int(int64(i))); err != nil {
					break
				}
			}
		}
		if err != nil {
			return none, err
		}
		return none, drain(done, receivers)
	},
	"nothing": func(a *actor) (hostapi.Value, error) { return none, nil },
	"spawn_boss": func(a *actor) (hostapi.Value, error) {
		events := a.Events()
		for range a.int(0) {
			if _, err := a.Spawn(hostapi.Spawn{ID: "bench:nothing", Host: host, Monitor: true}); err != nil {
				return none, err
			}
			if _, err := receive(events); err != nil {
				return none, err
			}
		}
		return none, nil
	},
	"idle": func(a *actor) (hostapi.Value, error) {
		_, err := receive(a.Inbox())
		return none, err
	},
	"idle_boss": func(a *actor) (hostapi.Value, error) {
		for range a.int(0) {
			if _, err := a.spawn("idle"); err != nil {
				return none, err
			}
		}
		return none, nil
	},
	"chain_node": func(a *actor) (hostapi.Value, error) {
		if peer := a.arg(1); !peer.IsNil() {
			if err := a.Link(peer.Str()); err != nil {
				return none, err
			}
			if err := a.send(a.arg(0).Str(), "linked"); err != nil {
				return none, err
			}
		}
		_, err := receive(a.Inbox())
		return none, err
	},
	"cascade_setup": func(a *actor) (hostapi.Value, error) {
		linked, err := a.Listen("linked", false)
		if err != nil {
			return none, err
		}
		first, err := a.spawn("chain_node", a.self())
		last := first
		for i := 1; i < a.int(0) && err == nil; i++ {
			var pid string
			if pid, err = a.spawn("chain_node", a.self(), hostapi.String(last)); err == nil {
				_, err = receive(linked)
			}
			if !a.arg(1).Bool() {
				last = pid
			}
		}
		return hostapi.String(first), err
	},
	"channel_boss": func(a *actor) (hostapi.Value, error) {
		ch, err := a.NewChannel(0)
		if err != nil {
			return none, err
		}
		n := a.int(0)
		_, err = a.Go(native.Function(func(hostapi.Task, []hostapi.Value) ([]hostapi.Value, error) {
			for i := range n {
				if err := ch.Send(hostapi.Int(int64(i))); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}), nil)
		if err != nil {
			return none, err
		}
		return none, drain(ch, n)
	},
	"timers_boss": func(a *actor) (hostapi.Value, error) {
		timers := make([]hostapi.Timer, a.int(0))
		for i := range timers {
			var err error
			if timers[i], err = a.NewTimer(timerDelay(i), hostapi.Seconds); err != nil {
				return none, err
			}
		}
		for _, t := range timers {
			if err := drain(t.Channel(), 1); err != nil {
				return none, err
			}
		}
		return none, nil
	},
	"cpu_boss": func(a *actor) (hostapi.Value, error) {
		return hostapi.Int(int64(fib(a.int(0)))), nil
	},
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}
