package starlark

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// comprehension is a list or dict comprehension under way, as a census sees it.
// The interpreter has what it builds on its operand stack. So the tree is
// rewritten such that the elements are collected here, and the interpreter's own
// list stays empty:
//
//	[e for x in y if z]      <result>[[0 for x in <collect>[y] if z if <put>[e]]]
//	{k: v for x in y if z}   <result>[[0 for x in <collect dict>[y] if z if <key>[k] if <put>[v]]]
//
// A list of few elements each of which is only a name or the like is left to the
// interpreter:
//
//	[e for x in y]           [e for x in <found>[0]] if <few>[y] else
//	                         <result>[[0 for x in <collect all>[<found>[0]] if <put>[e]]]
//
// A comprehension stands for y: it is iterable, and its own iterator.
type comprehension struct {
	task     *task
	outer    *comprehension    // within which it is, in the same task
	from     starlark.Iterable // what is iterated over first
	over     starlark.Iterator // of that
	kind     guardKind         // what has made it
	underWay bool              // it is among those of the task
	elements []starlark.Value  // collected
	dict     *starlark.Dict    // likewise
	key      starlark.Value    // of the entry whose value comes next
}

var (
	_ starlark.Iterable = (*comprehension)(nil)
	_ starlark.Iterator = (*comprehension)(nil)
)

// comprehension rewrites a comprehension.
func (r *rewriter) comprehension(x *syntax.Comprehension) syntax.Expr {
	if counted(x) {
		return r.either(x)
	}
	if entry, ok := x.Body.(*syntax.DictEntry); ok {
		entry.Key, entry.Value = r.expr(entry.Key), r.expr(entry.Value)
	} else {
		x.Body = r.expr(x.Body)
	}
	for _, c := range x.Clauses {
		switch c := c.(type) {
		case *syntax.ForClause:
			c.Vars, c.X = r.target(c.Vars), r.expr(c.X)
		case *syntax.IfClause:
			c.Cond = r.expr(c.Cond)
		}
	}
	return r.collected(x)
}

// either gives the comprehension left alone if there are few elements, and else
// collected.
func (r *rewriter) either(x *syntax.Comprehension) syntax.Expr {
	first := x.Clauses[0].(*syntax.ForClause)
	kind, found := guardFew, func() syntax.Expr { return r.index(guardFound, zero(first.For), first.For) }
	if id, ok := first.X.(*syntax.Ident); ok { // which can be looked at twice
		kind, found = guardFewNamed, func() syntax.Expr { return ident(id.Name, id.NamePos) }
	}
	few := r.index(kind, r.expr(first.X), first.For)
	many := &syntax.Comprehension{Lbrack: x.Lbrack, Body: r.expr(copied(x.Body)), Rbrack: x.Rbrack, Clauses: []syntax.Node{
		&syntax.ForClause{For: first.For, Vars: copied(first.Vars), In: first.In, X: found()},
	}}
	x.Body, first.X = r.expr(x.Body), found()
	return &syntax.CondExpr{If: first.For, Cond: few, True: x, ElsePos: first.For, False: r.collected(many)}
}

// zero is an expression that does nothing.
func zero(pos syntax.Position) syntax.Expr {
	return &syntax.Literal{Token: syntax.INT, TokenPos: pos, Raw: "0", Value: int64(0)}
}

// copied copies an expression that is a plainElement or a target of names.
func copied(x syntax.Expr) syntax.Expr {
	list := func(from []syntax.Expr) []syntax.Expr {
		to := make([]syntax.Expr, len(from))
		for i, x := range from {
			to[i] = copied(x)
		}
		return to
	}
	switch x := x.(type) {
	case *syntax.Ident:
		return ident(x.Name, x.NamePos)
	case *syntax.Literal:
		y := *x
		return &y
	case *syntax.IndexExpr:
		y := *x
		y.X, y.Y = copied(x.X), copied(x.Y)
		return &y
	case *syntax.UnaryExpr:
		y := *x
		y.X = copied(x.X)
		return &y
	case *syntax.BinaryExpr:
		y := *x
		y.X, y.Y = copied(x.X), copied(x.Y)
		return &y
	case *syntax.ParenExpr:
		y := *x
		y.X = copied(x.X)
		return &y
	case *syntax.TupleExpr:
		y := *x
		y.List = list(x.List)
		return &y
	case *syntax.ListExpr:
		y := *x
		y.List = list(x.List)
		return &y
	}
	panic("neither plain nor a target")
}

// collected rewrites a comprehension whose parts have been rewritten.
func (r *rewriter) collected(x *syntax.Comprehension) syntax.Expr {
	first := x.Clauses[0].(*syntax.ForClause)
	put := func(e syntax.Expr, kind guardKind, pos syntax.Position) syntax.Node {
		return &syntax.IfClause{If: pos, Cond: r.index(kind, e, pos)}
	}
	switch {
	case x.Curly:
		first.X = r.index(guardCollectDict, first.X, first.For)
	case len(x.Clauses) == 1:
		first.X = r.index(guardCollectAll, first.X, first.For)
	default:
		first.X = r.index(guardCollect, first.X, first.For)
	}
	if entry, ok := x.Body.(*syntax.DictEntry); ok {
		x.Clauses = append(x.Clauses, put(entry.Key, guardPutKey, entry.Colon), put(entry.Value, guardPut, entry.Colon))
	} else {
		x.Clauses = append(x.Clauses, put(x.Body, guardPut, x.Lbrack))
	}
	x.Curly, x.Body = false, zero(x.Lbrack)
	return r.index(guardResult, x, x.Lbrack)
}

