package json_test

import (
	"context"
	stdjson "encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world"
)

// order is a text of about 1 KB as programs exchange them.
var order = func() string {
	var lines []string
	for i := range 12 {
		lines = append(lines, fmt.Sprintf(`{"sku":"article-%d","pieces":%d,"price":%d.5,"gift":%v}`, i, i+1, 10*i, i%2 == 0))
	}
	return fmt.Sprintf(`{"customer":{"id":4711,"name":"Zoë Example","mail":"zoe@example.org","vip":true},"lines":[%s],"note":"leave it \"at the door\"\nplease","tags":["a","b","c"],"total":123.25,"version":3}`,
		strings.Join(lines, ","))
}()

// The scripts do their work b.N times and nothing else.
const luaSpeed = `
local json = require("json")
return { main = function(how, n, text)
	local v = assert(json.decode(text))
	local encode, decode = json.encode, json.decode
	if how == "encode" then for i = 1, n do encode(v) end
	else for i = 1, n do decode(text) end end
	return json.encode(v)
end }`

const starlarkSpeed = `
json = require("json")
def main(how, n, text):
    v, _ = json.decode(text)
    if how == "encode":
        for i in range(n):
            json.encode(v)
    else:
        for i in range(n):
            json.decode(text)
    return json.encode(v)[0]
`

// BenchmarkKilobyte compares encode and decode of 1 KB, called by scripts, with
// encoding/json on the same data.
func BenchmarkKilobyte(b *testing.B) {
	var v any
	if err := stdjson.Unmarshal([]byte(order), &v); err != nil {
		b.Fatal(err)
	}
	b.Run("encode/go", func(b *testing.B) {
		b.SetBytes(int64(len(order)))
		for b.Loop() {
			if _, err := stdjson.Marshal(v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode/go", func(b *testing.B) {
		b.SetBytes(int64(len(order)))
		text := []byte(order)
		for b.Loop() {
			var v any
			if err := stdjson.Unmarshal(text, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
	files := fstest.MapFS{"main.lua": {Data: []byte(luaSpeed)}, "main.star": {Data: []byte(starlarkSpeed)}}
	for _, how := range []string{"encode", "decode"} {
		for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
			b.Run(how+"/"+e.Info().Name, func(b *testing.B) {
				b.SetBytes(int64(len(order)))
				rt := load(b, files, e, nil)
				b.ResetTimer()
				p, err := rt.Start(b.Context(), "test:main", how, b.N, order)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.Wait(b.Context()); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

// load gives a runtime that has test:main in the language of an engine.
func load(tb testing.TB, files fstest.MapFS, e hostapi.Engine, sim *core.Simulation) *understudy.Runtime {
	tb.Helper()
	rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{e}, Modules: world.Plain(), Simulation: sim})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rt.Shutdown(ctx, 0); err != nil {
			tb.Error(err)
		}
	})
	if err := rt.Load("test:main", files, "main"+e.Info().Extension); err != nil {
		tb.Fatal(err)
	}
	return rt
}
