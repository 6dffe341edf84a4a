package app

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"go.yaml.in/yaml/v3"
)

// dataPath is a path in an entry of a kind from outside the core.
type dataPath struct {
	e    *Extension
	node *yaml.Node
	path string // absolute, without links
	use  spec.Use
}

// Text implements spec.App.
func (s surroundings) Text(at spec.Path) (string, error) {
	ref := s.reference(at)
	file, err := sourcePath(s.e.Position.File, ref.node.Value)
	if err == nil {
		var text string
		if text, err = s.readFile(file, maxSourceSize); err == nil {
			s.e.sources = append(s.e.sources, sourceText{path: file, text: text})
			return text, nil
		}
	}
	return "", s.noFile(ref, err)
}

// noFile reports what is wrong with a file of the app.
func (s surroundings) noFile(ref reference, err error) error {
	text := reason(err).Error()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = "not found"
	case errors.Is(err, errOutside):
		text = "outside the app"
	}
	s.e.reporter.errorf(ref.node, "%s: %s: %s", ref.field, ref.node.Value, text)
	return errReported
}

// Directory implements spec.App.
func (s surroundings) Directory(at spec.Path) (string, error) {
	ref := s.reference(at)
	dir, err := sourcePath(s.e.Position.File, ref.node.Value)
	if err == nil {
		var info fs.FileInfo
		info, err = fs.Stat(s.fsys, dir)
		if err == nil && !info.IsDir() {
			err = errors.New("it is no directory")
		}
	}
	if err != nil {
		return "", s.noFile(ref, err)
	}
	s.directories = append(s.directories, appDirectory{s, ref, dir})
	return dir, nil
}

// Path implements spec.App.
func (s surroundings) Path(at spec.Path, file string, use spec.Use) {
	path, err := filepath.Abs(s.app.place.Path(file))
	if err != nil {
		return // the working directory is gone: opening says so
	}
	s.paths = append(s.paths, dataPath{s.e, s.reference(at).node, unlinked(path), use})
}

// Secret implements spec.App.
func (s surroundings) Secret(at spec.Path, x spec.Secret) {
	n := s.reference(at).node
	switch {
	case x.Text != "" && len(s.tainted[n]) == 0:
		s.e.reporter.warnf(n, "%s: secret in an app file: write {env: NAME} or {file: PATH}", at)
	case x.Text == "" && s.opts.AllowUnset:
		if _, err := x.Value(s.app.Place(s.secrets.Add)); err != nil {
			s.e.reporter.warnf(n, "%s: %s", at, err)
		}
	}
}

// unlinked follows the links of what there is of a path.
func unlinked(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if parent := filepath.Dir(path); parent != path {
		return filepath.Join(unlinked(parent), filepath.Base(path))
	}
	return path
}

// within reports whether a path leads to a directory or into it.
func within(dir, path string) bool {
	rest, err := filepath.Rel(dir, path)
	return err == nil && rest != ".." && !strings.HasPrefix(rest, ".."+string(filepath.Separator))
}

// checkPaths reports what must not lie in a volume (41.7).
func (l *loader) checkPaths() {
	for _, volume := range l.paths {
		if volume.use != spec.ReadVolume && volume.use != spec.WrittenVolume {
			continue
		}
		for _, p := range l.paths {
			switch {
			case p.use == spec.Database && within(volume.path, p.path):
				p.e.reporter.errorf(p.node, "database inside %s", volume.e.ID)
			case p.use == spec.SecretFile && within(volume.path, p.path):
				p.e.reporter.warnf(p.node, "secret inside %s", volume.e.ID)
			}
		}
		if volume.use == spec.WrittenVolume && l.inside(volume.path) {
			volume.e.reporter.errorf(volume.node, "app inside %s: scripts could change which code runs with which rights", volume.e.ID)
		}
		if volume.use == spec.WrittenVolume && l.opts.Program != "" && within(volume.path, unlinked(l.opts.Program)) {
			volume.e.reporter.errorf(volume.node, "program inside %s: scripts could change which code runs with which rights; --data names another directory", volume.e.ID)
		}
	}
}

// inside reports whether a file of the app lies in a directory.
func (l *loader) inside(dir string) bool {
	if l.dir == "" {
		return false
	}
	abs, err := filepath.Abs(l.dir)
	if err != nil {
		return false
	}
	in := func(file string) bool { return within(dir, unlinked(filepath.Join(abs, filepath.FromSlash(file)))) }
	for file := range l.index {
		if in(file) {
			return true
		}
	}
	return slices.ContainsFunc(l.all, func(e Entry) bool {
		return slices.ContainsFunc(e.Head().sources, func(s sourceText) bool { return in(s.path) })
	})
}
