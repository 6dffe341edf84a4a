package world_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
)

// What is random repeats with the seed of a simulated run, and only there (40.17).
func TestRandomnessIsTheSeeds(t *testing.T) {
	files := fstest.MapFS{
		"main.lua": {Data: []byte(`
			local crypto, uuid, hex = require("crypto"), require("uuid"), require("hex")
			return { main = function()
				return hex.encode(crypto.random.bytes(8)) .. crypto.random.string(8) .. uuid.v4() .. uuid.v7()
			end }`)},
		"main.star": {Data: []byte(`
crypto, uuid, hex = require("crypto"), require("uuid"), require("hex")
def main():
    return hex.encode(crypto.random.bytes(8)) + crypto.random.string(8) + uuid.v4() + uuid.v7()
`)},
	}
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		t.Run(e.Info().Name, func(t *testing.T) {
			run := func(sim *core.Simulation) string {
				rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{e}, Modules: world.Plain(), Simulation: sim})
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
					defer cancel()
					if err := rt.Shutdown(ctx, 0); err != nil {
						t.Error(err)
					}
				}()
				if err := rt.Load("test:main", files, "main"+e.Info().Extension); err != nil {
					t.Fatal(err)
				}
				var out string
				for range 2 { // processes draw each their own
					p, err := rt.Start(t.Context(), "test:main")
					if err != nil {
						t.Fatal(err)
					}
					v, err := p.Wait(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if v.Str() == out {
						t.Fatalf("two processes draw %s", out)
					}
					out += v.Str()
				}
				return out
			}
			seen := map[string]string{}
			for i, sim := range []*core.Simulation{core.NewSimulation(1), core.NewSimulation(2), nil, nil} {
				name, out := fmt.Sprint("run ", i), run(sim)
				if other := seen[out]; other != "" {
					t.Errorf("%s and %s draw the same", name, other)
				}
				seen[out] = name
			}
			if out := run(core.NewSimulation(1)); seen[out] != "run 0" {
				t.Errorf("another run of seed 1 draws otherwise")
			}
		})
	}
}

// 0.9: errors about arguments name a function as scripts do, so each says where it stands.
func TestFunctionsSayWhereTheyStand(t *testing.T) {
	var look func(path string, m *hostapi.Module)
	look = func(path string, m *hostapi.Module) {
		for _, f := range m.Funcs {
			if f.In != path+m.Name {
				t.Errorf("%s%s.%s says that it stands in %q: the table is not Named", path, m.Name, f.Name, f.In)
			}
		}
		for _, inner := range m.Modules {
			look(path+m.Name+".", inner)
		}
	}
	for _, m := range append(world.Modules(), modules.Standard()...) {
		look("", m)
	}
}
