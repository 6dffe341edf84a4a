package browser

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	goruntime "runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/inspect"
)

// hall is what the inspector is tried on: two workers that crash when they are told to, and
// somebody who talks to them all the time.
var hall = fstest.MapFS{
	"_index.yaml": {Data: []byte(`
version: "1.0"
namespace: hall
entries:
  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: worker, kind: process.lua, source: file://worker.lua}
  - name: pool
    kind: process.supervisor
    intensity: 1000
    children:
      - {id: left, process: worker, input: [left]}
      - {id: right, process: worker, input: [right]}
      - {id: "<img src=x>", process: worker, input: ["<img src=x onerror=alert(1)>\u202e\u0007"]}
    lifecycle: {auto_start: true}
  - {name: spinner, kind: process.lua, source: file://spinner.lua, host: hall:processes}
  - {name: talker, kind: process.lua, source: file://talker.lua, modules: [time], host: hall:processes, lifecycle: {auto_start: true, requires: [pool]}}
`)},
	"worker.lua": {Data: []byte(`
local function main(name)
    process.registry.register(name)
    local events, inbox = process.events(), process.inbox()
    while true do
        local r = channel.select{ events:case_receive(), inbox:case_receive() }
        if r.channel == events then return end
        local topic, data = r.value:topic(), r.value:payload():data()
        if topic == "crash" then error(data) end
        if topic == "befriend" then process.link(process.registry.lookup(data)) end
    end
end
return { main = main }
`)},
	"spinner.lua": {Data: []byte(`
local function churn(n)
    local x = 0
    for i = 1, n do x = x + i end
    return x
end
return { main = function() while true do local _ = churn(10000) end end }
`)},
	"talker.lua": {Data: []byte(`
local time = require("time")
local function main()
    local events = process.events()
    while true do
        local r = channel.select{ events:case_receive(), time.after("20ms"):case_receive() }
        if r.channel == events then return end
        process.send("left", "job", { n = 1 })
    end
end
return { main = main }
`)},
}

// token is that of the inspector where one is wanted.
const token = "0123456789abcdef0123456789abcdef"

// inspected runs the hall, and gives what shows it.
func inspected(t *testing.T, o inspect.Options) (*understudy.Runtime, *inspect.Inspector, string) {
	t.Helper()
	o.Log = inspect.NewLog(slog.NewTextHandler(io.Discard, nil))
	a, found := app.Load(hall, app.Options{Engines: []hostapi.Engine{gopherlua.New()}, Modules: modules.Standard()})
	if len(found) > 0 {
		t.Fatal(found)
	}
	o.App = func() *app.App { return a }
	rt := start(t, hall, slog.New(o.Log), gopherlua.New())
	i := inspect.Handler(rt.Core(), o)
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	t.Cleanup(i.Close)
	return rt, i, server.URL
}

// pid gives the PID behind a name, once there is one.
func pid(t *testing.T, rt *understudy.Runtime, name string) string {
	t.Helper()
	for t.Context().Err() == nil {
		if found, ok := rt.Core().Lookup(name); ok {
			return string(found)
		}
		goruntime.Gosched()
	}
	return ""
}

// widths are those of a telephone, a tablet and a desk.
var widths = []int{360, 800, 1440}

// drawn looks at a page on each screen, where it must not be wider than that.
func (p *tab) drawn(name string) {
	p.Helper()
	for _, width := range widths {
		for _, scheme := range []string{"light", "dark"} {
			if scheme == "dark" && !pictured() {
				continue // it is as wide
			}
			p.look(width, scheme)
			p.awaits("innerWidth === " + strconv.Itoa(width))
			if wide := value[int](p, "document.documentElement.scrollWidth"); wide > width {
				p.Errorf("%s is %d wide on a screen of %d", name, wide, width)
			}
			p.shot(fmt.Sprintf("%s-%d-%s", name, width, scheme))
		}
	}
}

func TestEachPageIsDrawnOnEachScreen(t *testing.T) {
	browser := chromium(t)
	rt, i, root := inspected(t, inspect.Options{Token: token})
	p := open(t, browser, root)
	p.visit("/#code=" + i.Code())
	p.shows("#connection", "live")
	if address := value[string](p, "location.href"); strings.Contains(address, "code") {
		t.Errorf("the code is still in the address: %s", address)
	}
	for _, page := range []struct{ name, address, selector, text string }{
		{"overview", "", ".tiles", "Processes"},
		{"processes", "processes", "tbody", `<img src=x onerror=alert(1)>\u202e\u0007`},
		{"process", "process/" + escaped(pid(t, rt, "left")), ".lead", "hall:worker"},
		{"tree", "tree", ".tree", "<img src=x>"},
		{"events", "events", "h1", "Events"},
		{"trace", "trace", "h1", "Trace"},
		{"profile", "profile", "h1", "Profile"},
		{"logs", "logs", "h1", "Logs"},
		{"letters", "letters", "h1", "Dead letters"},
		{"crashes", "crashes", "h1", "Crashes"},
		{"entries", "entries", "tbody", "hall:talker"},
		{"system", "system", "tbody", "hall:processes"},
		{"entry", "entry/hall:worker", ".source", "process.registry.register(name)"},
	} {
		value[chromedp.Void](p, "location.hash = '#/"+page.address+"'")
		p.shows(page.selector, page.text)
		if problem := p.text(".problem"); problem != "" {
			t.Errorf("%s says: %s", page.name, problem)
		}
		p.hasNone("main :is(img, script, iframe, style, object)")
		p.drawn(page.name)
	}
}

