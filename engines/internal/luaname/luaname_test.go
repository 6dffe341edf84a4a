package luaname

import "testing"

// chain is a function of which each instruction takes a field, whose key is what the
// instruction before took; the key of the first is a constant.
type chain struct{ steps, asked int }

func (c *chain) Local(int, int) string { return "" }
func (c *chain) Upvalue(int) string    { return "" }

func (c *chain) Step(pc int) Step {
	c.asked++
	if pc == 0 {
		return Step{Op: Constant, A: 0, Key: "k", Sets: true}
	}
	return Step{Op: Field, A: pc, B: 0, KeyIn: Register(pc), Sets: true}
}

// What a key is called is not asked for in order to name what lies under it: each
// instruction would double the work.
func TestKeysInRegistersAreNotNamed(t *testing.T) {
	c := &chain{steps: 60}
	for register, want := range map[int]string{1: "field 'k'", 2: "field '?'", 59: "field '?'"} {
		c.asked = 0
		if got := Of(c, c.steps, register); got != want {
			t.Errorf("register %d is %s, want %s", register, got, want)
		}
		if most := 3 * c.steps; c.asked > most {
			t.Errorf("register %d: asked %d times for an instruction, want at most %d", register, c.asked, most)
		}
	}
}
