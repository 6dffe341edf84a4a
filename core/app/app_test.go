package app_test

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// everything uses each field of each kind.
const everything = `version: "1.0"
namespace: shop
meta: {team: red, level: 1, default_host: small}
entries:
  - name: big
    kind: process.host
    meta: {level: 2, list: [1, 2.5, ~, true, x, 2020-01-02, 9007199254740993], map: {1: one}}
    host: {workers: 4, queue_size: 10, local_queue_size: 20, max_processes: 30}
    limits:
      max_coroutines: 5
      payload_depth: 6
      payload_size: 7KiB
      memory: 2 GiB
      fuel: {total: 8, per_message: 9}
    lifecycle: {auto_start: true}
  - {name: small, kind: process.host}
  - name: counter
    kind: process.lua
    source: file://src/counter.lua
    method: run
    engine: golua
    modules: [time, process, string, time]
    imports: {stats: "lib:stats", own: own}
    host: shop:big
    input: [~, true, 1, 2.5, text, 2020-01-02, [1, [2]], {a: 1, 2: b, true: c}, 0x10, 9007199254740992]
    mailbox: {limit: 9, overflow: drop_old, warn_at: 3}
    limits: {fuel: {total: 0}, memory: 1048576}
    lifecycle:
      auto_start: true
      start_timeout: 1s
      stop_timeout: 0
      stable_threshold: 0s
      requires: [groups, "shop:groups"]
      restart: {initial_delay: 0s, max_delay: 2m, backoff_factor: 1, jitter: 0, max_attempts: 3}
  - name: plain
    kind: process.script
    source: file:///src/plain
  - {name: star, kind: process.starlark, source: "pass", imports: {stats: "lib:stats"}}
  - {name: own, kind: library.lua, source: "file://src/../src/own.lua"}
  - name: keeper
    kind: process.service
    process: counter
    input: [service]
    lifecycle: {auto_start: true, depends_on: [counter]}
  - name: placed
    kind: process.service
    process: plain
    host: big
  - name: groups
    kind: pg.scope
    max_groups: 1
    max_members_per_group: 2
  - name: tree
    kind: process.supervisor
    strategy: rest_for_one
    intensity: 0
    period: 10s
    auto_shutdown: any_significant
    backoff: {initial_delay: 2m, backoff_factor: 3, jitter: 1, stable_threshold: 1m}
    host: small
    lifecycle: {auto_start: true}
    children:
      - {id: a, process: counter}
      - {id: b, process: plain, host: big, input: [], name: bee, restart: transient, shutdown: 1s, significant: true}
      - {id: c, process: plain, shutdown: brutal}
      - {id: d, supervisor: pool}
      - id: e
        supervisor:
          children: [{id: f, process: plain, restart: temporary, shutdown: infinity}]
        shutdown: 3s
  - name: pool
    kind: process.supervisor
    strategy: simple_one_for_one
    meta: {default_host: big}
    children: [{process: plain}]
`

const libraries = `{
	"namespace": "lib",
	"entries": [
		{"name": "stats", "kind": "library.script", "source": "file://stats", "modules": ["log"], "imports": {"base": "base"}},
		{"name": "base", "kind": "library.script", "source": "file:///lib/base", "meta": {"note": "\ud83d\ude00"}}
	]
}`

func everythingFiles() []string {
	return []string{
		"_index.yaml", everything, "lib/app.json", libraries,
		"src/counter.lua", "counter", "src/own.lua", "own", "src/plain.lua", "plain",
		"lib/stats.lua", "stats", "lib/stats.star", "stats", "lib/base.lua", "base", "lib/base.star", "base",
		".hidden/x.yaml", "namespace: hidden", "notes/data.yaml", "a: 1", "notes/list.json", "[1]", "notes/empty.yml", "",
	}
}

