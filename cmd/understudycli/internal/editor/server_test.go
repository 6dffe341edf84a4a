package editor

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// slow is an engine whose compiling waits, once the text says so, until somebody lets it
// go on.
type slow struct {
	hostapi.Engine
	begun, on chan struct{}
}

func (e *slow) Outline(src hostapi.Source) *hostapi.Outline {
	return e.Engine.(hostapi.Outliner).Outline(src)
}

func (e *slow) Compile(src hostapi.Source) (hostapi.Program, error) {
	if strings.Contains(src.Text, "-- wait") {
		e.begun <- struct{}{}
		<-e.on
	}
	return e.Engine.Compile(src)
}

// session is a server in this process, with its editor.
type session struct {
	*jsonrpc2.Conn
	t     *testing.T
	uri   string
	notes chan *jsonrpc2.Request
	ended chan error
}

func (s *session) Handle(_ context.Context, _ *jsonrpc2.Conn, r *jsonrpc2.Request) { s.notes <- r }

// begin opens an app with the one script text.
func begin(t *testing.T, e hostapi.Engine, text string, describe func(check.Candidate, string) (string, string)) *session {
	t.Helper()
	dir := t.TempDir()
	index := "namespace: a\nentries:\n  - {name: h, kind: process.host}\n  - {name: p, kind: process.lua, source: file://p.lua}\n"
	for name, text := range map[string]string{"_index.yaml": index, "p.lua": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	s := &session{t: t, uri: uriOf(filepath.Join(dir, "p.lua")), notes: make(chan *jsonrpc2.Request, 1000), ended: make(chan error, 1)}
	go func() {
		s.ended <- Serve(fromEditor, toEditor, Options{App: app.Options{Engines: []hostapi.Engine{e}, Modules: modules.Standard(), OwnHosts: true}, Describe: describe})
		_ = toEditor.Close()
	}()
	s.Conn = jsonrpc2.NewConn(context.Background(), jsonrpc2.NewBufferedStream(pipe{fromServer, toServer}, jsonrpc2.VSCodeObjectCodec{}), s)
	s.call("initialize", map[string]any{"rootUri": uriOf(dir), "capabilities": map[string]any{}}, nil)
	s.note("initialized", map[string]any{})
	s.note("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": s.uri, "version": 1, "text": text}})
	t.Cleanup(func() {
		s.call("shutdown", nil, nil)
		s.note("exit", nil)
		if err := <-s.ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		_ = toServer.Close()
	})
	return s
}

func (s *session) call(method string, params, result any) {
	s.t.Helper()
	if err := s.Call(context.Background(), method, params, result); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}

func (s *session) note(method string, params any) {
	s.t.Helper()
	if err := s.Notify(context.Background(), method, params); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}

// ask asks for what is meant at a place in the first line, as request number id.
func (s *session) ask(id uint64, character int) jsonrpc2.Waiter {
	s.t.Helper()
	w, err := s.DispatchCall(context.Background(), "textDocument/hover", map[string]any{
		"textDocument": map[string]any{"uri": s.uri}, "position": position{0, character},
	}, jsonrpc2.PickID(jsonrpc2.ID{Num: id}))
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

// code gives the number of the error that a question was answered by; 0 if by none.
func code(t *testing.T, w jsonrpc2.Waiter, result any) int64 {
	t.Helper()
	err := w.Wait(context.Background(), result)
	if e, is := err.(*jsonrpc2.Error); is {
		return e.Code
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

func named(c check.Candidate, _ string) (string, string) { return c.Of + c.Name, "" }

// A question that is cancelled, or whose text is another before it is answered, is not
// answered; the newest is, from the newest text.
func TestOldQuestionsAreNotAnswered(t *testing.T) {
	e := &slow{gopherlua.New(), make(chan struct{}), make(chan struct{})}
	s := begin(t, e, "process.send() -- wait", named)
	<-e.begun
	cancelled, old := s.ask(101, 10), s.ask(102, 10)
	s.note("$/cancelRequest", map[string]any{"id": 101})
	if got := code(t, cancelled, nil); got != codeRequestCancelled {
		t.Errorf("cancelled: answered by %d", got)
	}
	s.note("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": s.uri, "version": 2},
		"contentChanges": []map[string]any{{"text": "process.spawn()"}},
	})
	if got := code(t, old, nil); got != codeContentModified {
		t.Errorf("about an older text: answered by %d", got)
	}
	newest := s.ask(103, 10)
	e.on <- struct{}{} // the check of the older text goes on, to its end
	var h struct{ Contents markup }
	if got := code(t, newest, &h); got != 0 || !strings.Contains(h.Contents.Value, "process.spawn") {
		t.Errorf("about the newest: %d, %q", got, h.Contents.Value)
	}
	for {
		r := <-s.notes
		if r.Method != "textDocument/publishDiagnostics" {
			continue
		}
		if !strings.Contains(string(*r.Params), "process.spawn") { // of the newest text only
			t.Errorf("diagnostics %s", *r.Params)
		}
		break
	}
}

// A panic ends the question in which it happens, and nothing else.
func TestPanicEndsOneQuestion(t *testing.T) {
	s := begin(t, gopherlua.New(), "process.send(process.pid(), 'x')", func(c check.Candidate, language string) (string, string) {
		if c.Name == "pid" {
			panic("for a test")
		}
		return named(c, language)
	})
	if got := code(t, s.ask(1, 22), nil); got != jsonrpc2.CodeInternalError {
		t.Errorf("answered by %d", got)
	}
	for r := range s.notes {
		if r.Method == "window/logMessage" {
			if !strings.Contains(string(*r.Params), "for a test") {
				t.Errorf("logged %s", *r.Params)
			}
			break
		}
	}
	var h struct{ Contents markup }
	if got := code(t, s.ask(2, 10), &h); got != 0 || !strings.Contains(h.Contents.Value, "process.send") {
		t.Errorf("afterwards: %d, %q", got, h.Contents.Value)
	}
}