// counted reports whether the elements of a comprehension, not rewritten yet, need
// no room but their slots, and are as many as those of what it iterates over.
func counted(x *syntax.Comprehension) bool {
	return !x.Curly && len(x.Clauses) == 1 && plainElement(x.Body) && names(x.Clauses[0].(*syntax.ForClause).Vars)
}

// names reports whether a target consists of names.
func names(x syntax.Expr) bool {
	return every(x, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.Ident, *syntax.TupleExpr, *syntax.ListExpr, *syntax.ParenExpr:
			return true
		}
		return false
	})
}

// plainElement reports whether the value of an expression, not rewritten yet, is
// one that exists already, or a number or truth value.
func plainElement(x syntax.Expr) bool {
	switch x := unparen(x).(type) {
	case *syntax.Ident, *syntax.Literal:
		return true
	case *syntax.IndexExpr:
		return plainElement(x.X) && plainElement(x.Y)
	case *syntax.UnaryExpr:
		return x.X != nil && plainElement(x.X)
	case *syntax.BinaryExpr:
		switch x.Op {
		case syntax.PLUS, syntax.MINUS, syntax.SLASH, syntax.SLASHSLASH:
			return number(x.X) && plainElement(x.Y) || plainElement(x.X) && number(x.Y)
		}
	}
	return false
}

// few reports whether v, over which a comprehension is to iterate, has few elements.
func few(v starlark.Value) starlark.Bool {
	n := starlark.Len(v)
	_, ok := v.(starlark.Iterable)
	return starlark.Bool(!ok || 0 <= n && n < huge)
}

// found gives what guardFew has kept.
func (t *task) found() starlark.Value {
	v := t.held
	t.held = nil
	return v
}

// comprehend gives what stands for x in a comprehension. What is not iterable is
// for the interpreter to refuse.
func (t *task) comprehend(x starlark.Value, kind guardKind) starlark.Value {
	iterable, ok := x.(starlark.Iterable)
	if !ok {
		return x
	}
	n := starlark.Len(x)
	c := t.instance.comprehension
	if c == nil {
		c = &comprehension{}
	}
	t.instance.comprehension = nil
	c.task, c.from, c.kind = t, iterable, kind
	switch {
	case n <= 0:
	case kind == guardCollectAll:
		c.elements = make([]starlark.Value, 0, min(n, large))
	case kind == guardCollect:
		c.elements = make([]starlark.Value, 0, min(n, 4)) // some may be left out
	}
	return c
}

// Iterate begins.
func (c *comprehension) Iterate() starlark.Iterator {
	c.over = c.from.Iterate()
	c.outer, c.task.comprehension, c.underWay = c.task.comprehension, c, true
	return c
}

func (c *comprehension) Next(p *starlark.Value) bool {
	if c.over.Next(p) {
		return true
	}
	c.end()
	c.task.comprehended = c
	return false
}

// Done is called in any case. If the script has failed, those within c may still
// be under way.
func (c *comprehension) Done() {
	c.over.Done()
	c.end()
}

func (c *comprehension) end() {
	for t := c.task; c.underWay; t.comprehension = t.comprehension.outer {
		t.comprehension.underWay = false
	}
}

// putKey measures and takes the key of an entry.
func (c *comprehension) putKey(k starlark.Value) error {
	var err error
	c.key, err = c.task.key(k)
	return err
}

// put takes an element, or the value of an entry.
func (c *comprehension) put(v starlark.Value) error {
	if c.kind != guardCollectDict {
		if n := len(c.elements); n >= huge && n == cap(c.elements) {
			w := work{t: c.task}
			c.elements = w.longer(n, 1, func(to []starlark.Value, from int) { copy(to, c.elements[from:]) })
			w.end()
		}
		c.elements = append(c.elements, v)
		return nil
	}
	k := c.key
	c.key = nil
	if c.dict == nil {
		c.dict = new(starlark.Dict)
	}
	if crowded(c.dict, c.dict.Len()) {
		w := work{t: c.task}
		larger, err := w.roomy(c.dict)
		if w.end(); err != nil {
			return err
		}
		c.dict = larger
	}
	return c.dict.SetKey(entered(c.dict, k), v)
}

// result gives the value of the comprehension that has just ended.
func (t *task) result() starlark.Value {
	c := t.comprehended
	t.comprehended = nil
	var v starlark.Value
	switch {
	case c.kind != guardCollectDict:
		v = starlark.NewList(c.elements)
	case c.dict == nil:
		v = new(starlark.Dict)
	default:
		v = c.dict
	}
	*c = comprehension{}
	t.instance.comprehension = c
	return v
}

// comprehensions counts those of a task that are under way.
func (c *census) comprehensions(t *task) {
	for x := t.comprehension; x != nil; x = x.outer {
		if c.comprehension(x); !c.Look(1) {
			return
		}
	}
	if t.comprehended != nil {
		c.comprehension(t.comprehended)
	}
	if t.held != nil {
		c.push(t.held)
	}
}

func (c *census) comprehension(x *comprehension) {
	c.push(x.from)
	c.Bytes += int64(cap(x.elements)) * slotBytes
	for i, v := range x.elements {
		c.push(v)
		if i%lookEvery == lookEvery-1 && !c.Look(1) {
			return
		}
	}
	if x.dict != nil {
		c.push(x.dict)
	}
	switch k := x.key.(type) {
	case nil:
	case *deepKey:
		c.push(k.Value)
	default:
		c.push(k)
	}
}

func (c *comprehension) String() string        { return "comprehension" }
func (c *comprehension) Type() string          { return "comprehension" }
func (c *comprehension) Freeze()               {}
func (c *comprehension) Truth() starlark.Bool  { return true }
func (c *comprehension) Hash() (uint32, error) { return 0, nil }
