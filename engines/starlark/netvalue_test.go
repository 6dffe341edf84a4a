package starlark

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// sample describes a value, of which each side of a comparison makes its own. The
// same sample stands for the same value wherever it occurs in a call. It is never
// changed: what shrinks it makes others.
type sample struct {
	kind   sampleKind
	text   string    // of a string or bytes; the name of a function, method or view
	n      *big.Int  // an integer; of a cycle, how many containers out
	f      float64   // a float
	kids   []*sample // elements; of a dict key after value; of a method its receiver
	names  []string  // of the fields of a struct
	length int       // of a large one: its kids, or its text, again and again
	odd    int       // of a large list or tuple: where None is in place of that, from 1
	frozen bool
	locked bool // by an iteration that has not ended
}

type sampleKind int

const (
	noneSample sampleKind = iota
	boolSample
	intSample
	floatSample
	stringSample
	bytesSample
	listSample
	tupleSample
	dictSample
	setSample
	structSample
	rangeSample
	functionSample // of the prelude, or a built-in
	methodSample   // bound
	viewSample     // of the elements of a text, iterable
	cycleSample    // a container around it
	errorSample
	recordSample
)

// container reports whether values of that kind can be changed.
func (k sampleKind) container() bool {
	return k == listSample || k == dictSample || k == setSample
}

// builder makes the values of one call for one side.
type builder struct {
	side side
	made map[*sample]starlark.Value
	path []starlark.Value // under construction, outermost first
}

// side is one of what is compared: the interpreter as it is, or this engine.
type side interface {
	// builtin gives a built-in, or a function of the prelude.
	builtin(name string) starlark.Value
	// attribute gives a method as the dot does.
	attribute(of starlark.Value, name string) starlark.Value
}

var sightings = &hostapi.Shape{Name: "sighting", Fields: []hostapi.Param{{Name: "kind"}, {Name: "from"}, {Name: "absent"}}}

func (b *builder) all(samples []*sample) starlark.Tuple {
	out := make(starlark.Tuple, len(samples))
	for i, s := range samples {
		out[i] = b.value(s)
	}
	return out
}

func (b *builder) value(s *sample) starlark.Value {
	if v := b.made[s]; v != nil {
		return v
	}
	v := b.build(s)
	b.made[s] = v
	if s.frozen {
		v.Freeze()
	}
	if it, ok := v.(starlark.Iterable); ok && s.locked {
		it.Iterate()
	}
	return v
}

func (b *builder) build(s *sample) starlark.Value {
	switch s.kind {
	case boolSample:
		return starlark.Bool(s.n.Sign() != 0)
	case intSample:
		return starlark.MakeBigInt(s.n)
	case floatSample:
		return starlark.Float(s.f)
	case stringSample:
		return starlark.String(s.repeated())
	case bytesSample:
		return starlark.Bytes(s.repeated())
	case listSample, dictSample, setSample:
		return b.container(s)
	case tupleSample:
		if s.length > 0 {
			return starlark.Tuple(b.elements(s))
		}
		return b.all(s.kids)
	case structSample, recordSample:
		// One that were inside of itself could not be printed.
		around := b.path
		b.path = nil
		defer func() { b.path = around }()
		if s.kind == recordSample {
			return &record{shape: sightings, values: []starlark.Value{b.value(s.kids[0]), starlark.String("x"), starlark.None}}
		}
		var fields []starlark.Tuple
		for i, name := range s.names {
			fields = append(fields, starlark.Tuple{starlark.String(name), b.value(s.kids[i])})
		}
		return starlarkstruct.FromKeywords(starlarkstruct.Default, fields)
	case rangeSample:
		v, err := starlark.Call(new(starlark.Thread), universe("range"), b.all(s.kids), nil)
		if err != nil {
			return starlark.None
		}
		if ours, ok := b.side.(*ours); ok {
			v = ours.instance.ranged(v)
		}
		return v
	case functionSample:
		return b.side.builtin(s.text)
	case methodSample:
		return b.side.attribute(b.value(s.kids[0]), s.text)
	case viewSample:
		view := b.side.attribute(b.value(s.kids[0]), s.text)
		if view, ok := view.(*starlark.Builtin); ok {
			if v, err := view.CallInternal(nil, nil, nil); err == nil {
				return v
			}
		}
		return starlark.None
	case cycleSample:
		if at := len(b.path) - int(s.n.Int64()); at >= 0 && at < len(b.path) {
			return b.path[at]
		}
		return starlark.None
	case errorSample:
		return newError(&hostapi.Error{Message: s.text})
	}
	return starlark.None
}

