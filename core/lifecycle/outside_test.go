package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// notebook notes what happens, from any goroutine.
type notebook struct {
	mu    sync.Mutex
	notes []string
	used  chan struct{} // closed when the user has used its resource, if not nil
}

func (b *notebook) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

func (b *notebook) noted(t *testing.T, want ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.notes, want) {
		t.Errorf("noted %q, want %q", b.notes, want)
	}
	b.notes = nil
}

// box is a resource: an entry says its name, and how many times opening fails.
type box struct {
	b     *notebook
	name  string
	fails int
}

func (x *box) Open(_ context.Context, at spec.Place) (any, error) {
	if x.fails > 0 {
		x.fails--
		x.b.note("%s fails to open", x.name)
		return nil, hostapi.Errorf(hostapi.Unavailable, "no %s", x.name)
	}
	x.b.note("%s opens", x.name)
	return &openBox{x}, nil
}

type openBox struct{ *box }

func (x *openBox) Close() error {
	x.b.note("%s closes", x.name)
	return nil
}

// bell is a service: it rings when it starts, stops, and is cut off.
type bell struct {
	b     *notebook
	fails int
	slow  bool
}

func (x *bell) Start(_ context.Context, _ *core.Runtime, id string, _ spec.Place) (core.Companion, error) {
	if x.fails > 0 {
		x.fails--
		x.b.note("%s fails to start", id)
		return nil, errors.New("no bell")
	}
	x.b.note("%s starts", id)
	return &ringing{x, id}, nil
}

type ringing struct {
	*bell
	id string
}

func (x *ringing) Stop(ctx context.Context) {
	x.b.note("%s drains", x.id)
	if x.slow {
		<-ctx.Done()
		x.b.note("%s is cut off", x.id)
	}
}

func outsideKinds(b *notebook) []*spec.Kind {
	return []*spec.Kind{
		{Name: "test.box", Fields: []string{"label", "fails"}, Read: func(f spec.Fields) any {
			return &box{b, f.TextOr("label", "box"), f.Count("fails", 0, 0)}
		}},
		{Name: "test.env", Eager: true, Read: func(f spec.Fields) any { return &box{b, "env", 0} }},
		{Name: "test.bell", Role: spec.BesideThem, Fields: []string{"fails", "slow", "host"}, Read: func(f spec.Fields) any {
			f.Entry("host", app.KindHost)
			return &bell{b, f.Count("fails", 0, 0), f.Boolean("slow")}
		}},
	}
}

// outsideRun is the run of an app with such entries; its processes are "user", which opens
// box a, and waits.
func outsideRun(t *testing.T, b *notebook, sim *core.Simulation, entries string) (*core.Runtime, *lifecycle.Run) {
	t.Helper()
	a, found := app.Load(fstest.MapFS{"_index.yaml": {Data: []byte("namespace: a\nentries:\n" + entries)}},
		app.Options{Engines: []hostapi.Engine{userEngine{b}}, Kinds: outsideKinds(b)})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	o := core.Options{}
	if sim != nil {
		o.Scheduler, o.Outside = sim, func(string, hostapi.Op) core.Handling { return core.Perform() }
	}
	rt := core.New(o)
	run, err := lifecycle.New(rt, a, lifecycle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return rt, run
}

type userEngine struct{ b *notebook }

func (userEngine) Info() hostapi.Info {
	return hostapi.Info{Name: "gopherlua", Language: "lua", Extension: ".lua"}
}

func (e userEngine) Compile(hostapi.Source) (hostapi.Program, error) {
	return native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
		p := t.Process()
		g, err := p.Resource("a:a")
		if err != nil {
			return nil, err
		}
		for range 2 {
			_, err = p.Await(hostapi.Op{Name: "test.use", Resource: g.ID}, func(ctx context.Context) (hostapi.Done, error) {
				x, err := hostapi.Opened[*openBox](ctx, g)
				if err == nil {
					e.b.note("%s used", x.name)
				}
				return hostapi.Done{}, err
			})
			if err != nil {
				e.b.note("%s", err)
			}
		}
		if e.b.used != nil {
			close(e.b.used)
		}
		_, _, err = p.Events().Receive()
		e.b.note("user stops")
		return nil, err
	}), nil
}

const boxes = `
  - {name: h, kind: process.host, lifecycle: {auto_start: true}}
  - {name: a, kind: test.box, label: a}
  - {name: b, kind: test.box, label: b}
  - {name: e, kind: test.env}
  - {name: user, kind: process.lua, source: x, resources: [a], lifecycle: {auto_start: true}}
  - {name: bell, kind: test.bell, host: h, lifecycle: {auto_start: true}}
`

