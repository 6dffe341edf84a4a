package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// appDirectory is a directory of the app that an entry names as file://<path>.
type appDirectory struct {
	surroundings
	ref reference
	dir string
}

// contents finds what the app consists of wherever it runs (62.1): its index files, the
// sources for every engine that may run them, what entries name by file://, and its test
// files if they are compiled.
func (l *loader) contents() {
	if !l.opts.Contents || l.failed {
		return
	}
	used := map[string]bool{}
	for file := range l.index {
		used[file] = true
	}
	for _, e := range l.all {
		h := e.Head()
		for _, s := range h.sources {
			used[s.path] = true
		}
		switch e := e.(type) {
		case *Process:
			l.alternates(h, &e.code, used)
		case *Library:
			l.alternates(h, &e.code, used)
		}
	}
	for _, t := range l.app.Tests {
		used[t.Path] = true
	}
	for _, d := range l.directories {
		if d.dir == "." {
			d.e.reporter.errorf(d.ref.node, "%s: %s is the whole app directory, which is never taken along: name one below it", d.ref.field, d.ref.node.Value)
			continue
		}
		d.include(d.dir, nil, used)
	}
	l.app.Contents = sortedKeys(used)
}

// alternates adds the files of a source without extension that other engines would run.
func (l *loader) alternates(h *Header, c *code, used map[string]bool) {
	if languageOf(h.Kind) != "" || l.opts.EngineOverride != "" || c.source == nil || !strings.HasPrefix(c.source.Value, "file://") {
		return
	}
	stem, err := sourcePath(h.Position.File, c.source.Value)
	if err != nil {
		return
	}
	for _, e := range l.opts.Engines {
		file := stem + e.Info().Extension
		if used[file] || !l.exists(file) {
			continue
		}
		if _, err := l.readFile(file, maxSourceSize); err != nil {
			h.reporter.errorf(c.source, "%s: %s", file, err)
		}
		used[file] = true
	}
}

// include adds the files below a directory. above are the directories that it was
// reached by, so that a link to one of them is no endless way.
func (d appDirectory) include(dir string, above []fs.FileInfo, used map[string]bool) {
	info, err := fs.Stat(d.fsys, dir)
	if err != nil {
		d.fail(dir, err)
		return
	}
	for _, other := range above {
		if os.SameFile(other, info) {
			d.fail(dir, errors.New("a link to a directory above it"))
			return
		}
	}
	above = append(above[:len(above):len(above)], info)
	list, err := fs.ReadDir(d.fsys, dir)
	if err != nil {
		d.fail(dir, err)
		return
	}
	for _, e := range list {
		name := path.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), ".") {
			d.e.reporter.warnf(d.ref.node, "%s is left out, since its name begins with a dot", name)
			continue
		}
		if strings.Contains(name, `\`) {
			d.fail(name, errors.New("its name has a backslash, which some systems take for a slash"))
			continue
		}
		info, err := fs.Stat(d.fsys, name)
		switch {
		case err != nil:
			d.fail(name, err)
		case info.IsDir():
			d.include(name, above, used)
		case !info.Mode().IsRegular():
			d.fail(name, errors.New("it is no regular file"))
		default:
			used[name] = true
		}
	}
}

func (d appDirectory) fail(name string, err error) {
	text := reason(err).Error()
	if errors.Is(err, errOutside) {
		text = "it leads out of the app"
	}
	d.e.reporter.errorf(d.ref.node, "%s: %s", name, text)
}

// ReadContents reads the files of [App.Contents]. The error names the file.
func (a *App) ReadContents() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range a.Contents {
		data, err := fs.ReadFile(a.place.App, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, reason(escape(name, err)))
		}
		files[name] = data
	}
	return files, nil
}
