package starlark

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// plant is a fault that the net must find: in a subject, or in programs.
type plant struct {
	name    string
	subject string              // "" is programs
	alter   func(*program)      // of the environment
	text    func(string) string // of a program, as this engine gets it
}

// again makes the call as it should be.
type again func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// inBuiltin plants a fault in a built-in.
func inBuiltin(name string, f func(do again, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)) func(*program) {
	return func(p *program) {
		sound := p.predeclared[name].(*starlark.Builtin)
		p.predeclared[name] = starlark.NewBuiltin(name, func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return f(func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				return sound.CallInternal(thread, args, kwargs)
			}, args, kwargs)
		})
	}
}

// inMethod plants a fault in a method.
func inMethod(name string, f func(do again, receiver starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)) func(*program) {
	sound := methodRules()[name]
	faulty := &methodRule{call: func(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return f(func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return (&checkedMethod{b, sound}).CallInternal(&t.thread, args, kwargs)
		}, b.Receiver(), args, kwargs)
	}}
	return func(p *program) {
		for _, prefix := range []string{methodPrefix, boundPrefix} {
			if p.predeclared[prefix+name] != nil {
				p.predeclared[prefix+name] = &methodGuard{name, faulty, prefix == boundPrefix}
			}
		}
	}
}

// faultyGuard is a guard with a fault.
type faultyGuard struct {
	*guard
	f func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error)
}

func (g *faultyGuard) Get(v starlark.Value) (starlark.Value, bool, error) {
	v, err := g.f(func(v starlark.Value) (starlark.Value, error) {
		v, _, err := g.guard.Get(v)
		return v, err
	}, v)
	return v, true, err
}

// inGuard plants a fault in what operators and statements are rewritten to.
func inGuard(kind guardKind, f func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error)) func(*program) {
	return func(p *program) {
		p.predeclared[guardsName] = starlark.NewBuiltin(guardsName, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := guards(thread, b, args, kwargs)
			if err != nil {
				return nil, err
			}
			all := slices.Clone(v.(starlark.Tuple))
			for i, g := range all {
				if g := g.(*guard); g.kind == kind {
					all[i] = &faultyGuard{g, f}
				}
			}
			return all, nil
		})
	}
}

// faultyOperand does an operation wrongly.
type faultyOperand struct {
	starlark.Value
	f func(op syntax.Token, x, y starlark.Value) (starlark.Value, error)
}

func (o *faultyOperand) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if side == starlark.Right {
		return o.f(op, y, o.Value)
	}
	return o.f(op, o.Value, y)
}

func (o *faultyOperand) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	v, err := o.f(op, o.Value, y)
	return v == starlark.True, err
}

func list(v starlark.Value) []starlark.Value {
	l, ok := v.(*starlark.List)
	if !ok {
		return nil
	}
	return slices.Collect(l.Elements())
}

