package conformance_test

import (
	"slices"
	"time"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/hostapi"
)

// supervisorMutants are wrong cores whose supervisors are faulty: most do not
// what the specification says but what another one would say.
func supervisorMutants() []mutant {
	faulty := func(name, caught string, change func(s *supervision)) mutant {
		return core(name, "supervisor/"+caught, func(p hostapi.Process) hostapi.Process {
			s := &supervision{Process: p, Supervision: supervisionOf(p)}
			change(s)
			return s
		})
	}
	// respec changes the maps of specifications: of supervisors and of children.
	respec := func(name, caught string, sup, child func(specMap)) mutant {
		return faulty(name, caught, func(s *supervision) {
			s.start = func(spec hostapi.Value, link bool) (hostapi.PID, error) {
				return s.Supervision.StartSupervisor(rewrite(spec, sup, child), link)
			}
			s.startChild = func(sup string, args []hostapi.Value) (hostapi.PID, error) {
				if len(args) == 1 && args[0].Map() != nil && child != nil {
					args = []hostapi.Value{rewriteChild(args[0], nil, child)}
				}
				return s.Supervision.StartChild(sup, args)
			}
		})
	}
	sup := func(name, caught string, change func(specMap)) mutant { return respec(name, caught, change, nil) }
	kid := func(name, caught string, change func(specMap)) mutant { return respec(name, caught, nil, change) }
	list := func(name, caught string, change func([]hostapi.ChildInfo)) mutant {
		return faulty(name, caught, func(s *supervision) {
			s.which = func(sup string) ([]hostapi.ChildInfo, error) {
				children, err := s.Supervision.WhichChildren(sup)
				change(children)
				return children, err
			}
		})
	}
	// failure changes the errors of all calls that have one of a kind.
	failure := func(name, caught string, kind hostapi.Kind, change func(*hostapi.Error) *hostapi.Error) mutant {
		return faulty(name, caught, func(s *supervision) {
			s.fail = func(err error) error {
				if e := hostapi.AsError(err); e != nil && e.Kind == kind {
					return change(e)
				}
				return err
			}
		})
	}
	return []mutant{
		sup("one_for_all restarts one", "one_for_all", replace("strategy", "one_for_all", "one_for_one")),
		sup("rest_for_one restarts all", "rest_for_one", replace("strategy", "rest_for_one", "one_for_all")),
		sup("rest_for_one restarts one", "rest_for_one", replace("strategy", "rest_for_one", "one_for_one")),
		kid("a transient child is permanent", "one_for_one", replace("restart", "transient", "permanent")),
		kid("a permanent child is transient", "one_for_one", replace("restart", "", "transient")),
		kid("a temporary child is transient", "temporary", replace("restart", "temporary", "transient")),
		kid("temporary siblings are started again", "group_restart_and_kinds", replace("restart", "temporary", "permanent")),
		kid("a nested supervisor that gave up has failed", "nested", func(m specMap) {
			if m["restart"].Str() == "transient" && !m["supervisor"].IsNil() {
				m["restart"] = hostapi.String("permanent")
			}
		}),
		sup("intensity allows one restart more", "gives_up", func(m specMap) {
			m["intensity"] = hostapi.Int(m["intensity"].Int() + 1)
		}),
		sup("intensity 0 is the default", "normal_end_as_reason", func(m specMap) {
			m["intensity"] = hostapi.Int(max(1, m["intensity"].Int()))
		}),
		sup("all restarts count, however old", "intensity_within_period", replace("period", "10s", "1000h")),
		sup("a restart a period ago does not count", "intensity_within_period", replace("period", "10s", "9.999999999s")),
		sup("there is no backoff", "backoff", func(m specMap) { delete(m, "backoff") }),
		sup("the delay does not grow", "backoff", within("backoff", "backoff_factor", hostapi.Int(1))),
		sup("stability is not noticed", "backoff", within("backoff", "stable_threshold", hostapi.String("1000h"))),
		kid("brutal asks first", "shutdown_kinds", replace("shutdown", "brutal", "5s")),
		kid("infinity has an end", "shutdown_kinds", replace("shutdown", "infinity", "5s")),
		kid("children are killed at once", "cancelled", func(m specMap) { m["shutdown"] = hostapi.String("brutal") }),
		sup("any_significant waits for all", "any_significant", replace("auto_shutdown", "any_significant", "all_significant")),
		sup("all_significant waits for one", "all_significant", replace("auto_shutdown", "all_significant", "any_significant")),
		respec("significant children are like others", "any_significant", func(m specMap) { delete(m, "auto_shutdown") }, func(m specMap) { delete(m, "significant") }),
		kid("names are not registered", "names", func(m specMap) { delete(m, "name") }),
		kid("input is that of the entry", "input", func(m specMap) { delete(m, "input") }),
		sup("children are started from last to first", "started_in_order", func(m specMap) {
			if l := m["children"].List(); l != nil {
				items := slices.Clone(l.Items)
				slices.Reverse(items)
				m["children"] = hostapi.ListOf(items...)
			}
		}),
		respec("unknown fields are ignored", "bad_specifications", func(m specMap) { delete(m, "lifecycle") }, func(m specMap) { delete(m, "colour") }),
		faulty("start_linked does not link", "linked", func(s *supervision) {
			s.start = func(spec hostapi.Value, _ bool) (hostapi.PID, error) {
				return s.Supervision.StartSupervisor(spec, false)
			}
		}),
		faulty("start links", "linked", func(s *supervision) {
			s.start = func(spec hostapi.Value, _ bool) (hostapi.PID, error) {
				return s.Supervision.StartSupervisor(spec, true)
			}
		}),
		failure("a start that failed does not say why", "start_failed", hostapi.Internal, func(e *hostapi.Error) *hostapi.Error {
			return hostapi.Errorf(e.Kind, "failed to start child")
		}),
		failure("an unknown entry is invalid", "started_by_entry", hostapi.NotFound, func(e *hostapi.Error) *hostapi.Error {
			return hostapi.Errorf(hostapi.Invalid, "%s", e.Message)
		}),
		failure("a supervisor that stops is not found", "shutting_down", hostapi.Unavailable, func(e *hostapi.Error) *hostapi.Error {
			return hostapi.Errorf(hostapi.NotFound, "process not found")
		}),
		list("the newest child comes first", "dynamic_children", func(c []hostapi.ChildInfo) { slices.Reverse(c) }),
		list("stopped children show a PID", "dynamic_children", func(c []hostapi.ChildInfo) {
			for i := range c {
				if c[i].PID == "" {
					c[i].PID = "{app:host|0}"
				}
			}
		}),
		list("a child that waits for its restart is stopped", "backoff", func(c []hostapi.ChildInfo) {
			for i := range c {
				if c[i].Status == hostapi.ChildRestarting {
					c[i].Status = hostapi.ChildStopped
				}
			}
		}),
		list("children of a simple_one_for_one have ids", "simple_one_for_one", func(c []hostapi.ChildInfo) {
			for i := range c {
				if c[i].ID == "" {
					c[i].ID = string(c[i].PID)
				}
			}
		}),
		faulty("only children that run are counted", "counts", func(s *supervision) {
			s.count = func(n hostapi.ChildCount) hostapi.ChildCount { n.Specs = n.Active; return n }
		}),
		faulty("nested supervisors count as processes", "counts", func(s *supervision) {
			s.count = func(n hostapi.ChildCount) hostapi.ChildCount {
				n.Processes, n.Supervisors = n.Processes+n.Supervisors, 0
				return n
			}
		}),
		faulty("what is known of children is old", "knows_of_seen_ends", func(s *supervision) {
			s.start = func(spec hostapi.Value, link bool) (hostapi.PID, error) {
				pid, err := s.Supervision.StartSupervisor(spec, link)
				old, _ := s.Supervision.WhichChildren(string(pid))
				s.which = func(string) ([]hostapi.ChildInfo, error) { return old, nil }
				return pid, err
			}
		}),
		faulty("terminate_child deletes", "dynamic_children", func(s *supervision) {
			s.terminateChild = func(sup, id string) error {
				err := s.Supervision.TerminateChild(sup, id)
				if err == nil {
					_ = s.Supervision.DeleteChild(sup, id)
				}
				return err
			}
		}),
		faulty("delete_child stops", "dynamic_children", func(s *supervision) {
			s.deleteChild = func(sup, id string) error {
				if err := s.Supervision.TerminateChild(sup, id); err != nil {
					return err
				}
				return s.Supervision.DeleteChild(sup, id)
			}
		}),
		faulty("start_child replaces", "dynamic_children", func(s *supervision) {
			s.startChild = func(sup string, args []hostapi.Value) (hostapi.PID, error) {
				pid, err := s.Supervision.StartChild(sup, args)
				if e := hostapi.AsError(err); e == nil || e.Kind != hostapi.AlreadyExists {
					return pid, err
				}
				id := args[0].Map().Get("id").Str()
				_ = s.Supervision.TerminateChild(sup, id)
				_ = s.Supervision.DeleteChild(sup, id)
				return s.Supervision.StartChild(sup, args)
			}
		}),
		faulty("restart_child restarts what runs", "dynamic_children", func(s *supervision) {
			s.restartChild = func(sup, id string) (hostapi.PID, error) {
				_ = s.Supervision.TerminateChild(sup, id)
				return s.Supervision.RestartChild(sup, id)
			}
		}),
		faulty("restart_child deletes what does not start", "start_refused", func(s *supervision) {
			s.restartChild = func(sup, id string) (hostapi.PID, error) {
				pid, err := s.Supervision.RestartChild(sup, id)
				if err != nil {
					_ = s.Supervision.DeleteChild(sup, id)
				}
				return pid, err
			}
		}),
		faulty("terminate_child lets a restart be made", "restart_dropped", func(s *supervision) {
			s.terminateChild = func(sup, id string) error {
				children, err := s.Supervision.WhichChildren(sup)
				if slices.ContainsFunc(children, func(c hostapi.ChildInfo) bool { return c.ID == id && c.Status == hostapi.ChildRestarting }) {
					return err
				}
				return s.Supervision.TerminateChild(sup, id)
			}
		}),
		faulty("the request of a process that has ended is carried out", "one_at_a_time", func(s *supervision) {
			s.startChild = func(sup string, args []hostapi.Value) (hostapi.PID, error) {
				code := hostapi.ListOf(hostapi.String("call"), hostapi.String("supervisor.start_child"), hostapi.String(sup),
					hostapi.ListOf(hostapi.String("quote"), args[0]))
				_, err := s.Process.Spawn(hostapi.Spawn{ID: conformance.Peer, Host: conformance.Host, Args: []hostapi.Value{code}})
				if err == nil {
					_, _, err = s.Process.Inbox().Receive()
				}
				return "", err
			}
		}),
		faulty("who stops itself is killed at once", "stop_of_its_own", func(s *supervision) { s.terminateChild = s.strikeFirst }),
		faulty("arguments for a template are dropped", "simple_one_for_one", func(s *supervision) {
			s.startChild = func(sup string, args []hostapi.Value) (hostapi.PID, error) { return s.Supervision.StartChild(sup, nil) }
		}),
		faulty("a supervisor as template ignores arguments", "template_supervisor", func(s *supervision) {
			s.startChild = func(sup string, args []hostapi.Value) (hostapi.PID, error) { return s.Supervision.StartChild(sup, nil) }
		}),
		faulty("supervisors are known by PID alone", "by_name", func(s *supervision) {
			s.countOf = func(sup string) error {
				if !hostapi.IsPID(sup) {
					return hostapi.Errorf(hostapi.NotFound, "process not found")
				}
				return nil
			}
		}),
		faulty("messages to supervisors are refused", "reads_no_messages", func(s *supervision) {
			s.send = func(dest, topic string, payloads []hostapi.Value) error {
				if s.supervises(dest) {
					return hostapi.Errorf(hostapi.Invalid, "a supervisor reads no messages")
				}
				return s.Process.Send(dest, topic, payloads)
			}
		}),
		faulty("messages to supervisors are forgotten", "reads_no_messages", func(s *supervision) {
			s.send = func(dest, topic string, payloads []hostapi.Value) error {
				if s.supervises(dest) {
					return nil
				}
				return s.Process.Send(dest, topic, payloads)
			}
		}),
		faulty("terminate asks a supervisor", "terminated", func(s *supervision) {
			s.terminate = func(dest string) error {
				if s.supervises(dest) {
					return s.Process.Cancel(dest, -1, "")
				}
				return s.Process.Terminate(dest)
			}
		}),
		faulty("cancel terminates a supervisor", "cancelled", func(s *supervision) {
			s.cancel = func(dest string, grace time.Duration, reason string) error {
				if s.supervises(dest) {
					return s.Process.Terminate(dest)
				}
				return s.Process.Cancel(dest, grace, reason)
			}
		}),
		faulty("supervisors have no deadline", "deadline", func(s *supervision) {
			s.cancel = func(dest string, grace time.Duration, reason string) error {
				if s.supervises(dest) {
					grace = -1
				}
				return s.Process.Cancel(dest, grace, reason)
			}
		}),
	}
}

