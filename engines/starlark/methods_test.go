package starlark

import (
	"math"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"go.starlark.net/starlark"
)

// The interpreter makes room for as many pieces as rsplit may make at most; so that
// is what it is told.
func TestRoomOfPieces(t *testing.T) {
	in := &instance{}
	in.current = in.newTask(&enginetest.Task{})
	var given starlark.Tuple
	spy := starlark.NewBuiltin("rsplit", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		given = args
		return starlark.None, nil
	})
	for text, pieces := range map[string]int64{"": 0, " ": 0, "a": 1, " a b\u2003c\n": 3} {
		for _, limit := range []int64{-1, 0, 1, 3, 4, math.MaxInt32, math.MaxInt64} {
			b := spy.BindReceiver(starlark.String(text))
			if _, err := rsplit(in.current, b, starlark.Tuple{starlark.None, starlark.MakeInt64(limit)}, nil); err != nil {
				t.Fatal(err)
			}
			if got, _ := given[1].(starlark.Int).Int64(); got != min(limit, pieces) {
				t.Errorf("%q, at most %d: the interpreter is told %d", text, limit, got)
			}
		}
	}
}

// No method of any type fails otherwise than with an error when it is given nothing,
// or too much.
func TestNumbersOfArguments(t *testing.T) {
	in := &instance{}
	in.current = in.newTask(&enginetest.Task{})
	one := starlark.Tuple{starlark.NewList(nil)}
	for _, receiver := range []starlark.HasAttrs{new(starlark.Set), new(starlark.Dict), starlark.NewList(nil), starlark.String("a"), starlark.Bytes("a")} {
		for _, name := range receiver.AttrNames() {
			v, err := receiver.Attr(name)
			if err != nil {
				t.Fatal(err)
			}
			if rule := methodRules()[name]; rule != nil {
				v = rule.apply(name, v, true)
			}
			for n := range 6 {
				var args starlark.Tuple
				for range n {
					args = append(args, one...)
				}
				_, err := starlark.Call(&in.current.thread, v, args, nil)
				if n == 5 && err == nil && name != "union" && name != "update" && name != "format" {
					t.Errorf("%s.%s takes five arguments", receiver.Type(), name)
				}
				if _, set := receiver.(*starlark.Set); !set || n > 0 {
					continue
				}
				switch name {
				case "difference", "intersection", "issubset", "issuperset", "symmetric_difference", "add", "discard", "remove":
					if want := name + ": got 0 arguments, want 1"; err == nil || err.Error() != want {
						t.Errorf("set.%s: %v, want %s", name, err, want)
					}
				}
			}
		}
	}
}

// What a field of a struct holds is called as what it is, not as what the field is
// called.
func TestFieldsNamedLikeMethods(t *testing.T) {
	values, err := run(t, &enginetest.Task{}, `
def main():
    s = struct(join = "abc".startswith, update = "abc".endswith, add = "abc".removeprefix, pop = "a b".elems)
    return [s.join("a"), s.update("b"), s.add("ab"), len(list(s.pop()))]
`)
	if err != nil || values[0].String() != "[true, false, \"c\", 3]" {
		t.Errorf("%v, %v", values, err)
	}
}