// container makes a list, dict or set, which may be inside of itself.
func (b *builder) container(s *sample) starlark.Value {
	var v starlark.Value
	var put func(i int, k starlark.Value)
	switch s.kind {
	case listSample:
		l := starlark.NewList(nil)
		v, put = l, func(_ int, k starlark.Value) { _ = l.Append(k) }
	case setSample:
		z := starlark.NewSet(s.length)
		if s.length == 0 {
			z = new(starlark.Set)
		}
		v, put = z, func(_ int, k starlark.Value) { _ = z.Insert(k) } // or not, on both sides
	default:
		d := new(starlark.Dict)
		if s.length > 0 {
			d = starlark.NewDict(s.length)
			for i := range s.length {
				_ = d.SetKey(starlark.MakeInt(i), starlark.MakeInt(-i))
			}
			return d
		}
		var key starlark.Value
		v, put = d, func(i int, k starlark.Value) {
			if i%2 == 0 {
				key = k
				return
			}
			_ = d.SetKey(key, k)
		}
	}
	if s.length > 0 {
		for i, k := range b.elements(s) {
			put(i, k)
		}
		return v
	}
	b.path = append(b.path, v)
	for i, kid := range s.kids {
		put(i, b.value(kid))
	}
	b.path = b.path[:len(b.path)-1]
	return v
}

// elements gives those of a large one: its own again and again, of a set numbers.
func (b *builder) elements(s *sample) []starlark.Value {
	out := make([]starlark.Value, s.length)
	kids := b.all(s.kids)
	for i := range out {
		if s.kind == setSample || len(kids) == 0 {
			out[i] = starlark.MakeInt(i)
		} else {
			out[i] = kids[i%len(kids)]
		}
	}
	if s.odd > 0 && s.odd <= len(out) && s.kind != setSample {
		out[s.odd-1] = starlark.None
	}
	return out
}

func (s *sample) repeated() string {
	if s.length == 0 || s.text == "" {
		return s.text
	}
	return strings.Repeat(s.text, s.length/len(s.text)+1)[:s.length]
}

// String writes the value as Starlark does, with names for what it has no words for.
func (s *sample) String() string {
	text := s.plain()
	if s.frozen {
		text = "frozen(" + text + ")"
	}
	if s.locked {
		text = "iterating(" + text + ")"
	}
	if s.length > 0 {
		text = fmt.Sprintf("long(%s, %d)", text, s.length)
		if s.odd > 0 {
			text = fmt.Sprintf("odd(%s, %d)", text, s.odd)
		}
	}
	return text
}

func (s *sample) plain() string {
	texts := make([]string, len(s.kids))
	for i, kid := range s.kids {
		texts[i] = kid.String()
	}
	list := strings.Join(texts, ", ")
	switch s.kind {
	case boolSample:
		return starlark.Bool(s.n.Sign() != 0).String()
	case intSample:
		return s.n.String()
	case floatSample:
		if s.f == 0 || s.f-s.f != 0 {
			return "float(" + strconv.Quote(strconv.FormatFloat(s.f, 'g', -1, 64)) + ")"
		}
		return starlark.Float(s.f).String()
	case stringSample:
		return starlark.String(s.text).String()
	case bytesSample:
		return starlark.Bytes(s.text).String()
	case listSample:
		return "[" + list + "]"
	case tupleSample:
		if len(texts) == 1 {
			list += ","
		}
		return "(" + list + ")"
	case setSample:
		return "set([" + list + "])"
	case dictSample:
		var entries []string
		for i := 0; i+1 < len(texts); i += 2 {
			entries = append(entries, texts[i]+": "+texts[i+1])
		}
		return "{" + strings.Join(entries, ", ") + "}"
	case structSample:
		for i, name := range s.names {
			texts[i] = name + " = " + texts[i]
		}
		return "struct(" + strings.Join(texts, ", ") + ")"
	case rangeSample:
		return "range(" + list + ")"
	case functionSample:
		return s.text
	case methodSample:
		return list + "." + s.text
	case viewSample:
		return list + "." + s.text + "()"
	case cycleSample:
		return fmt.Sprintf("around(%d)", s.n)
	case errorSample:
		return fmt.Sprintf("errors.new(%q)", s.text)
	case recordSample:
		return "record(" + list + ")"
	}
	return "None"
}

