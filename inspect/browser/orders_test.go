package browser

import (
	"context"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world"
	"github.com/understudy-run/understudy/world/sql/drivers"
)

// start runs an app until the end of the test.
func start(t *testing.T, app fs.FS, log *slog.Logger, engines ...hostapi.Engine) *understudy.Runtime {
	t.Helper()
	rt, err := understudy.New(understudy.Options{
		Engines: engines, Modules: world.Modules(), Kinds: slices.Concat(world.Kinds(), drivers.Kinds()), Data: t.TempDir(), Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := rt.Shutdown(ctx, 0); err != nil {
			t.Error(err)
		}
	})
	a, err := rt.LoadApp(app)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return rt
}

// ordersOn gives the example with the address of its server replaced.
func ordersOn(t *testing.T, addr string) fstest.MapFS {
	t.Helper()
	app, src := fstest.MapFS{}, os.DirFS("../../examples/orders/src")
	err := fs.WalkDir(src, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(src, name)
		if name == "_index.yaml" {
			data = []byte(strings.ReplaceAll(string(data), "127.0.0.1:8080", addr))
		}
		app[path.Join("src", name)] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// What one visitor orders, another sees at once, by Server-Sent Events; and both still do
// after the processes that told them have been killed.
func TestVisitorsOfOrdersSeeWhatOthersOrder(t *testing.T) {
	browser := chromium(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	rt := start(t, ordersOn(t, addr), slog.New(slog.DiscardHandler), gopherlua.New())

	one, two := open(t, browser, "http://"+addr), open(t, browser, "http://"+addr)
	for _, p := range []*tab{one, two} {
		p.expect("favicon.ico") // the example has none
		p.visit("/")
		p.shows("#state", "live")
		p.shows("#stock button", "lamp")
	}
	left := value[string](two, "left.lamp.textContent")
	order := `[...document.querySelectorAll("#stock button")].find(b => b.textContent.startsWith("lamp")).click()`
	value[chromedp.Void](one, order)
	two.shows("#orders li", "lamp")
	two.awaits("left.lamp.textContent !== " + quoted(left))
	if a, b := value[int](one, "+left.lamp.textContent.split(' · ')[1]"), value[int](two, "+left.lamp.textContent.split(' · ')[1]"); a != b {
		t.Errorf("one visitor sees %d lamps, the other %d", a, b)
	}
	two.shot("orders")

	// The connections of both end with these processes; their browsers connect again.
	for _, p := range []*tab{one, two} {
		p.expect("ERR_INCOMPLETE_CHUNKED_ENCODING")
		value[chromedp.Void](p, `document.getElementById("state").textContent = "not yet"`)
	}
	for _, pid := range rt.Core().Processes() {
		if i, ok := rt.Inspect(pid); ok && i.Entry == "shop:live" {
			_ = rt.Core().Terminate(pid) // it may have ended already
		}
	}
	one.shows("#state", "live")
	two.shows("#state", "live")
	before := value[int](one, `document.querySelectorAll("#orders li").length`)
	value[chromedp.Void](two, order)
	one.awaits(`document.querySelectorAll("#orders li").length === ` + strconv.Itoa(before+1))
}
