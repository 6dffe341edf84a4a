package conformance

import (
	"maps"
	"slices"

	"github.com/understudy-run/understudy/core"
	corespec "github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// joined and left are the records of changes, with all their fields (18.6).
func joined(group string, pids ...hostapi.PID) map[string]any {
	return change("member.joined", group, pids)
}
func left(group string, pids ...hostapi.PID) map[string]any {
	return change("member.left", group, pids)
}

func change(kind, group string, pids []hostapi.PID) map[string]any {
	return fields{"system": "pg", "kind": kind, "group": group, "pids": hostapi.PIDs(pids), "path": group, "data": fields{"Group": group, "PIDs": hostapi.PIDs(pids)}}
}

// watching subscribes: the slot sub holds the subscription, present who was
// there, ch the channel.
func watching(subscribe Code) Code {
	return Seq(Bind(subscribe, "sub", "present", "err"), Let("ch", Method(Get("sub"), "channel")))
}

// changes reads all records that wait.
func changes(a *Actor, ch any) []hostapi.Value {
	var out []hostapi.Value
	for {
		v := a.Do(Poll(ch)).First()
		if v.Str() == "empty" {
			return out
		}
		if v.Map() == nil {
			a.stage.Fail("%s is no record", show(v))
		}
		out = append(out, v)
	}
}

// changed gives the PIDs of a record.
func changed(record hostapi.Value) []hostapi.Value {
	return record.Map().Get("pids").List().Items
}

// count counts the elements of a list, by their text.
func count(into map[string]int, pids []hostapi.Value, by int) {
	for _, pid := range pids {
		if into[pid.Str()] += by; into[pid.Str()] == 0 {
			delete(into, pid.Str())
		}
	}
}

// groupEventCases are those of section 18 on subscriptions.
func groupEventCases() []Case {
	ch := Get("ch")
	return []Case{
		{
			Name:    "group/monitor",
			Claim:   "monitor gives a subscription, the members and no error; its channel tells each change of that group only, with all fields.",
			Clauses: "18.3, 18.6, 18.9",
			Scenario: func(s *Stage) {
				m := members(s, 3)
				a, b, c := m[0], m[1], m[2]
				b.Do(groups("join", List("x", "y", "x")))
				a.Do(watching(groups("monitor", "x")))
				a.Gives(Values(Get("present"), Get("err")), []any{b.PID, b.PID}, nil)
				b.Do(groups("leave", "x"))
				c.Do(groups("join", List("y", "x")))
				a.Do(groups("join", "x"))
				b.Do(groups("leave", List("y", "x")))
				for _, want := range []map[string]any{left("x", b.PID), joined("x", c.PID), joined("x", a.PID), left("x", b.PID)} {
					a.Gives(Receive(ch), want, true)
				}
				a.Gives(Poll(ch), "empty")
				// A group that does not exist is watched as well.
				a.Do(watching(groups("monitor", "none")))
				a.Gives(Values(Get("present"), Get("err")), []any{}, nil)
				c.Do(groups("join", "none"))
				a.Gives(Receive(ch), joined("none", c.PID), true)
			},
		},
		{
			Name:    "group/events",
			Claim:   "events gives a subscription, a map from each group to its members and no error; its channel tells the changes of all groups.",
			Clauses: "18.3, 18.6, 18.9",
			Scenario: func(s *Stage) {
				m := members(s, 3)
				a, b, c := m[0], m[1], m[2]
				a.Do(watching(groups("events")))
				a.Gives(Values(Get("present"), Get("err")), fields{}, nil)
				b.Do(groups("join", "x"))
				c.Do(groups("join", "y"), groups("join", "x"))
				b.Do(groups("leave", "x"))
				for _, want := range []map[string]any{joined("x", b.PID), joined("y", c.PID), joined("x", c.PID), left("x", b.PID)} {
					a.Gives(Receive(ch), want, true)
				}
				b.Do(groups("join", "x"))
				a.Gives(Receive(ch), joined("x", b.PID), true)
				a.Do(watching(groups("events")))
				a.Gives(Values(Get("present"), Get("err")), fields{"x": []any{c.PID, b.PID}, "y": []any{c.PID}}, nil)
				a.Gives(Poll(ch), "empty")
			},
		},
		{
			Name:    "group/nothing_between_members_and_records",
			Claim:   "Whoever subscribes while others join and leave knows the members exactly: the list and the records together miss no change.",
			Clauses: "18.3, 18.7",
			Scenario: func(s *Stage) {
				for _, row := range []struct {
					group              string
					subscribe, present Code
				}{
					{"x", groups("monitor", "x"), Get("present")},
					{"y", groups("events"), Lookup(Get("present"), "y")},
				} {
					m := members(s, 3)
					a := m[0]
					var commands []*Command
					for _, b := range m[1:] {
						b.Do(groups("join", row.group))
						commands = append(commands, b.Begin(Times(8, Seq(groups("join", row.group), groups("join", row.group), groups("leave", row.group)))))
					}
					present := a.Do(watching(row.subscribe), row.present).First()
					for _, c := range commands {
						c.Wait()
					}
					known := make(map[string]int)
					count(known, present.List().Items, 1)
					for _, r := range changes(a, ch) {
						by := 1
						if r.Map().Get("kind").Str() == "member.left" {
							by = -1
						}
						count(known, changed(r), by)
					}
					actual := make(map[string]int)
					count(actual, a.Do(groups("get_members", row.group)).First().List().Items, 1)
					s.True(maps.Equal(known, actual), "the members are %v; by the list and the records they should be %v", actual, known)
				}
			},
		},
		{
			Name:    "group/order_of_changes",
			Claim:   "Every subscriber sees the changes of a group in the order in which they were made.",
			Clauses: "18.9, 18.7",
			Scenario: func(s *Stage) {
				m := members(s, 5)
				m[0].Do(watching(groups("monitor", "x")))
				m[1].Do(watching(groups("events")))
				var commands []*Command
				for _, b := range m[2:] {
					commands = append(commands, b.Begin(Times(6, groups("join", "x"))))
				}
				for _, c := range commands {
					c.Wait()
				}
				want := m[0].Do(groups("get_members", "x")).First().List().Items
				s.True(len(want) == 18, "%d members, want 18", len(want))
				for _, a := range m[:2] {
					var seen []hostapi.Value
					for _, r := range changes(a, ch) {
						seen = append(seen, changed(r)...)
					}
					s.True(slices.EqualFunc(seen, want, hostapi.Value.Equal), "joined as told: %v; in join order: %v", seen, want)
				}
			},
		},
		{
			Name:    "group/end_is_one_record",
			Claim:   "A process that ends while it has n memberships in a group is listed n times in one record.",
			Clauses: "18.6, 18.4",
			Scenario: func(s *Stage) {
				m := members(s, 4)
				a, b, c := m[0], m[1], m[2]
				b.Do(groups("join", List("x", "x", "y", "x")))
				c.Do(groups("join", "x"))
				a.Do(watching(groups("monitor", "y")), Let("y", ch), watching(groups("monitor", "x")))
				m[3].Do(watching(groups("events")))
				b.Fail("gone")
				a.Gives(Receive(ch), left("x", b.PID, b.PID, b.PID), true)
				a.Gives(Receive(Get("y")), left("y", b.PID), true)
				c.Finish()
				a.Gives(Receive(ch), left("x", c.PID), true)
				a.Gives(Values(Poll(ch), Poll(Get("y"))), "empty", "empty")
				all := changes(m[3], ch)
				s.True(len(all) == 3, "%d records of three groups left, want 3", len(all))
			},
		},
		{
			Name:    "group/close",
			Claim:   "close drops unread records and closes the channel; waiting receivers are woken; it may be repeated.",
			Clauses: "18.8, 8.5",
			Scenario: func(s *Stage) {
				m := members(s, 2)
				a, b := m[0], m[1]
				for _, subscribe := range []Code{groups("monitor", "x"), groups("events")} {
					a.Do(watching(subscribe))
					b.Do(groups("join", List("x", "x")))
					a.Gives(Method(Get("sub"), "close"), true)
					a.Gives(Receive(ch), nil, false)
					a.Gives(Method(Get("sub"), "close"), true)
					b.Do(groups("join", "x"))
					a.Gives(Receive(ch), nil, false)
				}
				a.Do(watching(groups("events")), Go(Report("woken", Receive(ch))))
				a.Gives(Method(Get("sub"), "close", Table("flush", false)), true)
				s.Same("a waiting receive", s.AwaitReports("woken", 1)[0], nil, false)
				a.Do(watching(groups("events")))
				a.Throws(Method(Get("sub"), "close", Table("flush", 5)), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "group/close_with_flush",
			Claim:   "close with flush ends the subscription and keeps unread records readable; then the channel reports closed.",
			Clauses: "18.8",
			Scenario: func(s *Stage) {
				m := members(s, 2)
				a, b := m[0], m[1]
				for _, subscribe := range []Code{groups("monitor", "x"), groups("events")} {
					a.Do(watching(subscribe))
					b.Do(groups("join", "x"), groups("leave", "x"))
					a.Gives(Method(Get("sub"), "close", Table("flush", true)), true)
					b.Do(groups("join", "x"))
					a.Gives(Method(Get("sub"), "close", Table("flush", true)), true)
					a.Gives(Receive(ch), joined("x", b.PID), true)
					a.Gives(Receive(ch), left("x", b.PID), true)
					a.Gives(Receive(ch), nil, false)
					b.Do(groups("leave", "x"))
				}
			},
		},
		{
			Name:    "group/subscriptions_are_independent",
			Claim:   "Each subscription has its own records; to close one touches no other, not even of the same process.",
			Clauses: "18.6, 18.8",
			Scenario: func(s *Stage) {
				m := members(s, 3)
				a, b, c := m[0], m[1], m[2]
				a.Do(watching(groups("monitor", "x")), Let("first", Get("sub")), watching(groups("monitor", "x")))
				c.Do(watching(groups("monitor", "x")))
				b.Do(groups("join", "x"))
				a.Gives(Method(Get("first"), "close"), true)
				b.Do(groups("leave", "x"))
				for _, each := range []*Actor{a, c} {
					each.Gives(Receive(ch), joined("x", b.PID), true)
					each.Gives(Receive(ch), left("x", b.PID), true)
				}
			},
		},
		{
			Name:    "group/channel",
			Claim:   "The channel of a subscription is a system channel: receive-only, always the same handle, and it takes part in select.",
			Clauses: "18.6, 3.16, 8.2, 8.20",
			Scenario: func(s *Stage) {
				m := members(s, 2)
				a, b := m[0], m[1]
				a.Do(watching(groups("monitor", "x")))
				a.Gives(Equal(Method(Get("sub"), "channel"), ch), true)
				for _, method := range []string{"send", "case_send"} {
					a.Throws(Method(ch, method, 1), Fails(hostapi.Invalid, "channel is receive-only"))
				}
				a.Throws(Method(ch, "close"), Fails(hostapi.Invalid, "channel is receive-only"))
				selected := a.Begin(Field(Select(Method(Call("process.events"), "case_receive"), Method(ch, "case_receive")), "value"))
				b.Do(groups("join", "x"))
				selected.Gives(joined("x", b.PID))
			},
		},
		{
			Name:    "group/records_wait",
			Claim:   "Records wait until read, however many there are; they do not count for the mailbox limit.",
			Clauses: "18.7, 17.1",
			Scenario: func(s *Stage) {
				s.Entry("app:small", core.Entry{Mailbox: core.Mailbox{Limit: 1, Overflow: corespec.FailSender}})
				a, b := s.Actor(), s.Start("app:small", Serve())
				a.Do(openGroups(Scope))
				b.Do(openGroups(Scope), watching(groups("events")))
				b.Begin(Seq(Report("ready", 1), Event(), Report("data", Data()), Times(50, Report("record", Receive(ch)))))
				s.AwaitReports("ready", 1)
				a.Do(Times(50, groups("join", "x")))
				a.Gives(Send(b.PID, "t", 1), true)
				a.Gives(Send(b.PID, "t", 2), nil, Fails(hostapi.Unavailable, "mailbox full"))
				a.Do(Call("process.cancel", b.PID))
				s.Same("the message", s.AwaitReports("data", 1)[0], 1)
				for _, r := range s.AwaitReports("record", 50) {
					s.Same("a record", r, joined("x", a.PID), true)
				}
			},
		},
	}
}