// specMap holds the fields of a specification.
type specMap map[string]hostapi.Value

// replace gives a change of a field that has a value, "" for an absent one.
func replace(name, from, to string) func(specMap) {
	return func(m specMap) {
		if m[name].Str() == from {
			m[name] = hostapi.String(to)
		}
	}
}

// within gives a change of a field of a map that is a field.
func within(field, name string, v hostapi.Value) func(specMap) {
	return func(m specMap) {
		if !m[field].IsNil() {
			m[field] = changed(m[field], func(m specMap) { m[name] = v })
		}
	}
}

// changed gives a map with a change.
func changed(v hostapi.Value, change func(specMap)) hostapi.Value {
	m := make(specMap)
	for _, e := range v.Map().Entries {
		m[e.Key.Str()] = e.Value
	}
	if change != nil {
		change(m)
	}
	out := &hostapi.Map{Unordered: true}
	for name, x := range m {
		out.Entries = append(out.Entries, hostapi.Field(name, x))
	}
	return hostapi.Wrap(out)
}

// rewrite gives a specification whose supervisors and children are changed.
func rewrite(spec hostapi.Value, sup, child func(specMap)) hostapi.Value {
	if spec.Map() == nil {
		return spec
	}
	return changed(spec, func(m specMap) {
		if l := m["children"].List(); l != nil {
			var items []hostapi.Value
			for _, v := range l.Items {
				items = append(items, rewriteChild(v, sup, child))
			}
			m["children"] = hostapi.ListOf(items...)
		}
		if sup != nil {
			sup(m)
		}
	})
}

