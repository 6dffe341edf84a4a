package starlark

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// methodRule says how a method of the language's own types is kept from doing
// unbounded work in one step.
type methodRule struct {
	// needed reports whether a call with that receiver needs care, if it comes at
	// once: the work depends on it only. nil is always.
	needed func(starlark.Value) bool
	// check measures before the method runs. May be nil.
	check func(*meter, starlark.Value, starlark.Tuple) error
	// call takes the place of the method. May be nil.
	call func(*task, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)
}

// methodRules gives the rules for the methods whose work or result depends on
// more than a constant.
func methodRules() map[string]*methodRule {
	rules := map[string]*methodRule{
		"add":                  {call: adding},
		"append":               {needed: full, call: lengthening},
		"capitalize":           {needed: isLarge, call: recased},
		"clear":                {check: clearing},
		"difference":           {call: merging(syntax.MINUS)},
		"discard":              {call: finding},
		"extend":               {check: passing, call: lengthening},
		"format":               {call: format},
		"get":                  {call: finding},
		"index":                {call: index},
		"insert":               {check: moving, call: lengthening},
		"intersection":         {call: merging(syntax.AMP)},
		"issubset":             {call: comparing},
		"issuperset":           {call: comparing},
		"items":                {needed: isLarge, call: listing},
		"join":                 {call: consuming(consumesTexts)},
		"keys":                 {needed: isLarge, call: listing},
		"lower":                {needed: isLarge, call: recased},
		"pop":                  {check: moving, call: pop},
		"popitem":              {call: popFirst},
		"remove":               {call: remove},
		"replace":              {check: replacing, call: replace},
		"rsplit":               {check: splitting, call: rsplit},
		"setdefault":           {call: adding},
		"split":                {check: splitting, call: split},
		"splitlines":           {check: splitting},
		"symmetric_difference": {call: merging(syntax.CIRCUMFLEX)},
		"title":                {needed: isLarge, call: recased},
		"union":                {call: union},
		"update":               {call: update},
		"upper":                {needed: isLarge, call: recased},
		"values":               {needed: isLarge, call: listing},
	}
	// work of each byte or element of the receiver, in units per eight
	for name, units := range map[string]int{
		"count": 2, "find": 2, "rfind": 8, "rindex": 8, "partition": 2, "rpartition": 8,
		"lstrip": 8, "rstrip": 8, "strip": 8,
		"isalnum": 16, "isalpha": 16, "isdigit": 16, "islower": 16, "isspace": 16, "istitle": 16, "isupper": 16,
	} {
		rules[name] = &methodRule{needed: isLarge, check: func(m *meter, receiver starlark.Value, _ starlark.Tuple) error {
			m.units += sizeOf(receiver) * units / 8
			return nil
		}}
	}
	return rules
}

func isLarge(v starlark.Value) bool { return sizeOf(v) >= large }

// full reports whether v is a huge list that has no room for one more element.
func full(v starlark.Value) bool {
	l, ok := v.(*starlark.List)
	return ok && l.Len() >= huge && l.Len() == room(l).Cap()
}

// sizeOf gives the bytes of a text, or the elements of what has some.
func sizeOf(v starlark.Value) int {
	switch v := v.(type) {
	case starlark.String:
		return len(v)
	case starlark.Bytes:
		return len(v)
	}
	return max(starlark.Len(v), 0)
}

// methodGuard is what x.name becomes for such a method: an index operation on
// it, name[x] (see rewrite). It is shared by all processes.
type methodGuard struct {
	name  string
	rule  *methodRule
	bound bool // not called at once
}

var _ starlark.Mapping = (*methodGuard)(nil)

func (g *methodGuard) String() string        { return g.name }
func (g *methodGuard) Type() string          { return "guard" }
func (g *methodGuard) Freeze()               {}
func (g *methodGuard) Truth() starlark.Bool  { return true }
func (g *methodGuard) Hash() (uint32, error) { return 0, nil }

