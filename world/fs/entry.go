package fs

import (
	"context"
	"errors"
	iofs "io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Entries is the kind of entries that are volumes (44.1).
var Entries = &spec.Kind{
	Name: Kind, Doc: "A directory that scripts read, or read and write.", Module: Module.Name, InTests: true,
	Fields: []string{"dir", "mode", "create", "max_read", "max_file", "max_entries"},
	About: map[string]string{
		"dir":         "The directory, relative to the data directory (41.7), or file://<path> in the app.",
		"mode":        "Whether scripts may change it.",
		"create":      "Make the directory where there is none.",
		"max_read":    "Bytes that one call gives at most.",
		"max_file":    "Bytes of a file that scripts write at most.",
		"max_entries": "Names of a directory that one call gives at most.",
	},
	Read: read,
}

// entry is what an entry of kind fs.dir says.
type entry struct {
	dir    string // relative to the data directory; or in the app
	inApp  bool
	create bool
	config Config
}

func read(f spec.Fields) any {
	f.Require("dir")
	e := &entry{create: f.Switch("create", false)}
	e.config.Write = spec.Choose(f, "mode", "read", "write") == "write"
	inApp := spec.Condition{Field: "dir", Begins: "file://"}
	f.Rule(spec.NoneBut("mode", "read"), inApp)
	f.Rule(spec.NoneBut("create", false), inApp)
	e.config.MaxRead = f.Size("max_read", 1, DefaultMaxRead)
	e.config.MaxFile = f.Size("max_file", 1, DefaultMaxFile)
	e.config.MaxEntries = f.Count("max_entries", 1, DefaultMaxEntries)
	dir, ok := f.Text("dir")
	f.NotEmpty("dir")
	if !ok {
		return e
	}
	if e.inApp = strings.HasPrefix(dir, "file://"); e.inApp {
		if e.config.Write {
			f.Fail("mode", "must be read: the directory is part of the app")
		}
		if e.create {
			f.Fail("create", "must be false: the directory is part of the app")
		}
		e.dir = f.AppDirectory("dir")
		return e
	}
	use := spec.ReadVolume
	if e.config.Write {
		use = spec.WrittenVolume
	}
	e.dir = f.File("dir", use)
	return e
}

// ReadOnly implements spec.Limited.
func (e *entry) ReadOnly() bool { return !e.config.Write }

// Open implements spec.Resource.
func (e *entry) Open(_ context.Context, at spec.Place) (any, error) {
	if e.inApp {
		sub, err := iofs.Sub(at.App, e.dir)
		if err != nil {
			return nil, err
		}
		return New(files{sub}, e.config), nil
	}
	dir := at.Path(e.dir)
	config := e.config
	config.Write = config.Write || at.Test // nobody but the test is granted it (ReadOnly)
	v, err := Open(dir, e.create || at.Test, config)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, unusable("directory not found: %s; create: true makes it", e.dir)
	case errors.Is(err, os.ErrPermission):
		return nil, unusable("permission denied: %s", e.dir)
	case errors.Is(err, syscall.ENOTDIR), err != nil && !isDir(dir):
		return nil, unusable("not a directory: %s", e.dir)
	case err != nil:
		return nil, unusable("cannot be opened: %s", e.dir)
	}
	return v, nil
}

func unusable(format string, args ...any) error {
	return hostapi.Errorf(hostapi.Unavailable, format, args...)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
