package fs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
)

// BenchmarkFiles does the same by package os and by a script: one operation is one file
// read or replaced, one line read, one piece of 64 KiB read or written.
func BenchmarkFiles(b *testing.B) {
	small, large := strings.Repeat("x", 1<<10), strings.Repeat("x", 1<<20)
	lines := strings.Repeat(strings.Repeat("y", 99)+"\n", 10_000)
	for _, c := range []struct {
		name, script string
		per          int // operations of a round
		direct       func(dir string) error
	}{
		{"read1KiB", `for _ = 1, n do assert(v:readfile("small")) end`, 1, func(dir string) error {
			_, err := os.ReadFile(filepath.Join(dir, "small"))
			return err
		}},
		{"read1MiB", `for _ = 1, n do assert(v:readfile("large")) end`, 1, func(dir string) error {
			_, err := os.ReadFile(filepath.Join(dir, "large"))
			return err
		}},
		{"replace1KiB", `for _ = 1, n do assert(v:writefile("out", data)) end`, 1, func(dir string) error {
			f, err := os.Create(filepath.Join(dir, "part"))
			if err == nil {
				_, err = f.WriteString(small)
			}
			if err == nil {
				err = f.Sync()
			}
			if err == nil {
				err = f.Close()
			}
			if err == nil {
				err = os.Rename(filepath.Join(dir, "part"), filepath.Join(dir, "out"))
			}
			return err
		}},
	} {
		dir := b.TempDir()
		for name, content := range map[string]string{"small": small, "large": large, "lines": lines} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(c.name+"/os", func(b *testing.B) {
			for b.Loop() {
				if err := c.direct(dir); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/script", func(b *testing.B) { runScript(b, dir, small, c.script) })
	}
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lines"), []byte(lines), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("line100B/script", func(b *testing.B) {
		runScript(b, dir, small, `
			local f = assert(v:open("lines"))
			for _ = 1, n do
				if not f:read_line() then f:seek("set", 0) end
			end`)
	})
	b.Run("append100B/script", func(b *testing.B) {
		runScript(b, dir, lines[:100], `
			local f = assert(v:open("log", "a"))
			for _ = 1, n do f:write(data) end`)
	})
	b.Run("append100B/os", func(b *testing.B) {
		f, err := os.OpenFile(filepath.Join(dir, "log2"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		for b.Loop() {
			if _, err := f.WriteString(lines[:100]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// runScript has a process do something b.N times.
func runScript(b *testing.B, dir, data, script string) {
	v, err := Open(dir, false, Config{Write: true})
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{gopherlua.New()}, Modules: []*hostapi.Module{Module}})
	if err != nil {
		b.Fatal(err)
	}
	rt.DefineResource("app:volume", Kind, v)
	files := fstest.MapFS{"main.lua": {Data: []byte(`local fs = require("fs") return function(n, data) local v = assert(fs.get("app:volume")) ` + script + ` end`)}}
	if err := rt.LoadEntry(core.Entry{ID: "app:main", Resources: []core.Grant{{ID: "app:volume"}}}, files, "main.lua"); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	p, err := rt.Start(b.Context(), "app:main", b.N, data)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := p.Wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if err := rt.Shutdown(b.Context(), 0); err != nil {
		b.Fatal(err)
	}
}