func rewriteChild(v hostapi.Value, sup, child func(specMap)) hostapi.Value {
	if v.Map() == nil {
		return v
	}
	return changed(v, func(m specMap) {
		if !m["supervisor"].IsNil() {
			m["supervisor"] = rewrite(m["supervisor"], sup, child)
		}
		if child != nil {
			child(m)
		}
	})
}

// supervision is a process some of whose calls on supervisors are replaced. A
// nil hook stands for the right behaviour.
type supervision struct {
	hostapi.Process
	hostapi.Supervision
	start          func(hostapi.Value, bool) (hostapi.PID, error)
	startChild     func(string, []hostapi.Value) (hostapi.PID, error)
	terminateChild func(sup, id string) error
	restartChild   func(sup, id string) (hostapi.PID, error)
	deleteChild    func(sup, id string) error
	which          func(string) ([]hostapi.ChildInfo, error)
	count          func(hostapi.ChildCount) hostapi.ChildCount
	countOf        func(string) error // may refuse
	fail           func(error) error
	send           func(dest, topic string, payloads []hostapi.Value) error
	terminate      func(string) error
	cancel         func(string, time.Duration, string) error
}

// supervisionOf gives what a process can do with supervisors.
func supervisionOf(p hostapi.Process) hostapi.Supervision {
	s, _ := hostapi.FacilityOf[hostapi.Supervision](p)
	return s
}