// 41.6, 40.13: resources open before anything starts, and close when no process is left;
// services stop before the processes.
func TestResourcesOfARun(t *testing.T) {
	b := &notebook{used: make(chan struct{})}
	rt, run := outsideRun(t, b, nil, boxes)
	ctx := context.Background()
	if err := run.Open(ctx, true); err != nil {
		t.Fatal(err)
	}
	b.noted(t, "a opens", "b opens", "env opens")
	run.Start("a:user")
	if err := run.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	<-b.used
	run.Start("a:bell")
	if err := run.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := run.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if err := rt.Shutdown(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if err := run.Close(ctx); err != nil {
		t.Fatal(err)
	}
	b.noted(t, "a used", "a used", "a:bell starts", "a:bell drains", "user stops", "env closes", "b closes", "a closes")
	if _, err := rt.Resource(ctx, "a:a"); err == nil || !strings.Contains(err.Error(), "a:a is closed") {
		t.Errorf("a closed resource gives %v", err)
	}
}

// 41.6: without that, the first operation opens; what could not be opened is tried again.
func TestResourcesOnFirstUse(t *testing.T) {
	b := &notebook{}
	rt, run := outsideRun(t, b, core.NewSimulation(1), strings.Replace(boxes, "label: a", "label: a, fails: 1", 1))
	ctx := context.Background()
	run.Start("a:user")
	if err := run.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := run.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(rt.Shutdown(ctx, 0), run.Close(ctx)); err != nil {
		t.Fatal(err)
	}
	b.noted(t, "a fails to open", "no a", "a opens", "a used", "user stops", "a closes")
}

// 41.6: what cannot be opened is told with its place; exec opens the eager ones only.
func TestResourcesThatDoNotOpen(t *testing.T) {
	b := &notebook{}
	_, run := outsideRun(t, b, nil, strings.Replace(boxes, "label: a", "label: a, fails: 1", 1))
	ctx := context.Background()
	if err := run.Open(ctx, false); err != nil {
		t.Error(err)
	}
	b.noted(t, "env opens")
	if err := run.Open(ctx, true); err == nil || err.Error() != "_index.yaml:5:5: a:a: no a" {
		t.Errorf("error %v", err)
	}
	if err := run.Close(ctx); err != nil {
		t.Error(err)
	}
	b.noted(t, "a fails to open", "b opens", "b closes", "env closes")
}

// 15.9, 40.13: a service that does not start is started again; one that does not stop is
// cut off after its stop_timeout.
func TestCompanion(t *testing.T) {
	b := &notebook{}
	sim := core.NewSimulation(1)
	rt, run := outsideRun(t, b, sim, `
  - {name: h, kind: process.host, lifecycle: {auto_start: true}}
  - {name: bell, kind: test.bell, host: h, fails: 2, lifecycle: {restart: {initial_delay: 1s, jitter: 0}}}
  - {name: mute, kind: test.bell, fails: 9, lifecycle: {restart: {max_attempts: 1}, essential: true}}
`)
	ctx := context.Background()
	started := rt.Now()
	run.Start("a:bell")
	if err := run.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if took := rt.Now().Sub(started); took != 3*time.Second { // 1s, then 2s
		t.Errorf("started after %s", took)
	}
	b.noted(t, "a:bell fails to start", "a:bell fails to start", "a:bell starts")
	run.Start("a:mute")
	if err := run.Wait(ctx); err == nil || err.Error() != "lifecycle: not started: a:mute: no bell" {
		t.Errorf("error %v", err)
	}
	if err := run.Finish(ctx); !errors.Is(err, lifecycle.ErrEssential) {
		t.Errorf("finished with %v", err)
	}
	b.noted(t, "a:mute fails to start", "a:mute fails to start")
	if err := run.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	b.noted(t, "a:bell drains")

	rt, run = outsideRun(t, b, nil, `
  - {name: bell, kind: test.bell, slow: true, lifecycle: {stop_timeout: 1ms}}
`)
	run.Start("a:bell")
	if err := errors.Join(run.Wait(ctx), run.Stop(ctx), rt.Shutdown(ctx, 0)); err != nil {
		t.Fatal(err)
	}
	b.noted(t, "a:bell starts", "a:bell drains", "a:bell is cut off")
}
