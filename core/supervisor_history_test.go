package core_test

import (
	"fmt"
	"slices"
	"strings"
)

// A history is what happens to a supervisor and what must follow from it. The
// table is run by ours (supervisor_test.go) and by the supervisors of OTP
// (supervisor_otp_test.go).
type history struct {
	name  string
	sup   *tree
	steps []step
}

// simulated reports whether a history needs the simulation.
func (h history) simulated() bool {
	return slices.ContainsFunc(h.steps, func(s step) bool { return strings.Contains(s.do, " & ") })
}

// A step is something that happens, and what is seen until all is quiet again:
//
//	+a           child a has been started
//	!a           child a could not be started
//	~a           child a has been started, and has ended at once
//	-a crash     a has failed; likewise normal, shutdown
//	-a killed    a has been killed by its supervisor
//	= result     of a request
//	end normal   the supervisor has ended normally; likewise gave_up, not_started
type step struct {
	// crash a | exit a | sleep ms | stop | request sup id. Several, with & between
	// them: the first start that follows of the first is held back until the
	// others have happened.
	do   string
	want string // separated by commas
	// otp, if set, is what OTP does instead, because says why ours differs.
	otp, because string
}

// tree is a supervisor of a history.
type tree struct {
	strategy          string
	intensity, period int
	auto              string
	children          []leaf
}

// leaf is a child of a history: a process, or a supervisor if sup is set.
type leaf struct {
	id          string
	restart     string
	significant bool
	fails       []int // which starts of it fail, counted from 1
	declines    []int // at which it ends at once, counted alike
	brutal      bool  // its shutdown is brutal
	stubborn    bool  // it ignores CANCEL, and has no time to
	sup         *tree
}

func sup(strategy string, intensity, period int, children ...leaf) *tree {
	return &tree{strategy, intensity, period, "never", children}
}

func (t *tree) shutdown(auto string) *tree {
	t.auto = auto
	return t
}

func perm(id string) leaf  { return leaf{id: id, restart: "permanent"} }
func trans(id string) leaf { return leaf{id: id, restart: "transient"} }
func temp(id string) leaf  { return leaf{id: id, restart: "temporary"} }

func nest(id, restart string, t *tree) leaf { return leaf{id: id, restart: restart, sup: t} }

func (l leaf) failing(starts ...int) leaf {
	l.fails = starts
	return l
}

func (l leaf) declining(starts ...int) leaf {
	l.declines = starts
	return l
}

func (l leaf) sig() leaf {
	l.significant = true
	return l
}

// of gives "+a, +b" for children that are started.
func starts(ids ...string) string {
	text := ""
	for i, id := range ids {
		if i > 0 {
			text += ", "
		}
		text += "+" + id
	}
	return text
}