// Get gives the attribute.
func (g *methodGuard) Get(x starlark.Value) (starlark.Value, bool, error) {
	if attrs, ok := x.(starlark.HasAttrs); ok {
		if v, err := attrs.Attr(g.name); err == nil && v != nil {
			return g.rule.apply(g.name, v, g.bound), true, nil
		}
	}
	return nil, false, absent(x, g.name)
}

// absent gives the interpreter's words for an attribute that there is not, with
// the hint at what is spelled alike: it gives them only where it compiles the dot.
func absent(x starlark.Value, name string) error {
	f, err := starlark.ExprFuncOptions(dialect(), "", "x."+name, starlark.StringDict{"x": x})
	if err != nil {
		return err
	}
	_, err = starlark.Call(&starlark.Thread{}, f, nil, nil)
	var failed *starlark.EvalError
	if errors.As(err, &failed) {
		return errors.New(failed.Msg)
	}
	return err
}

// apply gives the attribute v of that name as scripts may have it. A field of a struct
// may hold a method of another name, which has its own rule, or none.
func (r *methodRule) apply(name string, v starlark.Value, bound bool) starlark.Value {
	original, ok := v.(*starlark.Builtin)
	if !ok || original.Receiver() == nil || original.Name() != name || !bound && r.needed != nil && !r.needed(original.Receiver()) {
		return v
	}
	return &checkedMethod{original, r}
}

// checkedMethod is a bound method of one of the language's own types.
type checkedMethod struct {
	*starlark.Builtin
	rule *methodRule
}

// CallInternal measures the call before it makes it.
func (c *checkedMethod) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := taskOf(thread)
	if c.rule.check != nil {
		all := args
		for _, pair := range kwargs {
			all = append(all[:len(all):len(all)], pair[1])
		}
		var m meter
		err := c.rule.check(&m, c.Receiver(), all)
		t.charge(m.steps())
		if err != nil {
			return nil, err
		}
	}
	if c.rule.call != nil {
		return c.rule.call(t, c.Builtin, args, kwargs)
	}
	return c.Builtin.CallInternal(thread, args, kwargs)
}

// lengthening is list.append, insert or extend.
func lengthening(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if l, ok := b.Receiver().(*starlark.List); ok && len(args) > 0 {
		n := 1
		if b.Name() == "extend" {
			n = max(starlark.Len(args[0]), 0)
		}
		t.lengthen(l, n)
	}
	return b.CallInternal(&t.thread, args, kwargs)
}

// finding is a method whose argument is looked up.
func finding(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	args, err := t.first(args)
	if err != nil {
		return nil, err
	}
	return b.CallInternal(&t.thread, args, kwargs)
}

// pop is list.pop, dict.pop or set.pop.
func pop(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if _, ok := b.Receiver().(*starlark.Set); ok {
		return popFirst(t, b, args, kwargs)
	}
	return finding(t, b, args, kwargs)
}

// popFirst is dict.popitem or set.pop, which look their first key up.
func popFirst(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var k starlark.Value
	it := starlark.Iterate(b.Receiver())
	ok := it.Next(&k)
	if it.Done(); !ok || !deep(k, 0) || len(args)+len(kwargs) > 0 {
		return b.CallInternal(&t.thread, args, kwargs)
	}
	if z, ok := b.Receiver().(*starlark.Set); ok {
		_, err := z.Delete(&deepKey{k, t})
		return k, named(b.Name(), err)
	}
	v, _, err := b.Receiver().(*starlark.Dict).Delete(&deepKey{k, t})
	return starlark.Tuple{k, v}, named(b.Name(), err)
}

// adding is set.add or dict.setdefault.
func adding(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	args, err := t.first(args)
	if err != nil {
		return nil, err
	}
	if len(args) > 0 {
		args[0] = entered(b.Receiver().(table), args[0])
	}
	t.widen(b.Receiver(), starlark.Len(b.Receiver()))
	return b.CallInternal(&t.thread, args, kwargs)
}

// consuming gives the method that takes iterables in pieces.
func consuming(by consumer) func(*task, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return t.piecewise(b, by, args, kwargs)
	}
}

