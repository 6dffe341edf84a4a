package golua

import (
	"encoding/binary"
	"fmt"
)

// chunk is a compiled source in the interpreter's binary form, taken apart. The
// interpreter writes it with State.Dump and reads it with State.Load; the form
// is that of luac of Lua 5.2.
type chunk struct {
	header  []byte
	main    *prototype
	symbols []*symbols // of all functions, by their numbers
}

// prototype is one function of a chunk.
type prototype struct {
	line, lastLine                int32
	params, varargs, maxStackSize byte
	code                          []instruction
	constants                     []byte // as dumped, without the count
	constantCount                 int32
	texts                         []string // the constants that are strings, others ""
	prototypes                    []*prototype
	upvalues                      []upvalue
	source                        string
	lines                         []int32 // one for each instruction
	locals                        []local

	// What rewrite finds.
	suspect bool           // a constant makes some instructions wrong, see prototype.isConstant
	calls   map[int]string // what is called in place of instructions
	marker  string         // the variable that marks are assigned to, see cover.go

	symbols *symbols
	number  int // among those of the chunk
}

// upvalue says where a new closure finds one of its variables: in a register of
// the function that makes it, or among that function's own upvalues.
type upvalue struct {
	inRegister bool
	index      byte
	name       string
}

type local struct {
	name       string
	start, end int32
}

const (
	headerSize  = 18
	pointerSize = 8 // position in the header of the size of a size_t
	byteOrder   = 6 // position in the header of 1 for little endian
)

// Tags of constants.
const (
	constantNil     = 0
	constantBoolean = 1
	constantNumber  = 3
	constantString  = 4
)

// chunkReader takes a dump apart. Reading beyond the end panics; a dump is our
// own.
type chunkReader struct {
	data  []byte
	order binary.ByteOrder
	size  int // bytes of a size_t
}

// readChunk takes a dump apart.
func readChunk(dump []byte) (c *chunk, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("golua: dump of a chunk: %v", r)
		}
	}()
	r := &chunkReader{dump[headerSize:], binary.BigEndian, int(dump[pointerSize])}
	if dump[byteOrder] == 1 {
		r.order = binary.LittleEndian
	}
	c = &chunk{header: dump[:headerSize], main: r.prototype()}
	if len(r.data) > 0 {
		return nil, fmt.Errorf("golua: dump of a chunk: %d bytes left", len(r.data))
	}
	return c, nil
}

func (r *chunkReader) bytes(n int) []byte {
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *chunkReader) byte() byte   { return r.bytes(1)[0] }
func (r *chunkReader) int32() int32 { return int32(r.order.Uint32(r.bytes(4))) }

func (r *chunkReader) string() string {
	var n int
	if r.size == 8 {
		n = int(r.order.Uint64(r.bytes(8)))
	} else {
		n = int(r.int32())
	}
	if n == 0 {
		return ""
	}
	return string(r.bytes(n)[:n-1])
}

func (r *chunkReader) prototype() *prototype {
	p := &prototype{line: r.int32(), lastLine: r.int32()}
	p.params, p.varargs, p.maxStackSize = r.byte(), r.byte(), r.byte()
	p.code = make([]instruction, r.int32())
	for i := range p.code {
		p.code[i] = instruction(r.int32())
	}
	p.constantCount = r.int32()
	rest := r.data
	p.texts = make([]string, p.constantCount)
	for i := range p.texts {
		p.texts[i] = r.constantText()
	}
	p.constants = rest[:len(rest)-len(r.data)]
	p.prototypes = make([]*prototype, r.int32())
	for i := range p.prototypes {
		p.prototypes[i] = r.prototype()
	}
	p.upvalues = make([]upvalue, r.int32())
	for i := range p.upvalues {
		p.upvalues[i] = upvalue{inRegister: r.byte() != 0, index: r.byte()}
	}
	p.source = r.string()
	p.lines = make([]int32, r.int32())
	for i := range p.lines {
		p.lines[i] = r.int32()
	}
	p.locals = make([]local, r.int32())
	for i := range p.locals {
		p.locals[i] = local{r.string(), r.int32(), r.int32()}
	}
	for i := range r.int32() {
		p.upvalues[i].name = r.string()
	}
	return p
}

// constantText reads a constant and gives it if it is a string.
func (r *chunkReader) constantText() string {
	switch tag := r.byte(); tag {
	case constantNil:
	case constantBoolean:
		r.byte()
	case constantNumber:
		r.bytes(8)
	case constantString:
		return r.string()
	default:
		panic(fmt.Sprintf("constant of type %d", tag))
	}
	return ""
}

// chunkWriter puts a dump together.
type chunkWriter struct {
	data  []byte
	order binary.AppendByteOrder
	size  int
}

// dump gives the chunk in the interpreter's form.
func (c *chunk) dump() []byte {
	w := &chunkWriter{append([]byte(nil), c.header...), binary.BigEndian, int(c.header[pointerSize])}
	if c.header[byteOrder] == 1 {
		w.order = binary.LittleEndian
	}
	w.prototype(c.main)
	return w.data
}

func (w *chunkWriter) int32(i int32) { w.data = w.order.AppendUint32(w.data, uint32(i)) }
func (w *chunkWriter) len(n int)     { w.int32(int32(n)) }

func (w *chunkWriter) string(s string) {
	n := len(s)
	if n > 0 {
		n++
	}
	if w.size == 8 {
		w.data = w.order.AppendUint64(w.data, uint64(n))
	} else {
		w.len(n)
	}
	if n > 0 {
		w.data = append(append(w.data, s...), 0)
	}
}

func (w *chunkWriter) prototype(p *prototype) {
	w.int32(p.line)
	w.int32(p.lastLine)
	w.data = append(w.data, p.params, p.varargs, p.maxStackSize)
	w.len(len(p.code))
	for _, i := range p.code {
		w.int32(int32(i))
	}
	w.int32(p.constantCount)
	w.data = append(w.data, p.constants...)
	w.len(len(p.prototypes))
	for _, inner := range p.prototypes {
		w.prototype(inner)
	}
	w.len(len(p.upvalues))
	for _, u := range p.upvalues {
		inRegister := byte(0)
		if u.inRegister {
			inRegister = 1
		}
		w.data = append(w.data, inRegister, u.index)
	}
	w.string(p.source)
	w.len(len(p.lines))
	for _, line := range p.lines {
		w.int32(line)
	}
	w.len(len(p.locals))
	for _, l := range p.locals {
		w.string(l.name)
		w.int32(l.start)
		w.int32(l.end)
	}
	w.len(len(p.upvalues))
	for _, u := range p.upvalues {
		w.string(u.name)
	}
}
