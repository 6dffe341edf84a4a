package lualib

// MostValues bounds the results of one call, which may become the arguments of
// another. Lua 5.1 has 8000.
const MostValues = 1 << 14

func (a args) tableAndLength() (Value, int) {
	t := a.table(1)
	return t, a.Length(t)
}

func tableConcat(c Call) int {
	a := args{c, "concat"}
	t := a.table(1)
	sep := a.optStr(2, "")
	from := a.optInteger(3, 1)
	to := a.end(4, t)
	out := builder{budget: a}
	for i := from; i <= to; i++ {
		v := a.Get(t, i)
		s, ok := text(c, v)
		if !ok {
			fail(a, "invalid value (at index %d) in table for 'concat'", i)
		}
		out.add(s)
		if i == to {
			break
		}
		out.add(sep)
		a.tickEach(i - from)
	}
	return a.pushString(out.b.String())
}

// tickEach charges element i of a loop; it ticks once for many elements.
func (a args) tickEach(i int) {
	const each = 64
	if i%each == each-1 {
		a.Tick(each)
	}
}

func tableInsert(c Call) int {
	a := args{c, "insert"}
	t, n := a.tableAndLength()
	switch a.Len() {
	case 2:
		a.Set(t, n+1, a.Arg(2))
		return 0
	case 3:
	default:
		fail(a, "wrong number of arguments to 'insert'")
	}
	position := a.integer(2)
	if position < 1 || position > n+1 {
		a.bad(2, "position out of bounds")
	}
	for i := n; i >= position; i-- {
		a.Set(t, i+1, a.Get(t, i))
		a.tickEach(n - i)
	}
	a.Set(t, position, a.Arg(3))
	return 0
}

func tableRemove(c Call) int {
	a := args{c, "remove"}
	t, n := a.tableAndLength()
	position := a.optInteger(2, n)
	if position != n && (position < 1 || position > n+1) {
		a.bad(2, "position out of bounds")
	}
	v := a.Get(t, position)
	for i := position; i < n; i++ {
		a.Set(t, i, a.Get(t, i+1))
		a.tickEach(i - position)
	}
	a.Set(t, max(position, n), a.Nil())
	a.Push(v)
	return 1
}

func tablePack(c Call) int {
	a := args{c, "pack"}
	n := a.Len()
	a.Grow(int64(n) * valueSize)
	t := a.Table(n)
	for i := 1; i <= n; i++ {
		a.Set(t, i, a.Arg(i))
		a.tickEach(i)
	}
	a.SetField(t, "n", a.Number(float64(n)))
	a.Push(t)
	return 1
}

func tableUnpack(c Call) int {
	a := args{c, "unpack"}
	t := a.table(1)
	from := a.optInteger(2, 1)
	to := a.end(3, t)
	if from > to {
		return 0
	}
	n := to - from + 1
	if n > MostValues {
		fail(a, "too many results to unpack")
	}
	a.many(n)
	for i := from; i <= to; i++ {
		a.Push(a.Get(t, i))
	}
	return n
}