// listing is keys, values or items of a large dict.
func listing(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	d, ok := b.Receiver().(*starlark.Dict)
	if !ok || len(args)+len(kwargs) > 0 {
		return b.CallInternal(&t.thread, args, kwargs)
	}
	w := work{t: t}
	defer w.end()
	t.reserve(d.Len() * slotBytes)
	out := make([]starlark.Value, 0, d.Len())
	var pairs starlark.Tuple // many at a time
	for k, v := range d.Entries() {
		units := 1
		switch b.Name() {
		case "keys":
			out = append(out, k)
		case "values":
			out = append(out, v)
		default:
			if len(pairs) == 0 {
				pairs = make(starlark.Tuple, 2*min(d.Len()-len(out), 256))
			}
			pair := pairs[:2:2]
			pairs = pairs[2:]
			pair[0], pair[1] = k, v
			out = append(out, pair)
			units = 4
		}
		w.step(units)
	}
	return starlark.NewList(out), nil
}

// remove is list.remove or set.remove.
func remove(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	l, ok := b.Receiver().(*starlark.List)
	if !ok {
		return finding(t, b, args, kwargs)
	}
	t.charge(l.Len() / 16) // what is behind it moves
	if len(args) != 1 || !searchesLong(l, args, kwargs) || l.SetIndex(0, l.Index(0)) != nil {
		return b.CallInternal(&t.thread, args, kwargs) // also if it may not be changed
	}
	w := work{t: t}
	defer w.end()
	i, err := w.find(args[0], l, 0, l.Len())
	switch {
	case err != nil:
		return nil, named(b.Name(), err)
	case i < 0:
		return nil, errors.New("remove: element not found")
	}
	pop, err := l.Attr("pop")
	if err != nil {
		return nil, err
	}
	if _, err := pop.(*starlark.Builtin).CallInternal(&t.thread, starlark.Tuple{starlark.MakeInt(i)}, nil); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

// index is list.index or string.index.
func index(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	l, ok := b.Receiver().(*starlark.List)
	if !ok || !searchesLong(l, args, kwargs) {
		t.charge(sizeOf(b.Receiver()) / 16)
		return b.CallInternal(&t.thread, args, kwargs)
	}
	w := work{t: t}
	defer w.end()
	from, to, err := bounds(args[1:], l.Len())
	if err != nil {
		return nil, named(b.Name(), err)
	}
	i, err := w.find(args[0], l, from, to)
	if err == nil && i < 0 {
		err = errors.New("value not in list")
	}
	return starlark.MakeInt(i), named(b.Name(), err)
}

// searchesLong reports whether it may take long to find the first argument, which
// bounds may follow.
func searchesLong(l *starlark.List, args starlark.Tuple, kwargs []starlark.Tuple) bool {
	return 1 <= len(args) && len(args) <= 3 && len(kwargs) == 0 && l.Len() > 0 && (l.Len() >= large || !simple(args[0]))
}

// bounds gives what the two arguments of index, which may be absent, stand for in a
// list of n elements.
func bounds(args starlark.Tuple, n int) (from, to int, err error) {
	at := [2]int{0, n}
	for i, v := range args {
		if v == starlark.None {
			continue
		}
		if at[i], err = starlark.AsInt32(v); err != nil {
			return 0, 0, fmt.Errorf("invalid %s index: %w", [2]string{"start", "end"}[i], err)
		}
		if at[i] < 0 {
			at[i] += n
		}
		at[i] = min(max(at[i], 0), n)
	}
	return at[0], at[1], nil
}

// split is string.split. A long string is cut a number of pieces at a time.
func split(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 1 || len(kwargs) > 0 || sizeOf(b.Receiver()) < 16*large {
		return b.CallInternal(&t.thread, args, kwargs)
	}
	var sep starlark.Value = starlark.None
	if len(args) == 1 {
		sep = args[0]
	}
	w := work{t: t}
	defer w.end()
	var out []starlark.Value
	for rest := b.Receiver().(starlark.HasAttrs); ; {
		cut, err := rest.Attr(b.Name())
		if err != nil {
			return nil, err
		}
		v, err := cut.(*starlark.Builtin).CallInternal(&t.thread, starlark.Tuple{sep, starlark.MakeInt(large)}, nil)
		if err != nil {
			return nil, err
		}
		l := v.(*starlark.List)
		n := l.Len()
		last := n <= large
		if !last {
			n = large
		}
		for i := range n {
			out = append(out, l.Index(i))
		}
		if last {
			return starlark.NewList(out), nil
		}
		rest = l.Index(large).(starlark.HasAttrs)
		w.step(8 * large)
	}
}

// rsplit is string.rsplit. Where it splits at space the interpreter makes room for
// as many pieces as it is allowed to make.
func rsplit(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 2 && args[0] == starlark.None {
		if n, ok := args[1].(starlark.Int); ok {
			s, _ := starlark.AsString(b.Receiver())
			most := fields(s)
			if limit, ok := n.Int64(); ok && limit > int64(most) {
				args = starlark.Tuple{args[0], starlark.MakeInt(most)}
			}
		}
	}
	return b.CallInternal(&t.thread, args, kwargs)
}

// fields counts the pieces of a string between space.
func fields(s string) int {
	n, inside := 0, false
	for _, r := range s {
		space := unicode.IsSpace(r)
		if !space && !inside {
			n++
		}
		inside = !space
	}
	return n
}

// format is string.format. Each pair of braces may print the largest argument.
func format(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s, _ := starlark.AsString(b.Receiver())
	a := arguments{t: t, quotes: strings.Contains(s, "!r")}
	args = a.all(args)
	named := make([]starlark.Tuple, len(kwargs))
	for i, pair := range kwargs {
		named[i] = starlark.Tuple{pair[0], pair[1]}
		if p := a.prepare(pair[1]); p != nil {
			named[i][1] = p
		}
	}
	if braces := strings.Count(s, "{"); a.err == nil && len(s)+braces*a.largest > maxBytes {
		a.err = errTooLarge
	}
	if a.err != nil {
		return nil, a.err
	}
	t.charge((len(s) + a.bytes) / 64)
	return b.CallInternal(&t.thread, args, named)
}

func passing(m *meter, _ starlark.Value, args starlark.Tuple) error { return lengths(m, args) }

// moving measures the elements of a list that move up or down.
func moving(m *meter, receiver starlark.Value, _ starlark.Tuple) error {
	if l, ok := receiver.(*starlark.List); ok {
		m.units += l.Len() / 4
	}
	return nil
}

// clearing measures what is emptied: the room, whatever is in it.
func clearing(m *meter, receiver starlark.Value, _ starlark.Tuple) error {
	switch receiver.(type) {
	case *starlark.List:
		m.units += starlark.Len(receiver) / 8
	case *starlark.Dict, *starlark.Set:
		m.units += 4 * room(receiver).Len()
	}
	return nil
}

func replacing(m *meter, receiver starlark.Value, args starlark.Tuple) error {
	s, ok := starlark.AsString(receiver)
	if !ok || len(args) < 2 {
		return nil
	}
	old, _ := starlark.AsString(args[0])
	replacement, _ := starlark.AsString(args[1])
	n := strings.Count(s, old)
	if len(args) > 2 {
		if limit, err := starlark.AsInt32(args[2]); err == nil && limit >= 0 {
			n = min(n, limit)
		}
	}
	m.units += len(s)/4 + 2*n
	return m.add(len(s)+n*max(0, len(replacement)-len(old)), 0)
}

func splitting(m *meter, receiver starlark.Value, args starlark.Tuple) error {
	s, ok := starlark.AsString(receiver)
	if !ok {
		return nil
	}
	pieces := 0
	if len(args) > 0 {
		if sep, ok := starlark.AsString(args[0]); ok && sep != "" {
			pieces = strings.Count(s, sep)
		}
	}
	if pieces == 0 {
		for i := range len(s) {
			if s[i] <= ' ' {
				pieces++
			}
		}
	}
	m.units += len(s)/4 + 4*pieces
	return m.add(len(s), pieces)
}
