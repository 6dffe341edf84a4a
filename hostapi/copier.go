package hostapi

import (
	"fmt"
	"slices"
	"strings"
)

// PayloadLimits bound what one call may send (clauses 1.15 and 17.8).
type PayloadLimits struct {
	Depth int // nesting of one value
	Size  int // bytes of all values of one call
}

// DefaultPayloadLimits are 128 levels and 16 MiB.
var DefaultPayloadLimits = PayloadLimits{Depth: 128, Size: 16 << 20}

const valueSize = 16 // bytes charged for every value and key

// Copier counts and bounds the payload copies of one call. An engine gives it
// what its own containers hold, and a function that copies a reference:
//
//	var ref func(Value) (Value, error)
//	ref = func(v Value) (Value, error) {
//		switch x := v.Ref().(type) {
//		case *array:
//			return cp.List(x, x.elements(), ref)
//		case *table:
//			return cp.Map(x, x.entries(), ref)
//		}
//		return Value{}, cp.Refuse(typeName(v))
//	}
//	return cp.Value(v, ref)
//
// An engine that would rather not make a slice of what a container holds walks
// it by Enter, then Key or Index and Value for each element, then Leave.
//
// Its errors are complete: they name the place. After an error a Copier is of no
// further use. A Copier serves one call.
type Copier struct {
	limits   PayloadLimits
	size     int
	argument int
	keep     func(Object) bool // nil: a payload is wanted
	task     Task              // to be paused now and then; nil: no pauses
	copied   int               // values since the last pause
	frames   []copyFrame
}

type copyFrame struct {
	id    any
	key   Value
	index int
}

// NewCopier gives a Copier for one call.
func NewCopier(limits PayloadLimits) *Copier { return &Copier{limits: limits, argument: 1} }

// Beyond has more taken than payloads, for those who write values as text: integers of
// 64 bits, as values, and the objects that keep accepts, as they are. Other processes
// have their turn meanwhile; the error then may be ErrKilled of task.
func (cp *Copier) Beyond(task Task, keep func(Object) bool) { cp.task, cp.keep = task, keep }

// copiedPerPause is how many values are copied before others may have their turn.
const copiedPerPause = 4096

// Argument says which argument is copied next, counted from 1.
func (cp *Copier) Argument(i int) {
	cp.argument = i
	cp.frames = cp.frames[:0]
}

// Add charges one value or key that holds the given number of string bytes.
func (cp *Copier) Add(bytes int) error {
	cp.size += valueSize + bytes
	if cp.size > cp.limits.Size {
		return cp.refuse("payload too large: more than %d bytes", cp.limits.Size)
	}
	if cp.task == nil {
		return nil
	}
	if cp.copied++; cp.copied < copiedPerPause {
		return nil
	}
	cp.copied = 0
	return cp.task.Pause(copiedPerPause)
}

// Enter begins a container, which it charges; id identifies it (a pointer), so
// that cycles are found.
func (cp *Copier) Enter(id any) error {
	if err := cp.Add(0); err != nil {
		return err
	}
	for i := range cp.frames {
		if cp.frames[i].id == id {
			return cp.refuse("cyclic value")
		}
	}
	if len(cp.frames) >= cp.limits.Depth {
		return cp.refuse("payload too deep: more than %d levels", cp.limits.Depth)
	}
	cp.frames = append(cp.frames, copyFrame{id: id})
	return nil
}

// Leave ends the container entered last.
func (cp *Copier) Leave() { cp.frames = cp.frames[:len(cp.frames)-1] }

// Key notes and charges the key of the value that is copied next. A key of
// another type than clause 1.1 allows, or NaN, is refused.
func (cp *Copier) Key(k Value) error {
	top := &cp.frames[len(cp.frames)-1]
	top.key = k
	switch k.Type() {
	case TypeString:
		return cp.Add(len(k.Str()))
	case TypeInt:
		if !inRange(k.Int()) {
			return cp.refuse("integer out of range")
		}
		return cp.Add(0)
	case TypeBool:
		return cp.Add(0)
	case TypeFloat:
		if f := k.Float(); f == f {
			return cp.Add(0)
		}
		return cp.Refuse("NaN as a map key")
	}
	return cp.Refuse(k.TypeName() + " as a map key")
}

// Index notes the position, counted from 1, of the list element copied next.
func (cp *Copier) Index(i int) {
	top := &cp.frames[len(cp.frames)-1]
	top.index = i
}

// Refuse gives the error for a value that cannot be sent (clause 1.13).
func (cp *Copier) Refuse(typeName string) error {
	return cp.refuse("cannot send a %s", typeName)
}

