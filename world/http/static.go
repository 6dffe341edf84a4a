package http

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	files "github.com/understudy-run/understudy/world/fs"
)

// Files are what static files are served from: an fs.FS whose files can be read from any
// place of them, such as that of an os.Root.
type Files = fs.FS

// pattern is what ServeMux knows the prefix by.
func (f *Static) pattern() string {
	return strings.TrimSuffix(f.Path, "/") + "/"
}

// static serves a Static.
type static struct {
	Static
	server *Server
}

// ServeHTTP implements http.Handler.
func (f *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header()["Allow"] = []string{"GET, HEAD"}
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(f.Path, "/"))
	name = strings.Trim(path.Clean("/"+name), "/")
	if f.Cache != "" {
		w.Header()["Cache-Control"] = []string{f.Cache}
	}
	index := f.Index
	if index == "" {
		index = DefaultIndex
	}
	hidden := false
	for part := range strings.SplitSeq(name, "/") {
		hidden = hidden || strings.HasPrefix(part, ".")
	}
	if !hidden {
		if name != "" && f.server.tryFile(w, r, f.Files, name, http.StatusOK) {
			return
		}
		// The links of an index are relative to a directory.
		if strings.HasSuffix(r.URL.Path, "/") && f.server.tryFile(w, r, f.Files, path.Join(name, index), http.StatusOK) {
			return
		}
		if info, err := fs.Stat(f.Files, path.Join(name, index)); err == nil && info.Mode().IsRegular() {
			http.Redirect(w, r, path.Base(name)+"/", http.StatusMovedPermanently)
			return
		}
		if f.SPA && f.server.tryFile(w, r, f.Files, index, http.StatusOK) {
			return
		}
	}
	delete(w.Header(), "Cache-Control")
	refuse(w, http.StatusNotFound)
}

// serveFile answers with a file, or with 404.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, from Files, name string, status int) {
	if !s.tryFile(w, r, from, strings.TrimPrefix(path.Clean("/"+name), "/"), status) {
		refuse(w, http.StatusNotFound)
	}
}

// tryFile answers with a file; false if there is no regular file of that name. Ranges and
// conditions are for answers that are not of another status.
func (s *Server) tryFile(w http.ResponseWriter, r *http.Request, from Files, name string, status int) bool {
	if !fs.ValidPath(name) || strings.ContainsRune(name, 0) {
		return false
	}
	file, err := from.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	content, ok := file.(io.ReadSeeker)
	if !ok {
		return false
	}
	slow := &patient{w, s}
	if status == http.StatusOK {
		http.ServeContent(slow, r, name, info.ModTime(), content)
		return true
	}
	s.writeDeadline(w)
	w.WriteHeader(status)
	_, _ = io.Copy(slow, content) // the client has gone
	return true
}

// patient gives each write its own time.
type patient struct {
	http.ResponseWriter
	server *Server
}

// Write implements io.Writer.
func (p *patient) Write(b []byte) (int, error) {
	written := 0
	for {
		p.server.writeDeadline(p.ResponseWriter)
		n, err := p.ResponseWriter.Write(b[written:min(len(b), written+writePiece)])
		written += n
		if err != nil || written == len(b) {
			return written, err
		}
	}
}

// Unwrap lets http.ResponseController find the connection.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// volumeKind is that of entries from which files come.
const volumeKind = "fs.dir"

// filesOf gives the files of a volume that was granted. A server waits for it to be opened;
// no process does.
func filesOf(ctx context.Context, g hostapi.Grant) (Files, error) {
	v, err := g.Open(ctx)
	if err != nil {
		return nil, err
	}
	if volume := files.Of(v); volume != nil {
		return volume.FS(), nil
	}
	return nil, hostapi.Errorf(hostapi.Internal, "%s is a %T, which holds no files", g.ID, v)
}
