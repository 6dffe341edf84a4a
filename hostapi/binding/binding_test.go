package binding_test

import (
	"errors"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// The language of these tests has arrays, dicts and closures, and one container
// that is both, as in Lua.
type (
	array struct{ items []hostapi.Value }
	dict  struct{ entries []hostapi.Entry }
	mixed struct {
		array
		dict
	}
	closure struct{ hostapi.Function }
	file    struct{ _ int }
)

type language struct{}

func (language) Elements(v hostapi.Value) ([]hostapi.Value, bool) {
	switch x := v.Ref().(type) {
	case *array:
		return x.items, true
	case *mixed:
		return x.items, true
	}
	return nil, false
}

func (language) Fields(v hostapi.Value) ([]hostapi.Entry, bool) {
	switch x := v.Ref().(type) {
	case *dict:
		return x.entries, true
	case *mixed:
		var entries []hostapi.Entry
		for i, v := range x.items {
			if !v.IsNil() {
				entries = append(entries, hostapi.Entry{Key: hostapi.Int(int64(i + 1)), Value: v})
			}
		}
		return append(entries, x.entries...), true
	}
	return nil, false
}

func (language) Function(v hostapi.Value) hostapi.Function {
	if c, ok := v.Ref().(*closure); ok {
		return c
	}
	return nil
}

func (language) Import(v hostapi.Value) hostapi.Value {
	if l := v.List(); l != nil {
		return listOf(l.Items...)
	}
	return v
}

func (language) TypeName(v hostapi.Value) string {
	if _, ok := v.Ref().(*file); ok {
		return "file"
	}
	return v.TypeName()
}

func listOf(items ...hostapi.Value) hostapi.Value { return hostapi.Table(&array{items}) }

func dictOf(entries ...hostapi.Entry) hostapi.Value { return hostapi.Table(&dict{entries}) }

func mixedOf(items []hostapi.Value, entries ...hostapi.Entry) hostapi.Value {
	return hostapi.Table(&mixed{array{items}, dict{entries}})
}

// task is a task of a core that kills at the tick it is told to.
type task struct {
	hostapi.Task
	ticks  int
	killAt int // 0: never
	faults []any
}

func (t *task) Tick(int) error {
	if t.ticks++; t.ticks >= t.killAt && t.killAt > 0 {
		return hostapi.ErrKilled
	}
	return nil
}

func (t *task) Pause(int) error { return t.Tick(0) }

func (t *task) Loading() bool { return false }

func (t *task) Turn() int { return 0 }

func (*task) Substitute() hostapi.Substitute { return nil }

func (t *task) PayloadLimits() hostapi.PayloadLimits {
	return hostapi.PayloadLimits{Depth: 3, Size: 200}
}

func (t *task) Fault(cause any, stack []byte) error {
	if len(stack) == 0 {
		panic("a fault without stack")
	}
	t.faults = append(t.faults, cause)
	return hostapi.ErrKilled
}

// object is an object of the runtime.
type object struct {
	hostapi.Handle
	name string
}

var objectType = &hostapi.ObjectType{Name: "thing"}

func (*object) ObjectType() *hostapi.ObjectType { return objectType }
func (o *object) String() string                { return "thing " + o.name }

// invalid reports whether err is an error of kind Invalid with that text in it.
func invalid(err error, text string) bool {
	return errors.Is(err, hostapi.Invalid) && strings.Contains(err.Error(), text)
}