func TestProcessIsCancelledFromItsPage(t *testing.T) {
	browser := chromium(t)
	rt, i, root := inspected(t, inspect.Options{Token: token})
	p := open(t, browser, root)
	p.expect("404")
	p.visit("/#code=" + i.Code())
	p.shows("#connection", "live")
	value[chromedp.Void](p, "location.hash = '#/processes?entry=hall:worker'")
	before := pid(t, rt, "left")
	p.shows("tbody a.pid", before)
	value[chromedp.Void](p, "[...document.querySelectorAll('tbody a.pid')].find(a => a.textContent === "+quoted(before)+").click()")
	p.shows("h1", before)
	p.shows(".coroutines", "worker.lua:")
	p.shows(".actions button", "Cancel")
	value[chromedp.Void](p, "[...document.querySelectorAll('.actions button')].find(b => b.textContent === 'Cancel').click()")
	p.shows("dialog h2", before)
	p.click("dialog button.strong")
	p.shows(".lead", "ended")
	p.shot("cancelled")
}

func TestCrashAndRestartAreSeenLive(t *testing.T) {
	browser := chromium(t)
	rt, _, root := inspected(t, inspect.Options{})
	p := open(t, browser, root)
	p.visit("/#/tree")
	before := pid(t, rt, "left")
	p.shows("[data-id=left]", before)
	begun := time.Now()
	if err := rt.Core().Send(hostapi.Name("left"), "crash", hostapi.String("as <b>told</b>")); err != nil {
		t.Fatal(err)
	}
	p.awaits("document.querySelector('[data-id=left] .changed') && !document.querySelector('[data-id=left]').textContent.includes(" + quoted(before) + ")")
	p.shows("[data-id=left]", "1 restart")
	t.Logf("the restart was on the page %v after the message that led to it", time.Since(begun).Round(time.Millisecond))
	p.shows("[data-id=right]", pid(t, rt, "right"))
	p.drawn("restarted")

	// What a script writes is text.
	p.shows("[data-id=left] .error", "as <b>told</b>")
	p.hasNone("main b")

	value[chromedp.Void](p, "location.hash = '#/events'")
	p.shows(".controls .state", "live")
	if err := rt.Core().Send(hostapi.Name("right"), "crash", hostapi.String("told too")); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"process.ended", "child.restarted", "process.started"} {
		p.shows(".event .kind", kind)
	}
	p.shows(".event", "told too")
	p.drawn("events")
	p.click("button[aria-pressed=false]")
	p.shows("button[aria-pressed=true]", "Go on")
}

// What becomes of a process is on its page while that is open.
func TestLinkAndDeathAreSeenOnThePageOfTheProcess(t *testing.T) {
	browser := chromium(t)
	rt, _, root := inspected(t, inspect.Options{})
	p := open(t, browser, root)
	p.expect("410")
	own := pid(t, rt, "right")
	p.visit("/#/process/" + escaped(own))
	p.shows("main", "Links and monitors")
	p.hasNone(".drawing .box")
	begun := time.Now()
	if err := rt.Core().Send(hostapi.Name("right"), "befriend", hostapi.String("left")); err != nil {
		t.Fatal(err)
	}
	p.shows(".drawing a", pid(t, rt, "left"))
	t.Logf("the link was on the page %v after the message that led to it", time.Since(begun).Round(time.Millisecond))
	p.shows(".drawing a", "hall:worker")
	p.drawn("linked")

	begun = time.Now()
	if err := rt.Core().Send(hostapi.Name("right"), "crash", hostapi.String("told")); err != nil {
		t.Fatal(err)
	}
	p.shows(".lead", "ended")
	t.Logf("the death was on the page %v after the message that led to it", time.Since(begun).Round(time.Millisecond))
	p.shows("main pre", "told")
	p.shows(".drawing a", "hall:worker") // what it was
}

func TestTraceIsStartedAndStopped(t *testing.T) {
	browser := chromium(t)
	rt, i, root := inspected(t, inspect.Options{Token: token})
	p := open(t, browser, root)
	p.visit("/#code=" + i.Code())
	p.shows("#connection", "live")
	value[chromedp.Void](p, "location.hash = '#/trace/hall:worker'")
	p.shows(".controls button", "Start")
	p.click("button.main")
	p.shows(".drawing text", "job")
	p.shows(".drawing text", pid(t, rt, "left"))
	p.awaits("document.querySelector('.drawing path.arrow')")
	p.drawn("tracing")
	value[chromedp.Void](p, "[...document.querySelectorAll('button')].find(b => b.textContent === 'Stop').click()")
	p.shows(".controls .hint", "Stopped")
	p.awaits("!document.querySelector('button.main').disabled")
	p.drawn("traced")
}

