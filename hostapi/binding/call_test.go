package binding_test

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// echo pushes its arguments and then its options, as a map.
func echo(params []hostapi.Param, keywords ...hostapi.Param) *hostapi.Func {
	return &hostapi.Func{Name: "echo", Params: params, Rest: "rest", Keywords: keywords, Run: func(c hostapi.Call) error {
		for i := range c.Len() {
			c.Push(c.Arg(i))
		}
		c.Push(hostapi.MapOf(c.Keywords()...))
		return nil
	}}
}

func TestArguments(t *testing.T) {
	one, two, three := hostapi.Int(1), hostapi.Int(2), hostapi.Int(3)
	a := hostapi.Param{Name: "a", Accept: hostapi.AcceptAny, Keyword: true}
	b := hostapi.Param{Name: "b", Accept: hostapi.AcceptAny, Keyword: true, Optional: true}
	c := hostapi.Param{Name: "c", Accept: hostapi.AcceptAny, Keyword: true, Optional: true}
	option := hostapi.Param{Name: "option", Accept: hostapi.AcceptNumber, Optional: true}
	options := []hostapi.Entry{hostapi.Field("option", three)}
	type values = []hostapi.Value
	for _, test := range []struct {
		name     string
		f        *hostapi.Func
		trailing bool
		args     values
		keywords []hostapi.Entry
		want     values
		fails    string
	}{
		{"by position", echo([]hostapi.Param{a, b}), false, values{one, two}, nil, values{one, two, hostapi.MapOf()}, ""},
		{"by name", echo([]hostapi.Param{a, b}), false, values{one}, []hostapi.Entry{hostapi.Field("b", two)},
			values{one, two, hostapi.MapOf()}, ""},
		{"by name, in another order", echo([]hostapi.Param{a, b}), false, nil,
			[]hostapi.Entry{hostapi.Field("b", two), hostapi.Field("a", one)}, values{one, two, hostapi.MapOf()}, ""},
		{"by name, one left out", echo([]hostapi.Param{a, b, c}), false, values{one}, []hostapi.Entry{hostapi.Field("c", three)},
			values{one, {}, three, hostapi.MapOf()}, ""},
		{"given twice", echo([]hostapi.Param{a}), false, values{one}, []hostapi.Entry{hostapi.Field("a", two)}, nil,
			"echo: argument a given twice"},
		{"by name and option", echo([]hostapi.Param{a, b}, option), false, values{one},
			append([]hostapi.Entry{hostapi.Field("b", two)}, options...), values{one, two, hostapi.MapOf(options...)}, ""},
		{"unknown name", echo([]hostapi.Param{a}, option), false, values{one}, []hostapi.Entry{hostapi.Field("z", two)}, nil,
			"echo: unknown keyword z"},
		{"trailing options", echo([]hostapi.Param{a}, option), true, values{one, dictOf(options...)}, nil,
			values{one, hostapi.MapOf(options...)}, ""},
		{"trailing value that has no fields", echo([]hostapi.Param{a}, option), true, values{one, three}, nil,
			values{one, three, hostapi.MapOf()}, ""},
		{"too early for trailing options", echo([]hostapi.Param{a, b}, option), true, values{one, two}, nil,
			values{one, two, hostapi.MapOf()}, ""},
		{"no function of options", echo([]hostapi.Param{a}), true, values{one, two}, nil, values{one, two, hostapi.MapOf()}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := binding.Call{
				Task: &task{}, Language: language{}, Func: test.f, Args: test.args, Keywords: test.keywords,
				Strict: !test.trailing, TrailingOptions: test.trailing,
			}.Invoke()
			if test.fails != "" {
				if !invalid(err, test.fails) {
					t.Errorf("error %v, want Invalid %q", err, test.fails)
				}
				return
			}
			if err != nil || !hostapi.ListOf(got...).Equal(hostapi.ListOf(test.want...)) {
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

// What a function asks of its Call comes from the language, or from the value
// itself if it is one of the host API.
func TestContainers(t *testing.T) {
	one := hostapi.Int(1)
	record := hostapi.Wrap(&hostapi.Record{
		Shape:  &hostapi.Shape{Name: "r", Fields: []hostapi.Param{{Name: "a"}, {Name: "b"}}},
		Values: []hostapi.Value{one, {}},
	})
	for _, test := range []struct {
		name             string
		v                hostapi.Value
		elements, fields int // -1: it has none
		field            hostapi.Value
	}{
		{"array", listOf(one, one), 2, -1, hostapi.Value{}},
		{"dict", dictOf(hostapi.Field("a", one)), -1, 1, one},
		{"payload list", hostapi.ListOf(one), 1, -1, hostapi.Value{}},
		{"payload map", hostapi.MapOf(hostapi.Field("a", one)), -1, 1, one},
		{"record", record, -1, 1, one},
		{"number", one, -1, -1, hostapi.Value{}},
		{"nil", hostapi.Value{}, -1, -1, hostapi.Value{}},
		{"object", hostapi.Wrap(&object{}), -1, -1, hostapi.Value{}},
		{"function", hostapi.FunctionRef(&closure{}), -1, -1, hostapi.Value{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			look := &hostapi.Func{Name: "look", Params: []hostapi.Param{{Name: "v", Accept: hostapi.AcceptAny}}, Run: func(c hostapi.Call) error {
				count := func(n int, ok bool) int {
					if !ok {
						return -1
					}
					return n
				}
				elements, ok := c.Elements(c.Arg(0))
				if n := count(len(elements), ok); n != test.elements {
					t.Errorf("%d elements, want %d", n, test.elements)
				}
				fields, ok := c.Fields(c.Arg(0))
				if n := count(len(fields), ok); n != test.fields {
					t.Errorf("%d fields, want %d", n, test.fields)
				}
				if got := c.Field(c.Arg(0), "a"); !got.Equal(test.field) {
					t.Errorf("field a is %s, want %s", got, test.field)
				}
				if f := c.Function(0); (f != nil) != (test.v.Type() == hostapi.TypeFunction) {
					t.Errorf("as a function it is %v", f)
				}
				return nil
			}}
			if _, err := (binding.Call{Task: &task{}, Language: language{}, Func: look, Args: []hostapi.Value{test.v}}).Invoke(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMethodCopiesAndImports(t *testing.T) {
	method := &hostapi.Func{Name: "m", Params: []hostapi.Param{{Name: "v", Accept: hostapi.AcceptAny}}, Returns: hostapi.OrError,
		Results: []hostapi.Param{{Name: "copy"}}, Run: func(c hostapi.Call) error {
			vs, err := hostapi.Payloads(c, 0)
			if err != nil {
				return err
			}
			c.Push(hostapi.ListOf(vs[0], hostapi.String(c.Self().String()), c.Import(vs[0]), c.Keyword("none"), c.Arg(7)))
			return nil
		}}
	self := &methodObject{object{name: "x"}, &hostapi.ObjectType{Name: "t", Methods: []*hostapi.Func{method}}}
	call := binding.Call{Task: &task{}, Language: language{}, Func: method, Method: true, Self: self}

	call.Args = []hostapi.Value{listOf(hostapi.Int(1))}
	got, err := call.Invoke()
	if err != nil || len(got) != 2 || !got[1].IsNil() {
		t.Fatalf("got %v, %v; want one result and no error", got, err)
	}
	items := got[0].List().Items
	if _, ok := items[2].Ref().(*array); !ok || items[0].String() != "[1]" || items[1].Str() != "thing x" {
		t.Errorf("got %v; want [1], the text of the object, and the import of [1]", items)
	}

	call.Args = []hostapi.Value{listOf(listOf(listOf(listOf())))}
	if got, err = call.Invoke(); err != nil || len(got) != 2 || !invalid(got[1].Err(), "payload too deep") {
		t.Errorf("got %v, %v; want nil and an error, by the limits of the task", got, err)
	}
}

func TestMethodOfAnotherObject(t *testing.T) {
	method := &hostapi.Func{Name: "m", Run: func(hostapi.Call) error {
		t.Error("the method was run")
		return nil
	}}
	for name, self := range map[string]hostapi.Object{"no object": nil, "another type": &object{name: "x"}} {
		_, err := binding.Call{Task: &task{}, Language: language{}, Func: method, Method: true, Self: self}.Invoke()
		if !invalid(err, "m is a method of another object") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKillsAndFaults(t *testing.T) {
	host := &task{}
	for _, test := range []struct {
		name string
		run  func(hostapi.Call) error
	}{
		{"kill", func(hostapi.Call) error { return hostapi.ErrKilled }},
		{"panic", func(hostapi.Call) error { panic("oops") }},
	} {
		_, err := binding.Call{Task: host, Language: language{}, Func: &hostapi.Func{Name: "f", Run: test.run}}.Invoke()
		if !errors.Is(err, hostapi.ErrKilled) {
			t.Errorf("%s: got %v, want ErrKilled", test.name, err)
		}
	}
	if len(host.faults) != 1 || host.faults[0] != "oops in f" {
		t.Errorf("faults %v, want the panic", host.faults)
	}
}
