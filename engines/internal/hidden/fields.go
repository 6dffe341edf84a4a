// Package hidden finds what an interpreter keeps to itself: fields that only
// reflection sees. Engines read sizes there, since no interpreter tells them.
package hidden

import (
	"fmt"
	"reflect"
)

// Fields finds the fields of an interpreter's types, for one goroutine. The first that
// is not as expected is the error; what is asked for later is 0 or nil.
type Fields struct{ err error }

// Index gives the number of a field of a struct, or of the struct that a pointer
// points to.
func (f *Fields) Index(of reflect.Type, name string, kind reflect.Kind) int {
	field, ok := f.find(of, name, kind)
	if !ok {
		return 0
	}
	return field.Index[0]
}

// Type gives the type of such a field.
func (f *Fields) Type(of reflect.Type, name string, kind reflect.Kind) reflect.Type {
	field, _ := f.find(of, name, kind)
	return field.Type
}

func (f *Fields) find(of reflect.Type, name string, kind reflect.Kind) (reflect.StructField, bool) {
	if f.err != nil {
		return reflect.StructField{}, false
	}
	owner := of
	if of != nil && of.Kind() == reflect.Pointer {
		owner = of.Elem()
	}
	if owner == nil || owner.Kind() != reflect.Struct {
		f.Fail("%v has no fields, and so no %v %s", of, kind, name)
		return reflect.StructField{}, false
	}
	field, ok := owner.FieldByName(name)
	switch {
	case !ok || len(field.Index) != 1:
		f.Fail("%v has no field %s", owner, name)
	case field.Type.Kind() != kind:
		f.Fail("field %s of %v is of type %v, no %v", name, owner, field.Type, kind)
	default:
		return field, true
	}
	return reflect.StructField{}, false
}

// Fail notes something else that is not as expected.
func (f *Fields) Fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

// Err gives why an engine cannot be used with this interpreter, or nil. Without the
// fields it cannot tell what processes hold, so it compiles nothing then (17.8).
func (f *Fields) Err(interpreter string) error {
	if f.err == nil {
		return nil
	}
	return fmt.Errorf("this engine does not know this version of %s, so that memory could not be limited: %w", interpreter, f.err)
}
