package starlark

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// subject is something that this engine does in another way than the interpreter: a
// built-in, a method, an operator or a statement.
type subject struct {
	name     string
	receiver func(*drawer) *sample // of a method
	params   []hint                // what is given, mostly; of operators always
	keywords []string              // names that are tried
	forms    []form
	exact    bool // an operator or statement: as many operands as params
}

// hint draws an argument that makes sense.
type hint func(*drawer, *trial) *sample

// form is one way to write it, as a function of the receiver, the list of arguments
// and the dict of named ones, or of n arguments each.
type form struct {
	text   string
	direct bool // with n arguments
	n      int
	name   string // of the function that the net's source defines for it
}

// trial is one call of a subject.
type trial struct {
	subject  *subject
	form     *form
	receiver *sample
	args     []*sample
	names    []string
	values   []*sample // named ones
}

const operands = "xyzw"

// prelude has the functions that calls are given.
const netPrelude = `
def same(x): return x
def listed(x): return [x]
def paired(x): return (x, 1)
def always(x): return 0
def nothing(): return None
def failing(x): return 1 // 0
def boundless(*args, **kwargs): return (len(args), list(kwargs))
def changing(x):
    if type(x) == "list": x.append(1)
    elif type(x) == "dict": x["new"] = 1
    elif type(x) == "set": x.add("new")
    return 0
`

func builtinSubject(name string, params []hint, keywords ...string) *subject {
	s := &subject{name: name, params: params, keywords: keywords}
	s.forms = append(s.forms, form{text: "return " + name + "(*a, **k)"})
	for n := range 5 {
		s.forms = append(s.forms, form{text: "return " + name + "(" + letterList(n) + ")", direct: true, n: n})
	}
	return s
}

func letterList(n int) string { return strings.Join(strings.Split(operands, "")[:min(n, 4)], ", ") }

func methodSubject(of, name string, receiver func(*drawer) *sample, params ...hint) *subject {
	s := &subject{name: of + "." + name, receiver: receiver, params: params}
	for _, text := range []string{"return r.N(*a, **k)", "m = r.N\n    return m(*a, **k)", "return getattr(r, 'N')(*a, **k)"} {
		s.forms = append(s.forms, form{text: strings.ReplaceAll(text, "N", name)})
	}
	for n := range 5 {
		s.forms = append(s.forms, form{text: "return r." + name + "(" + letterList(n) + ")", direct: true, n: n})
	}
	return s
}

// statement is an operator or a statement, written in several ways.
func statementSubject(name string, params []hint, texts ...string) *subject {
	s := &subject{name: name, params: params, exact: true}
	for _, text := range texts {
		s.forms = append(s.forms, form{text: strings.ReplaceAll(text, "; ", "\n    "), direct: true, n: len(params)})
	}
	return s
}

func aString(d *drawer) *sample { return d.string() }

func aContainer(kind sampleKind) func(*drawer) *sample {
	return func(d *drawer) *sample { return d.container(kind) }
}

