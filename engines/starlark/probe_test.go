package starlark

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
)

// thing is an object whose methods and type exercise the binder.
type thing struct {
	hostapi.Handle
	name string
}

func (t *thing) ObjectType() *hostapi.ObjectType { return thingType }
func (t *thing) String() string                  { return "thing(" + t.name + ")" }

// key is the same, of a hashable type.
type key struct{ thing }

func (k *key) ObjectType() *hostapi.ObjectType { return keyType }

var thingType = &hostapi.ObjectType{
	Name: "thing",
	Methods: []*hostapi.Func{{
		Name:    "from",
		Results: []hostapi.Param{{Name: "from"}},
		Run: func(c hostapi.Call) error {
			c.Push(hostapi.String("from " + c.Self().(*thing).name))
			return nil
		},
	}},
}

var keyType = &hostapi.ObjectType{Name: "key", Hashable: true}

var probeShape = &hostapi.Shape{Name: "sighting", Fields: []hostapi.Param{
	{Name: "kind"}, {Name: "from"}, {Name: "what"}, {Name: "absent"},
}}

// probe is the module that test scripts require to look at the binder.
var probe = &hostapi.Module{
	Name: "probe",
	Consts: []hostapi.Const{
		{Name: "LIMIT", Value: hostapi.Int(7)},
		{Name: "own", Make: func(hostapi.Task) hostapi.Value { return hostapi.Wrap(&thing{name: "own"}) }},
	},
	Modules: []*hostapi.Module{
		{Name: "nested", Consts: []hostapi.Const{{Name: "deep", Value: hostapi.String("down")}}},
		{Name: "private", Consts: []hostapi.Const{
			{Name: "own", Make: func(hostapi.Task) hostapi.Value { return hostapi.Wrap(&thing{name: "private"}) }},
		}},
	},
	Funcs: []*hostapi.Func{
		{
			Name: "thing", Params: []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString}},
			Run: func(c hostapi.Call) error {
				c.Push(hostapi.Wrap(&thing{name: c.Arg(0).Str()}))
				return nil
			},
		},
		{
			Name: "key", Params: []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString}},
			Run: func(c hostapi.Call) error {
				c.Push(hostapi.Wrap(&key{thing{name: c.Arg(0).Str()}}))
				return nil
			},
		},
		{
			// Gives back all its arguments, as results.
			Name: "echo", Rest: "values",
			Run: func(c hostapi.Call) error {
				for i := range c.Len() {
					c.Push(c.Arg(i))
				}
				return nil
			},
		},
		{
			Name: "sighting", Params: []hostapi.Param{{Name: "what", Accept: hostapi.AcceptAny, Optional: true}},
			Run: func(c hostapi.Call) error {
				c.Push(hostapi.Wrap(&hostapi.Record{Shape: probeShape, Values: []hostapi.Value{
					hostapi.String("seen"), hostapi.String("afar"), c.Arg(0), {},
				}}))
				return nil
			},
		},
		{
			// Says how its arguments arrived.
			Name: "describe",
			Params: []hostapi.Param{
				{Name: "a", Accept: hostapi.AcceptAny, Optional: true},
				{Name: "is", Accept: hostapi.AcceptString, Optional: true, Keyword: true},
				{Name: "c", Accept: hostapi.AcceptNumber, Optional: true, Keyword: true},
			},
			Keywords: []hostapi.Param{{Name: "flush", Accept: hostapi.AcceptBool}},
			Run: func(c hostapi.Call) error {
				text := ""
				for i := range c.Len() {
					text += c.Arg(i).String() + " "
				}
				c.Push(hostapi.String(text + "flush=" + c.Keyword("flush").String()))
				return nil
			},
		},
		{
			Name: "options", Params: []hostapi.Param{{Name: "options", Accept: hostapi.AcceptTable, Optional: true}},
			AnyKeyword: true,
			Run: func(c hostapi.Call) error {
				entries, ok := hostapi.OptionEntries(c, 0)
				text := fmt.Sprint(ok)
				for _, e := range entries {
					text += fmt.Sprintf(" %s=%s", e.Key, e.Value)
				}
				c.Push(hostapi.String(text + " from=" + hostapi.Option(c, 0, "from").String()))
				return nil
			},
		},
		{
			// The payload copy of its argument, as text.
			Name: "payload", Params: []hostapi.Param{{Name: "v", Accept: hostapi.AcceptAny}}, Returns: hostapi.OrError,
			Results: []hostapi.Param{{Name: "text"}},
			Run: func(c hostapi.Call) error {
				values, err := hostapi.Payloads(c, 0)
				if err != nil {
					return err
				}
				c.Push(hostapi.String(values[0].String()))
				return nil
			},
		},
		{
			// The payload copy of its argument, as a script receives it.
			Name: "deliver", Params: []hostapi.Param{{Name: "v", Accept: hostapi.AcceptAny}, {Name: "unordered", Accept: hostapi.AcceptBool, Optional: true}},
			Run: func(c hostapi.Call) error {
				v, err := c.Copy(c.Arg(0), hostapi.NewCopier(hostapi.DefaultPayloadLimits))
				if err != nil {
					return err
				}
				if m := v.Map(); m != nil {
					m.Unordered = c.Arg(1).Bool()
				}
				c.Push(v)
				return nil
			},
		},
		{
			Name: "pair", Params: []hostapi.Param{{Name: "fail", Accept: hostapi.AcceptBool}},
			Results: []hostapi.Param{{Name: "value"}}, Returns: hostapi.OrError, TooFew: "pair requires an argument",
			Run: func(c hostapi.Call) error {
				if c.Arg(0).Bool() {
					return hostapi.Errorf(hostapi.Conflict, "as asked")
				}
				c.Push(hostapi.Int(1))
				return nil
			},
		},
		{
			Name: "elements", Params: []hostapi.Param{{Name: "v", Accept: hostapi.AcceptAny}},
			Run: func(c hostapi.Call) error {
				values, ok := c.Elements(c.Arg(0))
				c.Push(hostapi.String(fmt.Sprint(ok, " ", values)))
				return nil
			},
		},
		{
			Name: "kill",
			Run:  func(c hostapi.Call) error { return hostapi.ErrKilled },
		},
		{
			Name: "crash",
			Run:  func(c hostapi.Call) error { panic("broken module") },
		},
	},
}
