package schedule_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/schedule"
	"github.com/understudy-run/understudy/world/store"
)

// The processes that schedules start: each prints when it began, by the clock of the day,
// and what it is for.
const jobs = `
local time = require("time")

local function now() return time.now():utc():format("02 15:04:05") end

local function at(seconds) return seconds and time.unix(seconds, 0):utc():format("02 15:04:05") or "never" end

local function show(name, o)
	print(name .. " at " .. now() .. ": due " .. at(o.due) .. ", before " .. at(o.previous) .. ", late " .. o.late)
end

local jobs = {}

function jobs.job(name, o)
	show(name, o)
end

function jobs.long(name, o)
	show(name, o)
	local events = process.events()
	local r = channel.select{ events:case_receive(), time.after("150s"):case_receive() }
	print(name .. " ends at " .. now() .. (r.channel == events and ": " .. r.value.reason or ""))
end

function jobs.deaf(name, o)
	show(name, o)
	process.events() -- which says that it will look, but it does not
	process.inbox():receive()
end

function jobs.broken(name, o)
	show(name, o)
	error("no paper")
end

function jobs.clerk()
	process.registry.register("clerk")
	for o, topic in function() local m = process.inbox():receive() return m and m:payload():data(), m and m:topic() end do
		show(topic, o)
	end
end

return jobs
`

// office is an app with schedules in a simulation.
type office struct {
	t    *testing.T
	sim  *core.Simulation
	rt   *understudy.Runtime
	out  bytes.Buffer
	log  bytes.Buffer
	done bool
}

