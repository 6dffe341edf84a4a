package define

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Function is the table entry of a Go function.
type Function struct {
	hostapi.Func
	signature *signature
}

// Func gives the table entry of a Go function. params name the parameters that scripts
// pass, in order; one without a name is called after its position.
//
// The function may begin with a context.Context, or with a hostapi.Process, which is
// the caller; not with both, since what runs outside must not use the process. Then
// comes what scripts pass:
//
//	bool, integers, floats, strings   such a value; a number must fit
//	[]byte                            a string
//	slices, maps, structs             a table, as Value.Decode reads it
//	time.Duration                     a duration in any of its forms (10.1)
//	*T of a hostapi.Object            such an object
//	other pointers                    the same as what they point to, or nothing: nil
//	hostapi.Value, any                any payload
//	...T                              any number of those, at the end
//
// and results of any type that ValueOf takes; true if there is only an error. A panic in the function fails the calling
// process alone (2.24).
//
// Func panics if the signature is none of these: that is an error of the program, which
// shows when it starts.
func Func(name, doc string, function any, params ...string) *Function {
	s := signatureOf(name, function, params)
	f := &Function{hostapi.Func{Name: name, Doc: doc, Params: s.params, Rest: s.rest, Results: s.results}, s}
	if s.fails {
		f.Returns = hostapi.OrError
	}
	f.Run = s.call
	if s.waits {
		f.Load = hostapi.LoadBlocks
		f.Run = s.await
	}
	return f
}

var (
	contextType  = reflect.TypeFor[context.Context]()
	processType  = reflect.TypeFor[hostapi.Process]()
	errorType    = reflect.TypeFor[error]()
	objectType   = reflect.TypeFor[hostapi.Object]()
	durationType = reflect.TypeFor[time.Duration]()
	valueType    = reflect.TypeFor[hostapi.Value]()
)

// signature is a Go function as scripts call it.
type signature struct {
	operation string // as the outside is told
	function  reflect.Value
	waits     bool // begins with a context
	process   bool // begins with the process
	in        []reflect.Type
	variadic  reflect.Type // of the further arguments; nil: there are none
	fails     bool         // the last result is an error

	params  []hostapi.Param
	rest    string
	results []hostapi.Param
}

func signatureOf(name string, function any, names []string) *signature {
	s := &signature{operation: name, function: reflect.ValueOf(function)}
	if s.function.Kind() != reflect.Func || s.function.IsNil() {
		panic(fmt.Sprintf("define: %s: %T is no function", name, function))
	}
	t := s.function.Type()
	first := 0
	if t.NumIn() > 0 {
		s.waits, s.process = t.In(0) == contextType, t.In(0) == processType
		if s.waits || s.process {
			first = 1
		}
	}
	for i := first; i < t.NumIn(); i++ {
		label := fmt.Sprintf("arg%d", i-first+1)
		if i-first < len(names) && names[i-first] != "" {
			label = names[i-first]
		}
		if t.IsVariadic() && i == t.NumIn()-1 {
			s.variadic, s.rest = t.In(i).Elem(), label
			_ = accepted(name, s.variadic)
			break
		}
		s.in = append(s.in, t.In(i))
		p := accepted(name, t.In(i))
		p.Name = label
		s.params = append(s.params, p)
	}
	if len(names) > t.NumIn()-first {
		panic(fmt.Sprintf("define: %s: %d names for %d parameters", name, len(names), t.NumIn()-first))
	}
	for i := range t.NumOut() {
		if i == t.NumOut()-1 && t.Out(i) == errorType {
			s.fails = true
			break
		}
		s.results = append(s.results, hostapi.Param{Name: fmt.Sprintf("result%d", i+1), Accept: hostapi.AcceptAny, Type: resultType(name, t.Out(i))})
	}
	if s.fails && len(s.results) == 0 {
		s.results = []hostapi.Param{{Name: "done", Accept: hostapi.AcceptBool, Doc: "always true"}}
	}
	return s
}
