// Package luaname finds which variable or field of a source an instruction of compiled
// Lua code works on, as the reference interpreters do for their error texts. It is asked
// only when an error has happened.
package luaname

// Op is what an instruction does, as far as it matters here.
type Op uint8

// The operations.
const (
	Other    Op = iota // Sets says whether it writes to A
	Move               // A := B
	Global             // A := global Key
	Upvalue            // A := upvalue B
	Field              // A := B[Key], B a register
	FieldOf            // A := B[Key], B an upvalue: that of globals in Lua 5.2
	Self               // A := B[Key], and A+1 := B
	Constant           // A := Key, a string
	Nothing            // A to B := nil
	Call               // A and all above are results
	Each               // A+2 and all above are results
	Jump               // to Target
	Raw                // no instruction, but a part of the one before
)

// Step is one instruction. Key is "" where it is no constant string.
type Step struct {
	Op     Op
	A, B   int
	Key    string
	KeyIn  Register // where the key lies, if Key is ""
	Sets   bool
	Target int
}

// Register is a register and 1; 0 is none.
type Register int

// Code is a compiled function.
type Code interface {
	Step(pc int) Step
	// Local gives the name of the variable that lies in a register before an
	// instruction is executed, "" if there is none.
	Local(register, pc int) string
	Upvalue(i int) string
}

// globals is the upvalue that holds the globals in Lua 5.2.
const globals = "_ENV"

// Of names what lies in a register before the instruction at pc, as local 'x' or field
// 'y'; "" if it has no name.
func Of(c Code, pc, register int) string {
	local, at, s := origin(c, pc, register)
	if local != "" {
		return quoted("local", local)
	}
	switch s.Op {
	case Global:
		return quoted("global", s.Key)
	case Field:
		if c.Local(s.B, at) == globals {
			return quoted("global", key(c, at, s))
		}
		return quoted("field", key(c, at, s))
	case FieldOf:
		if c.Upvalue(s.B) == globals {
			return quoted("global", key(c, at, s))
		}
		return quoted("field", key(c, at, s))
	case Upvalue:
		return OfUpvalue(c, s.B)
	case Self:
		return quoted("method", key(c, at, s))
	}
	return ""
}

// OfUpvalue names an upvalue.
func OfUpvalue(c Code, i int) string { return quoted("upvalue", c.Upvalue(i)) }

func quoted(kind, name string) string { return kind + " '" + name + "'" }

// key gives the key that the instruction at pc works with, "?" if it is no constant
// string. Of one in a register no more is asked than whether it is one: to name it in turn
// would ask for the name of its key.
func key(c Code, pc int, s Step) string {
	if s.Key == "" && s.KeyIn > 0 {
		if local, _, from := origin(c, pc, int(s.KeyIn-1)); local == "" && from.Op == Constant {
			s.Key = from.Key
		}
	}
	if s.Key == "" {
		return "?"
	}
	return s.Key
}

// origin gives the variable that lies in a register, or else the instruction from which
// its value comes, and where that stands; a Step of Other if there is none.
func origin(c Code, pc, register int) (local string, at int, s Step) {
	for {
		if local := c.Local(register, pc); local != "" {
			return local, 0, Step{}
		}
		at := setter(c, pc, register)
		if at < 0 {
			return "", 0, Step{}
		}
		s := c.Step(at)
		if s.Op != Move {
			return "", at, s
		}
		if s.B >= s.A {
			return "", 0, Step{}
		}
		pc, register = at, s.B
	}
}

// setter finds the instruction that has written to a register last, -1 if that cannot be
// told: it may have been jumped over.
func setter(c Code, pc, register int) int {
	found, target := -1, 0
	for i := 0; i < pc; i++ {
		s := c.Step(i)
		sets := s.Sets && s.A == register
		switch s.Op {
		case Nothing:
			sets = s.A <= register && register <= s.B
		case Call:
			sets = register >= s.A
		case Each:
			sets = register >= s.A+2
		case Self:
			sets = register == s.A || register == s.A+1
		case Jump:
			if i < s.Target && s.Target <= pc {
				target = max(target, s.Target)
			}
		}
		if sets {
			if found = i; i < target {
				found = -1
			}
		}
	}
	return found
}

// Doing gives the error text of an operation on a value of a type that cannot do it.
func Doing(operation, name, typeName string) string {
	value := "a " + typeName + " value"
	if name != "" {
		value = name + " (" + value + ")"
	}
	return "attempt to " + operation + " " + value
}

// Comparing gives the error text of a comparison.
func Comparing(left, right string) string {
	if left == right {
		return "attempt to compare two " + left + " values"
	}
	return "attempt to compare " + left + " with " + right
}

// Variable is a local variable of a compiled function, in the order of declaration: the
// n-th of those in scope lies in register n.
type Variable struct {
	Name       string
	Start, End int // instructions at which it is in scope
}

// Local finds the variable in a register.
func Local(variables []Variable, register, pc int) string {
	for _, v := range variables {
		if v.Start > pc {
			break
		}
		if pc < v.End {
			if register == 0 {
				return v.Name
			}
			register--
		}
	}
	return ""
}