// hints.
var (
	anything hint = func(d *drawer, _ *trial) *sample { return d.any() }
	aSmall   hint = func(d *drawer, _ *trial) *sample { return d.small() }
	anInt    hint = func(d *drawer, _ *trial) *sample { return d.int() }
	aNumber  hint = func(d *drawer, _ *trial) *sample { return pick(d, d.int, d.float, d.small)() }
	aText    hint = func(d *drawer, _ *trial) *sample { return d.string() }
	anIndex  hint = func(d *drawer, _ *trial) *sample {
		return pick(d, d.small, d.small, d.small, d.int, func() *sample { return &sample{} })()
	}
	inside    hint = func(d *drawer, c *trial) *sample { return d.of(c.first()) }
	iterated  hint = func(d *drawer, _ *trial) *sample { return d.iterable() }
	thePairs  hint = func(d *drawer, _ *trial) *sample { return d.pairs() }
	theTexts  hint = func(d *drawer, _ *trial) *sample { return d.strings() }
	aCallable hint = func(d *drawer, _ *trial) *sample { return d.callable() }
	aBool     hint = func(d *drawer, _ *trial) *sample { return pick(d, yes, no) }
	aKey      hint = func(d *drawer, c *trial) *sample {
		if f := c.first(); f != nil && f.kind == dictSample && len(f.kids) > 0 && !d.one(3) {
			return f.kids[2*d.IntN(len(f.kids)/2)]
		}
		return pick(d, d.key, d.key, func() *sample { return d.of(c.first()) })()
	}
	like hint = func(d *drawer, c *trial) *sample { // of the kind of the first
		if f := c.first(); f != nil && !d.one(6) {
			if d.one(3) {
				return d.again(f)
			}
			switch f.kind {
			case listSample, tupleSample, dictSample, setSample:
				s := d.container(f.kind)
				if d.one(2) && f.length == 0 {
					s.kids = append(slices.Clone(f.kids), s.kids...)
				}
				return s
			case stringSample:
				return d.string()
			case intSample, floatSample:
				return pick(d, d.int, d.float, d.small)()
			case rangeSample:
				return d.rangeOf()
			}
		}
		return d.any()
	}
	aSequence hint = func(d *drawer, _ *trial) *sample {
		return pick(d, d.string, d.iterable, func() *sample { return d.container(listSample) }, func() *sample { return &sample{kind: bytesSample, text: d.text()} })()
	}
	aDict hint = func(d *drawer, _ *trial) *sample { return d.container(dictSample) }
	aSet  hint = func(d *drawer, _ *trial) *sample { return d.container(setSample) }
	// changed is what can be changed by an index.
	changed hint = func(d *drawer, c *trial) *sample { return d.container(pick(d, listSample, dictSample)) }
	// aFormat has braces or percents.
	aFormat hint = func(d *drawer, _ *trial) *sample {
		var b strings.Builder
		for range 1 + d.IntN(4) {
			b.WriteString(pick(d, "%s", "%r", "%d", "%x", "%X", "%o", "%e", "%f", "%g", "%G", "%c", "%%", "%(a)s", "%(k)r", "%", "%q", "x", "é", "%i", "%(a"))
		}
		return &sample{kind: stringSample, text: b.String()}
	}
	yes = &sample{kind: boolSample, n: integer(1).n}
	no  = &sample{kind: boolSample, n: integer(0).n}
)

func braces(d *drawer) *sample {
	var b strings.Builder
	for range d.IntN(5) {
		b.WriteString(pick(d, "{}", "{0}", "{1}", "{a}", "{k}", "{!r}", "{0!r}", "{a!s}", "{{", "}}", "{", "}", "{:x}", "{a.b}", "{a[0]}", "{!x}", "x", "é ", "{2}", "{}"))
	}
	return &sample{kind: stringSample, text: b.String()}
}

// first is what the others may have to do with.
func (c *trial) first() *sample {
	if c.receiver != nil {
		return c.receiver
	}
	if len(c.args) > 0 {
		return c.args[0]
	}
	return nil
}

func hints(h ...hint) []hint { return h }

