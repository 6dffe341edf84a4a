package starlark

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// samples makes values of all shapes, large ones too.
const samples = `
cycle = [1]
cycle.append(cycle)
ring = {"a": 1}
ring["self"] = [ring, (ring,)]
deep = []
for _ in range(9):
    deep = [deep]
text = "".join([chr(c) for c in range(1, 800)]) + str(b"\xff\xe2\x82") + "\U0001F600"
samples = [
    None, True, 0, -7, 1 << 200, 1.5, float("nan"), float("inf"), "", "a\n\"\\\x7f", text, text * 40, b"\xff\"x", b"\xffx" * 5000,
    [], [1], [1, 2], [1, "2"], [1.0, 2], [[1, 2], {}], [1] * 10000, [1] * 9999 + [2], [1] * 10001,
    (), (1,), (1, 2), ("a", ("b",)), tuple([[x] for x in range(6000)]), tuple([[x] for x in range(5999)] + [[0]]),
    {}, {"a": 1}, {"a": 1.0}, {"a": [1]}, {x: [x] for x in range(6000)}, {x: [x] for x in range(5999, -1, -1)},
    set(), set([1]), set([1, 2]), set(range(6000)), set(range(1, 6000)), set(range(5999, -1, -1)),
    struct(), struct(a = 1), struct(a = [1], b = "x"), struct(a = [1], b = "y"), range(3), range(3, 0, -1), len, [].append, lambda: 1, cycle, ring, deep,
]
def main():
    return samples
`

func sampleValues(t *testing.T) ([]starlark.Value, *task) {
	task := &enginetest.Task{}
	in, err := loadProgram(t, compile(t, samples), task)
	if err != nil {
		t.Fatal(enginetest.Describe(err))
	}
	list := in.(*instance).globals["samples"].(*starlark.List)
	out := make([]starlark.Value, list.Len())
	for i := range out {
		out[i] = list.Index(i)
	}
	return out, in.(*instance).newTask(task)
}

// What is done in pieces gives what the interpreter gives.
func TestComparingInPieces(t *testing.T) {
	values, task := sampleValues(t)
	for i, x := range values {
		for j, y := range values {
			for _, op := range []syntax.Token{syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE} {
				want, wantErr := starlark.Compare(op, x, y)
				got, err := starlark.Compare(op, &compared{x, task.instance}, y)
				if _, number := x.(starlark.Int); number {
					got, err = want, wantErr // guards leave numbers alone
				}
				if _, number := x.(starlark.Float); number {
					got, err = want, wantErr
				}
				if (err == nil) != (wantErr == nil) || err == nil && got != want || err != nil && err.Error() != wantErr.Error() {
					t.Errorf("sample %d %s %d: %v, %v; want %v, %v", i, op, j, got, err, want, wantErr)
				}
			}
			task.searched = searched{starlark.NewList([]starlark.Value{starlark.None, y}), task}
			got, err := starlark.Binary(syntax.IN, x, &task.searched)
			want, wantErr := starlark.Binary(syntax.IN, x, starlark.NewList([]starlark.Value{starlark.None, y}))
			if (err == nil) != (wantErr == nil) || err == nil && got != want {
				t.Errorf("sample %d in [%d]: %v, %v; want %v, %v", i, j, got, err, want, wantErr)
			}
		}
	}
}

func TestPrintingInPieces(t *testing.T) {
	values, task := sampleValues(t)
	for i, v := range values {
		got, err := task.repr(v)
		if want := v.String(); err != nil || got != want {
			t.Errorf("sample %d: %.100s, %v; want %.100s", i, got, err, want)
		}
		for _, format := range []string{"%s", "<%r>", "%s%s", "%d", "%(a)s", "none"} {
			for _, y := range []starlark.Value{v, starlark.Tuple{v}, starlark.Tuple{v, v}} {
				got, err := task.interpolate(starlark.String(format), y)
				want, wantErr := starlark.Binary(syntax.PERCENT, starlark.String(format), y)
				if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && got != want {
					t.Errorf("sample %d in %q: %.100v, %v; want %.100v, %v", i, format, got, err, want, wantErr)
				}
			}
		}
	}
}