// open starts an app of these entries after some time.
func openOffice(t *testing.T, seed uint64, after time.Duration, dir, entries string) *office {
	t.Helper()
	o := &office{t: t, sim: core.NewSimulation(seed)}
	o.sim.RunFor(after)
	log := slog.New(slog.NewTextHandler(&o.log, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	var err error
	o.rt, err = understudy.New(understudy.Options{
		Simulation: o.sim, Engines: []hostapi.Engine{gopherlua.New()},
		Kinds: append(store.Kinds(), schedule.Kind), Data: dir, Output: &o.out, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	index := "namespace: app\nentries:\n" +
		"  - { name: host, kind: process.host, lifecycle: { auto_start: true } }\n"
	for _, name := range []string{"job", "long", "deaf", "broken", "clerk"} {
		index += fmt.Sprintf("  - { name: %s, kind: process.lua, source: file://jobs.lua, method: %s, modules: [time], input: [%s] }\n", name, name, name)
	}
	a, err := o.rt.LoadApp(fstest.MapFS{"_index.yaml": {Data: []byte(index + entries)}, "jobs.lua": {Data: []byte(jobs)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.close() })
	return o
}

func (o *office) close() {
	if o.done {
		return
	}
	o.done = true
	if err := o.rt.Shutdown(context.Background(), 0); err != nil {
		o.t.Error(err)
	}
}

// printed compares what was printed since the last time.
func (o *office) printed(want ...string) {
	o.t.Helper()
	got := slices.Collect(strings.Lines(o.out.String()))
	o.out.Reset()
	for i := range got {
		got[i] = strings.TrimSuffix(got[i], "\n")
	}
	if !slices.Equal(got, want) {
		o.t.Errorf("printed\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// logged looks for a line of the log that has all of these.
func (o *office) logged(words ...string) {
	o.t.Helper()
	for line := range strings.Lines(o.log.String()) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			return
		}
	}
	o.t.Errorf("no line with %q in\n%s", words, o.log.String())
}

const auto = "lifecycle: { auto_start: true }"

// 49.1: a process starts at each time that is due, and is told which; nothing starts before
// or twice.
func TestProcessIsStartedWhenDue(t *testing.T) {
	for seed := range uint64(20) {
		o := openOffice(t, seed, 30*time.Second, "", "  - { name: s, kind: schedule, cron: '*/2 * * * *', process: job, "+auto+" }\n")
		o.sim.RunFor(5 * time.Minute)
		o.printed(
			"job at 01 00:02:00: due 01 00:02:00, before never, late 0",
			"job at 01 00:04:00: due 01 00:04:00, before 01 00:02:00, late 0",
		)
		o.close()
		o.printed()
	}
}

// 49.1: every counts from the start; input replaces that of the process.
func TestEvery(t *testing.T) {
	o := openOffice(t, 1, 0, "", "  - { name: s, kind: schedule, every: 90s, process: job, input: [mine], "+auto+" }\n")
	o.sim.RunFor(4 * time.Minute)
	o.printed(
		"mine at 01 00:01:30: due 01 00:01:30, before never, late 0",
		"mine at 01 00:03:00: due 01 00:03:00, before 01 00:01:30, late 0",
	)
}

// 49.2: by the clocks of a zone.
func TestZone(t *testing.T) {
	if _, err := time.LoadLocation("Europe/Berlin"); err != nil {
		t.Skipf("no time zone database: %v", err)
	}
	o := openOffice(t, 1, 0, "", "  - { name: s, kind: schedule, cron: '30 2 * * *', zone: Europe/Berlin, process: job, "+auto+" }\n")
	o.sim.RunFor(25 * time.Hour)
	o.printed("job at 01 01:30:00: due 01 01:30:00, before never, late 0")
}

// 49.1: while the last one runs none is started, unless overlap allows it.
func TestOverlap(t *testing.T) {
	o := openOffice(t, 1, 0, "", "  - { name: s, kind: schedule, every: 1m, process: long, "+auto+" }\n")
	o.sim.RunFor(5 * time.Minute)
	o.printed(
		"long at 01 00:01:00: due 01 00:01:00, before never, late 0",
		"long ends at 01 00:03:30",
		"long at 01 00:04:00: due 01 00:04:00, before 01 00:03:00, late 0",
	)
	o.logged("schedule skipped", "schedule=app:s")
	o = openOffice(t, 1, 0, "", "  - { name: s, kind: schedule, every: 2m, overlap: allow, process: long, "+auto+" }\n")
	o.sim.RunFor(5 * time.Minute)
	o.printed(
		"long at 01 00:02:00: due 01 00:02:00, before never, late 0",
		"long at 01 00:04:00: due 01 00:04:00, before 01 00:02:00, late 0",
		"long ends at 01 00:04:30",
	)
}

// 49.1: after its timeout a process gets CANCEL, and a second later a kill.
func TestTimeout(t *testing.T) {
	o := openOffice(t, 1, 0, "", "  - { name: s, kind: schedule, every: 5m, timeout: 10s, process: long, "+auto+" }\n"+
		"  - { name: d, kind: schedule, every: 7m, timeout: 10s, process: deaf, "+auto+" }\n")
	o.sim.RunFor(5*time.Minute + 11*time.Second)
	o.printed("long at 01 00:05:00: due 01 00:05:00, before never, late 0", "long ends at 01 00:05:10: schedule timeout")
	o.sim.RunFor(2*time.Minute - 500*time.Millisecond)
	o.printed("deaf at 01 00:07:00: due 01 00:07:00, before never, late 0")
	if n := len(o.rt.Core().Processes()); n != 1 {
		t.Errorf("%d processes while the grace lasts", n)
	}
	o.sim.RunFor(time.Second)
	if n := len(o.rt.Core().Processes()); n != 0 {
		t.Errorf("%d processes after the grace", n)
	}
	o.logged("schedule failed", "schedule=app:d")
}

// 49.3: a start or a process that fails is logged, and the schedule goes on.
func TestFailuresAreLogged(t *testing.T) {
	o := openOffice(t, 1, 0, "", "  - { name: s, kind: schedule, every: 1m, process: broken, "+auto+" }\n")
	o.sim.RunFor(2 * time.Minute)
	o.printed(
		"broken at 01 00:01:00: due 01 00:01:00, before never, late 0",
		"broken at 01 00:02:00: due 01 00:02:00, before 01 00:01:00, late 0",
	)
	o.logged("schedule failed", "schedule=app:s", "no paper")
}

// 49.1: the holder of a name gets a message; where nobody holds it, that is logged.
func TestMessage(t *testing.T) {
	o := openOffice(t, 1, 0, "", "  - { name: s, kind: schedule, every: 1m, to: clerk, "+auto+" }\n")
	o.sim.RunFor(90 * time.Second)
	o.logged("schedule not started", "schedule=app:s", "clerk")
	if _, err := o.rt.Start(t.Context(), "app:clerk"); err != nil {
		t.Fatal(err)
	}
	o.sim.RunFor(time.Minute)
	o.printed("schedule at 01 00:02:00: due 01 00:02:00, before 01 00:01:00, late 0")
}

// 49.1: the jitter is within its bounds, drawn from the seed, and does not add up.
func TestJitter(t *testing.T) {
	runs := map[string]bool{}
	for seed := range uint64(10) {
		var first string
		for range 2 {
			o := openOffice(t, seed, 0, "", "  - { name: s, kind: schedule, every: 10m, jitter: 3m, process: job, "+auto+" }\n")
			var begun []string
			for i := range 5 {
				o.sim.RunFor(10*time.Minute - 1)
				if i > 0 && o.out.Len() == 0 {
					t.Fatalf("seed %d: nothing began in the ten minutes after %d", seed, 10*i)
				}
				begun = append(begun, o.out.String())
				o.out.Reset()
				o.sim.RunFor(1)
			}
			text := strings.Join(begun, "")
			if first == "" {
				first = text
			} else if text != first {
				t.Errorf("seed %d gives %s and %s", seed, first, text)
			}
			o.close()
		}
		runs[first] = true
		for line := range strings.Lines(first) {
			var day, h, m, s, dueDay, dueH, dueM, dueS, late int
			if _, err := fmt.Sscanf(line, "job at %d %d:%d:%d: due %d %d:%d:%d,", &day, &h, &m, &s, &dueDay, &dueH, &dueM, &dueS); err != nil {
				t.Fatal(line, err)
			}
			if _, err := fmt.Sscanf(line[strings.LastIndex(line, "late"):], "late %d", &late); err != nil {
				t.Fatal(line, err)
			}
			if d := (m-dueM)*60 + s - dueS; dueM%10 != 0 || dueS != 0 || d < 0 || d >= 180 || d != late {
				t.Errorf("seed %d: %s", seed, line)
			}
		}
	}
	if len(runs) < 5 {
		t.Errorf("ten seeds give %d runs", len(runs))
	}
}

// 49.4: nothing starts after the stop; who runs is asked to stop, and killed if it does
// not.
func TestStop(t *testing.T) {
	for _, row := range []struct {
		process, printed string
		took             time.Duration
	}{{"long", "long ends at 01 00:01:01: shutdown\n", 0}, {"deaf", "", 5 * time.Second}} {
		o := openOffice(t, 1, 0, "", "  - { name: s, kind: schedule, every: 1m, process: "+row.process+", lifecycle: { auto_start: true, stop_timeout: 5s } }\n")
		o.sim.RunFor(time.Minute + time.Second)
		o.out.Reset()
		began := o.sim.Now()
		o.close()
		if got := o.out.String(); got != row.printed {
			t.Errorf("%s prints %q", row.process, got)
		}
		if n := len(o.rt.Core().Processes()); n != 0 {
			t.Errorf("%s: %d processes are left", row.process, n)
		}
		if took := o.sim.Now().Sub(began); took < row.took || took > row.took+time.Second {
			t.Errorf("%s: the stop took %s", row.process, took)
		}
	}
}

// 49.3: what was missed while the runtime was down is made up once, by the store; without
// it nothing is.
func TestCatchUp(t *testing.T) {
	dir := t.TempDir()
	entries := "  - { name: state, kind: store.file, file: state.db }\n" +
		"  - { name: s, kind: schedule, cron: '30 2 * * *', catch_up: one, store: state, process: job, " + auto + " }\n" +
		"  - { name: n, kind: schedule, cron: '30 2 * * *', process: job, input: [forgetful], " + auto + " }\n"
	run := func(after, length time.Duration, want ...string) {
		t.Helper()
		o := openOffice(t, 1, after, dir, entries)
		o.sim.RunFor(length)
		got := o.out.String()
		lines := strings.Split(strings.TrimSpace(got), "\n")
		slices.Sort(lines)
		o.out.Reset()
		o.out.WriteString(strings.Join(lines, "\n"))
		o.printed(want...)
		o.close()
	}
	const day = 24 * time.Hour
	// It has never run: nothing was missed.
	run(12*time.Hour, time.Hour)
	// It was down at 02:30 on the 2nd.
	run(day+12*time.Hour, time.Hour, "job at 02 12:00:00: due 02 02:30:00, before never, late 34200")
	// Nothing was missed since.
	run(day+20*time.Hour, time.Hour)
	// The 3rd to the 5th are missed, and count as one; the 6th is on time.
	run(4*day+12*time.Hour, 20*time.Hour,
		"forgetful at 06 02:30:00: due 06 02:30:00, before never, late 0",
		"job at 05 12:00:00: due 05 02:30:00, before 02 02:30:00, late 34200",
		"job at 06 02:30:00: due 06 02:30:00, before 05 02:30:00, late 0")
	run(5*day+3*time.Hour, time.Hour)
}

// What is wrong with an entry is said before anything starts, with its place.
func TestMistakes(t *testing.T) {
	for _, row := range []struct{ fields, want string }{
		{"process: job", "exactly one of cron or every is required"},
		{"cron: '* * * * *', every: 1m, process: job", "exactly one of cron or every is required"},
		{"every: 1m", "exactly one of process or to is required"},
		{"every: 1m, process: job, to: clerk", "exactly one of process or to is required"},
		{"cron: '* * * *', process: job", "invalid schedule"},
		{"cron: '0 0 31 2 *', process: job", "never due"},
		{"every: 999ms, process: job", "every must be a duration of at least 1s"},
		{"cron: '* * * * *', zone: Nowhere/City, process: job", "unknown time zone Nowhere/City"},
		{"cron: '* * * * *', zone: '', process: job", "zone must not be empty"},
		{"every: 1m, zone: UTC, process: job", "zone has no meaning without cron"},
		{"every: 1m, process: jbo", `unknown process "app:jbo"`},
		{"every: 1m, process: host", "unknown process"},
		{"every: 1m, to: ''", "to must not be empty"},
		{"every: 1m, to: clerk, timeout: 1m", "timeout has no meaning without process"},
		{"every: 1m, to: clerk, host: host", "host has no meaning without process"},
		{"every: 1m, to: clerk, input: [1]", "input has no meaning without process"},
		{"every: 1m, process: job, overlap: never", "overlap must be one of skip, allow"},
		{"every: 1m, process: job, catch_up: all", "catch_up must be one of none, one"},
		{"every: 1m, process: job, catch_up: one", "store is required with catch_up: one"},
		{"every: 1m, process: job, store: state", "store has no meaning without catch_up: one"},
		{"every: 1m, process: job, catch_up: one, store: host", "store"},
		{"every: 1m, process: job, jitter: -1s", "jitter must be a duration"},
		{"every: 1m, process: job, retries: 3", "unknown field"},
	} {
		rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{gopherlua.New()}, Kinds: append(store.Kinds(), schedule.Kind)})
		if err != nil {
			t.Fatal(err)
		}
		index := "namespace: app\nentries:\n  - { name: host, kind: process.host }\n  - { name: state, kind: store.memory }\n" +
			"  - { name: job, kind: process.lua, source: 'return function() end' }\n  - { name: s, kind: schedule, " + row.fields + " }\n"
		_, err = rt.LoadApp(fstest.MapFS{"_index.yaml": {Data: []byte(index)}})
		if err == nil || !strings.Contains(err.Error(), "_index.yaml:6:") || !strings.Contains(err.Error(), "app:s: ") || !strings.Contains(err.Error(), row.want) {
			t.Errorf("{%s} gives %v, want %q", row.fields, err, row.want)
		}
		if err := rt.Shutdown(context.Background(), 0); err != nil {
			t.Error(err)
		}
	}
}
