package lualib

// MostValues bounds the results of one call, which may become the arguments of
// another. Lua 5.1 has 8000.
const MostValues = 1 << 14

func (a args) tableAndLength() (Value, int, error) {
	t, err := a.table(1)
	if err != nil {
		return nil, 0, err
	}
	n, err := a.Length(t)
	return t, n, err
}

func tableConcat(c Call) (int, error) {
	a := args{c, "concat"}
	t, err := a.table(1)
	if err != nil {
		return 0, err
	}
	sep, err := a.optStr(2, "")
	if err != nil {
		return 0, err
	}
	from, err := a.optInteger(3, 1)
	if err != nil {
		return 0, err
	}
	to := 0
	if a.absent(4) {
		to, err = a.Length(t)
	} else {
		to, err = a.integer(4)
	}
	if err != nil {
		return 0, err
	}
	out := builder{budget: a}
	for i := from; i <= to; i++ {
		v := a.Get(t, i)
		s, ok := text(c, v)
		if !ok {
			return 0, errorf("invalid value (at index %d) in table for 'concat'", i)
		}
		if err := out.add(s); err != nil {
			return 0, err
		}
		if i == to {
			break
		}
		if err := out.add(sep); err != nil {
			return 0, err
		}
		if err := a.tickEach(i - from); err != nil {
			return 0, err
		}
	}
	return a.pushString(out.b.String())
}

// tickEach charges element i of a loop; it ticks once for many elements.
func (a args) tickEach(i int) error {
	const each = 64
	if i%each != each-1 {
		return nil
	}
	return a.Tick(each)
}

func tableInsert(c Call) (int, error) {
	a := args{c, "insert"}
	t, n, err := a.tableAndLength()
	if err != nil {
		return 0, err
	}
	switch a.Len() {
	case 2:
		a.Set(t, n+1, a.Arg(2))
		return 0, nil
	case 3:
	default:
		return 0, errorf("wrong number of arguments to 'insert'")
	}
	position, err := a.integer(2)
	if err != nil {
		return 0, err
	}
	if position < 1 || position > n+1 {
		return 0, a.bad(2, "position out of bounds")
	}
	for i := n; i >= position; i-- {
		a.Set(t, i+1, a.Get(t, i))
		if err := a.tickEach(n - i); err != nil {
			return 0, err
		}
	}
	a.Set(t, position, a.Arg(3))
	return 0, nil
}

func tableRemove(c Call) (int, error) {
	a := args{c, "remove"}
	t, n, err := a.tableAndLength()
	if err != nil {
		return 0, err
	}
	position, err := a.optInteger(2, n)
	if err != nil {
		return 0, err
	}
	if position != n && (position < 1 || position > n+1) {
		return 0, a.bad(2, "position out of bounds")
	}
	v := a.Get(t, position)
	for i := position; i < n; i++ {
		a.Set(t, i, a.Get(t, i+1))
		if err := a.tickEach(i - position); err != nil {
			return 0, err
		}
	}
	a.Set(t, max(position, n), a.Nil())
	a.Push(v)
	return 1, nil
}

func tablePack(c Call) (int, error) {
	a := args{c, "pack"}
	n := a.Len()
	if err := a.Grow(int64(n) * valueSize); err != nil {
		return 0, err
	}
	t := a.Table(n)
	for i := 1; i <= n; i++ {
		a.Set(t, i, a.Arg(i))
		if err := a.tickEach(i); err != nil {
			return 0, err
		}
	}
	a.SetField(t, "n", a.Number(float64(n)))
	a.Push(t)
	return 1, nil
}

func tableUnpack(c Call) (int, error) {
	a := args{c, "unpack"}
	t, err := a.table(1)
	if err != nil {
		return 0, err
	}
	from, err := a.optInteger(2, 1)
	if err != nil {
		return 0, err
	}
	to := 0
	if a.absent(3) {
		to, err = a.Length(t)
	} else {
		to, err = a.integer(3)
	}
	if err != nil || from > to {
		return 0, err
	}
	n := to - from + 1
	if n > MostValues {
		return 0, errorf("too many results to unpack")
	}
	if err := a.many(n); err != nil {
		return 0, err
	}
	for i := from; i <= to; i++ {
		a.Push(a.Get(t, i))
	}
	return n, nil
}