// What contains itself by way of a struct is made here: no script of this repository
// may do it, since the interpreter does not survive its text.
func TestPrintingOfCyclesThroughStructs(t *testing.T) {
	_, task := sampleValues(t)
	outer := starlark.NewDict(1)
	list := starlark.NewList(nil)
	inner := starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"d": outer, "l": list})
	for _, err := range []error{outer.SetKey(starlark.String("s"), inner), list.Append(outer)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for want, v := range map[string]starlark.Value{
		`{"s": struct(d = {...}, l = [{...}])}`: outer,
		`struct(d = {"s": struct(d = {...}, l = [{...}])}, ` + `l = [{"s": struct(d = {...}, l = [...])}])`: inner,
	} {
		if got, err := task.repr(v); err != nil || got != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}

func TestSetsInPieces(t *testing.T) {
	values, task := sampleValues(t)
	for i, x := range values {
		for j, y := range values {
			for _, op := range []syntax.Token{syntax.PIPE, syntax.AMP, syntax.CIRCUMFLEX, syntax.MINUS} {
				_, set := x.(*starlark.Set)
				if _, dict := x.(*starlark.Dict); !set && !dict {
					continue
				}
				got, err := starlark.Binary(op, &merged{x, task.instance}, y)
				want, wantErr := starlark.Binary(op, x, y)
				if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && got.String() != want.String() {
					t.Errorf("sample %d %s %d: %v, want %v", i, op, j, err, wantErr)
				}
			}
		}
	}
}

// The functions of the language give the same as the interpreter's own.
func TestFunctionsInPieces(t *testing.T) {
	alone(t)
	for _, text := range []string{
		"sorted([(i * 7919) % 1009 for i in range(20000)])",
		"sorted([(i * 7919) % 1009 for i in range(5000)], reverse = True)",
		"sorted([(i % 7, -i) for i in range(5000)], key = lambda x: x[0])",
		"sorted([(i % 7, -i) for i in range(5000)], key = lambda x: x[0], reverse = True)",
		"sorted([]), sorted([1]), sorted({2: 1, 1: 1}), sorted(iterable = set([3, 1]))",
		"max([3, 1, 2]), max(3, 1), max(range(9000)), min('b', 'a'), min([[2], [1]]), max([1, -5], key = abs)",
		"list(range(9000)), tuple(range(9000)), reversed([1, 2]), reversed(range(9000)), enumerate(['a'] * 9000, 3)",
		"set([i % 10 for i in range(9000)]), all([1] * 9000), any([0] * 9000), zip(range(9000), range(5))",
		"dict([(i, i) for i in range(9000)]), dict({i: 0 for i in range(9000)}, a = 1), dict(a = 1), dict([['a', 1]])",
		"set(range(9000)).union([1, 2], [9001]), set(range(9000)).union(range(9000, 9009)), set(range(9000)).difference(range(8000))",
		"set(range(9000)).symmetric_difference(range(5, 9005)), set(range(9000)).intersection(range(8999, 7, -1))",
		"set(range(9000)).issubset(range(9001)), set(range(9000)).issuperset(range(8000))",
		"','.join(['x'] * 9000), ' a b '.split(), ('a,' * 9000).split(','), 'x'.join([]), ''.join(('a', 'b'))",
		"([0] * 9000 + [1]).index(1), [[1], [2]].index([2]), [1, 2, 1].index(1, 1), 'abc'.index('c')",
		"'{} {x} {0!r}'.replace('{} ', '').format([1], x = {'a': (1,)}), '{}{}'.format('a', ['b'])",
		"'%s %d %%' % ('a', 1), '%r' % 'a', '%(a)s %(a)r' % {'a': ['x']}, '%s' % {'a': 1}, '%x' % 255",
		"1 in {1: 2}, [1] in {1: 2}, 'a' in 'abc', (1, 2) in set([(1, 2)]), 5 in range(9), 1 not in [2], {} in [[], {}]",
		"('ab,' * 90000).split(','), (' ab \\n' * 90000).split(), ('a,' * 90000).split(',', 2), ('ab' * 90000).split('b'), ('a' * 90000).split('x')",
		"(' a' * 8192 * 5).split(), (' a' * 8192 * 5 + ' ').split(' '), (' ' * 90000).split(), (' ' * 90000).split(' '), ('a' * 90000).split(None)",
		"5 - 3, 5 | 3, 6 & 3, 6 ^ 3, 7 // 2, 7.5 - 1, {1: 2} | {3: 4}",
		"[0] * 100000, 7000 * [1, 2, 3], (1, 2) * 50000, 3 * list(range(9000)), [] * 90000, [1] * 0, ([1, 'a'] * 10001)[-3:], [0] * 90000 == 90000 * [0]",
		"('ab' * 90000).replace('b', 'xyz'), ('ab' * 90000).replace('ab', ''), ('aab' * 90000).replace('aa', 'b', 5), ('ab' * 90000).replace('', '-', 3), ('ab' * 90000).replace('x', 'y')",
		"('ab' * 90000).replace('a', 'b', 0), ('ab' * 90000).replace('a', 'b', -3), ('aaa' * 50000).replace('aa', 'a'), ('x' * 180000).replace('x' * 7, 'y')",
		"('aB\u00e9\u0130 \u00df\u01c5' * 20000).upper(), ('aB\u00e9\u0130 \u00df\u01c5' * 20000).lower(), ('aB\u00e9\u0130 \u00df\u01c5' * 20000).title()",
		"('aB\u00e9\u0130 \u00df\u01c5' * 20000).capitalize(), ('aB' * 70000).title(), ('\u0130\u00e9' * 40000).title(), (str(b'\xe2\x82aB') * 30000).upper(), ('a ' * 90000).capitalize()",
		"{i: -i for i in range(30000)}.keys(), {i: -i for i in range(30000)}.values(), {i: -i for i in range(30000)}.items(), {i: [i] for i in range(5000)}.items()[4999]",
		"{i % 50000: i for i in range(120000)}, set([i % 50000 for i in range(120000)]), {i: i for i in range(40000)} | {-i: i for i in range(90000)}",
		"set(range(60000)).union([-i for i in range(90000)]), set(range(60000)) ^ set(range(30000, 150000)), set(range(90000)) & set(range(30000, 95000)), set(range(90000)).intersection([5, 3, 5, 100000])",
		"dict({i: i for i in range(50000)}) == {i: i for i in range(50000)}, set(range(50000)) <= set(range(60000)), str(set(range(5000))), str({i: [i] for i in range(5000)})",
		"'aBc'.upper(), ('aB' * 9000).lower(), (' a' * 9000).strip(), ('a' * 9000).count('a'), {1: 2}.items()",
		"sorted([1, 'a'])", "sorted(1)", "max([])", "max(1)", "max([1, 'a'])", "set([[]])", "set([1, []])", "dict([1])",
		"','.join([1])", "','.join(['a'] * 9000 + [1])", "[1].index(2)", "[[1]].index([2])", "[1].remove(2)", "1 in 'a'", "1 in 1", "[] | 1",
		"set(range(9000)) | 1", "set(range(9000)).union(1)", "set(range(9000)).difference([[]])", "'%s' % (1, 2)", "'%d' % []", "'{}'.format()",
		"{} - {}", "list(1)", "any(1)", "enumerate(1)", "set(1)", "set([1], [2])", "set([[]] * 9000)", "{i: i for i in range(9000)}.keys(1)", "('ab' * 90000).upper(1)", "('ab' * 90000).replace('a')", "[0] * 'a'", "set(range(9000)).intersection([[]])", "hash(1)", "[1] < ['a']", "{} < {}", "[] < ()", "struct(a = 1) < struct(a = 1)",
	} {
		thread := &starlark.Thread{}
		predeclared := starlark.StringDict{"struct": native("struct", struct_)}
		thread.Load = (&task{}).load
		want, wantErr := starlark.EvalOptions(dialect(), thread, "x.star", text, predeclared)
		task := &enginetest.Task{}
		in, err := loadProgram(t, compile(t, "def main():\n    return [("+text+")]"), task)
		if err != nil {
			t.Fatal(enginetest.Describe(err))
		}
		f, err := in.Method("main")
		if err != nil {
			t.Fatal(err)
		}
		values, err := f.Call(task, nil)
		switch {
		case (err == nil) != (wantErr == nil):
			t.Errorf("%s: %v, want %v", text, err, wantErr)
		case err != nil:
			var e *hostapi.Error
			if !errors.As(err, &e) || e.Message != wantErr.Error() {
				t.Errorf("%s: %v, want %v", text, err, wantErr)
			}
		default:
			got := values[0].Ref().(*starlark.List).Index(0)
			if got.String() != want.String() {
				t.Errorf("%s: %.200v, want %.200v", text, got, want)
			}
		}
	}
}

// Values are changed in place where the language has it so.
func TestChangingInPieces(t *testing.T) {
	_, err := run(t, &enginetest.Task{}, `
def eq(got, want):
    if got != want: error("got %s, want %s" % (str(got)[:100], str(want)[:100]))
def main():
    d = {"a": 1}
    e = d
    d |= {i: i for i in range(9000)}
    d |= {"a": 2}
    eq((len(e), e["a"], e[8999]), (9001, 2, 8999))
    d.update({i: -i for i in range(9000)}, b = 3)
    d.update([("c", 4)], d = 5)
    eq((len(e), e[8999], e["b"], e["c"], e["d"]), (9004, -8999, 3, 4, 5))
    s = set(range(10))
    t = s
    s |= set(range(9000))
    eq((len(t), len(s)), (10, 9000))
    s -= set(range(8999))
    eq(s, set([8999]))
    s ^= set([8999, 1])
    s &= set([1, 2])
    s.update(range(9000))
    eq(len(s), 9000)
    l = [[i] for i in range(9000)] + [1]
    l.remove([4])
    l.remove(1)
    eq((len(l), l[4]), (8999, [5]))
    u = set(range(9000))
    ok, failure = pcall(u.update, u)
    eq((ok, failure.message(), len(u)), (False, "update: cannot insert into hash table during iteration", 9000))
    d.update(d)
    d |= d
    eq(len(e), 9004)
    d.update({1: 7})
    eq(d[1], 7)
    n = 5
    n -= 3
    n |= 4
    eq(n, 6)
`)
	if err != nil {
		t.Fatal(enginetest.Describe(err))
	}
}

// Text beyond the bound is refused, not cut off (20.5).
func TestTextTooLarge(t *testing.T) {
	alone(t)
	for _, text := range []string{
		"repr('\"' * 10000000)", "str(['x' * 17000000])", "'%r' % ('\"' * 9000000)", "'{}'.format([['x' * 9000000] * 2])",
		"str([0] * 600000 + [0] * 600000)", "'%s%s%s' % ((['x' * 11500000],) * 3)",
		"'%(a)s%(a)s%(a)s' % {'a': ['x' * 11500000]}", "','.join(['x' * 1000000] * 34)", "'{0}{0}{0}'.format(['x' * 11500000])",
	} {
		_, err := run(t, &enginetest.Task{}, "def main():\n    return len("+text+")")
		var e *hostapi.Error
		if !errors.As(err, &e) || e.Message != "value too large" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A kill ends each operation between two pieces (20.5).
func TestKillBetweenPieces(t *testing.T) {
	alone(t)
	setup := map[string]string{
		"a": "[[i] for i in range(60000)]", "b": "[[i] for i in range(60000)]", "t": "set(range(30000))",
		"u": "{i: [i] for i in range(60000)}", "v": "{i: [i] for i in range(60000)}", "w": `["x"] * 100000`,
	}
	for _, operation := range []string{
		"a == b", "[a] < [b]", "-1 in a", "a.index(-1)", "sorted(a)", "max(a)", "min(w)", "str(a)", "'%s' % a", "'{}'.format(a)", "repr(u)",
		"print(a)", "set(w)", "list(a + b)", "tuple(a + b)", "any([0] * 300000)", "','.join(w)", "t | t", "t.union(t)", "t.update(w)",
		"u == v", "dict(u)", "u.update(v)", "t <= t", "u | v", "enumerate(a + b)", "error(a)", "dict(enumerate(w))",
		"u.items()", "u.keys()", "('x' * 30000000).upper()", "('x' * 20000000).replace('x', 'y')", "('x' * 20000000).title()", "[0] * 1000000", "{i: i for i in u}", "set(u)",
	} {
		task, text := &enginetest.Task{}, ""
		for name, value := range setup {
			if regexp.MustCompile(`\b` + name + `\b`).MatchString(operation) {
				text += name + " = " + value + "\n"
			}
		}
		in, err := loadProgram(t, compile(t, text+"def main():\n    pcall(lambda: "+operation+")\n    print('survived')\n"), task)
		if err != nil {
			t.Fatal(enginetest.Describe(err))
		}
		task.KillAt = task.Ticks + 3
		f, err := in.Method("main")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Call(task, nil); !errors.Is(err, hostapi.ErrKilled) || len(task.Output.Lines) > 0 {
			t.Errorf("%s: %v %.100s", operation, err, strings.Join(task.Output.Lines, ""))
		}
	}
}

// Lists and dicts that grow in pieces are what the interpreter makes of them.
func TestGrowingInPieces(t *testing.T) {
	alone(t)
	const prelude = `
def note(x):
    d[x] = x
    return x
d, e, l = {"a": 1}, {}, [1, 2, 3]
full = [0] * 70000
`
	large := map[string]string{"small": "{x: x for x in range(26000)}", "keys": "set(range(26000))"}
	small := map[string]string{"small": "{}", "keys": "set()"}
	const result = `
return [d, e if len(e) < 100 else e.items()[::997], l[:100], full[::997], full[-9:], small.items()[::997], list(keys)[::997]] + [len(x) for x in (d, e, l, full, small, keys)]
`
	for _, text := range []string{
		// lists
		"for x in range(140000): l.append(x)", "for x in range(70000): full.append([x])", "for x in range(70000): full.insert(5, x) if x % 100 == 0 else full.append(x)",
		"for x in range(1000): full += [x] * 100", "for x in range(20): full.extend(range(x * 1000))", "for x in range(6): l += full[:x * 20000]", "for x in range(2): full += full", "for x in range(2): full.extend(full)",
		"b = full\nb.append(1)\nfull.append(2)\nl = [b == full, b[-1], len(full)]", "b = [full]\nb[0] += [1]\nb[0].append(2)", "full.insert(-1, 5)", "full.insert(70000, 5)", "full.insert(1 << 40, 5)", "full.clear()\nfull.append(1)",
		"l = [full.append(1), full.extend([]), full.insert(0, 0)]", "l = full.append\nl(1)\nl(2)", "l = getattr(full, 'append')\nl(1)", "full.extend('ab'.elems())", "full += {1: 2}", "full += (1, 2)", "full.extend(set([1]))",
		"full.append()", "full.append(1, 2)", "full.append(x = 1)", "full.insert(1)", "full.insert('a', 1)", "full.extend(5)", "full.extend()", "full += 5", "full += None", "full.push(1)",
		"for x in full: full.append(1)", "for x in full: full.insert(0, 1)", "for x in full: full.extend([1])", "for x in full: full += [1]", "for x in full: full[0] = 1",
		"full[0] = 1", "full[70000] = 1", "full[-70000] = 1", "full['a'] = 1", "full[note(5)] = 6", "full[l[0]], l[l[1]] = 5, 6",
		// dicts and sets
		"for x in range(60000): e[x] = str(x)", "for x in range(60000): small[x * 2] = [x]", "for x in range(60000): small.setdefault(x, 5)", "for x in range(60000): keys.add(x)", "for x in range(60000):\n        e[(x, 1)] = x\n        e.pop((x - 5, 1), None)",
		"small.update([(x, 1) for x in range(20000, 60000)])", "small.update(dict([(x, 1) for x in range(20000, 60000)]))", "small |= dict([(x, 1) for x in range(20000, 60000)])", "keys |= set(range(60000))", "keys.update(range(60000))",
		"d['a'] = 5", "k = 'b'\nd[k] = 5", "k = 'a'\nd[k] += 5", "k = 'b'\nd[k] += 5", "d[note(7)] = note(8)", "d[d['a']] = d", "e[d['a']] = l", "d[[y for y in l][1]] = 5", "d[(lambda: note(1))()] = 5", "d[1 if note(3) else 2] = 5",
		"k = 3\nd[k], l[k - 1], e[k * 2] = 1, 2, 3", "k = 3\nd[k], d[k] = 1, 2", "k = 'x'\nfor d[k] in l: pass", "k = 0\nfor l[k], d[k] in [(1, 2), (3, 4)]: pass", "k = [5 for d['z'] in l]", "(d[l[0]]) = 7", "[d[l[0]]] = [7]",
		"k = [1]\nd[k] = 1", "k = (1, [2])\nd[k] = 1", "d[{}] = 1", "k = 'a'\nfor x in d: d[k] = 1", "for x in d: d[x + 'b'] = 1", "for x in small: small[-1 - x] = 1", "for x in keys: keys.add(-1 - x)", "k = 1\n'abc'[k] = 5", "k = 1\n(1, 2)[k] = 5", "k = 1\nNone[k] = 5", "k = 1\nnote[k] = 5",
		"k = 'a'\nl[k] = 5", "k = 9\nl[k] = 5", "k = 5\nx = e\nx[k] = 1\nx[k + 1] = 2\nx = x[k]", "k = 1.5\nd[k] = 1\nd[k - 0.5] = 2", "k = 1 << 70\nd[k] = 1\nl[k] = 2", "k = 'a'\nd[k].foo = 5", "d[note(l)] = 5",
	} {
		made := ""
		for name, value := range large {
			if !strings.Contains(text, name) {
				value = small[name]
			}
			made += name + " = " + value + "\n"
		}
		asInterpreter(t, text, "def main():"+strings.ReplaceAll(prelude+made+text+result, "\n", "\n    ")+"\n")
	}
}

// What grows by much in one step is announced, each time once (Task.Reserve).
func TestGrowthIsAnnounced(t *testing.T) {
	alone(t)
	// A dict or set doubles its table when there are 26,624, 53,248 and 106,496
	// entries; before, the table is small.
	for _, c := range []struct {
		what, text  string
		least, most int
	}{
		{"key", "d = {}\n    for i in range(120000): d[i] = i", 3, 3},
		{"expression", "d = {}\n    for i in range(120000): d[i & 0xfffff] = i", 3, 3},
		{"call", "d = {}\n    for i in range(120000): d[int(i)] = i", 3, 3},
		{"loop", "d = {}\n    k = [0]\n    for d[k[0]] in range(120000): k[0] += 1", 3, 3},
		{"setdefault", "d = {}\n    for i in range(120000): d.setdefault(i, i)", 3, 3},
		{"set", "s = set()\n    for i in range(120000): s.add(i)", 3, 3},
		{"comprehension of a dict", "d = {i: i for i in range(120000)}", 3, 3},
		{"comprehension", "l = [i + i for i in range(300000)]", 6, 8}, // by a quarter
		{"list", "l = []\n    for i in range(300000): l.append(i)", 6, 8},
		{"bound append", "l = []\n    put = l.append\n    for i in range(300000): put(i)", 6, 8},
		{"append by name", "l = []\n    put = getattr(l, 'append')\n    for i in range(300000): put(i)", 6, 8},
		{"existing key", "d = {i: i for i in range(26624)}\n    for i in range(1000): d[i] = 0", 1, 1},
		{"small", "for i in range(10):\n        d = {j: j for j in range(10000)}\n        l = [j for j in range(60000)]", 0, 0},
	} {
		task := &enginetest.Task{}
		if _, err := run(t, task, "def main():\n    "+c.text+"\n"); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		if task.Large < c.least || task.Large > c.most {
			t.Errorf("%s: announced %d times, want %d to %d", c.what, task.Large, c.least, c.most)
		}
	}
	for _, text := range []string{"d = {}\n    for i in range(120000): d[i] = i", "l = []\n    while True: l.append(1)", "s = set()\n    while True: s.add(len(s))", "return {i: i for i in range(120000)}"} {
		if _, err := run(t, &enginetest.Task{KillLarge: true}, "def main():\n    "+text+"\n"); !errors.Is(err, hostapi.ErrKilled) {
			t.Errorf("%s: killed when a piece was announced, ended with %v", text, err)
		}
	}
}

// alone is for tests that take long with the race detector, which has nothing to see
// in them: they are one goroutine.
func alone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long with the race detector, and is one goroutine")
	}
}