var plants = []plant{
	{name: "a frozen list takes elements", subject: "list.append", alter: inMethod("append", func(do again, _ starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if err != nil && strings.Contains(err.Error(), "frozen") {
			return starlark.None, nil
		}
		return v, err
	})},
	{name: "a dict may be changed while it is iterated over", subject: "dict.pop", alter: inMethod("pop", func(do again, _ starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if err != nil && strings.Contains(err.Error(), "during iteration") {
			return starlark.None, nil
		}
		return v, err
	})},
	{name: "find looks one too far", subject: "string.find", alter: inMethod("find", func(do again, receiver starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 3 {
			if end, ok := args[2].(starlark.Int); ok && end.Sign() > 0 {
				args = starlark.Tuple{args[0], args[1], end.Add(starlark.MakeInt(1))}
			}
		}
		return do(args, kwargs)
	})},
	{name: "a slice loses its last element", subject: "x[y:z:w]", alter: inGuard(guardSlice, func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error) {
		if all := list(v); len(all) == 3 {
			v = starlark.NewList(all[:2])
		}
		return do(v)
	})},
	{name: "other words of index", subject: "list.index", alter: inMethod("index", func(do again, _ starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if err != nil && err.Error() == "index: value not in list" && len(args) > 1 {
			err = errors.New("index: value is not in list")
		}
		return v, err
	})},
	{name: "sorted loses a keyword", subject: "sorted", alter: inBuiltin("sorted", func(do again, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		kwargs = slices.DeleteFunc(slices.Clone(kwargs), func(pair starlark.Tuple) bool {
			return pair[0] == starlark.String("reverse") && pair[1] == starlark.True
		})
		return do(args, kwargs)
	})},
	{name: "sorted is not stable", subject: "sorted", alter: inBuiltin("sorted", func(do again, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) > 0 {
			if all := list(args[0]); len(all) > 2 {
				slices.Reverse(all)
				args = append(starlark.Tuple{starlark.NewList(all)}, args[1:]...)
			}
		}
		return do(args, kwargs)
	})},
	{name: "keys in another order", subject: "dict.keys", alter: inMethod("keys", func(do again, _ starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if all := list(v); len(all) > 2 {
			return starlark.NewList(append(all[1:], all[0])), err
		}
		return v, err
	})},
	{name: "update moves a key to the end", subject: "dict.update", alter: inMethod("update", func(do again, receiver starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if d, ok := receiver.(*starlark.Dict); ok && len(kwargs) == 1 {
			_, _, _ = d.Delete(kwargs[0][0])
		}
		return do(args, kwargs)
	})},
	{name: "union changes its receiver", subject: "set.union", alter: inMethod("union", func(do again, receiver starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if s, ok := v.(*starlark.Set); ok && err == nil && len(args) == 2 && receiver.(*starlark.Set).Len() > 0 {
			for k := range s.Elements() {
				_ = receiver.(*starlark.Set).Insert(k)
			}
		}
		return v, err
	})},
	{name: "an argument is changed", subject: "reversed", alter: inBuiltin("reversed", func(do again, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if err == nil {
			if l, ok := args[0].(*starlark.List); ok && l.Len() > 1 {
				_ = l.SetIndex(0, l.Index(l.Len()-1))
			}
		}
		return v, err
	})},
	{name: "the result is the argument itself", subject: "list", alter: inBuiltin("list", func(do again, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if err == nil && len(args) == 1 {
			if l, ok := args[0].(*starlark.List); ok && l.Len() == 1 {
				return l, nil
			}
		}
		return v, err
	})},
	{name: "long lists are equal by their beginnings", subject: "x == y", alter: inGuard(guardCompare, func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error) {
		l, ok := v.(*starlark.List)
		if !ok || l.Len() < large {
			return do(v)
		}
		return &faultyOperand{v, func(op syntax.Token, x, y starlark.Value) (starlark.Value, error) {
			other, ok := y.(*starlark.List)
			return starlark.Bool(ok && other.Len() == l.Len() == (op == syntax.EQL)), nil
		}}, nil
	})},
	{name: "deep values are equal", subject: "x != y", alter: inGuard(guardCompare, func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error) {
		depth, x := 0, v
		for l := list(x); len(l) > 0 && depth < 20; l = list(x) {
			depth, x = depth+1, l[0]
		}
		if depth < 11 {
			return do(v)
		}
		return &faultyOperand{v, func(op syntax.Token, _, _ starlark.Value) (starlark.Value, error) { return starlark.False, nil }}, nil
	})},
	{name: "in overlooks tuples", subject: "x in y", alter: inGuard(guardSearch, func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error) {
		if all := list(v); len(all) > 0 {
			v = starlark.NewList(slices.DeleteFunc(all, func(x starlark.Value) bool { _, ok := x.(starlark.Tuple); return ok }))
		}
		return do(v)
	})},
	{name: "|= makes a new dict", subject: "x |= y", alter: inGuard(guardMergeInto, func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error) {
		d, ok := v.(*starlark.Dict)
		if !ok || d.Len() == 0 {
			return do(v)
		}
		return &faultyOperand{v, func(op syntax.Token, x, y starlark.Value) (starlark.Value, error) { return starlark.Binary(op, x, y) }}, nil
	})},
	{name: "a comprehension leaves None out", subject: "comprehension", alter: inGuard(guardPut, func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error) {
		if v == starlark.None {
			return starlark.False, nil
		}
		return do(v)
	})},
	{name: "another error first", subject: "list.pop", alter: inMethod("pop", func(do again, receiver starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if l, ok := receiver.(*starlark.List); ok && l.Len() > 0 {
			if err := l.SetIndex(0, l.Index(0)); err != nil && strings.Contains(err.Error(), "frozen") {
				return nil, errors.New("pop: cannot pop from frozen list")
			}
		}
		return do(args, kwargs)
	})},
	{name: "the last of equals", subject: "min", alter: inBuiltin("min", func(do again, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) > 1 {
			args = slices.Clone(args)
			slices.Reverse(args)
		}
		return do(args, kwargs)
	})},
	{name: "replace takes one more", subject: "string.replace", alter: inMethod("replace", func(do again, _ starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 3 {
			if n, ok := args[2].(starlark.Int); ok && n.Sign() > 0 {
				args = starlark.Tuple{args[0], args[1], n.Add(starlark.MakeInt(1))}
			}
		}
		return do(args, kwargs)
	})},
	{name: "dict forgets names", subject: "dict", alter: inBuiltin("dict", func(do again, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 1 {
			kwargs = nil
		}
		return do(args, kwargs)
	})},
	{name: "setdefault gives the default", subject: "dict.setdefault", alter: inMethod("setdefault", func(do again, _ starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if err == nil && len(args) == 2 {
			v = args[1]
		}
		return v, err
	})},
	{name: "a large text is cut at the wrong place", subject: "string.split", alter: inMethod("split", func(do again, receiver starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := do(args, kwargs)
		if all := list(v); len(all) > large {
			return starlark.NewList(append(all[:large:large], all[large+1:]...)), err
		}
		return v, err
	})},
	{name: "another place in the trace", subject: "x[y]", alter: inGuard(guardKey, func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error) {
		if _, ok := v.(starlark.Tuple); ok {
			return nil, fmt.Errorf("unhandled index operation")
		}
		return do(v)
	})},
	{name: "+= makes a new list", text: edited(`(?m)^( *)(v\d+) \+= (.*)$`, "$1$2 = $2 + ($3)")},
	{name: "break goes on", text: edited(`: break\b`, ": continue")},
	{name: "loops begin at 1", text: edited(`(?m)(for x\d+ in range\()`, "${1}1, ")},
	{name: "conditions of comprehensions are turned round", text: edited(`\bif True\]`, "if False]")},
	{name: "two names are assigned the wrong way round", text: edited(`(?m)^( *)(v\d+), (v\d+) = `, "$1$3, $2 = ")},
	{name: "slices from the end are one short", text: edited(`\[::`, "[1::")},
	{name: "recursion ends too early", text: edited(`depth\["n"\] > 0`, `depth["n"] > 1`)},
	{name: "what a library has is not frozen", text: edited(`table = "lookup"\)`, "table = \"lookup\")\nshared = list(shared)")},
	{name: "keywords are lost", alter: inBuiltin("dict", func(do again, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return do(args, nil)
	})},
	{name: "dict comprehensions keep the first value", alter: inGuard(guardPutKey, func(do func(starlark.Value) (starlark.Value, error), v starlark.Value) (starlark.Value, error) {
		if s, ok := v.(starlark.String); ok && s == "b" {
			v = starlark.String("B")
		}
		return do(v)
	})},
}

func edited(pattern, by string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(text string) string { return re.ReplaceAllString(text, by) }
}

// The net finds what is planted, and shows it in few words.
func TestNetFindsWhatIsPlanted(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long, and the race detector has nothing to see")
	}
	for _, x := range plants {
		t.Run(x.name, func(t *testing.T) {
			if x.subject == "" {
				p := newPress(t)
				p.alter, p.rewrite = x.alter, x.text
				m := p.check(1, 0, 20000)
				if m == nil {
					t.Fatal("is not found")
				}
				if lines := strings.Count(m.program.String(), "\n"); lines > 16 {
					t.Errorf("is shown in %d lines:\n%s", lines, m)
				}
				t.Log(m)
				return
			}
			all := slices.DeleteFunc(subjects(), func(s *subject) bool { return s.name != x.subject })
			n := newNet(t, all, x.alter)
			d := n.check(all[0], 1, 2000)
			if d == nil { // it may need much
				n.many = 8
				d = n.check(all[0], 2, 4000)
			}
			if d == nil {
				t.Fatal("is not found")
			}
			if text := d.call.String(); len(text) > 250 {
				t.Errorf("is shown by %s", text)
			}
			t.Log(d)
		})
	}
}
