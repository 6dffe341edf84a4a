package json

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// decoder reads one value.
type decoder struct {
	tokens  *jsontext.Decoder
	limits  hostapi.PayloadLimits
	lenient bool
	null    hostapi.Value // what null becomes
	inList  hostapi.Value // and as the element of a list
	size    int           // of the value so far, by 1.15
	effort  effort.Effort

	names   map[string]hostapi.Value // of fields, by how they were written
	items   []hostapi.Value          // of the lists that are being read
	entries []hostapi.Entry          // and of the maps
}

// decode reads the text as exactly one value. The error is ErrKilled, or Invalid.
func (d *decoder) decode(text string) (hostapi.Value, error) {
	var source io.Reader = bytes.NewBufferString(text)
	if len(text) > portion {
		source = &reader{text: text, effort: &d.effort}
	} else if err := d.effort.Work(len(text)); err != nil {
		return hostapi.Value{}, err
	}
	d.tokens = jsontext.NewDecoder(source, jsontext.AllowDuplicateNames(d.lenient), jsontext.AllowInvalidUTF8(d.lenient))
	v, err := d.value(0, d.null)
	if err == nil {
		if _, err = d.tokens.ReadToken(); err == io.EOF {
			return v, nil
		}
		if err == nil {
			err = errors.New("more than one value")
		}
	}
	if e, ok := err.(*hostapi.Error); ok {
		return hostapi.Value{}, d.place(text, d.tokens.InputOffset(), e)
	}
	if errors.Is(err, hostapi.ErrKilled) {
		return hostapi.Value{}, hostapi.ErrKilled
	}
	return hostapi.Value{}, d.malformed(text, err)
}

// malformed gives the error for what is no JSON.
func (d *decoder) malformed(text string, err error) error {
	at := d.tokens.InputOffset()
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		at, err = syntactic.ByteOffset, syntactic.Err
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = int64(len(text)), errors.New("unexpected end")
	}
	reason := strings.TrimPrefix(err.Error(), "jsontext: ")
	return d.place(text, at, hostapi.Errorf(hostapi.Invalid, "invalid JSON: %s", reason))
}

// place adds to an error where in the text it is: bytes before it, line and column
// counted from 1.
func (d *decoder) place(text string, offset int64, e *hostapi.Error) error {
	before := text[:min(int(offset), len(text))]
	line := 1 + strings.Count(before, "\n")
	column := len(before) - strings.LastIndexByte(before, '\n')
	placed := *e
	placed.Message += " at line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column)
	placed.Details = &hostapi.Map{Entries: []hostapi.Entry{
		hostapi.Field("offset", hostapi.Int(int64(len(before)))),
		hostapi.Field("line", hostapi.Int(int64(line))),
		hostapi.Field("column", hostapi.Int(int64(column))),
	}}
	return &placed
}

const valueSize = 16 // of each value and key (1.15)

// add counts a value or key that has so many bytes of text.
func (d *decoder) add(bytes int) error {
	d.size += valueSize + bytes
	if d.size > d.limits.Size {
		return hostapi.Errorf(hostapi.Invalid, "value too large: more than %d bytes", d.limits.Size)
	}
	// What is built takes about so much room, until it has become tables of the script.
	return d.effort.Hold(4*valueSize + bytes)
}

// value reads the next value. null is what stands for null.
func (d *decoder) value(depth int, null hostapi.Value) (hostapi.Value, error) {
	switch kind := d.tokens.PeekKind(); kind {
	case '[', '{':
		if depth >= d.limits.Depth {
			return hostapi.Value{}, hostapi.Errorf(hostapi.Invalid, "value too deep: more than %d levels", d.limits.Depth)
		}
		if _, err := d.tokens.ReadToken(); err != nil {
			return hostapi.Value{}, err
		}
		if err := d.add(0); err != nil {
			return hostapi.Value{}, err
		}
		if kind == '[' {
			return d.list(depth + 1)
		}
		return d.mapOf(depth + 1)
	case '"':
		s, err := d.string()
		if err != nil {
			return hostapi.Value{}, err
		}
		return hostapi.String(s), d.add(len(s))
	case '0':
		raw, err := d.tokens.ReadValue()
		if err != nil {
			return hostapi.Value{}, err
		}
		v, err := number(raw)
		if err != nil {
			return hostapi.Value{}, err
		}
		return v, d.add(len(v.Str()))
	case 't', 'f', 'n':
		if _, err := d.tokens.ReadToken(); err != nil {
			return hostapi.Value{}, err
		}
		if kind == 'n' {
			return null, d.add(0)
		}
		return hostapi.Bool(kind == 't'), d.add(0)
	}
	_, err := d.tokens.ReadToken() // says what is wrong
	if err == nil {
		err = errors.New("unexpected end of a list or map")
	}
	return hostapi.Value{}, err
}