func TestEveryField(t *testing.T) {
	w := newWorld()
	a, diags := load(t, files(everythingFiles()...), w.options())
	if len(diags) > 0 {
		t.Fatalf("diagnostics:\n%v", diags)
	}

	big := lookup[*app.Host](t, a, "shop:big")
	if big.Workers != 4 || big.QueueSize != 10 || big.LocalQueueSize != 20 || big.MaxProcesses != 30 {
		t.Errorf("host: %+v", big)
	}
	if want := (spec.Limits{MaxCoroutines: 5, Payload: hostapi.PayloadLimits{Depth: 6, Size: 7 << 10}, Fuel: 8, FuelPerMessage: 9, Memory: 2 << 30}); big.Limits != want {
		t.Errorf("limits of the host: %+v", big.Limits)
	}
	wantMeta := map[string]any{
		"team": "red", "level": int64(2), "default_host": "small", "map": map[string]any{"1": "one"},
		"list": []any{int64(1), 2.5, nil, true, "x", "2020-01-02", "9007199254740993"},
	}
	if !reflect.DeepEqual(big.Meta, wantMeta) {
		t.Errorf("meta: %v", big.Meta)
	}
	equal(t, "position", big.Position.String(), "_index.yaml:5:5")

	counter := lookup[*app.Process](t, a, "shop:counter")
	equal(t, "engine", counter.Engine.Info().Name, "golua")
	equal(t, "source", counter.Source, "src/counter.lua")
	equal(t, "method", counter.Method, "run")
	equal(t, "modules", strings.Join(counter.Modules, " "), "time process string")
	equal(t, "libraries", strings.Join(counter.Libraries, " "), "lib:base lib:stats shop:own")
	equal(t, "host", counter.Host, "shop:big")
	equal(t, "mailbox", counter.Mailbox, spec.Mailbox{Limit: 9, Overflow: spec.DropOld, WarnAt: 3})
	equal(t, "limits", counter.Limits, spec.Limits{Fuel: -1, Memory: 1 << 20})
	equal(t, "input", hostapi.ListOf(counter.Input...).String(),
		`[nil, true, 1, 2.5, "text", "2020-01-02", [1, [2]], {a: 1, 2: "b", true: "c"}, 16, 9007199254740992]`)
	life := counter.Lifecycle
	equal(t, "requires", strings.Join(life.Requires, " "), "shop:groups")
	equal(t, "service", life.Service, spec.Service{StartTimeout: time.Second, Restart: spec.Backoff{MaxDelay: 2 * time.Minute, Factor: 1}, MaxAttempts: 3})
	if !life.Given || !life.AutoStart {
		t.Errorf("lifecycle: %+v", life)
	}
	var aliases []string
	for _, i := range counter.Imports {
		aliases = append(aliases, i.Alias+"="+i.Library+"@"+i.Position.String())
	}
	equal(t, "imports", strings.Join(aliases, " "), "stats=lib:stats@_index.yaml:23:15 own=shop:own@_index.yaml:23:35")

	keeper := lookup[*app.Service](t, a, "shop:keeper")
	equal(t, "service", keeper.Process+" "+keeper.Host, "shop:counter shop:big")
	equal(t, "input of the service", hostapi.ListOf(keeper.Input...).String(), `["service"]`)
	equal(t, "requires of the service", strings.Join(keeper.Lifecycle.Requires, " "), "shop:counter")
	equal(t, "host of a placed service", lookup[*app.Service](t, a, "shop:placed").Host, "shop:big")

	scope := lookup[*app.Scope](t, a, "shop:groups")
	equal(t, "groups", [2]int{scope.MaxGroups, scope.MaxMembersPerGroup}, [2]int{1, 2})

	tree := lookup[*app.Supervisor](t, a, "shop:tree").Spec
	if tree.Strategy != spec.RestForOne || tree.Intensity != 0 || tree.Period != 10*time.Second || tree.AutoShutdown != spec.AnySignificant || tree.Host != "shop:small" {
		t.Errorf("supervisor: %+v", tree)
	}
	equal(t, "backoff", tree.Backoff, spec.Backoff{InitialDelay: 2 * time.Minute, MaxDelay: 2 * time.Minute, Factor: 3, Jitter: 1})
	equal(t, "stable", tree.StableThreshold, time.Minute)
	pool := lookup[*app.Supervisor](t, a, "shop:pool")
	equal(t, "host of the pool", pool.Spec.Host, "shop:big")
	type child struct {
		id, process, supervisor, host, name string
		restart                             spec.Restart
		shutdown                            spec.Shutdown
		significant                         bool
		inputs                              int
	}
	var got []child
	for _, c := range append(slices.Clone(tree.Children), tree.Children[4].Supervisor.Children[0], pool.Spec.Children[0]) {
		got = append(got, child{c.ID, c.Process, c.SupervisorID, c.Host, c.Name, c.Restart, c.Shutdown, c.Significant, len(c.Input)})
	}
	fiveSeconds := spec.Shutdown{Timeout: 5 * time.Second}
	want := []child{
		{"a", "shop:counter", "", "shop:big", "", spec.Permanent, fiveSeconds, false, 10},
		{"b", "shop:plain", "", "shop:big", "bee", spec.Transient, spec.Shutdown{Timeout: time.Second}, true, 0},
		{"c", "shop:plain", "", "shop:small", "", spec.Permanent, spec.Shutdown{Brutal: true}, false, 0},
		{"d", "", "shop:pool", "", "", spec.Permanent, spec.Shutdown{Infinity: true}, false, 0},
		{"e", "", "", "", "", spec.Permanent, spec.Shutdown{Timeout: 3 * time.Second}, false, 0},
		{"f", "shop:plain", "", "shop:small", "", spec.Temporary, spec.Shutdown{Infinity: true}, false, 0},
		{"", "shop:plain", "", "shop:big", "", spec.Permanent, fiveSeconds, false, 0},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("children:\n got %+v\nwant %+v", got, want)
	}
	if tree.Children[3].Supervisor != &pool.Spec || tree.Children[4].Supervisor.Host != "shop:small" {
		t.Error("nested supervisors are not linked")
	}

	if got := [][]string{a.AutoStart(), a.Requires("shop:tree"), a.Requires("lib:stats")}; !reflect.DeepEqual(got, [][]string{
		{"shop:big", "shop:counter", "shop:keeper", "shop:tree"}, {"shop:big", "shop:small"}, nil}) {
		t.Errorf("auto start and requirements: %v", got)
	}
	levels := a.StartLevels(a.AutoStart()...)
	if !reflect.DeepEqual(levels, [][]string{{"shop:big", "shop:groups", "shop:small"}, {"shop:counter", "shop:tree"}, {"shop:keeper"}}) {
		t.Errorf("levels: %v", levels)
	}
	equal(t, "kinds", len(a.Hosts())+len(a.Processes())+len(a.Libraries())+len(a.Services())+len(a.Supervisors())+len(a.Scopes()), len(a.Entries))
	equal(t, "files", strings.Join(a.Files, " "),
		"_index.yaml lib/app.json lib/base.lua lib/base.star lib/stats.lua lib/stats.star src/counter.lua src/own.lua src/plain.lua")
}

