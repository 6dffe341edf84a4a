package understudycli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/app"
)

// A burst of changes, such as that of an editor that saves a file, is over when
// nothing has changed for settleTime. One that does not end is not awaited
// longer than settleLimit.
const (
	settleTime  = 100 * time.Millisecond
	settleLimit = time.Second
)

// watcher tells when something in the directory of an app has changed (13.14).
type watcher struct {
	program *program
	files   *fsnotify.Watcher
	dir     string
	changed chan struct{} // holds one token after a burst of changes
	log     io.Writer

	mu      sync.Mutex
	sources map[string]bool // files that the app consists of, below dir
}

// watch begins to watch a directory and all below it, but for those whose names
// begin with a dot.
func (p *program) watch(dir string, log io.Writer) (*watcher, error) {
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watcher{files: files, dir: dir, changed: make(chan struct{}, 1), log: log, sources: map[string]bool{}, program: p}
	if err := w.addTree(dir); err != nil {
		files.Close()
		return nil, err
	}
	go w.loop()
	return w, nil
}

func (w *watcher) close() { _ = w.files.Close() }

func (w *watcher) addTree(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == root:
			return err
		case err != nil: // it has gone meanwhile
			return nil
		case !d.IsDir():
			return nil
		case path != w.dir && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		}
		return w.files.Add(path)
	})
}

// include watches the directories of all files that an app consists of, which
// may lie in directories whose names begin with a dot.
func (w *watcher) include(a *app.App) {
	for _, f := range a.Files {
		w.mu.Lock()
		w.sources[filepath.Join(w.dir, filepath.FromSlash(f))] = true
		w.mu.Unlock()
		if err := w.files.Add(filepath.Join(w.dir, filepath.FromSlash(filepath.Dir(f)))); err != nil {
			w.report(err)
		}
	}
}

// matters reports whether the content of a file may be part of the app. What is
// written beside it, our own output perhaps, must not lead to another reading.
func (w *watcher) matters(file string) bool {
	switch extension := filepath.Ext(file); extension {
	case ".yaml", ".yml", ".json":
		return true
	default:
		for _, e := range w.program.engines() {
			if e.Info().Extension == extension {
				return true
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sources[filepath.Clean(file)]
}

func (w *watcher) report(err error) { fmt.Fprintf(w.log, "understudy: --watch: %v\n", err) }

// loop turns bursts of changes into tokens, until the watcher is closed.
func (w *watcher) loop() {
	quiet := time.NewTimer(0)
	quiet.Stop()
	var began time.Time // of the burst; zero if there is none
	for {
		select {
		case e, open := <-w.files.Events:
			if !open {
				return
			}
			if e.Op == fsnotify.Chmod || e.Op == fsnotify.Write && !w.matters(e.Name) {
				continue
			}
			if info, err := os.Stat(e.Name); e.Has(fsnotify.Create) && err == nil && info.IsDir() && !strings.HasPrefix(info.Name(), ".") {
				if err := w.addTree(e.Name); err != nil && !os.IsNotExist(err) {
					w.report(err)
				}
			}
			if began.IsZero() {
				began = time.Now()
			}
			quiet.Reset(min(settleTime, max(0, settleLimit-time.Since(began))))
		case err, open := <-w.files.Errors:
			if !open {
				return
			}
			w.report(err)
		case <-quiet.C:
			began = time.Time{}
			select {
			case w.changed <- struct{}{}:
			default: // one is waiting to be taken
			}
		}
	}
}

// reload reads the app again and lets its new version serve from now on. With an
// error in it nothing changes (13.14, 13.15).
func (s *session) reload(c *cli.Context, w *watcher) {
	if _, err := w.program.again(c, s, w.dir, w); err != nil {
		fmt.Fprintln(c.App.ErrWriter, err)
	}
}

// again reads the app again and lets its new version serve from now on. w, unless nil,
// then watches its files.
func (p *program) again(c *cli.Context, s *session, dir string, w *watcher) (app.Changes, error) {
	a, err := p.loadAppOr(c, dir, "nothing was changed")
	if err != nil {
		return app.Changes{}, err
	}
	if w != nil {
		w.include(a)
	}
	return s.run.Reload(a), nil
}