// 64.3: a profile shows the function that computes, and a part of it by the keyboard alone.
func TestProfileIsTaken(t *testing.T) {
	browser := chromium(t)
	rt, _, root := inspected(t, inspect.Options{})
	if _, err := rt.Start(t.Context(), "hall:spinner"); err != nil {
		t.Fatal(err)
	}
	p := open(t, browser, root)
	p.visit("/#/profile")
	p.shows(".controls button", "Start")
	value[chromedp.Void](p, "document.querySelectorAll('.controls select')[1].value = '2s'")
	p.click("button.main")
	p.shows(".flame", "hall:spinner")
	p.shows(".drawing + div tbody", "spinner.lua")
	if widest := value[string](p, "[...document.querySelectorAll('.flame .cell')].map(c => c.getAttribute('aria-label')).join('|')"); !strings.Contains(widest, "churn") && !strings.Contains(widest, "spinner.lua:2") {
		t.Errorf("the function that computes is not drawn: %s", widest)
	}
	p.drawn("profiled")
	value[chromedp.Void](p, `(() => { const c = [...document.querySelectorAll('.flame .cell')].find(c => c.getAttribute('aria-label').startsWith('hall:spinner')); c.focus(); c.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})) })()`)
	p.awaits(`document.activeElement.getAttribute('aria-label')?.startsWith('hall:spinner') && document.activeElement.getAttribute('aria-pressed') === 'true'`)
	value[chromedp.Void](p, "(() => { const s = document.querySelector('.controls select'); s.value = 'true'; s.dispatchEvent(new Event('change')) })()")
	p.click("button.main")
	p.shows(".drawing + div thead", "Charged")
	p.drawn("charged")
}

func TestLogIsReadLive(t *testing.T) {
	browser := chromium(t)
	rt, _, root := inspected(t, inspect.Options{})
	p := open(t, browser, root)
	p.visit("/#/logs?level=ERROR")
	p.shows("h1", "Logs")
	if err := rt.Core().Send(hostapi.Name("left"), "crash", hostapi.String("<i>told</i>")); err != nil {
		t.Fatal(err)
	}
	p.shows(".stream .level-ERROR", "ERROR")
	p.shows(".stream .fields", "message=")
	p.shows(".stream", "<i>told</i>")
	p.hasNone("main i") // a text of a script is text
	p.drawn("log")
}

func TestWithoutTokenPagesAreViewsOnly(t *testing.T) {
	browser := chromium(t)
	rt, _, root := inspected(t, inspect.Options{})
	p := open(t, browser, root)
	p.visit("/#/process/" + escaped(pid(t, rt, "left")))
	p.shows("#connection", "views only")
	p.shows("main", "actions need the token")
	p.hasNone(".actions button")
}

func TestTokenIsAskedFor(t *testing.T) {
	browser := chromium(t)
	_, i, root := inspected(t, inspect.Options{Token: token})
	p := open(t, browser, root)
	p.expect("401")
	p.visit("/")
	p.shows("h1", "asks for its token")
	p.run(chromedp.SendKeys(chromedp.CSS("input"), "wrong\r"))
	p.shows("[role=status]", "not its token")
	p.shot("token")
	p.run(chromedp.SendKeys(chromedp.CSS("input"), token+"\r"))
	p.shows("h1", "Overview")

	// A code serves one browser, once.
	code := i.Code()
	q := open(t, browser, root)
	q.visit("/#code=" + code)
	q.shows("h1", "Overview")
	r := open(t, browser, root)
	r.expect("401")
	r.visit("/#code=" + code)
	r.shows("h1", "asks for its token")
}

func TestPagesNeedNoMouse(t *testing.T) {
	browser := chromium(t)
	_, _, root := inspected(t, inspect.Options{})
	p := open(t, browser, root)
	p.visit("/")
	p.shows("h1", "Overview")
	key := func(keys ...string) {
		t.Helper()
		for _, k := range keys {
			p.run(chromedp.KeyEvent(k))
		}
	}
	key("\t")
	if text := value[string](p, "document.activeElement.textContent"); text != "Skip to the page" {
		t.Errorf("the first that a key comes to is %q", text)
	}
	key("\r")
	if id := value[string](p, "document.activeElement.id"); id != "main" {
		t.Errorf("the keyboard is at %q, not at the page", id)
	}
	value[chromedp.Void](p, "document.querySelector('#pages a[href=\"#/tree\"]').focus()")
	key("\r")
	p.shows("h1", "Supervision")
	p.awaits("document.activeElement.textContent === 'Supervision'") // whoever listens is told where it is
	// All that can be used has a name.
	nameless := value[[]string](p, `[...document.querySelectorAll("a, button, input, select, svg[role=img]")].filter(e =>
		!(e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length)).map(e => e.outerHTML)`)
	if len(nameless) > 0 {
		t.Errorf("without a name: %v", nameless)
	}
}

// escaped writes a text as a part of an address.
func escaped(text string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", "|", "%7C", "/", "%2F").Replace(text)
}
