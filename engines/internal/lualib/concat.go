package lualib

import "strings"

// Concat is the .. operator on all its arguments, from right to left. The
// engines compile each a .. b .. c to a call of it: the interpreters make
// strings of any size in one instruction, and differ in the text of numbers.
func Concat(c Call) (int, error) {
	right := c.Arg(c.Len())
	for i := c.Len() - 1; i > 0; {
		first, size := i+1, textSize(c, right) // of what is joined at once
		for size >= 0 && first > 1 {
			more := textSize(c, c.Arg(first-1))
			if more < 0 {
				break
			}
			size += more
			first--
		}
		var err error
		if first > i {
			right, err = concatMeta(c, c.Arg(i), right)
			i--
		} else {
			right, err = join(c, first, i, right, size)
			i = first - 1
		}
		if err != nil {
			return 0, err
		}
	}
	c.Push(right)
	return 1, nil
}

// concatMeta joins two operands of which one does not count as a string.
func concatMeta(c Call, left, right Value) (Value, error) {
	v, ok, err := c.Concat(left, right)
	if ok || err != nil {
		return v, err
	}
	bad := left
	if textSize(c, left) >= 0 {
		bad = right
	}
	return nil, errorf("attempt to concatenate a %s value", c.TypeName(bad))
}

// numberSize is the longest NumberText.
const numberSize = 24

// textSize gives about the bytes of what counts as a string here, -1 for
// anything else.
func textSize(c Call, v Value) int {
	switch c.Kind(v) {
	case KindString, KindError:
		return len(c.Text(v))
	case KindNumber:
		return numberSize
	}
	return -1
}

const (
	// chargedSize is the size from which on a joined string is charged,
	// joinedPerTick the bytes that count as a step.
	chargedSize   = 4096
	joinedPerTick = 256
)

// join joins the arguments from first to last and right.
func join(c Call, first, last int, right Value, size int) (Value, error) {
	if size > MaxString {
		return nil, tooLarge()
	}
	if size >= chargedSize {
		if err := c.Grow(int64(size)); err != nil {
			return nil, err
		}
		if err := c.Tick(size / joinedPerTick); err != nil {
			return nil, err
		}
	}
	end, _ := text(c, right)
	if first == last {
		start, _ := text(c, c.Arg(first))
		return c.String(start + end), nil
	}
	var b strings.Builder
	b.Grow(size)
	for i := first; i <= last; i++ {
		s, _ := text(c, c.Arg(i))
		b.WriteString(s)
	}
	b.WriteString(end)
	return c.String(b.String()), nil
}
