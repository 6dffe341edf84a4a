package spec

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/understudy-run/understudy/hostapi"
)

// Kind is a kind of entries from outside the core: something that processes are granted,
// or that runs beside them. A package of the world declares its kinds as values of this
// type; a program hands a list of them to what loads its app. Immutable.
type Kind struct {
	Name string // as in an index file: "fs.dir"
	Doc  string // one sentence
	Role Role
	// Module is by which scripts use a resource, "" for none in particular (41.5).
	Module string
	// Eager has exec open a resource at its start, and not by the first operation (41.6).
	Eager bool
	// InTests says that each run of a test has its own, empty one: Place.Test is set, and
	// its operations are performed. Those of other kinds are refused there (60.7).
	InTests bool
	// Fields are legal beside name, kind, meta and, of a service, lifecycle.
	Fields []string
	// About says what fields are for, by their paths: "pool.max"; * stands for any name of
	// a map whose names are free, and nothing for the elements of a list.
	About map[string]string
	// Read reads the fields of an entry. It is also called by Describe. What is wrong it notes by them; then what it
	// gives is not used. For a Resource it is a [Resource], for a Service what package
	// lifecycle says. It is called on the goroutine that loads the app.
	Read func(Fields) any
	// Check, if not nil, looks at all entries of the kind together, and of those that
	// CheckedWith names, which Read found in order, on the goroutine that loads the app.
	Check       func([]Checked)
	CheckedWith []string
}

// Role is what entries of a kind are.
type Role uint8

// The roles.
const (
	ForProcesses  Role = iota // a resource that processes are granted (41.1)
	BesideThem                // a service: it has a lifecycle, starts and stops
	OfAnotherKind             // a part of entries of another kind, to which it refers
)

// Resource is what an entry of a resource says, as Kind.Read gives it. Immutable: several
// runs may use it.
type Resource interface {
	// Open opens the resource for one run, on any goroutine. What it gives is closed
	// after the last host has stopped, if it is an io.Closer. ctx is done when nobody
	// waits for it any more.
	Open(ctx context.Context, at Place) (any, error)
}

// Limited is a Resource that may say that it is to be read only: then every grant of it in
// the app is ReadOnly, as if each entry had listed it with mode: read (41.2). Only a test
// file may write to it, so that it can lay there what is to be read (60.7).
type Limited interface {
	ReadOnly() bool
}

// Checked is an entry as Kind.Check gets it.
type Checked struct {
	ID string
	// Says is what Kind.Read gave.
	Says any
	// Fail reports what is wrong with a field, or with the entry if name is "" or absent.
	Fail func(name, format string, args ...any)
}

// Grant is what a process entry lists under resources (41.2).
type Grant struct {
	ID       string
	ReadOnly bool
}

// Place is where an app runs: what its entries use and do not hold themselves.
type Place struct {
	// Data is the directory that paths are relative to (41.7); "": the working directory.
	Data string
	// Test says that it is one run of a test: what is opened begins empty, and nothing
	// of it is left afterwards (60.7).
	Test bool
	// App holds the files of the app; nothing leads out of it.
	App fs.FS
	// Lookup gives values of variables (71.6); nil: the environment does.
	Lookup func(name string) (string, bool)
	// Conceal is told what is not to be shown (41.9); nil: nobody wants to know.
	Conceal func(secrets ...string)
	// Entries gives the entries of a kind from outside the core, in the order of the
	// index files.
	Entries func(kind string) []Defined
}

// Defined is an entry of an app: what Kind.Read gave.
type Defined struct {
	ID   string
	Says any
}

// Path gives the path of a file that an entry names (41.7). In a test it is always one
// below Data.
func (p Place) Path(file string) string {
	if p.Test {
		return filepath.Join(p.Data, filepath.Join("/", filepath.FromSlash(file)))
	}
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(p.Data, filepath.FromSlash(file))
}

func (p Place) variable(name string) (string, bool) {
	if p.Lookup == nil {
		return os.LookupEnv(name)
	}
	return p.Lookup(name)
}

// App finds what entries of kinds from outside the core refer to. Its errors become
// Violations.
type App interface {
	// Entry gives the full id of an entry of one of these kinds.
	Entry(at Path, kinds []string) (string, error)
	// Spawn gives the process entry and the host that two fields name (14.14).
	Spawn(process, host Path) (hostapi.Spawn, error)
	// Text gives the text of a file of the app (14.17).
	Text(at Path) (string, error)
	// Directory gives the path of a directory of the app (14.17).
	Directory(at Path) (string, error)
	// Path takes note of a path that is relative to the data directory (41.7).
	Path(at Path, file string, use Use)
	// Secret takes note of a secret (41.8).
	Secret(at Path, s Secret)
}

// Use says what stands under a path.
type Use uint8

// The uses.
const (
	OneFile       Use = iota // a file
	Database                 // a file of a database: nobody else may open it
	SecretFile               // a file with a secret
	ReadVolume               // a directory that scripts read
	WrittenVolume            // a directory that scripts write
)
