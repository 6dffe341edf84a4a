// Package json is the script module json: text for programs of any language (section 42
// of docs/spec).
package json

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
	"github.com/understudy-run/understudy/world/internal/null"
	"github.com/understudy-run/understudy/world/internal/option"
)

// Module is the module json. An entry must list it (14.15).
var Module = newModule()

func newModule() *hostapi.Module {
	return (&hostapi.Module{
		Name:   "json",
		Doc:    "Values as JSON text, and back (section 42).",
		Funcs:  []*hostapi.Func{newEncode(), newDecode(), list, numberFunc},
		Consts: []hostapi.Const{null.Const("null")},
		Types:  []*hostapi.ObjectType{null.Type(), numberType},
	}).Named()
}

var optionsParam = hostapi.Param{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"}

func newEncode() *hostapi.Func {
	f := &hostapi.Func{
		Name: "encode",
		Doc:  "The value as JSON, keys in the order of their bytes, so that equal values give equal text (42.1).",
		Params: []hostapi.Param{
			{Name: "v", Accept: hostapi.AcceptAny, Doc: "what can be sent, and times"},
			optionsParam,
		},
		Keywords: []hostapi.Param{
			{Name: "indent", Accept: hostapi.AcceptString, Optional: true, Doc: "spaces or tabs, at most 16, for each level; all on one line if left out"},
			{Name: "empty", Accept: hostapi.AcceptString, Optional: true, Doc: `"list": empty tables of Lua are lists, also where not marked; "map" if left out`},
		},
		Results: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid},
	}
	f.Run = func(c hostapi.Call) error {
		e := newEncoder(c)
		if err := e.options(c, f); err != nil {
			return err
		}
		text, err := e.encode(c, c.Arg(0))
		return hostapi.Give(c, hostapi.String(text), err)
	}
	return f
}

func newEncoder(c hostapi.Call) encoder {
	return encoder{
		limit: 8 * c.Task().PayloadLimits().Size, effort: effort.Of(c),
		text: make([]byte, 0, 1<<10), fields: make([]field, 0, 16),
	}
}

// encode writes a value of the script that makes the call. The error is ErrKilled or
// Invalid.
func (e *encoder) encode(c hostapi.Call, v hostapi.Value) (string, error) {
	cp := hostapi.NewCopier(c.Task().PayloadLimits())
	cp.Beyond(c.Task(), kept)
	v, err := c.Copy(v, cp)
	if err != nil {
		return "", err
	}
	err = e.value(v, 0)
	if left := e.effort.Release(); err == nil {
		err = left
	}
	if m, ok := under(err, "#1").(*misplaced); ok {
		return "", hostapi.Errorf(hostapi.Invalid, "%s", m.Error())
	}
	return string(e.text), err
}

// Text gives a value of the script that makes the call as encode writes it without
// options: for modules that send JSON. The error is ErrKilled or Invalid.
func Text(c hostapi.Call, v hostapi.Value) (string, error) {
	e := newEncoder(c)
	return e.encode(c, v)
}

// options reads those of a call.
func (e *encoder) options(c hostapi.Call, f *hostapi.Func) error {
	given, err := option.Read(c, f, 1)
	if err != nil {
		return err
	}
	e.indent = given[0].Str()
	if strings.Trim(e.indent, " \t") != "" || len(e.indent) > 16 {
		return hostapi.Errorf(hostapi.Invalid, "indent must be at most 16 spaces or tabs")
	}
	switch given[1].Str() {
	case "list":
		e.emptyLists = true
	case "map", "":
	default:
		return hostapi.Errorf(hostapi.Invalid, `empty must be "map" or "list"`)
	}
	return nil
}

func newDecode() *hostapi.Func {
	f := &hostapi.Func{
		Name: "decode",
		Doc: "The value that a JSON text stands for. Integers beyond ±2^53 become strings of their digits (42.3, 42.4). " +
			"The details of an error are offset, line and column.",
		Params: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString, Doc: "exactly one value"}, optionsParam},
		Keywords: []hostapi.Param{
			{Name: "null", Accept: hostapi.AcceptBool, Optional: true, Doc: "every null is json.null; otherwise nil, or json.null where nil would be lost in a list (42.5)"},
			{Name: "lenient", Accept: hostapi.AcceptBool, Optional: true, Doc: "the last of equal keys counts, what is not UTF-8 becomes U+FFFD; otherwise both are errors"},
		},
		Results: []hostapi.Param{{Name: "v", Accept: hostapi.AcceptAny}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid},
	}
	f.Run = func(c hostapi.Call) error {
		given, err := option.Read(c, f, 1)
		if err != nil {
			return err
		}
		d := decoder{
			limits: c.Task().PayloadLimits(), lenient: given[1].Bool(), effort: effort.Of(c),
			items: make([]hostapi.Value, 0, 16), entries: make([]hostapi.Entry, 0, 16),
		}
		if given[0].Bool() {
			d.null = null.Of(c.Task())
			d.inList = d.null
		} else if _, tables := c.(hostapi.ListMarker); tables { // nil would be a hole
			d.inList = null.Of(c.Task())
		}
		v, err := d.decode(c.Arg(0).Str())
		if left := d.effort.Release(); err == nil {
			err = left
		}
		if err != nil {
			return err
		}
		c.Push(v)
		return nil
	}
	return f
}

var list = &hostapi.Func{
	Name: "list",
	Doc: "Marks a table of Lua, which then is a list also while it is empty, and gives it. In other languages lists are lists: " +
		"it gives what it got (1.5, 42.2).",
	Params: []hostapi.Param{
		{Name: "t", Accept: hostapi.AcceptTable, Type: "list", Optional: true, Doc: "a new list if left out; in Lua a table without a metatable"},
	},
	Results: []hostapi.Param{{Name: "t", Accept: hostapi.AcceptTable, Type: "list"}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		v := c.Arg(0)
		if v.IsNil() {
			v = c.Import(hostapi.ListOf())
		}
		if m, ok := c.(hostapi.ListMarker); ok {
			if err := m.MarkList(v); err != nil {
				return err
			}
		}
		c.Push(v)
		return nil
	},
}

var numberFunc = &hostapi.Func{
	Name:    "number",
	Doc:     "A number that encode writes with exactly these digits (42.4).",
	Params:  []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString, Doc: "as JSON writes a number"}},
	Results: []hostapi.Param{{Name: "number", Object: numberType, Accept: hostapi.AcceptObject}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		n, err := newNumber(c.Arg(0).Str())
		if err != nil {
			return err
		}
		c.Push(hostapi.ObjectOf(n))
		return nil
	},
}

// PayloadText gives a payload as encode writes it without options: for Go code that has
// no call, on any goroutine. The error is Invalid.
func PayloadText(v hostapi.Value) (string, error) {
	e := encoder{
		limit: 8 * hostapi.DefaultPayloadLimits.Size, effort: effort.None(),
		text: make([]byte, 0, 256), fields: make([]field, 0, 8),
	}
	if err := e.value(v, 0); err != nil {
		if m, ok := under(err, "#1").(*misplaced); ok {
			return "", hostapi.Errorf(hostapi.Invalid, "%s", m.Error())
		}
		return "", err
	}
	return string(e.text), nil
}
