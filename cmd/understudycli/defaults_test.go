package understudycli

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/secret"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/docs"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/process"
	"github.com/understudy-run/understudy/world/store"
)

// defaults are what the code has, by the first cell of a row of docs/guide/defaults.md.
func defaults(t *testing.T) map[string]string {
	a, found := app.Load(fstest.MapFS{"_index.yaml": {Data: []byte(`
namespace: a
entries:
  - {name: h, kind: process.host}
  - {name: p, kind: process.lua, source: "return function() end", lifecycle: {}}
  - {name: s, kind: process.supervisor, children: [{id: p, process: p}, {id: s, supervisor: {}}]}
`)}}, app.Options{Engines: (&program{}).engines()})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	p := a.Lookup("a:p").(*app.Process)
	h := a.Lookup("a:h").(*app.Host)
	s := a.Lookup("a:s").(*app.Supervisor).Spec
	life := p.Lifecycle
	limits := p.Limits.Or(h.Limits).Or(spec.DefaultLimits)
	shutdown := func(s spec.Shutdown) string {
		if s.Infinity {
			return "infinity"
		}
		return s.Timeout.String()
	}
	none := func(n int64) string {
		if n <= 0 {
			return "none"
		}
		return fmt.Sprint(n)
	}
	workers := "other"
	if h.Workers == runtime.GOMAXPROCS(0) {
		workers = "CPUs"
	}
	flag := func(c *cli.Command, name string) string {
		for _, f := range c.Flags {
			if text, ok := f.(*cli.StringFlag); ok && text.Name == name {
				return text.Value
			}
		}
		return "no such flag"
	}
	run, exec := (&program{}).runCommand(), (&program{}).execCommand()
	return map[string]string{
		"`auto_start`":             fmt.Sprint(life.AutoStart),
		"`start_timeout`":          life.StartTimeout.String(),
		"`stop_timeout`":           life.StopTimeout.String(),
		"`stable_threshold`":       life.StableThreshold.String(),
		"`restart.initial_delay`":  life.Restart.InitialDelay.String(),
		"`restart.max_delay`":      life.Restart.MaxDelay.String(),
		"`restart.backoff_factor`": fmt.Sprint(life.Restart.Factor),
		"`restart.jitter`":         fmt.Sprint(life.Restart.Jitter),
		"`restart.max_attempts`":   fmt.Sprint(life.MaxAttempts),

		"`strategy`":                          string(s.Strategy),
		"`intensity`":                         fmt.Sprint(s.Intensity),
		"`period`":                            s.Period.String(),
		"`auto_shutdown`":                     string(s.AutoShutdown),
		"`backoff.initial_delay`":             s.Backoff.InitialDelay.String(),
		"`backoff.stable_threshold`":          s.StableThreshold.String(),
		"`children.restart`":                  string(s.Children[0].Restart),
		"`children.shutdown`":                 shutdown(s.Children[0].Shutdown),
		"`children.shutdown` of a supervisor": shutdown(s.Children[1].Shutdown),
		"`children.significant`":              fmt.Sprint(s.Children[0].Significant),

		"`host.workers`":       workers,
		"`host.max_processes`": fmt.Sprint(core.DefaultMaxProcesses),

		"`mailbox.limit`":           none(int64(p.Mailbox.Limit)),
		"`mailbox.overflow`":        string(p.Mailbox.Overflow),
		"`mailbox.warn_at`":         fmt.Sprint(p.Mailbox.Warning()),
		"`limits.max_coroutines`":   fmt.Sprint(limits.MaxCoroutines),
		"`limits.payload_depth`":    fmt.Sprint(limits.Payload.Depth),
		"`limits.payload_size`":     fmt.Sprintf("%d MiB", limits.Payload.Size>>20),
		"`limits.fuel.total`":       none(limits.Fuel),
		"`limits.fuel.per_message`": none(limits.FuelPerMessage),
		"`limits.memory`":           fmt.Sprintf("%d MiB", limits.Memory>>20),

		"timeout of `process.call` and `process.offer`": process.DefaultTimeout.String(),

		"timeout of `store`":           store.DefaultTimeout.String(),
		"`max_value` of stores":        fmt.Sprintf("%d MiB", store.DefaultMaxValue>>20),
		"`max_size` of `store.file`":   fmt.Sprintf("%d GiB", store.DefaultMaxFile>>30),
		"`max_size` of `store.memory`": fmt.Sprintf("%d MiB", store.DefaultMaxMemory>>20),

		"`--shutdown-timeout`":    flag(run, "shutdown-timeout"),
		"`--memory-limit`":        fmt.Sprintf("%.0f %%", memoryShare*100),
		"`--log`":                 flag(run, "log"),
		"`--log-level` of `run`":  flag(run, "log-level"),
		"`--log-level` of `exec`": flag(exec, "log-level"),

		"numbers": fmt.Sprint(int64(hostapi.MaxInt)),
		"secrets": fmt.Sprintf("%d bytes", secret.Shortest),
	}
}

// The page of defaults says what the code does, of everything, and its clauses exist.
func TestDefaultsPage(t *testing.T) {
	text, ok := docs.Find("guide/defaults")
	if !ok {
		t.Fatal("there is no page")
	}
	want := defaults(t)
	for _, line := range strings.Split(text, "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if !strings.HasPrefix(line, "| ") || cells[len(cells)-1] == "Clause" {
			continue
		}
		value, known := want[cells[0]]
		if !known || cells[1] != value {
			t.Errorf("%s is %s on the page, and %q in the code", cells[0], cells[1], value)
		}
		delete(want, cells[0])
		if clause := cells[len(cells)-1]; !strings.Contains(clause, ".") {
			t.Errorf("%s cites no clause", cells[0])
		} else if _, ok := docs.Find(clause); !ok {
			t.Errorf("%s cites clause %s, which does not exist", cells[0], clause)
		}
	}
	for name, value := range want {
		t.Errorf("%s, %s, is not on the page", name, value)
	}
}
