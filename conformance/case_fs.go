package conformance

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/env"
	"github.com/understudy-run/understudy/world/fs"
)

// Resources of files and variables that every puppet is granted.
const (
	Files     = "app:files"     // an empty volume in memory
	Papers    = "app:papers"    // the same, granted to be read
	Variables = "app:variables" // A=1, B=two
	Defaults  = "app:defaults"  // B=2, C=
)

// defineFiles makes them known.
func (s *Stage) defineFiles() {
	v := fs.New(fs.NewMemory(s.Now), fs.Config{Write: true, MaxRead: 200, MaxFile: 400, MaxEntries: 5})
	s.DefineResource(Files, fs.Kind, v)
	s.DefineResource(Papers, fs.Kind, v)
	s.DefineResource(Variables, env.Kind, env.Variables{"A": "1", "B": "two"})
	s.DefineResource(Defaults, env.Kind, env.Variables{"B": "2", "C": ""})
}

// fsCases are those of section 44.
func fsCases() []Case {
	open := Let("v", Call("fs.get", Files))
	v := func(method string, args ...any) Code { return Method(Get("v"), method, args...) }
	f := func(method string, args ...any) Code { return Method(Get("f"), method, args...) }
	return []Case{
		{
			Name:    "fs/get",
			Claim:   "A volume is got by the id of an entry that is granted, and by no other.",
			Clauses: "44.1, 41.4, 0.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open)
				a.Gives(Text(Get("v")), "volume: "+Files)
				a.Gives(Call("fs.get", "app:nothing"), nil, Fails(hostapi.PermissionDenied, "not granted: app:nothing"))
				a.Gives(Call("fs.get", Variables), nil, Fails(hostapi.Invalid, Variables+" is a env"))
				a.Throws(Call("fs.get", 1), Fails(hostapi.Invalid, ""))
				a.Gives(Send(Self(), "t", Get("v")), nil, Fails(hostapi.Invalid, "cannot send a volume"))
			},
		},
		{
			Name:    "fs/whole_files",
			Claim:   "A file is written and read as a whole; modes say what becomes of an old one.",
			Clauses: "44.4, 44.7, 40.14",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(open)
				b.Do(open)
				a.Gives(v("writefile", "f", "one\x00\xff"), true)
				b.Gives(v("readfile", "/f"), "one\x00\xff")
				b.Gives(v("writefile", "f", "two"), true)
				b.Gives(v("writefile", "f", "+", "a"), true)
				a.Gives(v("readfile", "./x/../f"), "two+")
				a.Gives(v("writefile", "f", "x", "wx"), nil, Fails(hostapi.AlreadyExists, "exists"))
				a.Gives(v("writefile", "g", "", "wx"), true)
				a.Gives(v("readfile", "g"), "")
				a.Gives(v("writefile", "f", "x", "rw"), nil, Fails(hostapi.Invalid, "invalid mode"))
				a.Gives(v("readfile", "none"), nil, Fails(hostapi.NotFound, "not found: none"))
				a.Gives(v("writefile", "none/f", ""), nil, Fails(hostapi.NotFound, "not found: none/f"))
				a.Throws(v("readfile", 1), Fails(hostapi.Invalid, ""))
				a.Throws(v("writefile", "f"), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "fs/paths",
			Claim:   "What leads out of the volume is refused, the same whether it exists.",
			Clauses: "44.2",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open)
				for _, path := range []string{"..", "../f", "a/../../f", "/.."} {
					outside := Fails(hostapi.PermissionDenied, "outside the volume: "+path)
					a.Gives(v("readfile", path), nil, outside)
					a.Gives(v("writefile", path, ""), nil, outside)
					a.Gives(v("open", path), nil, outside)
					a.Gives(v("readdir", path), nil, outside)
					a.Gives(v("mkdir", path), nil, outside)
					a.Gives(v("remove", path), nil, outside)
					a.Gives(v("rename", path, "g"), nil, outside)
					a.Gives(v("rename", "g", path), nil, outside)
					a.Gives(v("stat", path), nil, outside)
					a.Gives(v("exists", path), false)
					a.Gives(v("isdir", path), false)
				}
				a.Gives(v("readfile", ""), nil, Fails(hostapi.Invalid, "invalid path"))
				a.Gives(v("readfile", "a\x00b"), nil, Fails(hostapi.Invalid, "invalid path"))
			},
		},
		{
			Name:    "fs/directories",
			Claim:   "Directories are made with what is missing above, listed by name, removed when they are empty.",
			Clauses: "44.4, 44.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open)
				a.Gives(v("mkdir", "d/e"), true)
				a.Gives(v("mkdir", "d"), true)
				a.Gives(v("writefile", "d/b", "12345"), true)
				a.Do(Let("l", Nth(1, v("readdir", "d"))))
				a.Gives(Len(Get("l")), 2)
				a.Gives(At(Get("l"), 1), Has(fields{"name": "b", "size": 5, "type": "file"}))
				a.Gives(Field(At(Get("l"), 2), "name"), "e")
				a.Gives(Field(At(Get("l"), 2), "type"), "directory")
				a.Gives(v("isdir", "d"), true)
				a.Gives(v("isdir", "d/b"), false)
				a.Gives(v("exists", "d/b"), true)
				a.Gives(v("exists", "d/c"), false)
				a.Gives(v("remove", "d"), nil, Fails(hostapi.Conflict, "not empty"))
				a.Gives(v("remove", "d/e"), true)
				a.Gives(v("rename", "d/b", "c"), true)
				a.Gives(v("remove", "d"), true)
				a.Gives(v("remove", "d"), nil, Fails(hostapi.NotFound, "not found"))
				a.Gives(v("stat", "c"), Has(fields{"name": "c", "size": 5, "type": "file"}))
				a.Gives(v("readdir", "c"), nil, Fails(hostapi.Invalid, "not a directory"))
				a.Gives(v("mkdir", "c"), nil, Fails(hostapi.AlreadyExists, "exists"))
				a.Gives(Len(Nth(1, v("readdir", "/"))), 1)
			},
		},
		{
			Name:    "fs/limits",
			Claim:   "What is too large or too much is refused.",
			Clauses: "44.1, 44.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open)
				a.Gives(v("writefile", "f", strings.Repeat("x", 200)), true)
				a.Gives(v("readfile", "f"), strings.Repeat("x", 200))
				a.Gives(v("writefile", "f", "x", "a"), true)
				a.Gives(v("readfile", "f"), nil, Fails(hostapi.LimitExceeded, "file too large"))
				a.Gives(v("writefile", "g", strings.Repeat("x", 401)), nil, Fails(hostapi.LimitExceeded, "file too large"))
				a.Gives(v("writefile", "f", strings.Repeat("x", 200), "a"), nil, Fails(hostapi.LimitExceeded, "file too large"))
				for _, name := range []string{"b", "c", "d", "e"} {
					a.Gives(v("writefile", name, ""), true)
				}
				a.Gives(Len(Nth(1, v("readdir", "."))), 5)
				a.Gives(v("writefile", "z", ""), true)
				a.Gives(v("readdir", "."), nil, Fails(hostapi.LimitExceeded, "too many entries"))
			},
		},
		{
			Name:    "fs/read_only",
			Claim:   "What is granted to be read is not changed.",
			Clauses: "41.2, 44.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open, Seq(v("writefile", "f", "text")), Let("v", Call("fs.get", Papers)))
				no := Fails(hostapi.PermissionDenied, "read only")
				a.Gives(v("readfile", "f"), "text")
				a.Gives(v("writefile", "f", "x"), nil, no)
				a.Gives(v("writefile", "g", "x", "wx"), nil, no)
				a.Gives(v("mkdir", "d"), nil, no)
				a.Gives(v("remove", "f"), nil, no)
				a.Gives(v("rename", "f", "g"), nil, no)
				for _, mode := range []string{"w", "a", "rw", "wx"} {
					a.Gives(v("open", "f", mode), nil, no)
				}
				a.Do(Let("f", v("open", "f")))
				a.Gives(f("read"), "text")
				a.Gives(At(Nth(1, v("readdir", ".")), 1), Has(fields{"name": "f", "size": 4}))
			},
		},
		{
			Name:    "fs/open_files",
			Claim:   "An open file is read, written and sought in by one process, as its mode says.",
			Clauses: "44.5, 44.6, 40.10",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open, Let("f", v("open", "f", "rw")))
				a.Gives(Text(Get("f")), "file: f")
				a.Gives(f("write", "0123456789"), 10)
				a.Gives(f("read", 1), nil, nil)
				a.Gives(f("seek", "set", 2), 2)
				a.Gives(f("read", 3), "234")
				a.Gives(f("seek"), 5)
				a.Gives(f("seek", "end", -1), 9)
				a.Gives(f("read"), "9")
				a.Gives(f("seek", "cur", -20), nil, Fails(hostapi.Invalid, "invalid offset"))
				a.Gives(f("seek", "begin"), nil, Fails(hostapi.Invalid, "invalid whence"))
				a.Gives(f("read", 0), nil, Fails(hostapi.Invalid, "n must be an integer"))
				a.Gives(f("stat"), Has(fields{"name": "f", "size": 10}))
				a.Gives(f("sync"), true)
				a.Do(Let("id", Field(Nth(1, f("stat")), "id")))
				a.Gives(v("rename", "f", "g"), true)
				a.Gives(Equal(Field(Nth(1, v("stat", "g")), "id"), Get("id")), true)
				a.Gives(v("writefile", "f", ""), true)
				a.Gives(Equal(Field(Nth(1, v("stat", "f")), "id"), Get("id")), false)
				a.Gives(Send(Self(), "t", Get("f")), nil, Fails(hostapi.Invalid, "cannot send a file"))

				a.Gives(f("close"), true)
				a.Gives(f("close"), true)
				closed := Fails(hostapi.Invalid, "file is closed")
				a.Gives(f("read"), nil, closed)
				a.Gives(f("read_line"), nil, closed)
				a.Gives(f("write", "x"), nil, closed)
				a.Gives(f("seek", "set", 0), nil, closed)
				a.Gives(f("stat"), nil, closed)
				a.Gives(f("sync"), nil, closed)

				a.Do(Let("f", v("open", "g", "a")))
				a.Gives(f("write", "+"), 1)
				a.Gives(f("read"), nil, Fails(hostapi.PermissionDenied, "not open for reading"))
				a.Do(Let("f", v("open", "g")))
				a.Gives(f("read", 100), "0123456789+")
				a.Gives(f("write", "x"), nil, Fails(hostapi.PermissionDenied, "not open for writing"))
				a.Gives(v("open", "g", "wx"), nil, Fails(hostapi.AlreadyExists, "exists"))
				a.Gives(v("open", "g", "x"), nil, Fails(hostapi.Invalid, "invalid mode"))
				a.Do(Let("f", v("open", "g", "w")))
				a.Gives(v("readfile", "g"), "")
			},
		},
		{
			Name:    "fs/lines",
			Claim:   "A line without end is not taken while more may come.",
			Clauses: "44.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open, Seq(v("writefile", "f", "one\r\n\ntw")), Let("f", v("open", "f")))
				a.Gives(f("read_line"), "one")
				a.Gives(f("read_line"), "")
				a.Gives(f("read_line"), nil, nil)
				a.Gives(v("writefile", "f", "o\n", "a"), true)
				a.Gives(f("seek", "cur", 0), 6)
				a.Gives(f("read_line"), "two")
				a.Gives(f("read_line"), nil, nil)
				a.Gives(v("writefile", "g", strings.Repeat("x", 201)+"\n"), true)
				a.Do(Let("f", v("open", "g")))
				a.Gives(f("read_line"), nil, Fails(hostapi.LimitExceeded, "line too long"))
			},
		},
		{
			Name:    "fs/in_order",
			Claim:   "What coroutines do with one file is done in the order in which they asked.",
			Clauses: "40.10, 44.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open, Let("f", v("open", "f", "w")))
				// Each asks before any of them has its answer; what is asked after one has is not.
				a.Do(Go(Seq(f("write", "1"))), Go(Seq(f("write", "2"))), Seq(f("write", "x"), f("write", "3")))
				a.Do(Seq(f("close")))
				a.Gives(v("readfile", "f"), "12x3")
			},
		},
		{
			Name:    "fs/not_during_load",
			Claim:   "The top level gets a volume, and does nothing with it.",
			Clauses: "2.10, 44.1",
			Scenario: func(s *Stage) {
				s.Prologue(Lead, Seq(open, Let("top", Try(v("readfile", "f")))))
				a := s.Actor()
				a.Gives(Text(Get("v")), "volume: "+Files)
				a.Gives(Get("top"), false)
			},
		},
	}
}

// envCases are those of section 45 about variables.
func envCases() []Case {
	return []Case{
		{
			Name:    "env/get",
			Claim:   "Variables that are granted are read, also by the top level, and no others; the entry listed first counts.",
			Clauses: "45.1, 41.4",
			Scenario: func(s *Stage) {
				s.Prologue(Lead, Let("top", Call("env.get", "A")))
				a := s.Actor()
				a.Gives(Get("top"), "1")
				a.Gives(Call("env.get", "B"), "two")
				a.Gives(Call("env.get", "C"), "")
				a.Gives(Call("env.get", "PATH"), nil, Fails(hostapi.NotFound, "variable not found: PATH"))
				a.Gives(Call("env.get", ""), nil, Fails(hostapi.NotFound, "variable not found"))
				a.Gives(Call("env.get_all"), fields{"A": "1", "B": "two", "C": ""})
				a.Throws(Call("env.get", 1), Fails(hostapi.Invalid, ""))
			},
		},
	}
}
