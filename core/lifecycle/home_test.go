package lifecycle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// 70.4: a spawn that names no host takes that of clause 14.14, else the caller's.
func TestHostLeftOut(t *testing.T) {
	code := services()
	code["asks"] = func(s *stage, ids []string, t hostapi.Task) ([]hostapi.Value, error) {
		for _, id := range ids {
			pid, err := t.Process().Spawn(hostapi.Spawn{ID: id})
			s.see("%s on %s %v", id, strings.Split(string(pid), "|")[0], err)
		}
		return nil, nil
	}
	const two = `
  - {name: one, kind: process.host, lifecycle: {auto_start: true}}
  - {name: two, kind: process.host, lifecycle: {auto_start: true}}
`
	for _, c := range []struct{ hosts, entry, want string }{
		{two, "host: two", "{a:two"},
		{two, "meta: {default_host: two}", "{a:two"},
		{two, "meta: {}", "{a:one"}, // the caller's
		{host, "meta: {}", "{a:host"},
	} {
		on := "one"
		if c.hosts == host {
			on = "host"
		}
		s := open(t, 1, code, c.hosts+`
  - {name: asks, kind: process.lua, engine: gopherlua, source: "asks a:child", host: `+on+`, lifecycle: {auto_start: true}}
  - {name: child, kind: process.lua, engine: gopherlua, source: short, `+c.entry+`}
`)
		s.run.AutoStart()
		s.sim.Settle()
		slices.Sort(s.seen) // who goes on first is the schedule's affair
		s.saw("a:child on "+c.want+" <nil>", "a:child runs")
	}
}
