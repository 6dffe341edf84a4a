package app

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// unsaved is a file system in which some texts stand in place of files, as an editor has
// them before they are saved: files, and directories around them, that are not there
// otherwise are there too. Once ctx is done nothing can be read any more.
type unsaved struct {
	fs.FS
	ctx   context.Context
	texts map[string]string // by path
}

// Open opens a text or a file.
func (u unsaved) Open(name string) (fs.File, error) {
	info, err := u.text(name)
	switch {
	case err != nil:
		return nil, err
	case info == nil:
		return u.FS.Open(name)
	}
	return &textFile{*info, strings.NewReader(info.text)}, nil
}

// Stat describes a text, a file or a directory.
func (u unsaved) Stat(name string) (fs.FileInfo, error) {
	info, err := u.text(name)
	switch {
	case err != nil:
		return nil, err
	case info != nil:
		return info, nil
	}
	found, err := fs.Stat(u.FS, name)
	if err != nil && len(u.below(name)) > 0 {
		return textInfo{name: path.Base(name), dir: true}, nil
	}
	return found, err
}

// ReadDir lists a directory with the texts in it.
func (u unsaved) ReadDir(name string) ([]fs.DirEntry, error) {
	if u.ctx.Err() != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: u.ctx.Err()}
	}
	list, err := fs.ReadDir(u.FS, name)
	more := u.below(name)
	if err != nil && len(more) == 0 {
		return nil, err
	}
	for _, info := range more {
		i, there := slices.BinarySearchFunc(list, info.name, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
		entry := fs.FileInfoToDirEntry(info)
		switch {
		case !there:
			list = slices.Insert(list, i, entry)
		case !info.dir:
			list[i] = entry
		}
	}
	return list, nil
}

// text gives the text in place of a file; nil if there is none.
func (u unsaved) text(name string) (*textInfo, error) {
	if u.ctx.Err() != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: u.ctx.Err()}
	}
	if text, ok := u.texts[name]; ok {
		return &textInfo{name: path.Base(name), text: text}, nil
	}
	return nil, nil
}

// below gives what the texts put into a directory.
func (u unsaved) below(dir string) []textInfo {
	var out []textInfo
	for name, text := range u.texts {
		rest, in := strings.CutPrefix(name, dir+"/")
		if dir == "." {
			rest, in = name, true
		}
		if !in {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		info := textInfo{name: first, text: text, dir: deeper}
		if !slices.ContainsFunc(out, func(have textInfo) bool { return have.name == first }) {
			out = append(out, info)
		}
	}
	return out
}

// textInfo describes a text, or a directory that only texts are in.
type textInfo struct {
	name string
	text string
	dir  bool
}

func (i textInfo) Name() string       { return i.name }
func (i textInfo) Size() int64        { return int64(len(i.text)) }
func (i textInfo) ModTime() time.Time { return time.Time{} }
func (i textInfo) IsDir() bool        { return i.dir }
func (i textInfo) Sys() any           { return nil }

func (i textInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir
	}
	return 0
}

// textFile is a text that is open.
type textFile struct {
	textInfo
	*strings.Reader
}

func (f *textFile) Stat() (fs.FileInfo, error) { return f.textInfo, nil }
func (f *textFile) Size() int64                { return f.textInfo.Size() }
func (f *textFile) Close() error               { return nil }