// histories is the table. The first want of each is what starting gives.
func histories() []history {
	var all []history
	add := func(name string, t *tree, steps ...step) {
		all = append(all, history{name, t, steps})
	}

	// 16.7, 16.8: each strategy with each restart type and each kind of end.
	for _, c := range []struct{ strategy, restart, end, want string }{
		{"one_for_one", "permanent", "crash", "-b crash, +b"},
		{"one_for_one", "permanent", "exit", "-b normal, +b"},
		{"one_for_one", "transient", "crash", "-b crash, +b"},
		{"one_for_one", "transient", "exit", "-b normal"},
		{"one_for_one", "temporary", "crash", "-b crash"},
		{"one_for_one", "temporary", "exit", "-b normal"},
		{"one_for_all", "permanent", "crash", "-b crash, -c shutdown, -a shutdown, +a, +b, +c"},
		{"one_for_all", "permanent", "exit", "-b normal, -c shutdown, -a shutdown, +a, +b, +c"},
		{"one_for_all", "transient", "crash", "-b crash, -c shutdown, -a shutdown, +a, +b, +c"},
		{"one_for_all", "transient", "exit", "-b normal"},
		{"one_for_all", "temporary", "crash", "-b crash"},
		{"one_for_all", "temporary", "exit", "-b normal"},
		{"rest_for_one", "permanent", "crash", "-b crash, -c shutdown, +b, +c"},
		{"rest_for_one", "permanent", "exit", "-b normal, -c shutdown, +b, +c"},
		{"rest_for_one", "transient", "crash", "-b crash, -c shutdown, +b, +c"},
		{"rest_for_one", "transient", "exit", "-b normal"},
		{"rest_for_one", "temporary", "crash", "-b crash"},
		{"rest_for_one", "temporary", "exit", "-b normal"},
	} {
		b := leaf{id: "b", restart: c.restart}
		list := "= a running; b running; c running"
		switch {
		case c.restart == "temporary":
			list = "= a running; c running"
		case c.restart == "transient" && c.end == "exit":
			list = "= a running; b stopped; c running"
		}
		all := "-c shutdown, -b shutdown, -a shutdown, end normal"
		if c.restart == "temporary" || c.restart == "transient" && c.end == "exit" {
			all = "-c shutdown, -a shutdown, end normal"
		}
		add(fmt.Sprintf("%s %s %s", c.strategy, c.restart, c.end),
			sup(c.strategy, 5, 5, perm("a"), b, perm("c")),
			step{want: starts("a", "b", "c")},
			step{do: c.end + " b", want: c.want},
			step{do: "which top", want: list},
			step{do: "stop", want: all})
	}
	add("the last child of rest_for_one", sup("rest_for_one", 5, 5, perm("a"), perm("b"), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "crash c", want: "-c crash, +c"},
		step{do: "crash a", want: "-a crash, -c shutdown, -b shutdown, +a, +b, +c"})

	// 16.8: who is started again by a group restart.
	add("group restart leaves out temporary siblings", sup("one_for_all", 5, 5, perm("a"), temp("b"), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "crash c", want: "-c crash, -b shutdown, -a shutdown, +a, +c"},
		step{do: "which top", want: "= a running; c running"})
	add("group restart brings back an exited transient sibling", sup("one_for_all", 5, 5, perm("a"), trans("b"), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "exit b", want: "-b normal"},
		step{do: "crash a", want: "-a crash, -c shutdown, +a, +b, +c"})
	add("group restart brings back a terminated sibling", sup("rest_for_one", 5, 5, perm("a"), perm("b"), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "terminate top c", want: "-c shutdown, = ok"},
		step{do: "terminate top a", want: "-a shutdown, = ok"},
		step{do: "crash b", want: "-b crash, +b, +c"})

	// 16.10, 16.12: intensity and period.
	add("intensity 0", sup("one_for_one", 0, 5, perm("a"), perm("b")),
		step{want: starts("a", "b")},
		step{do: "crash b", want: "-b crash, -a shutdown, end gave_up"})
	add("intensity 0 and a temporary child", sup("one_for_one", 0, 5, perm("a"), temp("b")),
		step{want: starts("a", "b")},
		step{do: "crash b", want: "-b crash"},
		step{do: "exit a", want: "-a normal, end gave_up"})
	add("intensity within the period", sup("one_for_one", 2, 5, perm("a"), perm("b")),
		step{want: starts("a", "b")},
		step{do: "crash b", want: "-b crash, +b"},
		step{do: "crash a", want: "-a crash, +a"},
		step{do: "crash b", want: "-b crash, -a shutdown, end gave_up"})
	add("intensity over two periods", sup("one_for_one", 1, 1, perm("a")),
		step{want: starts("a")},
		step{do: "crash a", want: "-a crash, +a"},
		step{do: "sleep 2000", want: ""},
		step{do: "crash a", want: "-a crash, +a"},
		step{do: "sleep 2000", want: ""},
		step{do: "crash a", want: "-a crash, +a"},
		step{do: "crash a", want: "-a crash, end gave_up"})
	add("a group restart counts once", sup("one_for_all", 1, 5, perm("a"), perm("b"), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "crash a", want: "-a crash, -c shutdown, -b shutdown, +a, +b, +c"},
		step{do: "crash a", want: "-a crash, -c shutdown, -b shutdown, end gave_up"})
	add("normal exits of a permanent child count", sup("rest_for_one", 1, 5, perm("a"), perm("b")),
		step{want: starts("a", "b")},
		step{do: "exit a", want: "-a normal, -b shutdown, +a, +b"},
		step{do: "exit b", want: "-b normal, -a shutdown, end gave_up"})
	add("restart_child does not count", sup("one_for_one", 1, 5, perm("a")),
		step{want: starts("a")},
		step{do: "terminate top a", want: "-a shutdown, = ok"},
		step{do: "restart top a", want: "+a, = ok"},
		step{do: "terminate top a", want: "-a shutdown, = ok"},
		step{do: "restart top a", want: "+a, = ok"},
		step{do: "crash a", want: "-a crash, +a"},
		step{do: "crash a", want: "-a crash, end gave_up"})

	// 16.4: start.
	add("a child that cannot be started", sup("one_for_one", 5, 5, perm("a"), perm("b"), perm("c").failing(1)),
		step{want: "+a, +b, !c, -b shutdown, -a shutdown, end not_started"})
	add("a nested child that cannot be started",
		sup("one_for_one", 5, 5, perm("a"), nest("n", "permanent", sup("one_for_one", 5, 5, perm("b"), perm("c").failing(1))), perm("d")),
		step{want: "+a, +b, !c, -b shutdown, -a shutdown, end not_started"})
	add("no children", sup("one_for_one", 1, 5),
		step{want: ""},
		step{do: "which top", want: "= "},
		step{do: "stop", want: "end normal"})

	// 16.11: a restart that fails.
	add("failing restart", sup("one_for_one", 5, 5, perm("a").failing(2, 3), perm("b")),
		step{want: starts("a", "b")},
		step{do: "crash a", want: "-a crash, !a, !a, +a"},
		step{do: "crash b", want: "-b crash, +b"},
		step{do: "crash b", want: "-b crash, +b"},
		step{do: "crash b", want: "-b crash, -a shutdown, end gave_up"})
	add("failing restart until the intensity is used up", sup("one_for_one", 2, 5, perm("a").failing(2, 3, 4), perm("b")),
		step{want: starts("a", "b")},
		step{do: "crash a", want: "-a crash, !a, !a, -b shutdown, end gave_up"})
	add("failing restart of a transient child", sup("one_for_one", 5, 5, trans("a").failing(2)),
		step{want: starts("a")},
		step{do: "crash a", want: "-a crash, !a, +a"})
	add("failing restart of one_for_all", sup("one_for_all", 5, 5, perm("a"), perm("b").failing(2), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "crash c", want: "-c crash, -b shutdown, -a shutdown, +a, !b, -a shutdown, +a, +b, +c"},
		step{do: "which top", want: "= a running; b running; c running"})
	add("failing restart of rest_for_one", sup("rest_for_one", 5, 5, perm("a"), perm("b"), perm("c").failing(2), perm("d")),
		step{want: starts("a", "b", "c", "d")},
		step{do: "crash b", want: "-b crash, -d shutdown, -c shutdown, +b, !c, +c, +d"},
		step{do: "which top", want: "= a running; b running; c running; d running"})
	add("failing restart of rest_for_one gives up", sup("rest_for_one", 1, 5, perm("a"), perm("b"), perm("c").failing(2), perm("d")),
		step{want: starts("a", "b", "c", "d")},
		step{do: "crash b", want: "-b crash, -d shutdown, -c shutdown, +b, !c, -b shutdown, -a shutdown, end gave_up"})

	add("failing restart of one_for_all gives up", sup("one_for_all", 2, 5, perm("a"), perm("b").failing(2, 3, 4)),
		step{want: starts("a", "b")},
		step{do: "crash a", want: "-a crash, -b shutdown, +a, !b, -a shutdown, +a, !b, -a shutdown, end gave_up"})

	// 16.11: what arrives during an attempt that fails.
	add("a request during the last attempt", sup("one_for_one", 1, 5, perm("a").failing(2)),
		step{want: starts("a")},
		step{do: "crash a & which top", want: "-a crash, !a, end gave_up, = a restarting"})
	add("a restart dropped between two attempts", sup("one_for_one", 3, 5, perm("a").failing(2), perm("b")),
		step{want: starts("a", "b")},
		step{do: "crash a & terminate top a", want: "-a crash, !a, = ok"},
		step{do: "which top", want: "= a stopped; b running"})
	add("a sibling that has been started again runs until the next attempt",
		sup("one_for_all", 3, 5, perm("a"), perm("b").failing(2), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "crash b & which top", want: "-b crash, -c shutdown, -a shutdown, +a, !b, -a shutdown, +a, +b, +c, = a running; b restarting; c stopped"})
	add("a stop between two attempts", sup("one_for_all", 3, 5, perm("a"), perm("b").failing(2)),
		step{want: starts("a", "b")},
		step{do: "crash b & stop", want: "-b crash, -a shutdown, +a, !b, -a shutdown, end normal"})
	add("another end between two attempts", sup("rest_for_one", 3, 5, perm("a"), perm("b").failing(2), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "crash b & crash a", want: "-b crash, -c shutdown, -a crash, !b, +a, +b, +c"})

	// 16.9, 16.12: escalation.
	inner := func(intensity int, children ...leaf) *tree { return sup("one_for_one", intensity, 5, children...) }
	add("a nested supervisor gives up and is restarted",
		sup("one_for_one", 1, 5, perm("a"), nest("n", "permanent", inner(1, perm("b"), perm("c")))),
		step{want: starts("a", "b", "c")},
		step{do: "crash b", want: "-b crash, +b"},
		step{do: "crash b", want: "-b crash, -c shutdown, +b, +c"},
		step{do: "crash c", want: "-c crash, +c"},
		step{do: "crash c", want: "-c crash, -b shutdown, -a shutdown, end gave_up"})
	add("a transient nested supervisor that gave up is not restarted",
		sup("one_for_one", 1, 5, perm("a"), nest("n", "transient", inner(0, perm("b"), perm("c")))),
		step{want: starts("a", "b", "c")},
		step{do: "crash c", want: "-c crash, -b shutdown"},
		step{do: "which top", want: "= a running; n stopped"},
		step{do: "restart top n", want: "+b, +c, = ok"})
	add("a temporary nested supervisor that gave up is forgotten",
		sup("one_for_all", 1, 5, perm("a"), nest("n", "temporary", inner(0, perm("b")))),
		step{want: starts("a", "b")},
		step{do: "crash b", want: "-b crash"},
		step{do: "which top", want: "= a running"})
	add("a nested supervisor takes its siblings along",
		sup("rest_for_one", 1, 5, perm("a"), nest("n", "permanent", inner(0, perm("b"))), perm("c")),
		step{want: starts("a", "b", "c")},
		step{do: "crash b", want: "-b crash, -c shutdown, +b, +c"})
	add("a group restart stops and starts a nested supervisor",
		sup("one_for_all", 1, 5, nest("n", "permanent", inner(0, perm("b"), perm("c"))), perm("a")),
		step{want: starts("b", "c", "a")},
		step{do: "crash a", want: "-a crash, -c shutdown, -b shutdown, +b, +c, +a"})
	add("escalation through three levels",
		sup("one_for_one", 0, 5, perm("a"), nest("m", "permanent", inner(0, perm("b"), nest("n", "permanent", inner(0, perm("c"), perm("d")))))),
		step{want: starts("a", "b", "c", "d")},
		step{do: "crash c", want: "-c crash, -d shutdown, -b shutdown, -a shutdown, end gave_up"})
	add("a nested supervisor that cannot be started again",
		sup("one_for_one", 3, 5, nest("n", "permanent", inner(0, perm("a"), perm("b").failing(2)))),
		step{want: starts("a", "b")},
		step{do: "crash a", want: "-a crash, -b shutdown, +a, !b, -a shutdown, +a, +b"})

	add("children added by request are lost when their supervisor is restarted",
		sup("one_for_one", 1, 5, nest("n", "permanent", inner(0, perm("b")))),
		step{want: starts("b")},
		step{do: "start n d", want: "+d, = ok"},
		step{do: "which n", want: "= b running; d running"},
		step{do: "crash b", want: "-b crash, -d shutdown, +b"},
		step{do: "which n", want: "= b running"})

	// 16.13: automatic shutdown.
	for _, auto := range []string{"any_significant", "all_significant"} {
		for _, c := range []struct{ strategy, want string }{
			{"one_for_one", "-b crash, +b"},
			{"one_for_all", "-b crash, -c shutdown, -a shutdown, +a, +b, +c"},
			{"rest_for_one", "-b crash, -c shutdown, +b, +c"},
		} {
			add(auto+" does not mind a sibling of "+c.strategy, sup(c.strategy, 1, 5, trans("a").sig(), trans("b"), trans("c").sig()).shutdown(auto),
				step{want: starts("a", "b", "c")},
				step{do: "crash b", want: c.want},
				step{do: "which top", want: "= a running; b running; c running"})
		}
		add(auto+" does not mind other children", sup("one_for_one", 5, 5, trans("a"), temp("b"), temp("c"), trans("d").sig()).shutdown(auto),
			step{want: starts("a", "b", "c", "d")},
			step{do: "crash a", want: "-a crash, +a"},
			step{do: "exit a", want: "-a normal"},
			step{do: "crash b", want: "-b crash"},
			step{do: "exit c", want: "-c normal"},
			step{do: "which top", want: "= a stopped; d running"})
	}
	add("automatic shutdown of a significant nested supervisor",
		sup("one_for_one", 1, 5, perm("a"), func() leaf {
			return nest("n", "transient", sup("one_for_one", 1, 5, perm("b"), trans("c").sig()).shutdown("any_significant")).sig()
		}()).shutdown("any_significant"),
		step{want: starts("a", "b", "c")},
		step{do: "exit c", want: "-c normal, -b shutdown, -a shutdown, end normal"})
	add("any significant child exits", sup("one_for_one", 1, 5, perm("a"), trans("b").sig(), temp("c").sig()).shutdown("any_significant"),
		step{want: starts("a", "b", "c")},
		step{do: "exit b", want: "-b normal, -c shutdown, -a shutdown, end normal"})
	add("any significant temporary child crashes", sup("one_for_one", 1, 5, perm("a"), trans("b").sig(), temp("c").sig()).shutdown("any_significant"),
		step{want: starts("a", "b", "c")},
		step{do: "crash b", want: "-b crash, +b"},
		step{do: "crash c", want: "-c crash, -b shutdown, -a shutdown, end normal"})
	add("other children do not count", sup("one_for_one", 1, 5, trans("a"), trans("b").sig()).shutdown("any_significant"),
		step{want: starts("a", "b")},
		step{do: "exit a", want: "-a normal"},
		step{do: "which top", want: "= a stopped; b running"})
	add("all significant children", sup("one_for_one", 1, 5, perm("a"), trans("b").sig(), temp("c").sig()).shutdown("all_significant"),
		step{want: starts("a", "b", "c")},
		step{do: "exit b", want: "-b normal"},
		step{do: "exit c", want: "-c normal, -a shutdown, end normal"})
	add("a significant child that is restarting has not exited",
		sup("one_for_one", 3, 5, trans("a").sig().failing(2), trans("b").sig()).shutdown("all_significant"),
		step{want: starts("a", "b")},
		step{do: "crash a & exit b", want: "-a crash, -b normal, !a, +a"})
	add("stops by request do not count", sup("one_for_one", 1, 5, perm("a"), trans("b").sig()).shutdown("any_significant"),
		step{want: starts("a", "b")},
		step{do: "terminate top b", want: "-b shutdown, = ok"},
		step{do: "which top", want: "= a running; b stopped"})
	add("all significant children after a stop by request",
		sup("one_for_one", 1, 5, trans("a").sig(), trans("b").sig()).shutdown("all_significant"),
		step{want: starts("a", "b")},
		step{do: "terminate top a", want: "-a shutdown, = ok"},
		step{do: "exit b", want: "-b normal, end normal"})
	add("automatic shutdown of a nested supervisor counts as normal",
		sup("one_for_one", 1, 5, perm("a"), nest("n", "transient", sup("one_for_one", 1, 5, perm("b"), trans("c").sig()).shutdown("any_significant"))),
		step{want: starts("a", "b", "c")},
		step{do: "exit c", want: "-c normal, -b shutdown"},
		step{do: "which top", want: "= a running; n stopped"})
	add("a significant nested supervisor gives up",
		sup("one_for_one", 1, 5, perm("a"), func() leaf { return nest("n", "transient", inner(0, perm("b"))).sig() }()).shutdown("any_significant"),
		step{want: starts("a", "b")},
		step{do: "crash b", want: "-b crash, -a shutdown, end normal"})

	// 16.8: a child that ends as soon as it is started, which in OTP declines.
	add("children that end at once", sup("one_for_all", 5, 5, trans("a").declining(1, 3), temp("b").declining(1), perm("c")),
		step{want: "~a, ~b, +c"},
		step{do: "which top", want: "= a stopped; c running"},
		step{do: "restart top a", want: "+a, = ok"},
		step{do: "crash c", want: "-c crash, -a shutdown, ~a, +c"},
		step{do: "count top", want: "= specs 2 active 1 supervisors 0 workers 2"})
	add("a restart of a child that ends at once", sup("one_for_one", 1, 5, trans("a").declining(2), perm("b")),
		step{want: starts("a", "b")},
		step{do: "crash a", want: "-a crash, ~a"},
		step{do: "which top", want: "= a stopped; b running"})

	// 16.17: requests.
	add("requests", sup("one_for_one", 5, 5, perm("a"), trans("b"), temp("c")),
		step{want: starts("a", "b", "c")},
		step{do: "start top a", want: "= already_started"},
		step{do: "restart top a", want: "= running"},
		step{do: "delete top a", want: "= running"},
		step{do: "terminate top x", want: "= not_found"},
		step{do: "restart top x", want: "= not_found"},
		step{do: "delete top x", want: "= not_found"},
		step{do: "terminate top a", want: "-a shutdown, = ok"},
		step{do: "terminate top a", want: "= ok"},
		step{do: "start top a", want: "= already_present"},
		step{do: "terminate top c", want: "-c shutdown, = ok"},
		step{do: "restart top c", want: "= not_found"},
		step{do: "start top d", want: "+d, = ok"},
		step{do: "which top", want: "= a stopped; b running; d running"},
		step{do: "count top", want: "= specs 3 active 2 supervisors 0 workers 3"},
		step{do: "delete top a", want: "= ok"},
		step{do: "start top a", want: "+a, = ok"},
		step{do: "which top", want: "= b running; d running; a running"},
		step{do: "stop", want: "-a shutdown, -d shutdown, -b shutdown, end normal"})
	for _, c := range []struct{ restart, crash, exit, again string }{
		{"permanent", "-a crash, +a", "-a normal, +a", "already_started"},
		{"transient", "-a crash, +a", "-a normal", "already_present"},
		{"temporary", "-a crash", "-a normal", "+a, = ok"},
	} {
		again := c.again
		if c.restart != "temporary" {
			again = "= " + again
		}
		present, terminated := "= already_started", "= already_present"
		if c.restart == "temporary" {
			present, terminated = "+a, = ok", "+a, = ok"
		}
		add("the id of a "+c.restart+" child that has ended", sup("one_for_one", 5, 5, leaf{id: "a", restart: c.restart}),
			step{want: starts("a")},
			step{do: "exit a", want: c.exit},
			step{do: "start top a", want: again})
		add("the id of a "+c.restart+" child that has failed", sup("one_for_one", 5, 5, leaf{id: "a", restart: c.restart}),
			step{want: starts("a")},
			step{do: "crash a", want: c.crash},
			step{do: "start top a", want: present})
		add("the id of a "+c.restart+" child that was stopped", sup("one_for_one", 5, 5, leaf{id: "a", restart: c.restart}),
			step{want: starts("a")},
			step{do: "terminate top a", want: "-a shutdown, = ok"},
			step{do: "start top a", want: terminated})
	}
	add("a start by request that fails is discarded", sup("one_for_one", 5, 5, perm("a")),
		step{want: starts("a")},
		step{do: "start top f", want: "!f, = failed"},
		step{do: "which top", want: "= a running"},
		step{do: "start top f", want: "+f, = ok"})
	add("a restart by request that fails", sup("one_for_one", 5, 5, perm("a").failing(2)),
		step{want: starts("a")},
		step{do: "terminate top a", want: "-a shutdown, = ok"},
		step{do: "restart top a", want: "!a, = failed"},
		step{do: "which top", want: "= a stopped"},
		step{do: "restart top a", want: "+a, = ok"})
	add("a child added by request is restarted with the group", sup("one_for_all", 5, 5, perm("a")),
		step{want: starts("a")},
		step{do: "start top d", want: "+d, = ok"},
		step{do: "crash a", want: "-a crash, -d shutdown, +a, +d"})
	add("requests to a nested supervisor", sup("one_for_one", 5, 5, nest("n", "permanent", inner(0, perm("a")))),
		step{want: starts("a")},
		step{do: "count top", want: "= specs 1 active 1 supervisors 1 workers 0"},
		step{do: "terminate n a", want: "-a shutdown, = ok"},
		step{do: "terminate top n", want: "= ok"},
		step{do: "count top", want: "= specs 1 active 0 supervisors 1 workers 0"},
		step{do: "restart top n", want: "+a, = ok"})

	// simple_one_for_one.
	for _, restart := range []string{"permanent", "transient", "temporary"} {
		template := leaf{id: "t", restart: restart}
		crash, exit := "-y crash, +y", "-z normal"
		active := 3
		switch restart {
		case "permanent":
			exit = "-z normal, +z"
		case "transient":
			active = 2
		case "temporary":
			crash, active = "-y crash", 1
		}
		add("simple_one_for_one "+restart, sup("simple_one_for_one", 5, 5, template),
			step{want: ""},
			step{do: "start top x", want: "+x, = ok"},
			step{do: "start top y", want: "+y, = ok"},
			step{do: "start top z", want: "+z, = ok"},
			step{do: "crash y", want: crash},
			step{do: "exit z", want: exit},
			step{do: "count top", want: fmt.Sprintf("= specs 1 active %d supervisors 0 workers %[1]d", active)},
			step{do: "restart top x", want: "= simple_one_for_one"},
			step{do: "delete top x", want: "= simple_one_for_one"},
			step{do: "terminate top x", want: "-x shutdown, = ok"},
			step{do: "count top", want: fmt.Sprintf("= specs 1 active %d supervisors 0 workers %[1]d", active-1)})
	}
	add("simple_one_for_one gives up", sup("simple_one_for_one", 1, 5, perm("t")),
		step{want: ""},
		step{do: "start top x", want: "+x, = ok"},
		step{do: "crash x", want: "-x crash, +x"},
		step{do: "crash x", want: "-x crash, end gave_up"})
	return all
}
