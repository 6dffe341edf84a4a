package editor

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// pathOf gives the file of a URI; "" for what is none, such as a text that has no name yet.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	path := u.Path
	if len(path) > 2 && path[0] == '/' && path[2] == ':' { // /c:/directory
		path = path[1:]
	}
	return filepath.Clean(filepath.FromSlash(path))
}

// uriOf is the reverse.
func uriOf(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// within gives a path relative to a directory, with slashes; ok is false if it leads out.
func within(dir, path string) (rest string, ok bool) {
	rest, err := filepath.Rel(dir, path)
	if err != nil || rest == ".." || strings.HasPrefix(rest, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(rest), true
}

// index is how the text of an index file looks (14.1), also while it is broken.
var index = regexp.MustCompile(`(?m)^(\s*\{)?\s*"(namespace|entries)"\s*:|^(namespace|entries)\s*:`)

// hasIndex reports whether a directory itself, and not one below it, holds an index file:
// a file, or an open text.
func (s *server) hasIndex(dir string) bool {
	for _, d := range s.documents {
		if filepath.Dir(d.path) == dir && mayIndex(d.path) && index.MatchString(d.text) {
			return true
		}
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(list, func(e os.DirEntry) bool {
		if !mayIndex(e.Name()) || !e.Type().IsRegular() {
			return false
		}
		if strings.HasPrefix(e.Name(), "_index.") {
			return true
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		return err == nil && index.Match(text)
	})
}

func mayIndex(file string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file))
}

// definitions is the directory in that of an app into which understudy types writes.
const definitions = ".understudy"

// appOf gives the directory of the app that a file belongs to: one that is set; or the
// nearest above it for which understudy types has written definitions; or below a workspace
// folder the topmost directory on the way to the file that has an index file, outside of all
// folders the topmost of those that follow one another upwards. "" if there is none.
func (s *server) appOf(path string) string {
	best := ""
	for _, dir := range s.apps {
		if _, in := within(dir, path); in && len(dir) > len(best) {
			best = dir
		}
	}
	if best != "" {
		return best
	}
	folder := ""
	for _, dir := range s.folders {
		if _, in := within(dir, path); in && len(dir) > len(folder) {
			folder = dir
		}
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, definitions)); err == nil && info.IsDir() {
			return dir
		}
		switch {
		case s.hasIndex(dir):
			best = dir
		case folder == "" && best != "":
			return best
		}
		if dir == folder || dir == filepath.Dir(dir) {
			return best
		}
	}
}
