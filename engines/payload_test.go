package engines_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

const hostID = "app:host"

// language is an engine with the scripts that the tests of payloads need.
type language struct {
	name string
	// echo is the program that returns its argument, relay the one that returns
	// what app:<to> returned for it.
	echo, relay func(t testing.TB, to string) hostapi.Program
	// passage is what becomes of a payload that goes in and out again.
	passage func(hostapi.Value) hostapi.Value
}

func script(e hostapi.Engine, text string) func(t testing.TB, to string) hostapi.Program {
	return func(t testing.TB, to string) hostapi.Program {
		if to != "" {
			text := fmt.Sprintf(text, to)
			return compile(t, e, text)
		}
		return compile(t, e, text)
	}
}

func compile(t testing.TB, e hostapi.Engine, text string, more ...*hostapi.Module) hostapi.Program {
	t.Helper()
	p, err := e.Compile(hostapi.Source{
		ID: "app:test", Path: "src/test" + e.Info().Extension, Text: text, Modules: append(modules.Standard(), more...),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func languages() []language {
	lua := func(e hostapi.Engine) language {
		return language{
			name: e.Info().Name, passage: throughLua,
			echo: script(e, `return function(v) return v end`),
			relay: script(e, `return function(v)
				local r, e = process.exec("app:%s", "app:host", v)
				if e then error(e) end
				return r
			end`),
		}
	}
	star := starlark.New()
	return []language{
		lua(gopherlua.New()),
		lua(golua.New()),
		{
			name: "starlark", passage: unchanged,
			echo: script(star, "def main(v):\n    return v\n"),
			relay: script(star, `
def main(v):
    r, err = process.exec("app:%s", "app:host", v)
    if err != None:
        error(err)
    return r
`),
		},
		{
			name: "native", passage: unchanged,
			echo: func(testing.TB, string) hostapi.Program {
				return native.Program(func(_ hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) { return args[:1], nil })
			},
			relay: func(_ testing.TB, to string) hostapi.Program {
				return native.Program(func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
					v, err := t.Process().Exec(hostapi.Spawn{ID: "app:" + to, Host: hostID, Args: args[:1]})
					return []hostapi.Value{v}, err
				})
			},
		},
	}
}

func unchanged(v hostapi.Value) hostapi.Value { return v }

// throughLua is what becomes of a payload in Lua (1.4, 1.5, 1.7).
func throughLua(v hostapi.Value) hostapi.Value {
	switch v.Type() {
	case hostapi.TypeFloat:
		return hostapi.Number(v.Float())
	case hostapi.TypeList:
		if len(v.List().Items) == 0 {
			return v
		}
		var entries []hostapi.Entry
		for i, x := range v.List().Items {
			entries = append(entries, hostapi.Entry{Key: hostapi.Int(int64(i + 1)), Value: x})
		}
		return luaTable(entries)
	case hostapi.TypeMap:
		return luaTable(v.Map().Entries)
	}
	return v
}

func luaTable(entries []hostapi.Entry) hostapi.Value {
	var kept []hostapi.Entry
	items := map[int64]hostapi.Value{}
	for _, e := range entries {
		if e.Value.IsNil() {
			continue
		}
		e = hostapi.Entry{Key: throughLua(e.Key), Value: throughLua(e.Value)}
		kept = append(kept, e)
		if e.Key.Type() == hostapi.TypeInt {
			items[e.Key.Int()] = e.Value
		}
	}
	list := make([]hostapi.Value, 0, len(kept))
	for i := range int64(len(kept)) {
		x, ok := items[i+1]
		if !ok {
			return hostapi.MapOf(kept...)
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		return hostapi.MapOf()
	}
	return hostapi.ListOf(list...)
}

// drawer makes payloads of bytes.
type drawer struct{ bytes []byte }

func (d *drawer) byte() byte {
	if len(d.bytes) == 0 {
		return 0
	}
	b := d.bytes[0]
	d.bytes = d.bytes[1:]
	return b
}

func (d *drawer) uint64() uint64 {
	var b [8]byte
	for i := range b {
		b[i] = d.byte()
	}
	return binary.LittleEndian.Uint64(b[:])
}

func (d *drawer) string() string {
	n := min(int(d.byte())%16, len(d.bytes))
	s := string(d.bytes[:n])
	d.bytes = d.bytes[n:]
	return s
}

func (d *drawer) int() hostapi.Value {
	switch d.byte() % 3 {
	case 0:
		return hostapi.Int(int64(d.byte()) - 3)
	case 1:
		return hostapi.Int(hostapi.MaxInt - int64(d.byte()))
	}
	return hostapi.Int(int64(d.uint64()) % (hostapi.MaxInt + 1))
}

func (d *drawer) float() hostapi.Value {
	if d.byte()%2 == 0 {
		return hostapi.Float(float64(int8(d.byte())) / 4)
	}
	return hostapi.Float(math.Float64frombits(d.uint64()))
}

// value makes a payload of at most that depth.
func (d *drawer) value(depth int) hostapi.Value {
	kind := d.byte() % 9
	if depth == 0 {
		kind %= 5
	}
	switch kind {
	case 1:
		return hostapi.Bool(d.byte()%2 == 0)
	case 2:
		return d.int()
	case 3:
		return d.float()
	case 4:
		return hostapi.String(d.string())
	case 5, 6:
		items := make([]hostapi.Value, d.byte()%6)
		for i := range items {
			items[i] = d.value(depth - 1)
		}
		return hostapi.ListOf(items...)
	case 7:
		return hostapi.Wrap(d.entries(depth))
	case 8:
		return hostapi.Wrap(&hostapi.Error{
			Kind: hostapi.Kind(d.string()), Message: d.string(), Script: true, Details: d.entries(depth),
		})
	}
	return hostapi.Value{}
}

// entries makes a map whose keys are different in every language.
func (d *drawer) entries(depth int) *hostapi.Map {
	m := &hostapi.Map{}
	seen := map[string]bool{}
	for range d.byte() % 6 {
		var key hostapi.Value
		switch d.byte() % 4 {
		case 0:
			key = hostapi.String(d.string())
		case 1:
			key = d.int()
		case 2:
			key = d.float()
		case 3:
			key = hostapi.Bool(d.byte()%2 == 0)
		}
		id := throughLua(key).String()
		value := d.value(depth - 1)
		if seen[id] || key.Float() != key.Float() { // NaN is no key
			continue
		}
		seen[id] = true
		m.Entries = append(m.Entries, hostapi.Entry{Key: key, Value: value})
	}
	return m
}

// What goes from A to B and back comes out as the rules of 1.4 to 1.11 say, for
// all pairs of engines.
func FuzzPayloads(f *testing.F) {
	for _, seed := range []string{
		"", "\x02\x00\x05", "\x03\x00\x08", "\x05\x03\x02\x00\x05\x00\x04\x03abc", "\x07\x03\x01\x00\x04\x00\x02\x04\x01x",
		"\x05\x05\x00\x00\x01\x00\x02\x01\x01\x00", "\x08\x01k\x01m\x02\x00\x01a\x05\x02\x02\x00\x04\x00",
		"\x07\x05\x02\x00\x08\x01\x00\x01\x00\x02\x03\x00\x01\x01\x00\x01a\x05\x00", "\x05\x00", "\x07\x00",
	} {
		f.Add([]byte(seed))
	}
	all := languages()
	rt := core.New(core.Options{Scheduler: core.NewSimulation(1), Seed: 1})
	rt.DefineHost(core.HostOptions{ID: hostID, Workers: 1})
	if err := rt.StartHost(hostID); err != nil {
		f.Fatal(err)
	}
	for _, b := range all {
		rt.Define(core.Entry{ID: "app:" + b.name, Program: b.echo(f, "")})
		for _, a := range all {
			rt.Define(core.Entry{ID: "app:" + a.name + "-" + b.name, Program: a.relay(f, b.name)})
		}
	}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		d := &drawer{bytes}
		v := d.value(4)
		for _, a := range all {
			for _, b := range all {
				id := "app:" + a.name + "-" + b.name
				got, err := rt.Exec(context.Background(), hostapi.Spawn{ID: id, Host: hostID, Args: []hostapi.Value{v}})
				if want := a.passage(b.passage(a.passage(v))); err != nil || !got.Equal(want) {
					t.Errorf("%s of %v: got %v, %v, want %v", id, v, got, err, want)
				}
			}
		}
	})
}