// string reads a string.
func (d *decoder) string() (string, error) {
	raw, err := d.tokens.ReadValue()
	if err != nil {
		return "", err
	}
	return d.unquoted(raw), nil
}

// unquoted gives the text of a string that was read.
func (d *decoder) unquoted(raw jsontext.Value) string {
	if !d.lenient && bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	text, _ := jsontext.AppendUnquote(nil, raw) // fails only for what is not UTF-8, and then gives U+FFFD
	return string(text)
}

// key reads the name of a field. One value serves for all of the same name, since the
// maps of a list mostly have the same.
func (d *decoder) key() (hostapi.Value, error) {
	if d.tokens.PeekKind() != '"' {
		if _, err := d.tokens.ReadToken(); err != nil { // says what is wrong
			return hostapi.Value{}, err
		}
		return hostapi.Value{}, jsontext.ErrNonStringName
	}
	raw, err := d.tokens.ReadValue()
	if err != nil {
		return hostapi.Value{}, err
	}
	if name, ok := d.names[string(raw)]; ok {
		return name, nil
	}
	name := hostapi.String(d.unquoted(raw))
	if len(d.names) < 64 && len(raw) < 64 {
		if d.names == nil {
			d.names = make(map[string]hostapi.Value)
		}
		d.names[string(raw)] = name
	}
	return name, nil
}

func (d *decoder) list(depth int) (hostapi.Value, error) {
	base := len(d.items)
	for d.tokens.PeekKind() != ']' {
		v, err := d.value(depth, d.inList)
		if err != nil {
			return hostapi.Value{}, err
		}
		d.items = append(d.items, v)
	}
	if _, err := d.tokens.ReadToken(); err != nil {
		return hostapi.Value{}, err
	}
	items := slices.Clone(d.items[base:])
	clear(d.items[base:])
	d.items = d.items[:base]
	return hostapi.ListOf(items...), nil
}

func (d *decoder) mapOf(depth int) (hostapi.Value, error) {
	base := len(d.entries)
	var places map[string]int // of the keys, where equal ones are allowed
	if d.lenient {
		places = make(map[string]int)
	}
	for d.tokens.PeekKind() != '}' {
		key, err := d.key()
		if err != nil {
			return hostapi.Value{}, err
		}
		if err := d.add(len(key.Str())); err != nil {
			return hostapi.Value{}, err
		}
		v, err := d.value(depth, d.null)
		if err != nil {
			return hostapi.Value{}, err
		}
		if i, known := places[key.Str()]; known {
			d.entries[i].Value = v
			continue
		}
		if d.lenient {
			places[key.Str()] = len(d.entries)
		}
		d.entries = append(d.entries, hostapi.Entry{Key: key, Value: v})
	}
	if _, err := d.tokens.ReadToken(); err != nil {
		return hostapi.Value{}, err
	}
	entries := slices.Clone(d.entries[base:])
	clear(d.entries[base:])
	d.entries = d.entries[:base]
	return hostapi.MapOf(entries...), nil
}

// number reads a number: an integer that not every language has exactly is its digits
// (42.4).
func number(raw []byte) (hostapi.Value, error) {
	if bytes.ContainsAny(raw, ".eE") {
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil {
			return hostapi.Value{}, hostapi.Errorf(hostapi.Invalid, "number out of range")
		}
		return hostapi.Float(f), nil
	}
	if i, err := strconv.ParseInt(string(raw), 10, 64); err == nil && -hostapi.MaxInt <= i && i <= hostapi.MaxInt {
		return hostapi.Int(i), nil
	}
	return hostapi.String(string(raw)), nil
}

const portion = 16 << 10 // bytes that are read before others may have their turn

// reader gives the text in portions.
type reader struct {
	text   string
	effort *effort.Effort
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), portion)], r.text)
	if n == 0 {
		return 0, io.EOF
	}
	r.text = r.text[n:]
	return n, r.effort.Work(n)
}
