package starlark

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
)

// drawer makes random samples. The same seed gives the same.
type drawer struct {
	*rand.Rand
	pool []*sample // made before: the same again is an argument that is shared
	at   int       // containers around
	left int       // samples that may still be made
	many int       // one of so many arguments is large
}

func newDrawer(seed, stream, number uint64, many int) *drawer {
	return &drawer{Rand: rand.New(rand.NewPCG(seed<<32^stream, number)), left: 60, many: many}
}

// one is true in one of n cases.
func (d *drawer) one(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d *drawer, from ...T) T { return from[d.IntN(len(from))] }

// any draws a value of any kind.
func (d *drawer) any() *sample {
	if len(d.pool) > 0 && d.one(8) {
		return pick(d, d.pool...)
	}
	if d.left--; d.left < 0 || d.at > 3 {
		return d.scalar()
	}
	switch n := d.IntN(40); {
	case n < 14:
		return d.scalar()
	case n < 20:
		return d.container(listSample)
	case n < 25:
		return d.container(tupleSample)
	case n < 29:
		return d.container(dictSample)
	case n < 32:
		return d.container(setSample)
	case n < 34:
		return d.record(structSample)
	case n < 35:
		return d.rangeOf()
	case n < 36:
		return d.callable()
	case n < 37:
		return d.view()
	case n < 38 && d.at > 0:
		return &sample{kind: cycleSample, n: big.NewInt(int64(1 + d.IntN(d.at)))}
	case n < 39:
		return d.nested(pick(d, listSample, tupleSample, listSample, dictSample, structSample))
	}
	return pick(d, &sample{kind: errorSample, text: "gone"}, d.record(recordSample))
}

func (d *drawer) scalar() *sample {
	switch n := d.IntN(20); {
	case n < 1:
		return &sample{}
	case n < 3:
		return &sample{kind: boolSample, n: big.NewInt(int64(d.IntN(2)))}
	case n < 10:
		return d.int()
	case n < 12:
		return d.float()
	case n < 14:
		return &sample{kind: bytesSample, text: d.text()}
	}
	return d.string()
}

// int draws small numbers mostly, and those at which something changes.
func (d *drawer) int() *sample {
	if d.IntN(10) < 8 {
		return integer(int64(d.IntN(10) - 3))
	}
	n := new(big.Int).Lsh(big.NewInt(1), pick[uint](d, 7, 8, 16, 31, 32, 53, 62, 63, 64, 65, 100, 300))
	n.Add(n, big.NewInt(int64(d.IntN(3)-1)))
	if d.one(2) {
		n.Neg(n)
	}
	return &sample{kind: intSample, n: n}
}

func (d *drawer) small() *sample { return integer(int64(d.IntN(12) - 5)) }

func (d *drawer) float() *sample {
	return &sample{kind: floatSample, f: pick(d, 0, math.Copysign(0, -1), 1, -1, 2, 0.5, 1.5, -2.25, 3, 1e6, 1e21, 1e300, -1e300, 5e-324, 1<<53, math.Inf(1), math.Inf(-1), math.NaN())}
}

var letters = []string{
	"a", "b", "A", "B", "a", "b", "ab", "aa", " ", " ", ",", ",", "\n", "\t", "\r\n", "1", "9", "x", "_", "-", "'", "\"", "\\", "\x00", "\x7f",
	"é", "É", "ß", "ǆ", "ǅ", "İ", "ı", "ﬃ", "٣", "²", "世", "\u00a0", "\u2003", "\u2028", "\ufffd", "😀", "\xff", "\xc3", "\xe4\xb8", "\xa4",
}

func (d *drawer) text() string {
	var b strings.Builder
	few := len(letters)
	if d.one(2) {
		few = 12
	}
	for range d.IntN(1 + d.IntN(9)) {
		b.WriteString(letters[d.IntN(few)])
	}
	return b.String()
}

func (d *drawer) string() *sample { return &sample{kind: stringSample, text: d.text()} }

// long gives a number of elements from which on something is done in pieces.
func (d *drawer) long() int {
	n := pick(d, 17, 128, piece, large-1, large, large+1, 4*large, 5*large)
	if d.one(8) {
		n = pick(d, huge-1, huge, huge+1, huge+huge/16, 2*huge)
	}
	return n + d.IntN(3)
}