// subjects are all built-ins and methods that are replaced, and all operators and
// statements that are rewritten. A test compares them with the tables of the engine.
func subjects() []*subject {
	all := []*subject{
		builtinSubject("all", hints(iterated)),
		builtinSubject("any", hints(iterated)),
		builtinSubject("bytes", hints(aSequence)),
		builtinSubject("dict", hints(thePairs), "a", "k", "key"),
		builtinSubject("enumerate", hints(iterated, aSmall), "start"),
		builtinSubject("fail", hints(anything, anything), "sep"),
		builtinSubject("float", hints(aNumber)),
		builtinSubject("getattr", hints(anything, func(d *drawer, _ *trial) *sample {
			return &sample{kind: stringSample, text: pick(d, "append", "index", "a", "b", "items", "from", "x", "upper", "add", "elems", "pop", "update", "message", "popitem")}
		}, anything)),
		builtinSubject("hash", hints(aText)),
		builtinSubject("int", hints(func(d *drawer, _ *trial) *sample {
			return pick(d, d.int, d.float, func() *sample {
				return &sample{kind: stringSample, text: pick(d, "", "-", "+", "0", "1", "-12", "0x1f", "0b11", "0o17", "010", "ff", "z", "1_0", "99999999999999999999", " 1", "0x", "-0x10", "0b2", "+0")}
			})()
		}, aSmall), "x", "base"),
		builtinSubject("len", hints(aSequence)),
		builtinSubject("list", hints(iterated)),
		builtinSubject("max", hints(iterated, like, anything), "key"),
		builtinSubject("min", hints(iterated, like, anything), "key"),
		builtinSubject("print", hints(anything, anything, anything), "sep"),
		builtinSubject("range", hints(aSmall, aSmall, anInt)),
		builtinSubject("repr", hints(anything)),
		builtinSubject("reversed", hints(iterated)),
		builtinSubject("set", hints(iterated)),
		builtinSubject("sorted", hints(iterated, aCallable, aBool), "key", "reverse", "iterable"),
		builtinSubject("str", hints(anything)),
		builtinSubject("tuple", hints(iterated)),
		builtinSubject("zip", hints(iterated, iterated, iterated)),
	}
	for name, params := range map[string][]hint{
		"capitalize": nil, "count": {inside, anIndex, anIndex}, "find": {inside, anIndex, anIndex}, "index": {inside, anIndex, anIndex},
		"isalnum": nil, "isalpha": nil, "isdigit": nil, "islower": nil, "isspace": nil, "istitle": nil, "isupper": nil,
		"join": {theTexts}, "lower": nil, "lstrip": {inside}, "partition": {inside}, "replace": {inside, aText, aSmall},
		"rfind": {inside, anIndex, anIndex}, "rindex": {inside, anIndex, anIndex}, "rpartition": {inside},
		"rsplit": {separator, aSmall}, "rstrip": {inside}, "split": {separator, aSmall}, "splitlines": {aBool}, "strip": {inside},
		"title": nil, "upper": nil,
	} {
		all = append(all, methodSubject("string", name, aString, params...))
	}
	format := methodSubject("string", "format", braces, anything, anything, anything)
	format.keywords = []string{"a", "k"}
	all = append(all, format)
	for name, params := range map[string][]hint{
		"append": {anything}, "clear": nil, "extend": {iterated}, "index": {inside, anIndex, anIndex}, "insert": {aSmall, anything},
		"pop": {aSmall}, "remove": {inside},
	} {
		all = append(all, methodSubject("list", name, aContainer(listSample), params...))
	}
	for name, params := range map[string][]hint{
		"clear": nil, "get": {aKey, anything}, "items": nil, "keys": nil, "pop": {aKey, anything}, "popitem": nil, "setdefault": {aKey, anything},
		"update": {thePairs}, "values": nil,
	} {
		m := methodSubject("dict", name, aContainer(dictSample), params...)
		if name == "update" {
			m.keywords = []string{"a", "k", "key"}
		}
		all = append(all, m)
	}
	for name, params := range map[string][]hint{
		"add": {inside}, "clear": nil, "difference": {iterated}, "discard": {inside}, "intersection": {iterated}, "issubset": {iterated},
		"issuperset": {iterated}, "pop": nil, "remove": {inside}, "symmetric_difference": {iterated}, "union": {iterated, iterated},
		"update": {iterated, iterated},
	} {
		if slices.ContainsFunc(params, func(h hint) bool { return fmt.Sprintf("%p", h) == fmt.Sprintf("%p", iterated) }) {
			params = slices.Clone(params)
			params[0] = func(d *drawer, c *trial) *sample { return pick(d, like, iterated)(d, c) }
		}
		all = append(all, methodSubject("set", name, aContainer(setSample), params...))
	}
	all = append(all, operators()...)
	slices.SortFunc(all, func(x, y *subject) int { return strings.Compare(x.name, y.name) })
	for i, s := range all {
		for j := range s.forms {
			s.forms[j].name = fmt.Sprintf("f%d_%d", i, j)
		}
	}
	return all
}