// OutOfRange gives the error for an integer beyond ±MaxInt (clause 1.6).
func (cp *Copier) OutOfRange() error { return cp.refuse("integer out of range") }

func (cp *Copier) refuse(format string, args ...any) error {
	return Errorf(Invalid, "%s at %s", fmt.Sprintf(format, args...), cp.place())
}

func (cp *Copier) place() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%d", cp.argument)
	for _, f := range cp.frames {
		switch {
		case f.index > 0:
			fmt.Fprintf(&b, "[%d]", f.index)
		case f.key.Type() == TypeString:
			b.WriteString("." + f.key.Str())
		case !f.key.IsNil():
			fmt.Fprintf(&b, "[%s]", f.key)
		}
	}
	return b.String()
}

// Value copies a value of this package. For references it calls ref, which
// copies a value of the script's own language; ref may be nil.
func (cp *Copier) Value(v Value, ref func(Value) (Value, error)) (Value, error) {
	switch v.Type() {
	case TypeNil, TypeBool, TypeFloat:
		return v, cp.Add(0)
	case TypeInt:
		if !inRange(v.Int()) && cp.keep == nil {
			return Value{}, cp.OutOfRange()
		}
		return v, cp.Add(0)
	case TypeString:
		return v, cp.Add(len(v.Str()))
	case TypeError:
		e := v.Err()
		if err := cp.Add(len(e.Message)); err != nil || e.Details == nil {
			return ErrorOf(e), err
		}
		if _, err := cp.Map(e.Details, slices.Clone(e.Details.Entries), ref); err != nil {
			return Value{}, err
		}
		return ErrorOf(e), nil
	case TypeList:
		return cp.List(v.List(), slices.Clone(v.List().Items), ref)
	case TypeMap:
		out, err := cp.Map(v.Map(), slices.Clone(v.Map().Entries), ref)
		if err == nil {
			out.Map().Unordered = v.Map().Unordered
		}
		return out, err
	case TypeRecord:
		return cp.Map(v.Record(), v.Record().Entries(), ref)
	case TypeObject:
		if o, ok := v.any.(Object); ok && cp.keep != nil && cp.keep(o) {
			return v, cp.Add(0)
		}
		switch x := v.any.(type) {
		case StandIn:
			return cp.Value(x.StandsFor(), ref)
		case *sent:
			return v, cp.Add(0)
		case Sendable:
			return of(TypeObject, &sent{x.Share()}), cp.Add(0)
		}
	case TypeTable, TypeFunction, TypeOther:
		if ref != nil {
			return ref(v)
		}
	}
	return Value{}, cp.Refuse(v.TypeName())
}

// List copies the elements of a container as a list. id identifies the
// container, as for Enter. ref is as for Value. The slice is taken over: the
// copies are put there, so it must be no part of the container.
func (cp *Copier) List(id any, items []Value, ref func(Value) (Value, error)) (Value, error) {
	if err := cp.Enter(id); err != nil {
		return Value{}, err
	}
	for i := range items {
		cp.Index(i + 1)
		var err error
		if items[i], err = cp.Value(items[i], ref); err != nil {
			return Value{}, err
		}
	}
	cp.Leave()
	return ListOf(items...), nil
}

// Map copies the entries of a container as a map, in the order given. id
// identifies the container, as for Enter. ref is as for Value. The slice is taken
// over, as by List. A language whose containers have no order sets Unordered of
// the map it gets, which is new.
func (cp *Copier) Map(id any, entries []Entry, ref func(Value) (Value, error)) (Value, error) {
	if err := cp.Enter(id); err != nil {
		return Value{}, err
	}
	for i := range entries {
		e := &entries[i]
		if err := cp.Key(e.Key); err != nil {
			return Value{}, err
		}
		var err error
		if e.Value, err = cp.Value(e.Value, ref); err != nil {
			return Value{}, err
		}
	}
	cp.Leave()
	return MapOf(entries...), nil
}

func inRange(i int64) bool { return -MaxInt <= i && i <= MaxInt }

// CopyPayloads takes the payload copies of values that Go code sends: it refuses what
// is no payload, as one call's values (1.15). A refusal names the value as #n,
// counted from 1.
func CopyPayloads(values []Value, limits PayloadLimits) ([]Value, error) {
	if len(values) == 0 {
		return nil, nil
	}
	cp := NewCopier(limits)
	out := make([]Value, len(values))
	for i, v := range values {
		cp.Argument(i + 1)
		var err error
		if out[i], err = cp.Value(v, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}
