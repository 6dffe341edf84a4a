package golua

import (
	"slices"

	lua "github.com/Shopify/go-lua"
)

// maxCursors is how many tables a process walks with next at the same time
// without searching their keys.
const maxCursors = 4

// cursor is where next stands in a table, outside its array part.
type cursor struct {
	table any
	key   any   // given last
	list  []any // the keys; nil until a second one is asked for
	at    int   // where key is in list, -1 if it is gone
	// first so many keys are gone, as long as the interpreter's list lies at
	// origin: it makes a new one when a key is added.
	first  int
	origin uintptr
}

// cursor gives the cursor for a table, which is now the one used last. It forgets
// the one used longest ago.
func (in *instance) cursor(table any) *cursor {
	s := in.seldom()
	at := len(s.cursors) - 1
	for at >= 0 && s.cursors[at].table != table {
		at--
	}
	var c *cursor
	switch {
	case at >= 0:
		c = s.cursors[at]
	case len(s.cursors) < maxCursors:
		c = &cursor{table: table}
		s.cursors = append(s.cursors, c)
		return c
	default:
		at, c = 0, s.cursors[0]
		*c = cursor{table: table}
	}
	copy(s.cursors[at:], s.cursors[at+1:])
	s.cursors[len(s.cursors)-1] = c
	return c
}

func next(l *lua.State) int {
	checkTable(l, 1, "next")
	th := threadOf(l)
	th.whole(l, 1)
	if inner, ok := contents(l, 1); ok {
		return nextName(l, names(inner))
	}
	l.SetTop(2)
	e, table, key := th.in.engine, l.ToValue(1), rawAt(th.in.engine, l, 2)
	array, hash := e.layout.sizes(table)
	if key != nil && !isElement(key, array) {
		return th.in.cursor(table).after(th, l, key)
	}
	if n, ok := key.(float64); array > 0 && (!ok || n < float64(array)) || hash == 0 {
		// The interpreter's next is good at arrays.
		if !l.Next(1) {
			l.PushNil()
			return 1
		}
		if key = rawAt(e, l, -2); isElement(key, array) {
			return 2
		}
		return th.in.cursor(table).give(th, l, key)
	}
	return th.in.cursor(table).begin(th, l)
}

// begin gives the first key and its value. Clearing it and asking again, until
// none is left, is usual and must not take time with the square of their number.
func (c *cursor) begin(th *thread, l *lua.State) int {
	if c.list == nil || c.origin != th.in.engine.layout.origin(c.table) {
		if c.key == nil || th.entry(l, c.table, c.key) != nil {
			if !l.Next(1) {
				l.PushNil()
				return 1
			}
			return c.give(th, l, rawAt(th.in.engine, l, -2))
		}
		c.fill(th, l)
	}
	c.at = c.first - 1
	n := c.forward(th, l)
	c.first = c.at
	return n
}

// give gives the key and the value on top of the stack, which the interpreter's next
// has found, unless a script must not see them.
func (c *cursor) give(th *thread, l *lua.State, key any) int {
	if th.in.books().pace.Repeats() { // in an order of ours
		*c = cursor{table: c.table}
		l.Pop(2)
		c.fill(th, l)
		return c.forward(th, l)
	}
	*c = cursor{table: c.table, key: key}
	if !isEvent(key) || pushEntry(th, l, c.table, key) {
		return 2
	}
	return c.after(th, l, key)
}

// after gives the key after that one, and its value.
func (c *cursor) after(th *thread, l *lua.State, key any) int {
	fresh := c.list == nil
	if fresh {
		c.fill(th, l)
	}
	if c.at < 0 || c.at >= len(c.list) || c.list[c.at] != key {
		c.at = c.search(th, l, key)
		if c.at < 0 && key != c.key && !fresh && c.origin != th.in.engine.layout.origin(c.table) {
			c.fill(th, l)
			c.at = c.search(th, l, key)
		}
		if c.at < 0 && key != c.key {
			throw("invalid key to 'next'")
		}
	}
	return c.forward(th, l)
}

// fill makes the list.
func (c *cursor) fill(th *thread, l *lua.State) {
	c.list, c.at, c.first = th.keys(l, c.table), -1, 0
	c.origin = th.in.engine.layout.origin(c.table)
}

func (c *cursor) search(th *thread, l *lua.State, key any) int {
	th.spend(l, len(c.list)/8, 0)
	return slices.Index(c.list, key)
}

// forward gives the next key of the list that is still there, and its value. At
// the end the process forgets c.
func (c *cursor) forward(th *thread, l *lua.State) int {
	array, _ := th.in.engine.layout.sizes(c.table)
	for c.at++; c.at < len(c.list); c.at++ {
		if key := c.list[c.at]; !isElement(key, array) && pushEntry(th, l, c.table, key) {
			c.key = key
			return 2
		}
	}
	s := th.in.seldom()
	s.cursors = slices.DeleteFunc(s.cursors, func(d *cursor) bool { return d == c })
	l.PushNil()
	return 1
}

// isElement reports whether a key lies in an array part of n elements.
func isElement(key any, n int) bool {
	f, ok := key.(float64)
	return ok && f >= 1 && f <= float64(n) && f == float64(int(f))
}