var separator hint = func(d *drawer, c *trial) *sample {
	if d.one(3) {
		return &sample{}
	}
	return inside(d, c)
}

// operators are what is rewritten.
func operators() []*subject {
	var all []*subject
	two := hints(anything, like)
	for _, op := range []string{"+", "-", "*", "/", "//", "%", "|", "&", "^", "<<", ">>"} {
		params := two
		switch op {
		case "/", "//", ">>":
			params = hints(pick1(aNumber, aNumber, anything), like)
		case "*", "<<":
			params = hints(pick1(aSequence, aNumber, anything), pick1(aSmall, aSmall, like))
		case "|", "&", "^", "-":
			params = hints(pick1(aSet, aDict, aNumber, anything), like)
		case "%":
			params = hints(pick1(aFormat, aFormat, aNumber), pick1(anything, like, func(d *drawer, _ *trial) *sample { return d.container(pick(d, tupleSample, dictSample)) }))
		}
		all = append(all, statementSubject("x "+op+" y", params, "return x "+op+" y", "return (x) "+op+" (y if y else y)"))
		all = append(all, statementSubject("x "+op+"= y", params,
			"o = x; x "+op+"= y; return [o, x]", "l = [x]; l[0] "+op+"= y; return [x, l]", "d = {'k': x}; i = same('k'); d[i] "+op+"= y; return [x, d]",
			"d = {'k': x}; d[same('k')] "+op+"= y; return [x, d]", "l = [[x], 0]; (l[same(0)])[-1] "+op+"= same(y); return [x, l]"))
	}
	for _, op := range []string{"==", "!=", "<", "<=", ">", ">=", "in", "not in"} {
		if strings.Contains(op, "in") {
			all = append(all, statementSubject("x "+op+" y", hints(pick1(aSequence, aDict, aSet, iterated), inside), "return y "+op+" x", "return (y) "+op+" (x)"))
			continue
		}
		all = append(all, statementSubject("x "+op+" y", two, "return x "+op+" y", "return [x] "+op+" [y]", "return (x, 1) "+op+" (y, 1)", "return {'a': x} "+op+" {'a': y}"))
	}
	all = append(all,
		statementSubject("with constants", hints(anything),
			"return x + 1", "return x + 'a'", "return 'a' + x", "return x * 2", "return 3 * x", "return x % 5", "return x % 'a'", "return x - 1", "return x | 1",
			"return x // 2", "return x == 1", "return x != None", "return x < 3", "return x >= 'a'", "return x in (1, 2)", "return 1 in x", "return 'a' not in x",
			"return x << 3", "return x[0]", "return x['a']", "return x[-1]", "return x[1:]", "return x[:-1]", "return x[::2]", "return x[::-1]",
			"return '%s' % x", "return '%d-%s' % x", "return '%r%%' % (x,)", "return '%(a)s' % x", "x += 1; return x", "x *= 2; return x", "x %= 3; return x", "x |= {}; return x", "x -= 1; return x",
			"x <<= 2; return x", "x[0] = 1; return x", "x['a'] = 2; return x", "x[0] += 1; return x", "x['a'] *= 2; return x"),
		statementSubject("x[y]", hints(pick1(aSequence, aDict, anything), pick1(aKey, anIndex)), "return x[y]", "return (x)[(y)]"),
		statementSubject("x[y:z]", hints(aSequence, anIndex, anIndex), "return x[y:z]", "return x[y:]", "return x[:z]"),
		statementSubject("x[y:z:w]", hints(aSequence, anIndex, anIndex, anIndex), "return x[y:z:w]", "return x[::w]", "return x[y::w]", "return x[:z:w]"),
		statementSubject("x[y] = z", hints(changed, pick1(aKey, anIndex), anything),
			"x[y] = z; return x", "x[same(y)] = z; return x", "(x)[y] = z", "x[y], x[y] = z, 1; return x", "[x[y], y] = [z, 2]; return [x, y]", "same(x)[y] = same(z)", "for x[y] in [z, 1]: pass"),
		statementSubject("{x: y, z: w}", hints(pick1(aKey, anything), anything, pick1(aKey, anything), anything), "return {x: y, z: w}", "return {'a': x, 'b': y, z: w}", "return {x: y}"),
		statementSubject("f(*x, **y)", hints(iterated, aDict), "return boundless(*x)", "return boundless(*x, **y)", "return boundless(1, *x)", "return boundless(**y)", "return same(*x)", "return boundless(k = 1, **y)"),
		statementSubject("unpack", hints(iterated), "a, b = x; return [a, b]", "[a] = x; return a", "(a, (b, c)) = x; return [a, b, c]", "for a, b in x: return [a, b]"),
		statementSubject("for", hints(iterated, iterated),
			"l = []; for e in x: l.append(e); return l", "for e in x: x.append(e)", "for e in x: x[e] = 1", "for e in x: x.pop(e)", "for e in x: x.clear()", "for e in x: x.update(y)",
			"for e in x: x.insert(0, e)", "for e in x: x += y", "for e in x: x |= y", "for e in x: x.add(e)", "for e in x: x.extend(y)", "for e in x: x.remove(e)", "for e in x: x[0] = e",
			"for e in x: x.setdefault('new', e)", "for e in x: x.discard(e)", "l = []; for e in x: x = y; l.append(e); return l", "for e in x: return e"),
		statementSubject("comprehension", hints(iterated, iterated),
			"return [e for e in x]", "return [e for e in x if e]", "return [[e] for e in x]", "return [(e, f) for e in x for f in y]", "return {e: 1 for e in x}", "return {e: f for e, f in x}",
			"return [e + 1 for e in x]", "return [e[0] for e in x]", "return [[f for f in y] for e in x]", "return {e: [f for f in y if f != e] for e in x}", "return [x.append(e) for e in x]",
			"return [e for e in x for x in y]", "return [-e for e in x]", "return {f: e for e in x for f in y}", "return [same(e) for e in x if same(e)]", "return [x.clear() for e in x if e]"),
	)
	return all
}