// Facility lets the faulty supervision be found instead of the right one.
func (s *supervision) Facility(accept func(any) bool) {
	if !accept(s) {
		s.Process.Facility(accept)
	}
}

// supervises reports whether dest is a supervisor.
func (s *supervision) supervises(dest string) bool {
	_, err := s.Supervision.CountChildren(dest)
	return err == nil
}

// strikeFirst terminates a child before it asks its supervisor to.
func (s *supervision) strikeFirst(sup, id string) error {
	children, _ := s.Supervision.WhichChildren(sup)
	for _, c := range children {
		if c.ID == id && c.PID != "" {
			_ = s.Process.Terminate(string(c.PID))
		}
	}
	return s.Supervision.TerminateChild(sup, id)
}

func (s *supervision) failed(err error) error {
	if err != nil && s.fail != nil {
		return s.fail(err)
	}
	return err
}

func (s *supervision) StartSupervisor(spec hostapi.Value, link bool) (hostapi.PID, error) {
	start := s.Supervision.StartSupervisor
	if s.start != nil {
		start = s.start
	}
	pid, err := start(spec, link)
	return pid, s.failed(err)
}

func (s *supervision) StartChild(sup string, args []hostapi.Value) (hostapi.PID, error) {
	start := s.Supervision.StartChild
	if s.startChild != nil {
		start = s.startChild
	}
	pid, err := start(sup, args)
	return pid, s.failed(err)
}

