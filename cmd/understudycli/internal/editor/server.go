package editor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/check"
)

// Options are what a server needs to know of the command.
type Options struct {
	// App are the options with which apps are checked; Data is that of each app.
	App app.Options
	// Version is that of the command.
	Version string
	// Describe gives the text of a candidate in a language: its signature, which may be
	// "", and its documentation. It is called from any goroutine.
	Describe func(c check.Candidate, language string) (signature, doc string)
}

// ErrNoShutdown says that the editor went, or sent exit, without shutdown before.
var ErrNoShutdown = errors.New("the editor ended without a shutdown request")

// Serve speaks with one editor until it sends exit or its messages end; the error is
// ErrNoShutdown unless it has shut the server down before. When Serve returns, nothing
// of it runs any more but a read that waits for in.
func Serve(in io.Reader, out io.Writer, options Options) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := &server{options: options, documents: map[string]*document{}, projects: map[string]*project{}, running: map[jsonrpc2.ID]context.CancelFunc{}}
	stream := jsonrpc2.NewBufferedStream(pipe{in, out}, jsonrpc2.VSCodeObjectCodec{})
	s.ready = make(chan struct{})
	s.conn = jsonrpc2.NewConn(ctx, stream, s)
	close(s.ready)
	<-s.conn.DisconnectNotify()
	cancel()
	s.requests.Wait()
	s.mu.Lock()
	projects := slices.Collect(maps.Values(s.projects))
	down := s.down
	s.mu.Unlock()
	for _, p := range projects {
		p.stop()
	}
	if !down {
		return ErrNoShutdown
	}
	return nil
}

// pipe is both directions of a connection. To close it is nothing: who gave them ends them.
type pipe struct {
	io.Reader
	io.Writer
}

func (pipe) Close() error { return nil }

// server is the connection with one editor. Messages are taken in order by the goroutine
// of the connection, which alone changes documents, folders and projects; what a request
// asks is answered by a goroutine of its own.
type server struct {
	options  Options
	conn     *jsonrpc2.Conn
	ready    chan struct{} // closed once conn is set
	requests sync.WaitGroup

	mu          sync.Mutex // guards the rest where others read it
	running     map[jsonrpc2.ID]context.CancelFunc
	documents   map[string]*document // by URI
	projects    map[string]*project  // by directory
	folders     []string
	apps        []string
	initialized bool
	down        bool
	watches     bool // the editor can tell of changed files
	versions    bool // it wants the versions of what diagnostics are about
}

// Handle implements jsonrpc2.Handler.
func (s *server) Handle(ctx context.Context, _ *jsonrpc2.Conn, r *jsonrpc2.Request) {
	<-s.ready
	if r.Notif {
		s.guard("notification "+r.Method, func() { s.notified(r) })
		return
	}
	s.mu.Lock()
	initialized, down := s.initialized, s.down
	s.mu.Unlock()
	switch {
	case r.Method == "initialize" && !initialized:
		s.answer(ctx, r, s.initialize)
	case !initialized:
		s.refuse(r.ID, codeNotInitialized, "the server is not initialized")
	case down || r.Method == "initialize":
		s.refuse(r.ID, jsonrpc2.CodeInvalidRequest, "unexpected request: "+r.Method)
	case r.Method == "shutdown":
		s.mu.Lock()
		s.down = true
		s.mu.Unlock()
		_ = s.conn.Reply(ctx, r.ID, nil)
	default:
		s.ask(ctx, r)
	}
}

