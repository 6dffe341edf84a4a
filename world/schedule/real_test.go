package schedule_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/schedule"
	"github.com/understudy-run/understudy/world/store"
)

// lines are what is printed.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	for line := range strings.Lines(string(b)) {
		l <- strings.TrimSpace(line)
	}
	return len(b), nil
}

// 49.3: on the clock of the machine too, what was missed is made up at once, and what was
// made up is kept; a stop waits for both.
func TestOnTheClockOfTheMachine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "db")
	f, err := store.OpenFile(store.FileConfig{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	kept := hostapi.MapOf(hostapi.Field("since", hostapi.Int(long.Unix())))
	for _, name := range []string{"a", "b"} {
		if _, err := f.Put(t.Context(), long, "schedule/app:"+name, store.Put{Value: kept}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out := make(lines, 10)
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Kinds: append(store.Kinds(), schedule.Kind), Data: dir, Output: out,
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := rt.LoadApp(fstest.MapFS{
		"_index.yaml": {Data: []byte(`
namespace: app
entries:
  - { name: host, kind: process.host }
  - { name: db, kind: store.file, file: db }
  - { name: job, kind: process.lua, source: file://job.lua }
  - { name: a, kind: schedule, cron: "@monthly", process: job, input: [a], catch_up: one, store: db, lifecycle: { auto_start: true } }
  - { name: b, kind: schedule, cron: "@monthly", process: job, input: [b], catch_up: one, store: db, timeout: 1h, lifecycle: { auto_start: true } }
`)},
		"job.lua": {Data: []byte(`return function(name, o)
			print(name .. (os.time() - o.due < 32 * 86400 and o.late >= 0 and " in time" or " late"))
			process.events():receive()
			print(name .. " ends")
		end`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{<-out: true, <-out: true}
	over, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := rt.Shutdown(over, 0); err != nil {
		t.Error(err)
	}
	seen[<-out], seen[<-out] = true, true
	for _, line := range []string{"a in time", "b in time", "a ends", "b ends"} {
		if !seen[line] {
			t.Errorf("no line %q in %v", line, seen)
		}
	}
	if f, err = store.OpenFile(store.FileConfig{Path: path}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b"} {
		item, err := f.Get(t.Context(), long, "schedule/app:"+name)
		if err != nil || item.Value.Map().Get("since").Int() <= long.Unix() || item.Value.Map().Get("previous").Int() <= long.Unix() {
			t.Errorf("kept of %s is %s, %v", name, item.Value, err)
		}
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