// Where nothing is written, the defaults of sections 14 to 18 hold.
// A written 0 is no limit, and not the default.
func TestUnboundedHost(t *testing.T) {
	a := mustLoad(t, files("a.yml", "namespace: a\nentries:\n  - {name: h, kind: process.host, host: {max_processes: 0}}\n"))
	equal(t, "max_processes", lookup[*app.Host](t, a, "a:h").MaxProcesses, -1)
}

func TestDefaults(t *testing.T) {
	a := mustLoad(t, files("a.yml", `namespace: a
entries:
  - {name: h, kind: process.host}
  - {name: p, kind: process.lua, source: code}
  - {name: l, kind: process.lua, source: code, mailbox: {limit: 10}, lifecycle: {restart: {initial_delay: 100s}}}
  - {name: s, kind: process.supervisor}
`))
	h := lookup[*app.Host](t, a, "a:h")
	if h.Workers != runtime.GOMAXPROCS(0) || h.QueueSize != 1024 || h.LocalQueueSize != 256 || h.MaxProcesses != 0 || h.Limits != (spec.Limits{}) {
		t.Errorf("host: %+v", h)
	}
	p := lookup[*app.Process](t, a, "a:p")
	equal(t, "method", p.Method, "main")
	equal(t, "engine", p.Engine.Info().Name, "gopherlua")
	equal(t, "host", p.Host, "a:h")
	equal(t, "mailbox", p.Mailbox, spec.Mailbox{Overflow: spec.FailSender})
	equal(t, "warn_at", p.Mailbox.Warning(), 10000)
	equal(t, "backoff", p.Lifecycle.Restart, spec.Backoff{InitialDelay: time.Second, MaxDelay: 90 * time.Second, Factor: 2, Jitter: 0.1})
	equal(t, "max_attempts", p.Lifecycle.MaxAttempts, 0)
	if l := p.Lifecycle; l.Given || l.AutoStart || l.StartTimeout != 10*time.Second || l.StopTimeout != 10*time.Second || l.StableThreshold != 5*time.Second || l.Requires != nil {
		t.Errorf("lifecycle: %+v", l)
	}
	l := lookup[*app.Process](t, a, "a:l")
	equal(t, "warn_at", l.Mailbox.Warning(), 8)
	equal(t, "max_delay", l.Lifecycle.Restart.MaxDelay, 100*time.Second)
	s := lookup[*app.Supervisor](t, a, "a:s").Spec
	if s.Strategy != spec.OneForOne || s.Intensity != 1 || s.Period != 5*time.Second || s.AutoShutdown != spec.NeverShutdown || s.Backoff.InitialDelay != 0 ||
		s.Backoff.MaxDelay != 90*time.Second || s.StableThreshold != 5*time.Second || s.Host != "a:h" || s.Children != nil {
		t.Errorf("supervisor: %+v", s)
	}
}

// The example of section 14 loads as it stands there.
func TestExampleOfTheSpecification(t *testing.T) {
	a := mustLoad(t, files("_index.yaml", `version: "1.0"
namespace: shop

entries:
  - name: processes
    kind: process.host
    host: { workers: 4 }
    lifecycle: { auto_start: true }

  - name: counter            # shop:counter, started by the runtime with main(10)
    kind: process.script     # counter.lua or counter.star
    source: file://counter
    modules: [time]
    imports: { stats: "shop.lib:stats" }
    input: [10]
    mailbox: { limit: 1000, overflow: drop_old }
    lifecycle:
      auto_start: true
      stop_timeout: 2s
      restart: { initial_delay: 100ms, max_attempts: 5 }
`, "counter.lua", "", "lib/_index.yaml", "namespace: shop.lib\nentries: [{name: stats, kind: library.lua, source: stats}]\n"))
	counter := lookup[*app.Process](t, a, "shop:counter")
	equal(t, "host", counter.Host, "shop:processes")
	equal(t, "input", counter.Input[0].Int(), 10)
	equal(t, "stop_timeout", counter.Lifecycle.StopTimeout, 2*time.Second)
	if got := a.StartLevels(a.AutoStart()...); !reflect.DeepEqual(got, [][]string{{"shop:processes"}, {"shop:counter"}}) {
		t.Errorf("levels: %v", got)
	}
}
