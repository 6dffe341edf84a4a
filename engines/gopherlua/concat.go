package gopherlua

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
)

// concat is the .. operator on all its arguments, from right to left.
func concat(l *lua.LState) int {
	right := l.Get(-1)
	for i := l.GetTop() - 1; i > 0; {
		first, size := i+1, textSize(right) // of what is joined at once
		for size >= 0 && first > 1 {
			more := textSize(l.Get(first - 1))
			if more < 0 {
				break
			}
			size += more
			first--
		}
		if first > i {
			right = concatMeta(l, l.Get(i), right)
			i--
			continue
		}
		right = lua.LString(join(l, first, i, right, size))
		i = first - 1
	}
	l.Push(right)
	return 1
}

// textSize gives about the bytes of a string or number, -1 for anything else.
func textSize(v lua.LValue) int {
	switch v := v.(type) {
	case lua.LString:
		return len(v)
	case lua.LNumber:
		return 24
	}
	return -1
}

// join joins the operands from first to last and right.
func join(l *lua.LState, first, last int, right lua.LValue, size int) string {
	if size > lualib.MaxString {
		throwString(l, "resulting string too large", 1)
	}
	if size < chargedSize {
		return joinText(l, first, last, right, size)
	}
	s := strandOf(l)
	if s.task.host.Grow(int64(size)) != nil {
		s.kill(l)
	}
	text := joinText(l, first, last, right, size)
	if s.task.host.Grow(-int64(size)) != nil {
		s.kill(l)
	}
	s.left -= size / bytesPerStep
	return text
}

const (
	// chargedSize is the size from which on a string is charged while it is
	// made, bytesPerStep the work that counts as a step.
	chargedSize  = 4096
	bytesPerStep = 256
)

func joinText(l *lua.LState, first, last int, right lua.LValue, size int) string {
	if first == last {
		return textOf(l.Get(first)) + textOf(right)
	}
	var b strings.Builder
	b.Grow(size)
	for i := first; i <= last; i++ {
		b.WriteString(textOf(l.Get(i)))
	}
	b.WriteString(textOf(right))
	return b.String()
}

// textOf gives the text of a string or number.
func textOf(v lua.LValue) string {
	if s, ok := v.(lua.LString); ok {
		return string(s)
	}
	return lualib.NumberText(float64(v.(lua.LNumber)))
}

// concatMeta joins two operands of which one is no string or number.
func concatMeta(l *lua.LState, left, right lua.LValue) lua.LValue {
	f := l.GetMetaField(left, "__concat")
	if f == lua.LNil {
		f = l.GetMetaField(right, "__concat")
	}
	if f == lua.LNil {
		bad := left
		if textSize(left) >= 0 {
			bad = right
		}
		throwString(l, "attempt to concatenate a "+bad.Type().String()+" value", 1)
	}
	l.Push(f)
	l.Push(left)
	l.Push(right)
	l.Call(2, 1)
	v := l.Get(-1)
	l.Pop(1)
	return v
}