// pick1 gives one of several hints.
func pick1(all ...hint) hint {
	return func(d *drawer, c *trial) *sample { return pick(d, all...)(d, c) }
}

// netSource is the text of a program for the net.
func netSource(text string) hostapi.Source {
	return hostapi.Source{ID: "app:net", Path: netFile, Text: text}
}

// netText defines a function for each form of the subjects.
func netText(all []*subject) string {
	var b strings.Builder
	b.WriteString(netPrelude)
	for _, s := range all {
		for _, f := range s.forms {
			params := "r, a, k"
			if f.direct {
				params = strings.Join(append([]string{"r"}, strings.Split(operands, "")[:f.n]...), ", ")
			}
			fmt.Fprintf(&b, "def %s(%s):\n    %s\n", f.name, params, f.text)
		}
	}
	return b.String()
}

// call draws a call.
func (d *drawer) call(s *subject) *trial {
	c := &trial{subject: s}
	if s.receiver != nil {
		c.receiver = s.receiver(d)
		if d.one(25) {
			c.receiver = d.any()
		} else if d.one(d.many) {
			c.receiver = d.large(c.receiver)
		}
	}
	n := len(s.params)
	if !s.exact {
		switch d.IntN(12) {
		case 0:
			n = d.IntN(5)
		case 1, 2, 3:
			n -= d.IntN(n + 1)
		case 4, 5, 6:
			n = min(n, 1)
		}
	}
	named := !s.exact && d.one(20) || len(s.keywords) > 0 && d.one(3)
	if named {
		n = min(n, d.IntN(3))
	}
	for i := range n {
		h := anything
		if i < len(s.params) && !d.one(9) {
			h = s.params[i]
		}
		var x *sample
		if c.first() != nil && d.one(20) {
			x = c.first() // itself
		} else {
			x = h(d, c)
		}
		if d.one(d.many) {
			x = d.large(x)
		}
		c.args = append(c.args, x)
	}
	if named {
		for range 1 + d.IntN(2) {
			name := pick(d, "k", "start", "sep", "x")
			if len(s.keywords) > 0 && !d.one(8) {
				name = pick(d, s.keywords...)
			}
			if slices.Contains(c.names, name) {
				continue
			}
			var v *sample
			switch name {
			case "key":
				v = d.callable()
			case "reverse":
				v = pick(d, yes, no, yes, d.scalar())
			case "sep":
				v = d.string()
			case "base":
				v = pick(d, integer(10), integer(16), integer(0), integer(2), d.scalar())
			case "iterable":
				v = d.iterable()
			default:
				v = d.any()
			}
			c.names, c.values = append(c.names, name), append(c.values, v)
		}
	}
	c.form = c.choose(d)
	return c
}

