package define

import (
	"context"
	"fmt"
	"reflect"

	"github.com/understudy-run/understudy/hostapi"
)

// accepted gives what a script may pass for a parameter of a Go type, without a name.
func accepted(name string, t reflect.Type) hostapi.Param {
	switch {
	case t == valueType:
		return hostapi.Param{Accept: hostapi.AcceptAny}
	case t == durationType:
		return hostapi.Param{Accept: hostapi.AcceptDuration}
	case t.Implements(objectType):
		return hostapi.Param{Accept: hostapi.AcceptObject, Type: t.String()}
	}
	switch t.Kind() {
	case reflect.Bool:
		return hostapi.Param{Accept: hostapi.AcceptBool}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64:
		return hostapi.Param{Accept: hostapi.AcceptNumber}
	case reflect.String:
		return hostapi.Param{Accept: hostapi.AcceptString}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return hostapi.Param{Accept: hostapi.AcceptString}
		}
		_ = accepted(name, t.Elem())
		return hostapi.Param{Accept: hostapi.AcceptTable, Type: "list"}
	case reflect.Map:
		_, _ = accepted(name, t.Key()), accepted(name, t.Elem())
		return hostapi.Param{Accept: hostapi.AcceptTable, Type: "map"}
	case reflect.Struct:
		return hostapi.Param{Accept: hostapi.AcceptTable, Type: "map"}
	case reflect.Pointer:
		p := accepted(name, t.Elem())
		p.Optional = true
		return p
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return hostapi.Param{Accept: hostapi.AcceptAny}
		}
	}
	panic(fmt.Sprintf("define: %s: scripts cannot pass a %s", name, t))
}

// resultType names a result for the reference.
func resultType(name string, t reflect.Type) string {
	if t.Implements(objectType) {
		return t.String()
	}
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		panic(fmt.Sprintf("define: %s: scripts cannot be given a %s", name, t))
	}
	p := accepted(name, t)
	return p.TypeText()
}

// arguments converts what a script passes. payloads is the same as it is told to the
// outside.
func (s *signature) arguments(c hostapi.Call) (in []reflect.Value, payloads []hostapi.Value, err error) {
	n := len(s.in)
	if s.variadic != nil {
		n = max(n, c.Len())
	}
	cp := hostapi.NewCopier(c.Task().PayloadLimits())
	for i := range n {
		t := s.variadic
		if i < len(s.in) {
			t = s.in[i]
		}
		to := reflect.New(t).Elem()
		v, err := s.argument(c, cp, i, to)
		if err != nil {
			return nil, nil, hostapi.Raise(hostapi.AsError(err))
		}
		in, payloads = append(in, to), append(payloads, v)
	}
	return in, payloads, nil
}

// argument converts one argument.
func (s *signature) argument(c hostapi.Call, cp *hostapi.Copier, i int, to reflect.Value) (hostapi.Value, error) {
	v := c.Arg(i)
	cp.Argument(i + 1)
	switch t := to.Type(); {
	case t.Implements(objectType):
		o := reflect.ValueOf(v.Object())
		if !o.IsValid() || !o.Type().AssignableTo(t) {
			return v, hostapi.Errorf(hostapi.Invalid, "%s: argument #%d must be a %s, got %s", s.operation, i+1, t, v.TypeName())
		}
		to.Set(o)
		return hostapi.String(v.Object().String()), nil
	case t == durationType:
		d, ok := hostapi.DurationOf(v)
		if !ok {
			return v, hostapi.Errorf(hostapi.Invalid, "%s: argument #%d: invalid duration", s.operation, i+1)
		}
		to.SetInt(int64(d))
		return hostapi.Int(int64(d)), nil
	}
	v, err := c.Copy(v, cp)
	if err != nil {
		return v, err
	}
	if err := v.Decode(to.Addr().Interface()); err != nil {
		return v, hostapi.Errorf(hostapi.Invalid, "%s: argument #%d%s", s.operation, i+1, placed(hostapi.AsError(err).Message))
	}
	return v, nil
}

// placed joins what Decode says to the number of an argument: it begins with a place
// within that, or with a verb.
func placed(message string) string {
	if message[0] == '.' || message[0] == '[' {
		return message
	}
	return " " + message
}

// apply calls the function and gives its results: nothing, one value, or a list.
func (s *signature) apply(in []reflect.Value) (hostapi.Value, error) {
	out := s.function.Call(in)
	if s.fails {
		last := len(out) - 1
		if err, _ := out[last].Interface().(error); err != nil {
			return hostapi.Value{}, err
		}
		out = out[:last]
	}
	values := make([]hostapi.Value, len(out))
	for i, x := range out {
		var err error
		if values[i], err = hostapi.ValueOf(x.Interface()); err != nil {
			return hostapi.Value{}, err
		}
	}
	switch len(values) {
	case 0:
		return hostapi.Bool(true), nil
	case 1:
		return values[0], nil
	}
	return hostapi.ListOf(values...), nil
}

// give gives the script what apply has given.
func (s *signature) give(c hostapi.Call, v hostapi.Value) {
	switch {
	case len(s.results) == 1:
		c.Push(v)
	case v.List() != nil:
		for _, x := range v.List().Items {
			c.Push(x)
		}
	}
}

// call is Run of a function that does not wait.
func (s *signature) call(c hostapi.Call) error {
	in, _, err := s.arguments(c)
	if err != nil {
		return err
	}
	if s.process {
		in = append([]reflect.Value{reflect.ValueOf(c.Task().Process())}, in...)
	}
	v, err := s.apply(in)
	if err != nil {
		return err
	}
	s.give(c, v)
	return nil
}

// await is Run of a function that waits for the outside.
func (s *signature) await(c hostapi.Call) error {
	in, payloads, err := s.arguments(c)
	if err != nil {
		return err
	}
	op := hostapi.Op{Name: s.operation, Args: payloads}
	d, err := c.Task().Process().Await(op, func(ctx context.Context) (hostapi.Done, error) {
		v, err := s.apply(append([]reflect.Value{reflect.ValueOf(ctx)}, in...))
		return hostapi.Done{Value: v}, err
	})
	if err != nil {
		return err
	}
	s.give(c, d.Value)
	return nil
}