// container draws one with some elements in it, seldom with many.
func (d *drawer) container(kind sampleKind) *sample {
	s := &sample{kind: kind}
	d.at++
	n := d.IntN(1 + d.IntN(5))
	like := d.element()
	for range n {
		if kind == dictSample {
			s.kids = append(s.kids, d.key(), like())
			continue
		}
		if kind == setSample {
			s.kids = append(s.kids, d.key())
			continue
		}
		s.kids = append(s.kids, like())
	}
	d.at--
	if d.one(12) && kind.container() {
		s.frozen = true
	} else if d.one(14) && kind.container() {
		s.locked = true
	}
	d.pool = append(d.pool, s)
	return s
}

// element gives what draws the elements of a container: often all of one kind, so
// that they can be compared.
func (d *drawer) element() func() *sample {
	switch d.IntN(8) {
	case 0, 1:
		return func() *sample { return integer(int64(d.IntN(5))) }
	case 2:
		return d.string
	case 3:
		return func() *sample {
			d.at++
			defer func() { d.at-- }()
			return &sample{kind: tupleSample, kids: []*sample{d.key(), d.scalar()}}
		}
	case 4:
		return pick(d, d.float, d.int, d.scalar)
	}
	return d.any
}

// key draws what can be a key, mostly.
func (d *drawer) key() *sample {
	switch n := d.IntN(20); {
	case n < 6:
		return integer(int64(d.IntN(5)))
	case n < 11:
		return &sample{kind: stringSample, text: pick(d, "a", "b", "k", "key", "", "ab", "é")}
	case n < 14:
		return d.scalar()
	case n < 16 && d.at < 4:
		d.at++
		defer func() { d.at-- }()
		if d.one(6) {
			return d.nested(pick(d, tupleSample, structSample))
		}
		return &sample{kind: tupleSample, kids: []*sample{d.key(), d.scalar()}[:d.IntN(3)]}
	case n < 17 && d.at < 4:
		return d.record(structSample)
	case n < 18:
		return d.any()
	}
	return integer(int64(d.IntN(1000)))
}

func (d *drawer) record(kind sampleKind) *sample {
	d.at++
	defer func() { d.at-- }()
	if kind == recordSample {
		return &sample{kind: kind, kids: []*sample{d.scalar()}}
	}
	s := &sample{kind: kind}
	for _, name := range []string{"a", "b", "index"} {
		if d.one(2) {
			s.names, s.kids = append(s.names, name), append(s.kids, d.any())
		}
	}
	return s
}

// nested draws a value at a depth at which comparisons end, in the interpreter or
// here. Two that are alike are likely.
func (d *drawer) nested(kind sampleKind) *sample {
	s := integer(int64(d.IntN(2)))
	depth := pick(d, 7, 8, 9, 10, 11, 12)
	if d.one(10) {
		depth = pick(d, 60, 128, 400)
	}
	for range depth {
		switch kind {
		case dictSample:
			s = &sample{kind: kind, kids: []*sample{{kind: stringSample, text: "a"}, s}}
		case structSample:
			s = &sample{kind: kind, names: []string{"a"}, kids: []*sample{s}}
		default:
			s = &sample{kind: kind, kids: []*sample{s}}
		}
	}
	d.pool = append(d.pool, s)
	return s
}

func (d *drawer) rangeOf() *sample {
	s := &sample{kind: rangeSample}
	for range 1 + d.IntN(3) {
		s.kids = append(s.kids, integer(int64(d.IntN(14)-4)))
	}
	if len(s.kids) == 3 && s.kids[2].n.Sign() == 0 {
		s.kids[2] = integer(2)
	}
	return s
}

// callables are those of the prelude of the net, and built-ins.
var callables = []string{"same", "listed", "paired", "always", "nothing", "failing", "boundless", "changing", "len", "str", "repr", "bool", "type", "int", "abs"}

func (d *drawer) callable() *sample {
	if len(d.pool) > 0 && d.one(4) {
		of := pick(d, d.pool...)
		if name, ok := map[sampleKind]string{listSample: "append", dictSample: "get", setSample: "add"}[of.kind]; ok {
			return &sample{kind: methodSample, text: name, kids: []*sample{of}}
		}
	}
	return &sample{kind: functionSample, text: pick(d, callables...)}
}

