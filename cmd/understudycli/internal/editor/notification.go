package editor

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/sourcegraph/jsonrpc2"
)

// notified carries out a notification, on the goroutine of the connection.
func (s *server) notified(r *jsonrpc2.Request) {
	switch r.Method {
	case "exit":
		_ = s.conn.Close()
		return
	case "$/cancelRequest":
		s.cancelRequest(r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.initialized || s.down {
		return
	}
	switch r.Method {
	case "initialized":
		s.watch()
	case "textDocument/didOpen":
		var p didOpenParams
		if path := pathOf(p.read(r)); path != "" {
			s.documents[p.TextDocument.URI] = &document{uri: p.TextDocument.URI, path: path, version: p.TextDocument.Version, text: p.TextDocument.Text}
			s.changed(nil)
		}
	case "textDocument/didChange":
		var p didChangeParams
		if params(r, &p) != nil {
			return
		}
		if d := s.documents[p.TextDocument.URI]; d != nil {
			d.version = p.TextDocument.Version
			before := index.MatchString(d.text)
			for _, c := range p.ContentChanges {
				d.edit(c)
			}
			if mayIndex(d.path) && index.MatchString(d.text) != before {
				d = nil // other documents may be of other apps now
			}
			s.changed(d)
		}
	case "textDocument/didClose":
		var p didCloseParams
		if params(r, &p) == nil && s.documents[p.TextDocument.URI] != nil {
			delete(s.documents, p.TextDocument.URI)
			s.changed(nil)
		}
	case "textDocument/didSave", "workspace/didChangeWatchedFiles":
		s.changed(nil)
	case "workspace/didChangeWorkspaceFolders":
		var p foldersParams
		if params(r, &p) != nil {
			return
		}
		for _, f := range p.Event.Removed {
			s.folders = slices.DeleteFunc(s.folders, func(dir string) bool { return dir == pathOf(f.URI) })
		}
		for _, f := range p.Event.Added {
			s.addFolder(pathOf(f.URI))
		}
		s.changed(nil)
	}
}

// read reads the params, and gives the URI.
func (p *didOpenParams) read(r *jsonrpc2.Request) string {
	if params(r, p) != nil {
		return ""
	}
	return p.TextDocument.URI
}

func (s *server) cancelRequest(r *jsonrpc2.Request) {
	var p cancelParams
	var id jsonrpc2.ID
	if params(r, &p) != nil || json.Unmarshal(p.ID, &id) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.running[id]; cancel != nil {
		cancel()
	}
}

// watch asks the editor to tell of files that change without it.
func (s *server) watch() {
	if !s.watches {
		return
	}
	watchers := []map[string]string{{"globPattern": "**/*.{yaml,yml,json}"}}
	for _, e := range s.options.App.Engines {
		watchers = append(watchers, map[string]string{"globPattern": "**/*" + e.Info().Extension})
	}
	registration := map[string]any{"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": map[string]any{"watchers": watchers}}
	// Nobody waits for the answer: without it nothing is watched.
	_, _ = s.conn.DispatchCall(context.Background(), "client/registerCapability", map[string]any{"registrations": []any{registration}})
}

// changed has the app of a document surveyed whose text has changed. nil stands for any
// change, also of files and of what belongs to which app: then directories are read, all
// apps of open documents are surveyed, and others forgotten, with their diagnostics.
func (s *server) changed(one *document) {
	open := map[string]map[string]document{} // by app
	for _, d := range s.documents {
		if one == nil {
			d.app = s.appOf(d.path)
		}
		dir := d.app
		if dir == "" {
			continue
		}
		if open[dir] == nil {
			open[dir] = map[string]document{}
		}
		if file, in := within(dir, d.path); in {
			open[dir][file] = *d
		}
	}
	for dir, p := range s.projects {
		if open[dir] == nil {
			delete(s.projects, dir)
			p.stop()
		}
	}
	for dir, documents := range open {
		if one != nil && dir != one.app {
			continue
		}
		p := s.projects[dir]
		if p == nil {
			options := s.options.App
			options.Data = dir
			p = newProject(dir, options, s.publish, s.panicked)
			s.projects[dir] = p
		}
		p.update(documents)
	}
}

// publish tells the editor what is wrong with a file; from any goroutine.
func (s *server) publish(out publishParams) {
	if !s.versions {
		out.Version = nil
	}
	_ = s.conn.Notify(context.Background(), "textDocument/publishDiagnostics", out)
}
