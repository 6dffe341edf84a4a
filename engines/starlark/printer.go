package starlark

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// maxNesting bounds the values that are printed.
const maxNesting = 500

// printer writes values as the interpreter does, in pieces. Lists, dicts and
// sets may change meanwhile.
type printer struct {
	work
	b    strings.Builder
	n    int              // values written
	path []starlark.Value // the lists and dicts around a value, printed as dots
}

// repr gives the text form of v.
func (t *task) repr(v starlark.Value) (string, error) {
	switch v.(type) {
	case starlark.NoneType, starlark.Bool, starlark.Float:
		return v.String(), nil
	}
	p := printer{work: work{t: t}}
	defer p.end()
	err := p.write(v, 0)
	return p.b.String(), err
}

func (p *printer) write(v starlark.Value, depth int) error {
	if depth > maxNesting {
		return errTooDeep
	}
	if p.n++; p.n > maxItems || p.b.Len() > maxText {
		return errTooLarge
	}
	p.step(4)
	switch v := v.(type) {
	case starlark.String:
		return p.quote(string(v), false)
	case starlark.Bytes:
		return p.quote(string(v), true)
	case starlark.Int:
		p.done += textUnits(v)
		p.b.WriteString(v.String())
	case *starlark.List:
		p.b.WriteByte('[')
		if p.inside(v) {
			p.b.WriteString("...")
		} else {
			p.path = append(p.path, v)
			if err := p.elements(v, depth); err != nil {
				return err
			}
			p.path = p.path[:len(p.path)-1]
		}
		p.b.WriteByte(']')
	case starlark.Tuple:
		p.b.WriteByte('(')
		if err := p.elements(v, depth); err != nil {
			return err
		}
		if len(v) == 1 {
			p.b.WriteByte(',')
		}
		p.b.WriteByte(')')
	case *starlark.Dict:
		p.b.WriteByte('{')
		if p.inside(v) {
			p.b.WriteString("...")
		} else if err := p.entries(v, depth); err != nil {
			return err
		}
		p.b.WriteByte('}')
	case *starlark.Set:
		p.b.WriteString("set([")
		if err := p.keys(v, depth); err != nil {
			return err
		}
		p.b.WriteString("])")
	case *record:
		return p.fields(v, depth)
	case *starlarkStruct:
		return p.fields(v, depth)
	default:
		p.b.WriteString(v.String())
	}
	return nil
}

func (p *printer) inside(v starlark.Value) bool {
	for _, outer := range p.path {
		if outer == v {
			return true
		}
	}
	return false
}

// item writes the i-th element or key of a container.
func (p *printer) item(i int, v starlark.Value, depth int) error {
	if i > 0 {
		p.b.WriteString(", ")
	}
	return p.write(v, depth+1)
}

func (p *printer) elements(list starlark.Indexable, depth int) error {
	for i := 0; i < list.Len(); i++ {
		if err := p.item(i, list.Index(i), depth); err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) keys(s *starlark.Set, depth int) error {
	it := s.Iterate()
	defer it.Done()
	var k starlark.Value
	for i := 0; it.Next(&k); i++ {
		if err := p.item(i, k, depth); err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) entries(d *starlark.Dict, depth int) error {
	it := d.Iterate() // a range over Entries would put every p on the heap
	defer it.Done()
	var k starlark.Value
	for i := 0; it.Next(&k); i++ {
		if err := p.item(i, k, depth); err != nil {
			return err
		}
		p.b.WriteString(": ")
		p.path = append(p.path, d)
		v, _, err := d.Get(p.t.stored(k))
		if err != nil {
			return err
		}
		if err := p.write(v, depth+1); err != nil {
			return err
		}
		p.path = p.path[:len(p.path)-1]
	}
	return nil
}

// fields writes a record or struct. What contains itself by way of one prints as
// dots too; the interpreter does not survive it.
func (p *printer) fields(v starlark.Value, depth int) error {
	list, _ := entriesOf(v)
	p.b.WriteString(v.Type())
	p.b.WriteByte('(')
	for i, f := range list {
		if i > 0 {
			p.b.WriteString(", ")
		}
		name, _ := starlark.AsString(f.key)
		if _, ok := v.(*record); ok {
			name = spelled(name)
		}
		p.b.WriteString(name)
		p.b.WriteString(" = ")
		if err := p.write(f.value, depth+1); err != nil {
			return err
		}
	}
	p.b.WriteByte(')')
	return nil
}

// quote writes a string in quotes.
func (p *printer) quote(s string, bytes bool) error {
	if len(s) <= large {
		p.done += len(s)
		p.b.WriteString(syntax.Quote(s, bytes))
		return nil
	}
	if bytes {
		p.b.WriteByte('b')
	}
	p.b.WriteByte('"')
	for len(s) > 0 {
		if p.b.Len() > maxText {
			return errTooLarge
		}
		n := min(large, len(s))
		for i := 0; i < utf8.UTFMax && n < len(s) && !utf8.RuneStart(s[n]); i++ {
			n++ // runes are escaped as a whole
		}
		text := syntax.Quote(s[:n], false)
		p.b.WriteString(text[1 : len(text)-1])
		s = s[n:]
		p.step(n)
	}
	p.b.WriteByte('"')
	return nil
}

// textUnits is the work of writing an integer in decimal, in units.
func textUnits(i starlark.Int) int {
	if _, ok := i.Int64(); ok {
		return 2
	}
	n := i.BigInt().BitLen() / 64
	return n * n / 8
}