// ask has a question about a place in a document answered by a goroutine of its own. Which
// state of the texts it is about is decided here, in the order of the messages.
func (s *server) ask(ctx context.Context, r *jsonrpc2.Request) {
	give := map[string]func(context.Context, *query) any{
		"textDocument/completion":     s.completion,
		"textDocument/hover":          s.hover,
		"textDocument/definition":     s.definition,
		"textDocument/implementation": s.implementation,
	}[r.Method]
	if give == nil {
		s.refuse(r.ID, jsonrpc2.CodeMethodNotFound, "unknown method: "+r.Method)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.running[r.ID] = cancel
	s.mu.Unlock()
	q, err := s.query(r)
	s.requests.Go(func() {
		s.answer(ctx, r, func(ctx context.Context, r *jsonrpc2.Request) (result any, fail error) {
			switch {
			case err != nil:
				return nil, err
			case q == nil: // of no app
				return nil, nil
			}
			if q.survey, fail = q.project.current(ctx, q.number); fail != nil {
				return nil, fail
			}
			return give(ctx, q), nil
		})
		s.mu.Lock()
		delete(s.running, r.ID)
		s.mu.Unlock()
		cancel()
	})
}

// answer carries out a request. A panic ends that request alone.
func (s *server) answer(ctx context.Context, r *jsonrpc2.Request, give func(context.Context, *jsonrpc2.Request) (any, error)) {
	var result any
	err := errors.New("internal error: see the log of the server")
	s.guard("request "+r.Method, func() { result, err = give(ctx, r) })
	var known *jsonrpc2.Error
	switch {
	case err == nil:
		_ = s.conn.Reply(ctx, r.ID, result)
	case ctx.Err() != nil:
		s.refuse(r.ID, codeRequestCancelled, "cancelled")
	case errors.As(err, &known):
		_ = s.conn.ReplyWithError(ctx, r.ID, known)
	default:
		s.refuse(r.ID, jsonrpc2.CodeInternalError, err.Error())
	}
}

func (s *server) refuse(id jsonrpc2.ID, code int64, message string) {
	_ = s.conn.ReplyWithError(context.Background(), id, &jsonrpc2.Error{Code: code, Message: message})
}

// guard runs something, and tells the editor if it panics.
func (s *server) guard(where string, run func()) {
	defer func() {
		if r := recover(); r != nil {
			s.panicked(where, r, debug.Stack())
		}
	}()
	run()
}

// panicked tells what went wrong in the server itself.
func (s *server) panicked(where string, r any, stack []byte) {
	const logError = 1
	_ = s.conn.Notify(context.Background(), "window/logMessage", map[string]any{
		"type": logError, "message": fmt.Sprintf("understudy: internal error in %s: %v\n%s", where, r, stack),
	})
}

// initialize is the first request.
func (s *server) initialize(_ context.Context, r *jsonrpc2.Request) (any, error) {
	var p initializeParams
	if err := params(r, &p); err != nil {
		return nil, err
	}
	var own settings
	if len(p.InitializationOptions) > 0 {
		if err := json.Unmarshal(p.InitializationOptions, &own); err != nil {
			return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "initializationOptions: apps must be a list of directories"}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range p.WorkspaceFolders {
		s.addFolder(pathOf(f.URI))
	}
	if len(p.WorkspaceFolders) == 0 {
		if s.addFolder(pathOf(p.RootURI)); p.RootURI == "" {
			s.addFolder(p.RootPath)
		}
	}
	for _, dir := range own.Apps {
		switch {
		case filepath.IsAbs(dir):
			s.apps = append(s.apps, filepath.Clean(dir))
		default:
			for _, folder := range s.folders {
				s.apps = append(s.apps, filepath.Join(folder, filepath.FromSlash(dir)))
			}
		}
	}
	s.initialized = true
	s.watches = p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
	s.versions = p.Capabilities.TextDocument.PublishDiagnostics.VersionSupport
	type object = map[string]any
	return object{
		"serverInfo": object{"name": "understudy", "version": s.options.Version},
		"capabilities": object{
			"positionEncoding":   "utf-16",
			"textDocumentSync":   object{"openClose": true, "change": 2, "save": object{}},
			"completionProvider": object{"triggerCharacters": []string{".", ":", "\"", "'", "/"}},
			"hoverProvider":      true, "definitionProvider": true, "implementationProvider": true,
			"workspace": object{"workspaceFolders": object{"supported": true, "changeNotifications": true}},
		},
	}, nil
}

func (s *server) addFolder(dir string) {
	if dir != "" && !slices.Contains(s.folders, filepath.Clean(dir)) {
		s.folders = append(s.folders, filepath.Clean(dir))
	}
}

// params reads what a message says.
func params(r *jsonrpc2.Request, to any) error {
	if r.Params == nil {
		return &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: r.Method + " needs params"}
	}
	if err := json.Unmarshal(*r.Params, to); err != nil {
		return &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: err.Error()}
	}
	return nil
}
