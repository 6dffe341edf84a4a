package conformance_test

import (
	"fmt"
	"slices"
	"strings"
)

// The model is the part of docs/spec about links, monitors, names, messages
// and ends, written so that it is easy to see that it is right: a world, and
// the steps it may take. Where the specification leaves an order open, every
// order is a step of its own. Clauses are named where they are followed.

// action is one operation of one process.
type action struct {
	actor  int
	kind   string
	target int    // of another process, by its number
	name   string // a registered name
}

func (a action) String() string {
	switch a.kind {
	case "register", "unregister", "lookup", "sendname":
		return fmt.Sprintf("p%d %s %s", a.actor, a.kind, a.name)
	case "trap", "untrap", "return", "fail":
		return fmt.Sprintf("p%d %s", a.actor, a.kind)
	}
	return fmt.Sprintf("p%d %s p%d", a.actor, a.kind, a.target)
}

// A process is alive; or dying: its end is decided, it does nothing more, but
// others do not know yet; or dead.
const (
	alive = iota
	dying
	dead
)

const maxProcs = 6

// person is a process in the model.
type person struct {
	state  int
	end    string // how it ended: "value" or the message of the error
	trap   bool
	events []string
	inbox  []string
	todo   *action // not yet carried out
	held   string  // its result, not yet reported
	result string  // reported
}

// notice is what a dead process still has to tell another one.
type notice struct {
	from, to   int
	exit, link bool
}

// world is a state of the model.
type world struct {
	people  []person
	links   [maxProcs][maxProcs]bool // symmetrical (5.1)
	watches [maxProcs][maxProcs]bool // [watcher][watched]
	names   map[string]int
	notices []notice // in the order of the ends
}

func (w *world) clone() *world {
	c := *w
	c.people = slices.Clone(w.people)
	for i := range c.people {
		c.people[i].events = slices.Clone(c.people[i].events)
		c.people[i].inbox = slices.Clone(c.people[i].inbox)
	}
	c.names = make(map[string]int)
	for k, v := range w.names {
		c.names[k] = v
	}
	c.notices = slices.Clone(w.notices)
	return &c
}

// key identifies the state.
func (w *world) key() string {
	var b strings.Builder
	for _, p := range w.people {
		fmt.Fprintf(&b, "%d %q %t %q %q %t %q %q;", p.state, p.end, p.trap, p.events, p.inbox, p.todo != nil, p.held, p.result)
	}
	fmt.Fprint(&b, w.links, w.watches, w.names, w.notices)
	return b.String()
}

// seen is what can be observed of a process when nothing is left to do.
func (p person) seen() string {
	if p.state != alive {
		return fmt.Sprintf("ended %q, result %q", p.end, p.result)
	}
	return fmt.Sprintf("alive, result %q, events %q, inbox %q", p.result, p.events, p.inbox)
}

func (w *world) seen() string {
	var out []string
	for i, p := range w.people {
		out = append(out, fmt.Sprintf("p%d %s", i, p.seen()))
	}
	return strings.Join(out, "\n")
}

// outcomes gives every state in which nothing is left to do.
func (w *world) outcomes() []*world {
	visited := make(map[string]bool)
	var out []*world
	todo := []*world{w}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if k := x.key(); visited[k] {
			continue
		} else {
			visited[k] = true
		}
		next := x.steps()
		if len(next) == 0 {
			out = append(out, x)
		}
		todo = append(todo, next...)
	}
	return out
}

// steps gives the states that may follow.
func (w *world) steps() []*world {
	var out []*world
	for i, p := range w.people {
		switch {
		case p.state == dying:
			c := w.clone()
			c.bury(i)
			out = append(out, c)
		case p.state == alive && p.todo != nil:
			out = append(out, w.perform(*p.todo)...)
		case p.state == alive && p.held != "":
			c := w.clone()
			c.people[i].result, c.people[i].held = p.held, ""
			out = append(out, c)
		}
	}
	for i, n := range w.notices {
		if w.first(i) {
			c := w.clone()
			c.deliver(i, n)
			out = append(out, c)
		}
	}
	return out
}

// first reports whether no earlier end has still to be told to the same
// process (4.6).
func (w *world) first(i int) bool {
	for _, n := range w.notices[:i] {
		if n.to == w.notices[i].to && n.exit {
			return false
		}
	}
	return true
}

// kill decides the end of a process; the first cause counts (2.22).
func (w *world) kill(i int, end string) {
	if p := &w.people[i]; p.state == alive {
		p.state, p.end, p.todo, p.held = dying, end, nil, ""
	}
}

// bury makes a dying process dead, by 2.23.
func (w *world) bury(i int) {
	w.people[i].state = dead
	for name, holder := range w.names {
		if holder == i {
			delete(w.names, name)
		}
	}
	for j := range w.people {
		n := notice{from: i, to: j, exit: w.watches[j][i], link: w.links[i][j] && w.people[i].end != "value"} // 5.5
		w.watches[j][i], w.watches[i][j], w.links[i][j], w.links[j][i] = false, false, false, false
		if (n.exit || n.link) && w.people[j].state != dead {
			w.notices = append(w.notices, n)
		}
	}
}

