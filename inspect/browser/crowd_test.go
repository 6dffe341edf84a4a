package browser

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// crowd is how many processes are looked at.
const crowd = 100_000

// The table of many processes is as quick as that of few, and whoever looks at it does not
// slow the node down. What it takes is logged: this is a measurement, and no claim about
// machines.
func TestCrowdIsLookedAt(t *testing.T) {
	if os.Getenv("UNDERSTUDY_LONG") == "" {
		t.Skip("UNDERSTUDY_LONG is not set")
	}
	browser := chromium(t)
	rt := core.New(core.Options{Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := rt.Shutdown(ctx, 0); err != nil {
			t.Error(err)
		}
	})
	if err := rt.DefineHost(core.HostOptions{ID: "crowd:host"}); err != nil {
		t.Fatal(err)
	}
	if err := rt.StartHost("crowd:host"); err != nil {
		t.Fatal(err)
	}
	var rounds atomic.Int64
	define := func(id string, body func(hostapi.Process, hostapi.Value) error) {
		err := rt.Define(core.Entry{ID: id, Program: native.Program(func(task hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
			return nil, body(task.Process(), args[0])
		})})
		if err != nil {
			t.Fatal(err)
		}
	}
	define("crowd:waits", func(p hostapi.Process, _ hostapi.Value) error {
		_, _, err := p.Inbox().Receive()
		return err
	})
	define("crowd:plays", func(p hostapi.Process, with hostapi.Value) error {
		for {
			if _, _, err := p.Inbox().Receive(); err != nil {
				return err
			}
			rounds.Add(1)
			if err := p.Send(with.Str(), "ball", nil); err != nil {
				return err
			}
		}
	})
	for range crowd {
		if _, err := rt.Start(t.Context(), hostapi.Spawn{ID: "crowd:waits", Host: "crowd:host", Args: []hostapi.Value{{}}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 4 {
		_, err := rt.Start(t.Context(), hostapi.Spawn{ID: "crowd:plays", Host: "crowd:host", Name: fmt.Sprint("player-", i), Args: []hostapi.Value{hostapi.String(fmt.Sprint("player-", i^1))}}, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		if err := rt.Send(hostapi.Name(fmt.Sprint("player-", 2*i)), "ball"); err != nil {
			t.Fatal(err)
		}
	}
	i := inspect.Handler(rt, inspect.Options{})
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	t.Cleanup(i.Close)
	p := open(t, browser, server.URL)

	// What the node does for one look: a page asks for the table every two seconds, for the
	// tree when something happens, for what is measured every second.
	for _, address := range []string{"processes", "processes?sort=memory&order=desc", "processes?filter=player", "tree", "node"} {
		var took []time.Duration
		for range 20 {
			begun := time.Now()
			answer, err := http.Get(server.URL + "/api/v1/" + address)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		t.Logf("%s takes %v (of twenty, ten took less)", address, took[10].Round(100*time.Microsecond))
	}
	begun := time.Now()
	rt.Measurements()
	t.Logf("what is measured takes %v", time.Since(begun).Round(100*time.Microsecond))

	// What the players do in five seconds, looked at and not, in turns.
	played := func() float64 {
		from, begun := rounds.Load(), time.Now()
		<-time.After(5 * time.Second)
		return float64(rounds.Load()-from) / time.Since(begun).Seconds()
	}
	shares := map[string][]float64{}
	for range 3 {
		p.visit("/nothing.txt")
		p.expect("404")
		alone := played()
		for _, page := range []string{"processes", "tree", ""} {
			p.visit("/#/" + page)
			p.shows("#connection", "live")
			shares[page] = append(shares[page], played()/alone)
		}
	}
	for page, share := range shares {
		slices.Sort(share)
		t.Logf("page %q is looked at: the others do %.0f%% of what they do alone (three rounds: %.2f)", page, 100*share[1], share)
	}

	p.visit("/#/processes")
	p.shows(".pager", fmt.Sprintf("1 to 100 of %s", "100,004"))
	value[chromedp.Void](p, `window.gaps = []; let last = performance.now();
		(function frame(now) { gaps.push(now - last); last = now; requestAnimationFrame(frame); })(last)`)
	value[float64](p, "window.begun = performance.now()")
	p.click(".pager button:nth-child(2)")
	p.shows(".pager", "101 to 200 of 100,004")
	took := value[float64](p, "performance.now() - begun")
	value[chromedp.Void](p, "location.hash = '#/processes?sort=unread&order=desc'")
	p.shows("th[aria-sort=descending]", "Unread")
	p.shows("tbody", "crowd:")
	<-time.After(5 * time.Second)
	t.Logf("the next page took %.0f ms; the longest frame of %d was %.0f ms", took, value[int](p, "gaps.length"), value[float64](p, "Math.max(...gaps.slice(5))"))
	p.shot("crowd")
}
