package core_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
)

// What programs can call mentions no type that they cannot name: the kernel exports
// more to its neighbours than to them.
func TestFacadeShowsNothingInternal(t *testing.T) {
	named := map[reflect.Type]bool{}
	for _, v := range []any{
		core.Address{}, core.DeadLetter{}, core.DeadLetterReason(""), core.Delivery{}, core.EndReport{}, core.Entry{},
		core.Failure{}, core.Handling{}, core.HostOptions{}, core.Hosting{}, core.Node{}, core.Peer{}, core.Inspection{}, core.Options{}, core.Runtime{},
		core.ScopeOptions{}, core.Service{}, core.ServiceOptions{}, core.ServiceState(0), core.Simulation{},
		core.Brief{}, core.HostView{}, core.Detail{}, core.CoroutineView{}, core.OperationView{}, core.NameView{}, core.EntryView{}, core.ResourceView{}, core.GroupView{}, core.TraceEvent{}, core.TraceKind(""), core.TraceOptions{}, core.ProfileOptions{}, core.ProfileSample{}, core.ServiceView{}, core.SupervisorView{}, core.ChildView{},
	} {
		named[reflect.TypeOf(v)] = true
	}
	for _, f := range []reflect.Type{
		reflect.TypeFor[core.Clock](), reflect.TypeFor[core.Queue](), reflect.TypeFor[core.Runnable](),
		reflect.TypeFor[core.RuntimeEvent](), reflect.TypeFor[core.Scheduler](),
	} {
		named[f] = true
	}
	seen := map[reflect.Type]bool{}
	var check func(where string, u reflect.Type)
	check = func(where string, u reflect.Type) {
		switch u.Kind() {
		case reflect.Func:
			for i := range u.NumIn() {
				check(where, u.In(i))
			}
			for i := range u.NumOut() {
				check(where, u.Out(i))
			}
			return
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Array:
			check(where, u.Elem())
		}
		if strings.Contains(u.PkgPath(), "/core/internal/") && !named[u] {
			t.Errorf("%s mentions %s", where, u)
		}
		if seen[u] || !named[u] {
			return
		}
		seen[u] = true
		for _, methods := range []reflect.Type{u, reflect.PointerTo(u)} {
			for i := range methods.NumMethod() {
				check(u.Name()+"."+methods.Method(i).Name, methods.Method(i).Type)
			}
		}
		if u.Kind() == reflect.Struct {
			for i := range u.NumField() {
				if f := u.Field(i); f.IsExported() {
					check(u.Name()+"."+f.Name, f.Type)
				}
			}
		}
	}
	for u := range named {
		check("", u)
	}
	if !seen[reflect.TypeFor[core.Runtime]()] || !seen[reflect.TypeFor[core.Service]()] {
		t.Error("nothing was looked at")
	}
}
