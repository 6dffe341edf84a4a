package core_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// pipe is a pipe that nobody reads until it is emptied: a write waits for that.
type pipe struct {
	began chan struct{} // closed when somebody writes
	once  sync.Once
	open  chan struct{} // closed when it is read

	mu   sync.Mutex
	text strings.Builder
}

func newPipe() *pipe { return &pipe{began: make(chan struct{}), open: make(chan struct{})} }

func (p *pipe) Write(b []byte) (int, error) {
	p.once.Do(func() { close(p.began) })
	<-p.open
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *pipe) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// stuckHouse gives a runtime with one worker, whose output or log goes to p.
func stuckHouse(t *testing.T, o core.Options) *house {
	h := &house{t: t}
	h.Runtime = core.New(o)
	if err := h.DefineHost(core.HostOptions{ID: hostID, Workers: 1}); err != nil {
		t.Fatal(err)
	}
	if err := h.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	return h
}

// 13.25: who prints where nobody reads waits, and its worker does not; it can be
// killed, and goes on when there is room, with no line lost or out of order.
func TestPrintingWaitsWithoutItsWorker(t *testing.T) {
	const lines, length = 100, 4000
	write := map[string]func(a *actor, text string) error{
		"print": func(a *actor, text string) error { return a.Print(text) },
		"log":   func(a *actor, text string) error { return a.Log(slog.LevelInfo, text, nil) },
	}
	for name, write := range write {
		t.Run(name, func(t *testing.T) {
			out := newPipe()
			o := core.Options{Output: out}
			if name == "log" {
				o = core.Options{Output: io.Discard, Log: slog.New(slog.NewTextHandler(out, nil))}
			}
			h := stuckHouse(t, o)
			printed := make(chan string, 3)
			for i := range 3 {
				id := fmt.Sprint("prints", i)
				h.define(id, func(a *actor) any {
					for n := range lines {
						must(write(a, fmt.Sprintf("<%d.%d %s>", i, n, strings.Repeat("x", length))))
					}
					printed <- id
					return nil
				})
			}
			ended := make(chan hostapi.Result, 1)
			victim := must1(h.Start(t.Context(), req("prints0"), func(r hostapi.Result) { ended <- r }))
			for _, id := range []string{"prints1", "prints2"} {
				must1(h.Start(t.Context(), req(id), nil))
			}
			<-out.began
			h.define("other", func(a *actor) any { return "ran" })
			if v, err := h.Exec(t.Context(), req("other")); err != nil || v.Str() != "ran" {
				t.Fatalf("another process gave %s, %v", v, err)
			}
			must(h.Terminate(victim))
			if r := <-ended; r.Err == nil || r.Err.Kind != hostapi.Canceled {
				t.Errorf("the killed one ended with %v", r.Err)
			}
			select {
			case id := <-printed:
				t.Errorf("%s has written %d bytes where nobody reads", id, lines*length)
			default:
			}
			close(out.open)
			<-printed
			<-printed
			if err := h.Shutdown(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			for i := 1; i < 3; i++ {
				rest := out.String()
				for n := range lines {
					_, after, found := strings.Cut(rest, fmt.Sprintf("<%d.%d x", i, n))
					if !found {
						t.Fatalf("line %d of %d is missing or out of order", n, i)
					}
					rest = after
				}
			}
		})
	}
}

// What is printed stands before what the program does when it hears of the end.
func TestPrintedBeforeTheResult(t *testing.T) {
	var out strings.Builder
	h := stuckHouse(t, core.Options{Output: &out})
	h.main("ok", func(a *actor) any {
		must(a.Print("first"))
		return "ok"
	})
	if out.String() != "first\n" {
		t.Errorf("printed is %q", &out)
	}
	if err := h.Shutdown(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
}

// At the end of a runtime what nobody takes is counted.
func TestPrintedLinesThatAreLostAreCounted(t *testing.T) {
	out := newPipe()
	defer close(out.open)
	var mu sync.Mutex
	var log strings.Builder
	h := stuckHouse(t, core.Options{Output: out, Log: slog.New(slog.NewTextHandler(writer(func(line string) {
		mu.Lock()
		defer mu.Unlock()
		log.WriteString(line)
	}), nil))})
	h.define("prints", func(a *actor) any {
		for range 3 {
			must(a.Print("lost"))
		}
		return nil
	})
	if _, err := h.Exec(t.Context(), req("prints")); err != nil {
		t.Fatal(err)
	}
	if err := h.Shutdown(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if want := `msg="printed lines are lost, nobody takes them" count=3`; !strings.Contains(log.String(), want) {
		t.Errorf("no %s in %q", want, &log)
	}
}

// 45.2: a text stands behind what was printed before, and who writes it hears when it is
// taken, or that it cannot be.
func TestTextIsTakenInOrder(t *testing.T) {
	out := newPipe()
	h := stuckHouse(t, core.Options{Output: out})
	printed := make(chan struct{})
	h.define("prints", func(a *actor) any {
		must(a.Print("first"))
		close(printed)
		return nil
	})
	must1(h.Start(t.Context(), req("prints"), nil))
	<-printed
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.WriteOutput(ctx, "second "); !errors.Is(err, context.Canceled) {
		t.Errorf("who does not wait gets %v", err)
	}
	taken := make(chan error)
	go func() { taken <- h.WriteOutput(t.Context(), "third") }()
	select {
	case err := <-taken:
		t.Errorf("where nobody reads a write gives %v", err)
	case <-out.began:
	}
	close(out.open)
	if err := <-taken; err != nil || out.String() != "first\nsecond third" {
		t.Errorf("written is %q, %v", out, err)
	}
	must(h.Shutdown(t.Context(), 0))

	gone := errors.New("gone")
	h = stuckHouse(t, core.Options{Output: failing{gone}})
	if err := h.WriteOutput(t.Context(), "x"); !errors.Is(err, gone) {
		t.Errorf("where nobody takes it a write gives %v", err)
	}
	must(h.Shutdown(t.Context(), 0))
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// What a process was launched with it finds before what the runtime has, and nobody else
// finds it, also none of its children.
func TestFacilitiesOfOneProcess(t *testing.T) {
	type note string
	h := stuckHouse(t, core.Options{Facilities: []any{note("all")}})
	find := func(a *actor) any {
		n, _ := hostapi.FacilityOf[note](a)
		return string(n)
	}
	h.define("child", find)
	h.define("main", func(a *actor) any {
		child := must1(a.Exec(hostapi.Spawn{ID: "test:child", Host: hostID}))
		return fmt.Sprint(find(a), " ", child.Str())
	})
	for _, c := range []struct {
		with []any
		want string
	}{{[]any{note("mine")}, "mine all"}, {nil, "all all"}} {
		ended := make(chan hostapi.Result, 1)
		h.LaunchWith(c.with, req("main"), nil, func(r hostapi.Result) { ended <- r })
		if r := <-ended; r.Value.Str() != c.want {
			t.Errorf("a process finds %s, %v, want %s", r.Value, r.Err, c.want)
		}
	}
	must(h.Shutdown(t.Context(), 0))
}

// 13.25: records that stand beside those of the runtime, such as those of who starts an
// app, hold up nobody where they are not taken, and come in the order of all.
func TestRecordsBesideThoseOfTheRuntime(t *testing.T) {
	w := gated{open: make(chan struct{}), text: make(chan string, 10)}
	log := slog.New(slog.NewTextHandler(w, nil))
	h := stuckHouse(t, core.Options{Log: log})
	h.Conceal("not to be seen")
	beside := h.LoggerTo(log)
	beside.Info("before")
	beside.Info("between, not to be seen")
	done := make(chan hostapi.Result, 1)
	h.define("logs", func(a *actor) any { return a.Log(slog.LevelInfo, "from a script", nil) })
	if _, err := h.Start(t.Context(), req("logs"), func(r hostapi.Result) { done <- r }); err != nil {
		t.Fatal(err)
	}
	<-done
	beside.Info("after")
	close(w.open)
	for _, want := range []string{"msg=before", "between, ***", "from a script", "msg=after"} {
		if got := <-w.text; !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if err := h.Shutdown(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
}

// gated is a writer that takes nothing before it is opened.
type gated struct {
	open chan struct{}
	text chan string
}

func (w gated) Write(b []byte) (int, error) {
	<-w.open
	w.text <- string(b)
	return len(b), nil
}
