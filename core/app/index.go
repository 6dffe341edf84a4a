package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// indexFile is one file with entries (14.1, 14.2).
type indexFile struct {
	path      string
	namespace string
	meta      *yaml.Node // a map; nil if there is none
	plainMeta map[string]any
	metaHash  Hash
	root      *yaml.Node
	data      string
	split     []string
	unaliased bool // root holds no aliases
	changed   bool // by what the caller sets
}

// lines gives the text of the file, line by line.
func (f *indexFile) lines() []string {
	if f.split == nil {
		f.split = strings.Split(f.data, "\n")
	}
	return f.split
}

// HasIndex reports whether a file system holds an app: whether there is an
// index file in it (clause 14.1), or what means to be one and is broken, which
// [Load] then reports. It does not check the app.
func HasIndex(fsys fs.FS) bool {
	l := newLoader(fsys, Options{})
	l.findIndexes(func(*indexFile) error { return fs.SkipAll })
	return len(l.index) > 0 || l.failed
}

// findIndexes calls found for every index file, in order of their paths.
func (l *loader) findIndexes(found func(*indexFile) error) {
	_ = fs.WalkDir(l.fsys, ".", func(file string, d fs.DirEntry, err error) error {
		switch name := path.Base(file); {
		case err != nil:
			l.add(Diagnostic{Position: Position{File: file}, Message: fmt.Sprintf("cannot be read: %s", err)})
			if d == nil || d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && strings.HasPrefix(name, ".") && name != ".":
			return fs.SkipDir
		case !d.IsDir() && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".json")):
			if f := l.parseIndex(file); f != nil {
				l.index[file] = f
				return found(f)
			}
		}
		return nil
	})
}

// parseIndex reads a file that may be an index file; nil if it is none.
func (l *loader) parseIndex(file string) *indexFile {
	// Only a file named _index must be one; others may be anything (14.1).
	meant := strings.HasPrefix(path.Base(file), "_index.")
	data, err := l.readFile(file, maxIndexSize)
	fail := &parseError{1, 1, ""}
	var root *yaml.Node
	if err != nil {
		fail.message = "cannot be read: " + err.Error()
	} else {
		root, fail = parseDocument(file, []byte(data))
	}
	if fail != nil {
		d := Diagnostic{Position: Position{file, fail.line, fail.column}, Message: fail.message, Warning: !meant}
		if d.Warning {
			d.Message = "file ignored: " + d.Message
		}
		l.add(d)
		return nil
	}
	if root == nil || !isIndex(root) {
		if meant {
			l.add(Diagnostic{Position: Position{File: file}, Message: "file ignored: neither namespace nor entries", Warning: true})
		}
		return nil
	}
	return &indexFile{path: file, root: root, data: data}
}

// readIndex reads the fields of an index file and its entries.
func (l *loader) readIndex(f *indexFile) {
	r := reporter{l.collector, f.path, ""}
	r.wellFormed(withoutEntries(f.root))
	o := r.object(f.root, "version", "namespace", "env", "entries", "meta")
	if n := o.value("version"); n != nil && kindName(n) == "number" {
		o.errorf(n, "version must be a string, not a number: write \"1.0\", in quotes")
	} else if v, ok := o.text("version"); ok && v != "1.0" {
		o.errorf(n, "unsupported version %q: only \"1.0\" is known", v)
	}
	ns, ok := o.text("namespace")
	f.namespace = ns
	switch n := o.value("namespace"); {
	case n == nil:
		o.missing("namespace")
	case ok && !validName(ns):
		o.errorf(n, "invalid namespace %q: %s", ns, nameRule)
	}
	if f.meta = o.value("meta"); f.meta != nil && f.meta.Kind != yaml.MappingNode {
		o.mustBe(f.meta, "meta", "a map")
		f.meta = nil
	}
	if f.meta != nil {
		// Once, not for every entry.
		f.plainMeta = plain(f.meta).(map[string]any)
		f.metaHash = hashNode(f.meta)
	}
	entries, _ := o.list("entries")
	if o.value("entries") == nil {
		o.missing("entries")
	}
	for i, n := range entries {
		l.entry(f, i+1, n)
	}
}

// withoutEntries gives the top of a file without its entries, which look for
// duplicate keys in their own name.
func withoutEntries(root *yaml.Node) *yaml.Node {
	top := *root
	top.Content = append([]*yaml.Node(nil), root.Content...)
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value == "entries" {
			top.Content[i+1] = &yaml.Node{Kind: yaml.ScalarNode}
		}
	}
	return &top
}

// readFile reads a regular file of the app once; its error is short. Anything
// else that has a name, such as a pipe, could block for ever.
func (l *loader) readFile(file string, limit int64) (string, error) {
	if r, done := l.texts[file]; done {
		return r.text, r.err
	}
	text, err := readFile(l.fsys, file, limit)
	l.texts[file] = readResult{text, err}
	return text, err
}

func readFile(fsys fs.FS, file string, limit int64) (string, error) {
	info, err := fs.Stat(fsys, file)
	switch {
	case err != nil:
		return "", reason(err)
	case info.IsDir():
		return "", errors.New("it is a directory")
	case !info.Mode().IsRegular():
		return "", errors.New("it is no regular file")
	}
	f, err := fsys.Open(file)
	if err != nil {
		return "", reason(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return "", reason(err)
	case int64(len(data)) > limit:
		return "", fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	return string(data), nil
}

// reason takes the operation and the path off, which the diagnostic has.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

type readResult struct {
	text string
	err  error
}