func (d *drawer) view() *sample {
	if d.one(4) {
		return &sample{kind: viewSample, text: "elems", kids: []*sample{{kind: bytesSample, text: d.text()}}}
	}
	return &sample{kind: viewSample, text: pick(d, "elems", "elem_ords", "codepoints", "codepoint_ords"), kids: []*sample{d.string()}}
}

// iterable draws what can be iterated over, mostly.
func (d *drawer) iterable() *sample {
	switch n := d.IntN(20); {
	case n < 6:
		return d.container(listSample)
	case n < 9:
		return d.container(tupleSample)
	case n < 12:
		return d.container(dictSample)
	case n < 15:
		return d.container(setSample)
	case n < 17:
		return d.rangeOf()
	case n < 19:
		return d.view()
	}
	return d.any()
}

// large makes a sample large, if it can be.
func (d *drawer) large(s *sample) *sample {
	t := *s
	switch s.kind {
	case stringSample, bytesSample:
		if s.text == "" {
			return s
		}
	case listSample, tupleSample, setSample, dictSample:
		if slices.ContainsFunc(s.kids, func(k *sample) bool {
			return k.weight() > 20 || k.any(func(s *sample) bool { return s.kind == cycleSample })
		}) {
			return s
		}
		if s.kind == dictSample || s.kind == setSample {
			t.kids = nil
		}
	default:
		return s
	}
	t.length = d.long()
	d.pool = append(d.pool, &t)
	return &t
}

// strings draws an iterable of strings.
func (d *drawer) strings() *sample {
	s := &sample{kind: pick(d, listSample, listSample, tupleSample)}
	for range d.IntN(5) {
		s.kids = append(s.kids, d.string())
	}
	return s
}

// pairs draws what a dict can be made of.
func (d *drawer) pairs() *sample {
	if d.one(3) {
		return d.container(dictSample)
	}
	s := &sample{kind: pick(d, listSample, tupleSample)}
	for range d.IntN(5) {
		kind := pick(d, tupleSample, tupleSample, listSample)
		pair := &sample{kind: kind, kids: []*sample{d.key(), d.scalar()}}
		if d.one(30) {
			pair.kids = append(pair.kids, d.any())
		}
		s.kids = append(s.kids, pair)
	}
	return s
}

// again gives a value that is equal, or nearly, and not the same.
func (d *drawer) again(s *sample) *sample {
	t := *s
	t.frozen, t.locked = false, false
	t.kids = nil
	for _, kid := range s.kids {
		t.kids = append(t.kids, d.again(kid))
	}
	switch {
	case s.length > 0 && d.one(2):
		t.odd = 1 + d.IntN(s.length)
	case s.length > 0 && d.one(4):
		t.length--
	case len(t.kids) > 1 && s.kind != structSample && d.one(12):
		t.kids[d.IntN(len(t.kids))] = d.scalar()
	case s.kind == dictSample && len(t.kids) > 2 && d.one(6):
		t.kids = append(t.kids[2:], t.kids[:2]...)
	case s.kind == setSample && len(t.kids) > 1 && d.one(4):
		t.kids = append(t.kids[1:], t.kids[0])
	case s.kind == listSample && len(t.kids) > 0 && d.one(20):
		t.kids = t.kids[:len(t.kids)-1]
	case s.kind == intSample && d.one(12):
		f, _ := s.n.Float64()
		return &sample{kind: floatSample, f: f}
	case s.kind == stringSample && d.one(20):
		t.text += "x"
	}
	return &t
}

// of draws something that is in another sample, or nearly.
func (d *drawer) of(s *sample) *sample {
	switch {
	case s == nil:
	case s.kind == stringSample && len(s.text) > 0 && !d.one(5):
		from := d.IntN(len(s.text))
		return &sample{kind: stringSample, text: s.text[from : from+d.IntN(min(4, len(s.text)-from+1))]}
	case len(s.kids) > 0 && s.kind != methodSample && !d.one(5):
		if d.one(2) {
			return d.again(pick(d, s.kids...))
		}
		return pick(d, s.kids...)
	case s.kind == stringSample:
		return d.string()
	case s.length > 0:
		return integer(int64(d.IntN(s.length + 1)))
	}
	return d.any()
}