// deliver tells one thing: EXIT first, then the failure of the link (4.3).
func (w *world) deliver(i int, n notice) {
	to, end := &w.people[n.to], w.people[n.from].end
	if n.exit {
		if to.state == alive {
			to.events = append(to.events, fmt.Sprintf("EXIT p%d %s", n.from, end))
		}
		w.notices[i].exit = false
		n.exit = false
	} else {
		switch {
		case to.state == alive && to.trap: // 4.4
			to.events = append(to.events, fmt.Sprintf("LINK_DOWN p%d %s", n.from, end))
		case to.state == alive:
			w.kill(n.to, fmt.Sprintf("linked process failed: p%d %s", n.from, end)) // 5.7
		}
		w.notices[i].link = false
		n.link = false
	}
	if !n.exit && !n.link {
		w.notices = slices.Delete(w.notices, i, i+1)
	}
}

// perform gives the states after an operation: several, if its target is dying.
func (w *world) perform(a action) []*world {
	var out []*world
	// do carries the operation out with a result; "" if the caller does not live
	// to see it.
	do := func(result string, effect func(c *world)) {
		c := w.clone()
		c.people[a.actor].todo, c.people[a.actor].held = nil, result
		if effect != nil {
			effect(c)
		}
		out = append(out, c)
	}
	j, me := a.target, a.actor
	if a.kind == "sendname" {
		holder, ok := w.names[a.name]
		if !ok {
			do("NotFound", nil)
			return out
		}
		j = holder
	}
	switch a.kind {
	case "link", "monitor", "send", "sendname", "cancel", "kill", "terminate":
		// 3.5: to the dead, and possibly to the dying.
		if w.people[j].state != alive {
			do("NotFound", nil)
		}
		if w.people[j].state == dead {
			return out
		}
	}
	switch a.kind {
	case "link": // 5.2
		do("true", func(c *world) {
			if j != me {
				c.links[me][j], c.links[j][me] = true, true
			}
		})
	case "unlink": // 5.4
		do("true", func(c *world) {
			c.links[me][j], c.links[j][me] = false, false
			c.forget(me, j, "LINK_DOWN", func(n *notice) { n.link = false })
		})
	case "monitor": // 6.2
		switch {
		case j == me:
			do("true", nil)
		case w.watches[me][j]:
			do("AlreadyExists", nil)
		default:
			do("true", func(c *world) { c.watches[me][j] = true })
		}
	case "unmonitor": // 6.4
		do("true", func(c *world) {
			c.watches[me][j] = false
			c.forget(me, j, "EXIT", func(n *notice) { n.exit = false })
		})
	case "send", "sendname": // 3.2
		do("true", func(c *world) {
			if c.people[j].state == alive {
				c.people[j].inbox = append(c.people[j].inbox, fmt.Sprintf("p%d", me))
			}
		})
	case "cancel", "kill": // 7.1, 7.2
		do("true", func(c *world) {
			if c.people[j].state == alive {
				c.people[j].events = append(c.people[j].events, fmt.Sprintf("CANCEL p%d", me))
			}
			if a.kind == "kill" {
				c.kill(j, "process cancelled: grace period expired")
			}
		})
	case "terminate": // 7.9
		do("true", func(c *world) { c.kill(j, "process terminated") })
	case "trap", "untrap": // 2.30
		do("true", func(c *world) { c.people[me].trap = a.kind == "trap" })
	case "return":
		do("", func(c *world) { c.kill(me, "value") })
	case "fail":
		do("", func(c *world) { c.kill(me, "failed") })
	case "register": // 12.1
		if holder, ok := w.names[a.name]; ok && holder != me {
			do("AlreadyExists", nil)
		} else {
			do("true", func(c *world) { c.names[a.name] = me })
		}
	case "unregister": // 12.4
		_, held := w.names[a.name]
		do(fmt.Sprint(held), func(c *world) { delete(c.names, a.name) })
	case "lookup": // 12.3
		holder, ok := w.names[a.name]
		if !ok || w.people[holder].state == dying {
			do("NotFound", nil)
		}
		if ok {
			do(fmt.Sprintf("p%d", holder), nil)
		}
	default:
		panic("no action " + a.kind)
	}
	return out
}

// forget removes what process i has not read of process j, and what is still
// on its way.
func (w *world) forget(i, j int, event string, drop func(*notice)) {
	prefix := fmt.Sprintf("%s p%d ", event, j)
	w.people[i].events = slices.DeleteFunc(w.people[i].events, func(e string) bool { return strings.HasPrefix(e, prefix) })
	for k := range w.notices {
		if w.notices[k].from == j && w.notices[k].to == i {
			drop(&w.notices[k])
		}
	}
	w.notices = slices.DeleteFunc(w.notices, func(n notice) bool { return !n.exit && !n.link })
}