// choose picks a form that can be written with the arguments.
func (c *trial) choose(d *drawer) *form {
	var fit []*form
	for i := range c.subject.forms {
		f := &c.subject.forms[i]
		if !f.direct || f.n == len(c.args) && len(c.names) == 0 {
			fit = append(fit, f)
		}
	}
	return pick(d, fit...)
}

// String writes the call.
func (c *trial) String() string {
	var args []string
	for _, s := range c.args {
		args = append(args, s.String())
	}
	for i, name := range c.names {
		args = append(args, name+" = "+c.values[i].String())
	}
	list := strings.Join(args, ", ")
	switch {
	case c.subject.exact:
		for i := range args {
			args[i] = operands[i:i+1] + " = " + args[i]
		}
		return strings.ReplaceAll(c.form.text, "\n    ", "; ") + "   where " + strings.Join(args, "; ")
	case c.receiver != nil:
		_, name, _ := strings.Cut(c.subject.name, ".")
		return c.receiver.String() + "." + name + "(" + list + ")   as " + strings.ReplaceAll(c.form.text, "\n    ", "; ")
	}
	return c.subject.name + "(" + list + ")   as " + c.form.text
}

// run makes the call on one side, with a limit of the interpreter's comparisons. That
// does not concern what is given.
func (c *trial) run(s caller, limit int) outcome {
	b := &builder{side: s, made: map[*sample]starlark.Value{}}
	var given starlark.Tuple
	var receiver starlark.Value = starlark.None
	var args, values starlark.Tuple
	named := new(starlark.Dict)
	within(maxNesting+1, func() {
		if c.receiver != nil {
			receiver = b.value(c.receiver)
		}
		args, values = b.all(c.args), b.all(c.values)
		given = append(append(starlark.Tuple{receiver}, args...), values...)
		for i, name := range c.names {
			_ = named.SetKey(starlark.String(name), values[i])
		}
	})
	params := append(starlark.Tuple{receiver}, args...)
	if !c.form.direct {
		params = starlark.Tuple{receiver, args, named}
	}
	var out outcome
	within(limit, func() {
		v, err := s.call(c.form.name, params)
		out = observed(v, err, s.output(), given)
	})
	return out
}

// caller is a side with the net's source.
type caller interface {
	side
	call(function string, args starlark.Tuple) (starlark.Value, error)
	output() string // printed by the last call
}
