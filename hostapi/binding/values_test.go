package binding_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// shown is a value of a script. Each that is made has a number of its own.
type shown struct {
	text   string
	number int
}

// maker makes values for one process.
type maker struct {
	values *binding.Values[*shown]
	made   int
}

func newMaker() *maker {
	m := &maker{}
	m.values = binding.NewValues[*shown](m)
	return m
}

func (m *maker) show(text string) *shown {
	m.made++
	return &shown{text, m.made}
}

func (m *maker) Show(members binding.Members) *shown { return m.show(members.String()) }

func (m *maker) Native(f *hostapi.Func, method bool) *shown {
	return m.show(fmt.Sprintf("%s, method %v", f.Name, method))
}

func (m *maker) FromHost(v hostapi.Value) *shown {
	if o := v.Object(); o != nil {
		return m.values.Show(binding.Members{Object: o})
	}
	return m.show(v.String())
}

// A module with one of each, and an object whose method is its function.
func fixtures() (module *hostapi.Module, thing *methodObject, both *hostapi.Func) {
	both = &hostapi.Func{Name: "both"}
	module = &hostapi.Module{
		Name:    "m",
		Funcs:   []*hostapi.Func{{Name: "f"}, both},
		Consts:  []hostapi.Const{{Name: "c", Value: hostapi.Int(5)}, {Name: "made", Make: func(t hostapi.Task) hostapi.Value { return hostapi.Wrap(&object{name: "made"}) }}},
		Modules: []*hostapi.Module{{Name: "a"}},
	}
	return module, &methodObject{object{name: "x"}, &hostapi.ObjectType{Name: "t", Methods: []*hostapi.Func{both}}}, both
}

type methodObject struct {
	object
	of *hostapi.ObjectType
}

func (o *methodObject) ObjectType() *hostapi.ObjectType { return o.of }

func TestMembers(t *testing.T) {
	module, thing, both := fixtures()
	for _, test := range []struct {
		members binding.Members
		text    string
		names   []string
	}{
		{binding.Members{Module: module}, "module: m", []string{"a", "both", "c", "f", "made"}},
		{binding.Members{Object: thing}, "thing x", []string{"both"}},
	} {
		if test.members.String() != test.text || !slices.Equal(test.members.Names(), test.names) {
			t.Errorf("got %s with %v, want %s with %v", test.members, test.members.Names(), test.text, test.names)
		}
		if !test.members.Has(both) || test.members.Has(&hostapi.Func{Name: "both"}) {
			t.Errorf("%s: another function of the same name is taken for its own", test.members)
		}
	}
}

func TestValues(t *testing.T) {
	module, thing, _ := fixtures()
	m := newMaker()
	ofModule, ofThing := binding.Members{Module: module}, binding.Members{Object: thing}
	for _, test := range []struct {
		of         binding.Members
		name, text string
	}{
		{ofModule, "f", "f, method false"},
		{ofModule, "both", "both, method false"},
		{ofThing, "both", "both, method true"},
		{ofModule, "c", "5"},
		{ofModule, "made", "thing made"},
		{ofModule, "a", "module: a"},
	} {
		first, ok := m.values.Member(&task{}, test.of, test.name)
		if !ok || first.text != test.text {
			t.Errorf("%s of %s is %v, want %s", test.name, test.of, first, test.text)
		}
		if again, _ := m.values.Member(&task{}, test.of, test.name); again != first {
			t.Errorf("%s of %s is made twice", test.name, test.of)
		}
	}
	for _, of := range []binding.Members{ofModule, ofThing} {
		if v, ok := m.values.Member(&task{}, of, "none"); ok || v != nil {
			t.Errorf("%s has a member none: %v", of, v)
		}
		if first, again := m.values.Show(of), m.values.Show(of); first != again {
			t.Errorf("%s is shown as two values", of)
		}
	}
	if v := m.values.Show(ofModule); v == newMaker().values.Show(ofModule) {
		t.Error("two processes share the value of a module")
	}
	if v := m.values.Show(ofThing); v == newMaker().values.Show(ofThing) {
		t.Error("new code of a process gets the value that an object had for the old")
	}
}

// Methods belong to the type: two objects of one type have the same.
func TestMethodsAreOfTheType(t *testing.T) {
	_, thing, _ := fixtures()
	m := newMaker()
	one, _ := m.values.Member(&task{}, binding.Members{Object: thing}, "both")
	two, _ := m.values.Member(&task{}, binding.Members{Object: &methodObject{object{name: "y"}, thing.of}}, "both")
	if one != two {
		t.Error("the method is another on another object")
	}
}