// weight is about how many values a sample stands for, each occurrence counted.
func (s *sample) weight() int {
	n := 1 + s.length
	for _, kid := range s.kids {
		n += kid.weight()
	}
	return n
}

// depth is how many containers are around what lies deepest.
func (s *sample) depth() int {
	deepest := 0
	for _, kid := range s.kids {
		deepest = max(deepest, kid.depth()+1)
	}
	return deepest
}

// any reports whether a sample, or one inside of it, is as wanted.
func (s *sample) any(is func(*sample) bool) bool {
	return is(s) || slices.ContainsFunc(s.kids, func(kid *sample) bool { return kid.any(is) })
}

// cost says how much there is to read in a sample. What shrinks lowers it.
func (s *sample) cost() int {
	n := 4
	switch s.kind {
	case noneSample:
		n = 1
	case intSample:
		n = 2 + s.n.BitLen()
		if s.n.Sign() < 0 {
			n++
		}
	case boolSample:
		n = 3
	case stringSample, bytesSample:
		n = 3 + len(s.text)
	}
	if s.frozen {
		n += 2
	}
	if s.locked {
		n += 2
	}
	if n += s.length; s.odd > 0 {
		n++
	}
	for _, kid := range s.kids {
		n += kid.cost()
	}
	return n
}

// each calls f for a sample and all inside of it, each once.
func (s *sample) each(seen map[*sample]bool, f func(*sample)) {
	if seen[s] {
		return
	}
	seen[s] = true
	f(s)
	for _, kid := range s.kids {
		kid.each(seen, f)
	}
}

// with gives s with another in the place of one, wherever it occurs.
func (s *sample) with(done map[*sample]*sample) *sample {
	if t := done[s]; t != nil {
		return t
	}
	t, changed := *s, false
	t.kids = make([]*sample, len(s.kids))
	for i, kid := range s.kids {
		t.kids[i] = kid.with(done)
		changed = changed || t.kids[i] != kid
	}
	done[s] = s
	if changed {
		done[s] = &t
	}
	return done[s]
}

// smaller gives what could stand in the place of s, what is least first.
func (s *sample) smaller() []*sample {
	var out []*sample
	if s.kind != noneSample {
		out = append(out, &sample{})
	}
	if s.kind != intSample || s.n.Sign() != 0 {
		out = append(out, integer(0))
	}
	out = append(out, s.kids...)
	change := func(f func(*sample)) {
		less := *s
		f(&less)
		out = append(out, &less)
	}
	if s.frozen {
		change(func(s *sample) { s.frozen = false })
	}
	if s.locked {
		change(func(s *sample) { s.locked = false })
	}
	if s.length > 0 {
		change(func(s *sample) { s.length, s.odd = 0, 0 })
		if s.odd > 0 {
			change(func(s *sample) { s.odd = 0 })
		}
		for _, n := range []int{s.length / 2, s.length - s.length/8, s.length - 1} {
			change(func(s *sample) { s.length = n })
		}
	}
	if n := len(s.text); n > 0 && (s.kind == stringSample || s.kind == bytesSample) {
		for _, part := range []string{"", s.text[:n/2], s.text[n/2:], s.text[1:], s.text[:n-1], s.text[:n/2] + s.text[min(n, n/2+1):]} {
			if len(part) < n {
				change(func(s *sample) { s.text = part })
			}
		}
	}
	if s.kind == intSample && s.n.Sign() != 0 {
		change(func(s *sample) { s.n = new(big.Int).Quo(s.n, big.NewInt(2)) })
		change(func(s *sample) { s.n = new(big.Int).Sub(s.n, big.NewInt(int64(s.n.Sign()))) })
		if s.n.Sign() < 0 {
			change(func(s *sample) { s.n = new(big.Int).Neg(s.n) })
		}
	}
	step := 1
	if s.kind == dictSample {
		step = 2
	}
	for i := 0; i+step <= len(s.kids) && s.kind != methodSample && s.kind != viewSample && s.kind != recordSample; i += step {
		change(func(s *sample) {
			s.kids = slices.Delete(slices.Clone(s.kids), i, i+step)
			if s.kind == structSample {
				s.names = slices.Delete(slices.Clone(s.names), i, i+1)
			}
		})
	}
	return out
}

func integer(n int64) *sample { return &sample{kind: intSample, n: big.NewInt(n)} }
