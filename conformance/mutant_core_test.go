package conformance_test

import (
	"slices"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

func nothing(string) error { return nil }

// coreMutants are wrong cores: a faulty hostapi.Process between the puppet and
// the right one.
func coreMutants() []mutant {
	simple := func(name, caught string, change func(h *hooks)) mutant {
		return core(name, caught, func(p hostapi.Process) hostapi.Process {
			h := &hooks{Process: p}
			change(h)
			return *h
		})
	}
	respawn := func(name, caught string, change func(*hostapi.Spawn)) mutant {
		return simple(name, caught, func(h *hooks) {
			p := h.Process
			h.spawn = func(s hostapi.Spawn) (hostapi.PID, error) { change(&s); return p.Spawn(s) }
			h.exec = func(s hostapi.Spawn) (hostapi.Value, error) { change(&s); return p.Exec(s) }
		})
	}
	stale := make(map[string]hostapi.PID)
	return []mutant{
		simple("monitor does nothing", "monitor/exit_of_every_kind", func(h *hooks) { h.monitor = nothing }),
		simple("unmonitor does nothing", "monitor/unmonitor", func(h *hooks) { h.unmonitor = nothing }),
		simple("monitoring twice is accepted", "monitor/dead_or_twice", func(h *hooks) {
			p := h.Process
			h.monitor = func(dest string) error {
				if err := p.Monitor(dest); hostapi.AsError(err) != nil && hostapi.AsError(err).Kind != hostapi.AlreadyExists {
					return err
				}
				return nil
			}
		}),
		respawn("a monitored spawn is linked too", "monitor/not_killed", func(s *hostapi.Spawn) { s.Link = s.Link || s.Monitor }),
		simple("link does nothing", "link/symmetrical", func(h *hooks) { h.link = nothing }),
		simple("unlink does nothing", "link/unlink", func(h *hooks) { h.unlink = nothing }),
		simple("an untrapped link does not kill", "link/abnormal_exit_kills", func(h *hooks) {
			_ = h.Process.SetOptions(hostapi.Options{TrapLinks: true})
		}),
		simple("set_options does nothing", "link/trapped_is_event", func(h *hooks) {
			h.setOptions = func(hostapi.Options) error { return nil }
		}),
		simple("one option clears the other", "lifecycle/options", func(h *hooks) {
			p := h.Process
			h.setOptions = func(o hostapi.Options) error {
				o.TrapLinks = o.TrapLinks && !o.Upgradable
				return p.SetOptions(hostapi.Options{TrapLinks: o.TrapLinks})
			}
		}),
		simple("terminate only asks", "terminate/kills_without_event", func(h *hooks) {
			p := h.Process
			h.terminate = func(dest string) error { return p.Cancel(dest, -1, "") }
		}),
		simple("terminate has the error of cancel", "lifecycle/rows_in_exit", func(h *hooks) {
			p := h.Process
			h.terminate = func(dest string) error { return p.Cancel(dest, 0, "") }
		}),
		core("cancel forces nothing", "cancel/ignored", func(p hostapi.Process) hostapi.Process {
			return cancels{p, func(d time.Duration, r string) (time.Duration, string) { return -1, r }}
		}),
		core("cancel without timeout forces", "cancel/polite", func(p hostapi.Process) hostapi.Process {
			return cancels{p, func(d time.Duration, r string) (time.Duration, string) { return max(d, 0), r }}
		}),
		core("cancel kills early", "cancel/grace_runs_from_the_call", func(p hostapi.Process) hostapi.Process {
			return cancels{p, func(d time.Duration, r string) (time.Duration, string) { return d / 2, r }}
		}),
		core("cancel loses the reason", "cancel/event", func(p hostapi.Process) hostapi.Process {
			return cancels{p, func(d time.Duration, r string) (time.Duration, string) { return d, "" }}
		}),
		respawn("spawn_monitored does not monitor", "lifecycle/value_returned", func(s *hostapi.Spawn) { s.Monitor = false }),
		respawn("spawn_linked does not link", "link/abnormal_exit_kills", func(s *hostapi.Spawn) { s.Link = false }),
		respawn("spawn loses arguments", "spawn/arguments", func(s *hostapi.Spawn) { s.Args = nil }),
		respawn("with_name names nothing", "builder/name", func(s *hostapi.Spawn) { s.Name, s.Named = "", false }),
		respawn("with_message reverses", "builder/messages", func(s *hostapi.Spawn) { slices.Reverse(s.Messages) }),
		respawn("with_context is forgotten", "context/inherited_and_extended", func(s *hostapi.Spawn) { s.Context = nil }),
		simple("exec links", "exec/goes_on_without_caller", func(h *hooks) {
			p := h.Process
			h.exec = func(s hostapi.Spawn) (hostapi.Value, error) { s.Link = true; return p.Exec(s) }
		}),
		simple("exec swallows errors", "exec/error", func(h *hooks) {
			p := h.Process
			h.exec = func(s hostapi.Spawn) (hostapi.Value, error) {
				v, err := p.Exec(s)
				if hostapi.AsError(err) != nil && hostapi.AsError(err).Kind == "Odd" {
					return hostapi.Value{}, nil
				}
				return v, err
			}
		}),
		simple("upgrade returns", "upgrade/replaces_the_code", func(h *hooks) {
			h.upgrade = func(string, []hostapi.Value) error { return hostapi.Errorf(hostapi.Internal, "no") }
		}),
		simple("upgrade loses the arguments", "upgrade/replaces_the_code", func(h *hooks) {
			p := h.Process
			h.upgrade = func(id string, _ []hostapi.Value) error { return p.Upgrade(id, nil) }
		}),
		simple("upgrade ignores the id", "upgrade/replaces_the_code", func(h *hooks) {
			p := h.Process
			h.upgrade = func(_ string, args []hostapi.Value) error { return p.Upgrade("", args) }
		}),
		simple("a deadlock is found late", "deadlock/main_alone", func(h *hooks) {
			p := h.Process
			h.newChannel = func(n int) (hostapi.Channel, error) {
				c, err := p.NewChannel(n)
				if err != nil {
					return nil, err
				}
				d := &disguised{Channel: c}
				d.receive = func() (hostapi.Value, bool, error) {
					t, err := p.NewTimer(time.Hour, hostapi.Seconds)
					if err != nil {
						return hostapi.Value{}, false, err
					}
					if s, err := p.Select([]*hostapi.Case{{Channel: c}, {Channel: t.Channel()}}, true); err != nil || s.Index == 0 {
						return s.Value, s.OK, err
					}
					return c.Receive()
				}
				return d, nil
			}
		}),
		core("log writes nothing", "output/log", func(p hostapi.Process) hostapi.Process { return silent{p} }),
		core("a stopped ticker goes on", "time/ticker", func(p hostapi.Process) hostapi.Process { return restless{p} }),
		core("reset of a timer does nothing", "time/timer_states", func(p hostapi.Process) hostapi.Process { return stubborn{p} }),
		simple("send to the dead is true", "message/refusals", func(h *hooks) {
			p := h.Process
			h.send = func(dest, topic string, vs []hostapi.Value) error {
				if err := p.Send(dest, topic, vs); hostapi.AsError(err) == nil || hostapi.AsError(err).Kind != hostapi.NotFound {
					return err
				}
				return nil
			}
		}),
		simple("send delivers twice", "value/nil_in_any_position", func(h *hooks) {
			p := h.Process
			h.send = func(dest, topic string, vs []hostapi.Value) error {
				if err := p.Send(dest, topic, vs); err != nil {
					return err
				}
				return p.Send(dest, topic, vs)
			}
		}),
		simple("nil payloads are dropped", "value/nil_in_any_position", func(h *hooks) {
			p := h.Process
			h.send = func(dest, topic string, vs []hostapi.Value) error {
				return p.Send(dest, topic, slices.DeleteFunc(slices.Clone(vs), hostapi.Value.IsNil))
			}
		}),
		simple("the inbox is last in, first out", "message/before_subscription", func(h *hooks) {
			p := h.Process
			c := &disguised{Channel: p.Inbox()}
			c.receive = func() (hostapi.Value, bool, error) {
				var all []hostapi.Value
				for {
					s, err := p.Select([]*hostapi.Case{{Channel: c.Channel}}, len(all) == 0)
					if err != nil {
						return hostapi.Value{}, false, err
					}
					if s.Index < 0 {
						break
					}
					all = append(all, s.Value)
				}
				for _, v := range all[:len(all)-1] {
					m := v.Message()
					if err := p.Send(string(p.PID()), m.Topic, m.Values); err != nil {
						return hostapi.Value{}, false, err
					}
				}
				return all[len(all)-1], true, nil
			}
			h.inbox = func() hostapi.Channel { return c }
		}),
		simple("listen makes a new channel every time", "view/same_handle", func(h *hooks) {
			p := h.Process
			h.listen = func(topic string, messages bool) (hostapi.Channel, error) {
				c, err := p.Listen(topic, messages)
				if err != nil || topic == "do" {
					return c, err
				}
				return &disguised{Channel: c}, nil
			}
		}),
		simple("unlisten does nothing", "view/unlisten", func(h *hooks) {
			h.unlisten = func(hostapi.Channel) error { return nil }
		}),
		simple("register steals names", "name/taken", func(h *hooks) {
			p := h.Process
			h.register = func(name string, pid hostapi.PID) error {
				_, _ = p.Unregister(name)
				return p.Register(name, pid)
			}
		}),
		simple("a name is freed too late", "name/released_before_exit", func(h *hooks) {
			p := h.Process
			h.register = func(name string, pid hostapi.PID) error {
				err := p.Register(name, pid)
				if err == nil {
					stale[name] = p.PID()
				}
				return err
			}
			h.lookup = func(name string) (hostapi.PID, error) {
				pid, err := p.Lookup(name)
				if old, ok := stale[name]; err != nil && ok {
					return old, nil
				}
				return pid, err
			}
		}),
		simple("unregister is always true", "name/unregister", func(h *hooks) {
			p := h.Process
			h.unregister = func(name string) (bool, error) { _, err := p.Unregister(name); return true, err }
		}),
		simple("coroutine.spawn runs the parent first", "coroutine/child_runs_first", func(h *hooks) {
			p := h.Process
			h.goes = func(f hostapi.Function, args []hostapi.Value) (hostapi.Coroutine, error) {
				return p.Go(late{f}, args)
			}
		}),
		simple("yield does nothing", "coroutine/queue_is_fair", func(h *hooks) {
			h.yield = func() error { return nil }
		}),
		simple("capacity is ignored", "channel/buffer", func(h *hooks) {
			p := h.Process
			h.newChannel = func(int) (hostapi.Channel, error) { return p.NewChannel(0) }
		}),
		simple("close wakes nobody", "channel/close_wakes_receivers", func(h *hooks) {
			p := h.Process
			h.newChannel = func(n int) (hostapi.Channel, error) {
				c, err := p.NewChannel(n)
				if err != nil {
					return nil, err
				}
				d := &disguised{Channel: c}
				d.closing = func() error { return nil }
				return d, nil
			}
		}),
		simple("close drops the buffer", "channel/close_drains", func(h *hooks) {
			p := h.Process
			h.newChannel = func(n int) (hostapi.Channel, error) {
				c, err := p.NewChannel(n)
				if err != nil {
					return nil, err
				}
				d := &disguised{Channel: c}
				d.closing = func() error {
					for {
						s, err := p.Select([]*hostapi.Case{{Channel: c}}, false)
						if err != nil || s.Index < 0 || !s.OK {
							return c.Close()
						}
					}
				}
				return d, nil
			}
		}),
		simple("send on a closed channel is true", "channel/send_on_closed", func(h *hooks) {
			p := h.Process
			h.newChannel = func(n int) (hostapi.Channel, error) {
				c, err := p.NewChannel(n)
				if err != nil {
					return nil, err
				}
				d := &disguised{Channel: c}
				d.send = func(v hostapi.Value) error {
					if err := c.Send(v); hostapi.AsError(err) == nil || hostapi.AsError(err).Kind != hostapi.Invalid {
						return err
					}
					return nil
				}
				return d, nil
			}
		}),
		simple("select takes the last ready case", "select/first_ready_in_list_order", func(h *hooks) {
			p := h.Process
			h.selects = func(cases []*hostapi.Case, wait bool) (hostapi.Selected, error) {
				slices.Reverse(cases)
				s, err := p.Select(cases, wait)
				if s.Index >= 0 {
					s.Index = len(cases) - 1 - s.Index
				}
				return s, err
			}
		}),
		simple("default beats ready cases", "view/poll_sees_queued", func(h *hooks) {
			p := h.Process
			h.selects = func(cases []*hostapi.Case, wait bool) (hostapi.Selected, error) {
				if !wait {
					return hostapi.Selected{Index: -1}, nil
				}
				return p.Select(cases, wait)
			}
		}),
		simple("default is ignored", "select/results", func(h *hooks) {
			p := h.Process
			h.selects = func(cases []*hostapi.Case, wait bool) (hostapi.Selected, error) { return p.Select(cases, true) }
		}),
		core("sleep ends early", "time/sleep", func(p hostapi.Process) hostapi.Process { return hasty{p} }),
		core("a stopped timer was never pending", "time/timer_states", func(p hostapi.Process) hostapi.Process { return confused{p} }),
		core("PIDs change", "lifecycle/identity", func(p hostapi.Process) hostapi.Process { return masked{p} }),
		{"the top level may do anything", "spawn/top_level_refuses", double{wrap: func(t hostapi.Task) hostapi.Task { return loaded{t} }}},
		{"values may be nested without bound", "value/depth", double{wrap: func(t hostapi.Task) hostapi.Task { return boundless{t} }}},
		{"processes share their globals", "lifecycle/private_state", double{flaws: flaws{sharesState: make(map[string]hostapi.Value)}}},
	}
}
