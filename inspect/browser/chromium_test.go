package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long something may take to appear: for ever, if the machine is not
// broken.
const patience = time.Minute

// chromium starts a browser for a test, which is skipped where there is none.
func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WSURLReadTimeout(patience))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which root cannot have
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, done := chromedp.NewContext(alloc)
	t.Cleanup(done)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s does not start: %v", path, err)
	}
	return ctx
}

// tab is one page of a browser.
type tab struct {
	*testing.T
	ctx  context.Context
	root string // the address of the server

	mu       sync.Mutex
	problems []string // that its console told
	foreign  []string // requests to others than the server
	refused  []string // messages of the console that are expected
}

// open opens a tab for the pages of a server. At the end of the test its console must
// have said nothing wrong, and nobody else been asked for anything.
func open(t *testing.T, browser context.Context, root string) *tab {
	t.Helper()
	ctx, done := chromedp.NewContext(browser)
	t.Cleanup(done)
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	t.Cleanup(cancel)
	p := &tab{T: t, ctx: ctx, root: root}
	if err := chromedp.Listen(ctx, p.observe); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.verify)
	return p
}

// observe is told what happens in the browser.
func (p *tab) observe(e any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			p.problems = append(p.problems, "console: "+said(e.Args))
		}
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, "thrown: "+e.ExceptionDetails.Text+" "+said([]*runtime.RemoteObject{e.ExceptionDetails.Exception}))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.problems = append(p.problems, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, p.root+"/") && !strings.HasPrefix(url, "data:") && url != "about:blank" {
			p.foreign = append(p.foreign, url)
		}
	}
}

// expect says that the console may tell a problem with this text.
func (p *tab) expect(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = append(p.refused, text)
}

func (p *tab) verify() {
	p.mu.Lock()
	defer p.mu.Unlock()
problems:
	for _, problem := range p.problems {
		for _, text := range p.refused {
			if strings.Contains(problem, text) {
				continue problems
			}
		}
		p.Errorf("the console says: %s", problem)
	}
	for _, url := range p.foreign {
		p.Errorf("a request left the server: %s", url)
	}
}

// said is what the console shows.
func said(args []*runtime.RemoteObject) (text string) {
	for _, a := range args {
		if a != nil {
			text += " " + string(a.Value) + a.Description
		}
	}
	return text
}

// run does what is asked, or ends the test with what the page shows then.
func (p *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.fails(err)
	}
}

func (p *tab) fails(err error) {
	p.Helper()
	p.shot("failed-" + strings.ReplaceAll(p.Name(), "/", "-"))
	p.Fatalf("%v; the page says:\n%s", err, p.text("body"))
}

// visit goes to a page.
func (p *tab) visit(path string) {
	p.Helper()
	p.run(chromedp.Navigate(p.root + path))
}

// awaits waits until an expression of JavaScript is true. It is asked in the page, but not
// by chromedp.Poll, which evaluates a text there: our pages allow that to nobody.
func (p *tab) awaits(expression string) {
	p.Helper()
	script := "new Promise(done => { const look = () => (" + expression + ") ? done(true) : setTimeout(look, 10); look() })"
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise)); err != nil {
		p.fails(fmt.Errorf("%w, awaiting %s", err, expression))
	}
}

// shows waits until an element contains a text.
func (p *tab) shows(selector, text string) {
	p.Helper()
	p.awaits(fmt.Sprintf("[...document.querySelectorAll(%s)].some(e => e.textContent.includes(%s))", quoted(selector), quoted(text)))
}

// hasNone checks that there is no such element.
func (p *tab) hasNone(selector string) {
	p.Helper()
	if n := value[int](p, "document.querySelectorAll("+quoted(selector)+").length"); n != 0 {
		p.Errorf("there are %d elements %s, and there should be none", n, selector)
	}
}

func (p *tab) click(selector string) {
	p.Helper()
	p.run(chromedp.Click(chromedp.CSS(selector)))
}

// value gives what an expression of JavaScript is.
func value[T any](p *tab, expression string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.fails(fmt.Errorf("%w, in %s", err, expression))
	}
	return v
}

// quoted writes a text in JavaScript.
func quoted(text string) string {
	out, _ := json.Marshal(text) // a text is always JSON
	return string(out)
}

// text gives what an element says, as far as that can be asked.
func (p *tab) text(selector string) string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.querySelector("+quoted(selector)+")?.innerText ?? ''")) // "" says enough
	return text
}

// look draws the page as wide as a screen is, in light or dark.
func (p *tab) look(width int, scheme string) {
	p.Helper()
	p.run(chromedp.EmulateViewport(int64(width), 900), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// pictured reports whether pictures are wanted.
func pictured() bool { return os.Getenv("UNDERSTUDY_SCREENSHOTS") != "" }

// shot leaves a picture of the page, if pictures are wanted.
func (p *tab) shot(name string) {
	dir := os.Getenv("UNDERSTUDY_SCREENSHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		p.Errorf("no picture: %v", err)
	}
}
