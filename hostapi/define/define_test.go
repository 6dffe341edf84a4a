package define_test

import (
	"context"
	"errors"
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
	"github.com/understudy-run/understudy/hostapi/define"
)

type order struct {
	ID    string
	Lines []line
	Note  *string
}

type line struct {
	SKU string
	N   int8
}

// shop is a module that has a function of each form.
func shop() *hostapi.Module {
	return define.Module("shop", "A shop.",
		define.Func("add", "Adds.", func(a, b int) int { return a + b }, "a", "b"),
		define.Func("total", "Counts the pieces of an order.", func(o order) (int, error) {
			n := 0
			for _, l := range o.Lines {
				n += int(l.N)
			}
			if n == 0 {
				return 0, hostapi.Errorf(hostapi.NotFound, "no lines in %s", o.ID)
			}
			return n, nil
		}, "order"),
		define.Func("order", "Makes an order.", func(id string, skus ...string) order {
			o := order{ID: id}
			for _, s := range skus {
				o.Lines = append(o.Lines, line{s, 1})
			}
			return o
		}, "id", "skus"),
		define.Func("greet", "Greets.", func(name string, title *string) string {
			if title != nil {
				name = *title + " " + name
			}
			return "hello " + name
		}, "name", "title"),
		define.Func("pair", "Gives two.", func(d time.Duration) (float64, string, error) { return d.Seconds(), d.String(), nil }),
		define.Func("nothing", "Gives nothing.", func() error { return nil }),
		define.Func("fails", "Fails.", func() error { return errors.New("broken") }),
		define.Func("me", "Says who calls.", func(p hostapi.Process) string { return p.EntryID() }),
		define.Func("fetch", "Waits.", func(ctx context.Context, what string) (string, error) {
			if what == "" {
				return "", errors.New("nothing to fetch")
			}
			return "fetched " + what, ctx.Err()
		}, "what"),
		define.Func("echo", "Gives what it gets.", func(v any) any { return v }),
	)
}

const luaScript = `
local shop = require("shop")
local function main()
	local out = {}
	local function say(...)
		local parts = {}
		for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
		out[#out + 1] = table.concat(parts, " ")
	end
	say(shop.add(1, 2))
	say(shop.total({id = "a", lines = {{sku = "x", n = 2}, {sku = "y", n = 3}}}))
	say(shop.total({id = "b", lines = {}}))
	say(shop.order("c", "x", "y").lines[2].sku)
	say(shop.greet("Ann"))
	say(shop.greet("Ann", "Dr"))
	say(shop.pair("1500ms"))
	say(shop.nothing())
	say(shop.fails())
	say(shop.me())
	say(shop.fetch("it"))
	say(shop.fetch(""))
	say(shop.echo({1, {k = true}})[2].k)
	say(select(2, pcall(shop.add, 1)))
	say(select(2, pcall(shop.add, 1, "2")))
	say(select(2, pcall(shop.add, 1, 2.5)))
	say(select(2, pcall(shop.total, {lines = {{n = 300}}})))
	say(select(2, pcall(shop.pair, "5 s")))
	return table.concat(out, "\n")
end
return { main = main }
`

const starlarkScript = `
shop = require("shop")
def main():
    out = []
    def say(*xs):
        out.append(" ".join(["nil" if x == None else "true" if x == True and type(x) == "bool" else str(x) for x in xs]))
    def failure(f, *args):
        return pcall(f, *args)[1]
    say(shop.add(1, 2))
    say(*shop.total({"id": "a", "lines": [{"sku": "x", "n": 2}, {"sku": "y", "n": 3}]}))
    say(*shop.total({"id": "b", "lines": []}))
    say(shop.order("c", "x", "y")["lines"][1]["sku"])
    say(shop.greet("Ann"))
    say(shop.greet("Ann", "Dr"))
    say(*shop.pair("1500ms"))
    say(*shop.nothing())
    say(*shop.fails())
    say(shop.me())
    say(*shop.fetch("it"))
    say(*shop.fetch(""))
    say(shop.echo([1, {"k": True}])[1]["k"])
    say(failure(shop.add, 1))
    say(failure(shop.add, 1, "2"))
    say(failure(shop.add, 1, 2.5))
    say(failure(shop.total, {"lines": [{"n": 300}]}))
    say(failure(shop.pair, "5 s"))
    return "\n".join(out)
`

// A function of Go is called by scripts of every engine as its signature says.
func TestFunctionsOfGo(t *testing.T) {
	const want = `3
5 nil
nil no lines in b
y
hello Ann
hello Dr Ann
1.5 1.5s nil
true nil
nil broken
test:main
fetched it nil
nil nothing to fetch
true
shop.add requires argument #2 (b)
shop.add: argument #2 (b) must be a number, got string
shop.add: argument #2 must be an int, got number
shop.total: argument #1.lines[1].n must be an int8, got number
shop.pair: argument #1: invalid duration`
	files := fstest.MapFS{"main.lua": {Data: []byte(luaScript)}, "main.star": {Data: []byte(starlarkScript)}}
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		t.Run(e.Info().Name, func(t *testing.T) {
			got, err := runScript(t, e, files, "main"+e.Info().Extension, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Str() != want {
				t.Errorf("got\n%s\nwant\n%s", got.Str(), want)
			}
		})
	}
}

func runScript(t *testing.T, e hostapi.Engine, files fstest.MapFS, file string, outside func(string, hostapi.Op) core.Handling) (hostapi.Value, error) {
	t.Helper()
	o := understudy.Options{Engines: []hostapi.Engine{e}, Modules: []*hostapi.Module{shop()}, Outside: outside}
	if outside != nil {
		o.Simulation = core.NewSimulation(1)
	}
	rt, err := understudy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := rt.Shutdown(context.Background(), 0); err != nil {
			t.Error(err)
		}
	}()
	if err := rt.Load("test:main", files, file); err != nil {
		t.Fatal(err)
	}
	p, err := rt.Start(t.Context(), "test:main")
	if err != nil {
		return hostapi.Value{}, err
	}
	return p.Wait(t.Context())
}

// What waits for the outside is answered by a simulated run, which is told name and
// arguments.
func TestSimulatedFunctionOfGo(t *testing.T) {
	files := fstest.MapFS{"main.lua": {Data: []byte(`
		local shop = require("shop")
		return { main = function() return shop.fetch("it") end }`)}}
	got, err := runScript(t, gopherlua.New(), files, "main.lua", func(entry string, op hostapi.Op) core.Handling {
		v := hostapi.String(fmt.Sprint(entry, " ", op.Name, " ", op.Args))
		return core.Answer(time.Hour, hostapi.Done{Value: v}, nil)
	})
	if want := "test:main shop.fetch [\"it\"]"; err != nil || got.Str() != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

// A signature that scripts cannot call is an error of the program, with its name.
func TestFuncPanics(t *testing.T) {
	for want, f := range map[string]any{
		"int is no function":           5,
		"scripts cannot pass a chan":   func(chan int) {},
		"scripts cannot pass a func":   func([]func()) {},
		"scripts cannot be given a ch": func() chan int { return nil },
		"2 names for 1 parameters":     func(int) {},
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "define: f: ") || !strings.Contains(text, want) {
					t.Errorf("%q, want %q", text, want)
				}
			}()
			names := []string{}
			if strings.Contains(want, "names") {
				names = []string{"a", "b"}
			}
			define.Func("f", "", f, names...)
		}()
	}
}