func (s *supervision) TerminateChild(sup, id string) error {
	if s.terminateChild != nil {
		return s.failed(s.terminateChild(sup, id))
	}
	return s.failed(s.Supervision.TerminateChild(sup, id))
}

func (s *supervision) RestartChild(sup, id string) (hostapi.PID, error) {
	restart := s.Supervision.RestartChild
	if s.restartChild != nil {
		restart = s.restartChild
	}
	pid, err := restart(sup, id)
	return pid, s.failed(err)
}

func (s *supervision) DeleteChild(sup, id string) error {
	if s.deleteChild != nil {
		return s.failed(s.deleteChild(sup, id))
	}
	return s.failed(s.Supervision.DeleteChild(sup, id))
}

func (s *supervision) WhichChildren(sup string) ([]hostapi.ChildInfo, error) {
	which := s.Supervision.WhichChildren
	if s.which != nil {
		which = s.which
	}
	children, err := which(sup)
	return children, s.failed(err)
}

func (s *supervision) CountChildren(sup string) (hostapi.ChildCount, error) {
	if s.countOf != nil {
		if err := s.countOf(sup); err != nil {
			return hostapi.ChildCount{}, err
		}
	}
	n, err := s.Supervision.CountChildren(sup)
	if s.count != nil {
		n = s.count(n)
	}
	return n, s.failed(err)
}

func (s *supervision) Send(dest, topic string, payloads []hostapi.Value) error {
	if s.send != nil {
		return s.send(dest, topic, payloads)
	}
	return s.Process.Send(dest, topic, payloads)
}

func (s *supervision) SendValue(dest, topic string, payload hostapi.Value) error {
	return s.Send(dest, topic, []hostapi.Value{payload})
}

func (s *supervision) Terminate(dest string) error {
	return either(s.terminate, s.Process.Terminate)(dest)
}

func (s *supervision) Cancel(dest string, grace time.Duration, reason string) error {
	if s.cancel != nil {
		return s.cancel(dest, grace, reason)
	}
	return s.Process.Cancel(dest, grace, reason)
}
