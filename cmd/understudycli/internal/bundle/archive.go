package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"
)

// Manifest says what an executable contains.
type Manifest struct {
	// Engine is the engine that entries run on where no other is asked for (62.1).
	Engine string `json:"engine,omitempty"`
	Files  []File `json:"files"`
}

// File is one file of the app.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// The names in the archive: of the manifest, and of the directory that the app is in.
const (
	manifestName = "manifest.json"
	appName      = "app"
)

// archive makes the archive that stands at offset in a file. Its bytes depend on nothing
// but the arguments: files are sorted, have no times, and are not compressed, which no
// two versions of a compressor do in the same way.
func archive(engine string, files map[string][]byte, offset int64) ([]byte, error) {
	m := Manifest{Engine: engine, Files: []File{}}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		m.Files = append(m.Files, File{name, int64(len(files[name])), digest(files[name])})
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.SetOffset(offset)
	add := func(name string, data []byte) error {
		h := &zip.FileHeader{Name: name, Method: zip.Store}
		h.SetMode(0o444)
		out, err := w.CreateHeader(h)
		if err == nil {
			_, err = out.Write(data)
		}
		return err
	}
	if err := add(manifestName, append(text, '\n')); err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := add(appName+"/"+name, files[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// App is an app that an executable contains.
type App struct {
	Manifest
	// FS holds its files, which read from the executable.
	FS fs.FS
}

// open opens the archive of an executable, whatever its hash.
func open(file io.ReaderAt, r room) (*App, error) {
	// Offsets in the archive count from the beginning of the executable.
	z, err := zip.NewReader(io.NewSectionReader(file, 0, r.offset+r.size), r.offset+r.size)
	if err != nil {
		return nil, err
	}
	f := files{z, file, map[string]*zip.File{}}
	for _, entry := range z.File {
		f.byName[entry.Name] = entry
	}
	app, err := fs.Sub(f, appName)
	if err != nil {
		return nil, err
	}
	text, err := fs.ReadFile(z, manifestName)
	if err != nil {
		return nil, err
	}
	a := &App{FS: app}
	return a, json.Unmarshal(text, &a.Manifest)
}

// changed names the first file whose hash is not that of the manifest, "" if there is
// none.
func (a *App) changed() string {
	for _, f := range a.Files {
		if data, err := fs.ReadFile(a.FS, f.Path); err != nil || digest(data) != f.SHA256 {
			return f.Path
		}
	}
	return ""
}

// verify compares the archive with its hash.
func (r room) verify(file io.ReaderAt) error {
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(file, r.offset, r.size))
	if err == nil && n == r.size && bytes.Equal(h.Sum(nil), r.hash[:]) {
		return nil
	}
	if err != nil {
		return err
	}
	if a, err := open(file, r); err == nil {
		if name := a.changed(); name != "" {
			return fmt.Errorf("%w: %s", ErrChanged, name)
		}
	}
	return ErrChanged
}

// files is an archive whose files can be read from any place of them, and which have no
// time of change: whoever keeps copies of them must not take the files of one build for
// those of another.
type files struct {
	*zip.Reader
	in     io.ReaderAt
	byName map[string]*zip.File
}

// Open implements fs.FS.
func (z files) Open(name string) (fs.File, error) {
	f, err := z.Reader.Open(name)
	if err != nil {
		return nil, err
	}
	if dir, ok := f.(fs.ReadDirFile); ok {
		return directory{dir}, nil
	}
	entry := z.byName[name]
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	at, err := entry.DataOffset()
	if err != nil {
		return nil, err
	}
	return file{io.NewSectionReader(z.in, at, info.Size()), f, info}, nil
}

type file struct {
	*io.SectionReader
	f    fs.File
	info fs.FileInfo
}

func (f file) Stat() (fs.FileInfo, error) { return timeless{f.info}, nil }
func (f file) Close() error               { return f.f.Close() }

// directory is one whose files have no time of change.
type directory struct{ fs.ReadDirFile }

func (d directory) Stat() (fs.FileInfo, error) {
	info, err := d.ReadDirFile.Stat()
	return timeless{info}, err
}

// ReadDir implements fs.ReadDirFile.
func (d directory) ReadDir(n int) ([]fs.DirEntry, error) {
	list, err := d.ReadDirFile.ReadDir(n)
	for i, e := range list {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		list[i] = fs.FileInfoToDirEntry(timeless{info})
	}
	return list, err
}

type timeless struct{ fs.FileInfo }

func (timeless) ModTime() time.Time { return time.Time{} }
