package fs

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// inDirectory gives a volume on a new directory, which is also given.
func inDirectory(t *testing.T, c Config) (*Volume, string) {
	t.Helper()
	dir := t.TempDir()
	v, err := Open(dir, false, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v, dir
}

// onEach runs a test on a directory of the system and on a tree in memory.
func onEach(t *testing.T, c Config, test func(t *testing.T, v *Volume)) {
	t.Run("directory", func(t *testing.T) {
		v, _ := inDirectory(t, c)
		test(t, v)
	})
	t.Run("memory", func(t *testing.T) {
		test(t, New(NewMemory(func() time.Time { return time.Unix(1000, 0) }), c))
	})
}

// fails checks an error as scripts see it.
func fails(t *testing.T, what string, err error, kind hostapi.Kind, text string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(fmt.Sprint(err), text) {
		t.Errorf("%s gives %v, want %s %q", what, err, kind, text)
	}
}

func (v *Volume) mustWrite(t *testing.T, at, data string) {
	t.Helper()
	if err := v.writeFile(t.Context(), at, data, "w"); err != nil {
		t.Fatal(err)
	}
}

func (v *Volume) content(t *testing.T, at string) string {
	t.Helper()
	data, err := v.readFile(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return data.Str()
}

// names gives what readdir lists, with types.
func (v *Volume) names(t *testing.T, at string) string {
	t.Helper()
	list, err := v.readDir(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list.List().Items {
		out = append(out, e.Map().Get("name").Str()+":"+e.Map().Get("type").Str())
	}
	return strings.Join(out, " ")
}

// 44.2: the parts of a path are resolved inside the volume, and what leads out is refused.
func TestPaths(t *testing.T) {
	for path, want := range map[string]string{
		"a": "a", "/a": "a", "a/": "a", "//a//b": "a/b", "./a/./b": "a/b", "a/../b": "b", "a/b/../../c": "c", ".": ".", "/": ".", "a/..": ".", "...": "...", "a\\b": "a\\b",
	} {
		if name, err := resolve(path); err != nil || name != want {
			t.Errorf("%q is %q, %v, want %q", path, name, err, want)
		}
	}
	for _, path := range []string{"..", "/..", "a/../..", "../a", "a/../../a", "./.."} {
		_, err := resolve(path)
		fails(t, path, err, hostapi.PermissionDenied, "outside the volume: "+path)
	}
	for _, path := range []string{"", "a\x00b"} {
		_, err := resolve(path)
		fails(t, fmt.Sprintf("%q", path), err, hostapi.Invalid, "invalid path")
	}
}

// 44.2: a link is followed inside the volume, an absolute one never, also not into it;
// it is the same whether what it leads to exists.
func TestLinks(t *testing.T) {
	v, dir := inDirectory(t, Config{Write: true})
	beyond := t.TempDir()
	v.mustWrite(t, "file", "inside")
	if err := os.WriteFile(filepath.Join(beyond, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := v.mkdir("sub"); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"in": "file", "sub/up": "../file", "dir": "sub", "dangling": "nothing",
		"out": filepath.Join(beyond, "secret"), "nowhere": filepath.Join(beyond, "none"), "back": filepath.Join(dir, "file"),
		"above": "../" + filepath.Base(beyond) + "/secret", "door": beyond, "circle": "circle",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"in", "sub/up", "dir/up"} {
		if got := v.content(t, path); got != "inside" {
			t.Errorf("%s holds %q", path, got)
		}
	}
	for _, path := range []string{"out", "nowhere", "back", "above", "door/secret", "door/none"} {
		_, err := v.readFile(t.Context(), path)
		fails(t, "reading "+path, err, hostapi.PermissionDenied, "outside the volume: "+path)
		fails(t, "writing "+path, v.writeFile(t.Context(), path, "x", "w"), hostapi.PermissionDenied, "outside the volume: "+path)
		fails(t, "appending to "+path, v.writeFile(t.Context(), path, "x", "a"), hostapi.PermissionDenied, "outside the volume: "+path)
		if there, _, err := v.is(path); there || err != nil {
			t.Errorf("%s exists: %v, %v", path, there, err)
		}
	}
	_, err := v.readDir(t.Context(), "door")
	fails(t, "reading door", err, hostapi.PermissionDenied, "outside")
	fails(t, "mkdir door", v.mkdir("door/a"), hostapi.PermissionDenied, "outside")
	fails(t, "remove door/secret", v.remove("door/secret"), hostapi.PermissionDenied, "outside")
	fails(t, "rename into door", v.rename("file", "door/file"), hostapi.PermissionDenied, "outside")
	_, err = v.readFile(t.Context(), "circle")
	fails(t, "a circle", err, hostapi.Invalid, "too many links")
	if content, err := os.ReadFile(filepath.Join(beyond, "secret")); string(content) != "secret" {
		t.Fatalf("what is outside holds %q, %v", content, err)
	}

	// Links are listed, renamed and removed as themselves, and replaced by what is written.
	if got, want := v.names(t, "sub"), "up:link"; got != want {
		t.Errorf("sub holds %s", got)
	}
	if err := v.remove("out"); err != nil {
		t.Error(err)
	}
	v.mustWrite(t, "dangling", "here")
	v.mustWrite(t, "in", "new")
	if got := v.content(t, "file") + v.content(t, "in") + v.content(t, "dangling"); got != "insidenewhere" {
		t.Errorf("the files hold %s", got)
	}
}

// 44.4, 44.7: files are made, replaced, appended to, found and removed.
func TestFiles(t *testing.T) {
	onEach(t, Config{Write: true, MaxRead: 100, MaxFile: 200, MaxEntries: 3}, func(t *testing.T, v *Volume) {
		ctx := t.Context()
		v.mustWrite(t, "a", "one")
		v.mustWrite(t, "a", "two")
		for _, data := range []string{"+", "", "three"} {
			if err := v.writeFile(ctx, "a", data, "a"); err != nil {
				t.Fatal(err)
			}
		}
		if got := v.content(t, "/a"); got != "two+three" {
			t.Errorf("a holds %q", got)
		}
		fails(t, "wx", v.writeFile(ctx, "a", "x", "wx"), hostapi.AlreadyExists, "exists: a")
		if err := v.writeFile(ctx, "b", "new", "wx"); err != nil || v.content(t, "b") != "new" {
			t.Errorf("wx gives %v", err)
		}
		_, err := v.readFile(ctx, "none")
		fails(t, "reading", err, hostapi.NotFound, "not found: none")
		fails(t, "writing", v.writeFile(ctx, "none/a", "", "w"), hostapi.NotFound, "not found: none/a")
		_, err = v.readFile(ctx, "a/below")
		fails(t, "below a file", err, hostapi.Invalid, "not a directory: a/below")
		_, err = v.readDir(ctx, "a")
		fails(t, "reading a file as directory", err, hostapi.Invalid, "not a directory: a")

		if err := errors.Join(v.mkdir("d/e/f"), v.mkdir("d/e"), v.mkdir("d"), v.mkdir(".")); err != nil {
			t.Fatal(err)
		}
		fails(t, "mkdir", v.mkdir("a"), hostapi.AlreadyExists, "exists: a")
		fails(t, "mkdir", v.mkdir("a/b"), hostapi.AlreadyExists, "exists: a/b")
		fails(t, "remove", v.remove("d"), hostapi.Conflict, "not empty: d")
		fails(t, "remove", v.remove("none"), hostapi.NotFound, "not found: none")
		fails(t, "remove", v.remove("/"), hostapi.Invalid, "invalid path")
		if err := v.remove("d/e/f"); err != nil {
			t.Fatal(err)
		}
		fails(t, "rename", v.rename("none", "x"), hostapi.NotFound, "not found: none")
		fails(t, "rename", v.rename("a", "none/x"), hostapi.NotFound, "not found: none/x")
		fails(t, "rename", v.rename("a", "d"), hostapi.AlreadyExists, "exists: d")
		fails(t, "rename", v.rename("d", "d/e/g"), hostapi.Invalid, "invalid path: d/e/g")
		if err := errors.Join(v.rename("b", "a"), v.rename("a", "a"), v.rename("d", "g")); err != nil {
			t.Fatal(err)
		}
		if got := v.content(t, "a") + " " + v.names(t, ".") + " " + v.names(t, "g"); got != "new a:file g:directory e:directory" {
			t.Errorf("the volume holds %s", got)
		}
		for path, want := range map[string][2]bool{"a": {true, false}, "g": {true, true}, "none": {}, "a/x": {}, "../x": {}, "": {}} {
			if there, dir, err := v.is(path); err != nil || there != want[0] || dir != want[1] {
				t.Errorf("%s: %v, %v, %v", path, there, dir, err)
			}
		}

		// Limits (44.1).
		v.mustWrite(t, "a", strings.Repeat("x", 100))
		if got := v.content(t, "a"); len(got) != 100 {
			t.Errorf("%d bytes are read", len(got))
		}
		if err := v.writeFile(ctx, "a", strings.Repeat("y", 100), "a"); err != nil {
			t.Error(err)
		}
		_, err = v.readFile(ctx, "a")
		fails(t, "reading much", err, hostapi.LimitExceeded, "file too large: a")
		fails(t, "appending much", v.writeFile(ctx, "a", "z", "a"), hostapi.LimitExceeded, "file too large: a")
		fails(t, "writing much", v.writeFile(ctx, "c", strings.Repeat("x", 201), "w"), hostapi.LimitExceeded, "file too large: c")
		v.mustWrite(t, "c", "")
		if got := v.names(t, "."); got != "a:file c:file g:directory" {
			t.Errorf("the volume holds %s", got)
		}
		v.mustWrite(t, "d", "")
		_, err = v.readDir(ctx, ".")
		fails(t, "reading many", err, hostapi.LimitExceeded, "too many entries: .")
	})
}

// 44.6: a file has one id under any name, another than any other, also when it is open.
func TestIDs(t *testing.T) {
	onEach(t, Config{Write: true}, func(t *testing.T, v *Volume) {
		id := func(s hostapi.Value, err error) string {
			t.Helper()
			if err != nil || s.Map().Get("id").Str() == "" {
				t.Fatalf("stat gives %s, %v", s, err)
			}
			return s.Map().Get("id").Str()
		}
		v.mustWrite(t, "log", "1\n")
		f, err := v.openFile("log", "r")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release(t.Context(), false)
		was := id(v.stat("log"))
		if err := v.rename("log", "log.1"); err != nil {
			t.Fatal(err)
		}
		v.mustWrite(t, "log", "22\n")
		if id(f.stat()) != was || id(v.stat("log.1")) != was || id(v.stat("log")) == was {
			t.Error("the ids do not tell the files apart")
		}
		s, err := v.stat("log")
		if err != nil || s.Map().Get("size").Int() != 3 || s.Map().Get("name").Str() != "log" || s.Map().Get("type").Str() != "file" {
			t.Errorf("stat gives %s, %v", s, err)
		}
		if s, _ := v.stat("/"); s.Map().Get("type").Str() != "directory" || s.Map().Get("name").Str() != "." {
			t.Errorf("the volume is %s", s)
		}
	})
}

// 44.5: what the modes of open do, and how a file is read, written and sought in.
func TestOpenFiles(t *testing.T) {
	onEach(t, Config{Write: true, MaxFile: 20}, func(t *testing.T, v *Volume) {
		ctx := t.Context()
		open := func(path, mode string) *File {
			t.Helper()
			f, err := v.openFile(path, mode)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Release(ctx, false) })
			return f
		}
		want := func(what string, v hostapi.Value, err error, want any) {
			t.Helper()
			if w, _ := hostapi.ValueOf(want); err != nil || !v.Equal(w) {
				t.Errorf("%s gives %s, %v, want %v", what, v, err, want)
			}
		}
		f := open("f", "wx")
		n, err := f.write(ctx, "0123456789")
		want("write", n, err, 10)
		_, err = f.read(ctx, 1)
		fails(t, "read", err, hostapi.PermissionDenied, "not open for reading: f")
		n, err = f.seek("set", 4)
		want("seek", n, err, 4)
		n, err = f.write(ctx, "xy")
		want("write", n, err, 2)
		if err := f.sync(); err != nil {
			t.Error(err)
		}
		if got := v.content(t, "f"); got != "0123xy6789" {
			t.Errorf("f holds %s", got)
		}
		_, err = v.openFile("f", "wx")
		fails(t, "wx", err, hostapi.AlreadyExists, "exists: f")
		_, err = v.openFile("none", "r")
		fails(t, "r", err, hostapi.NotFound, "not found: none")

		r := open("f", "r")
		_, err = r.write(ctx, "x")
		fails(t, "write", err, hostapi.PermissionDenied, "not open for writing: f")
		s, err := r.read(ctx, 4)
		want("read", s, err, "0123")
		s, err = r.read(ctx, 100)
		want("read", s, err, "xy6789")
		s, err = r.read(ctx, 1)
		want("read at the end", s, err, nil)
		a := open("f", "a")
		n, err = a.write(ctx, "+")
		want("append", n, err, 1)
		n, err = a.seek("cur", 0)
		want("seek", n, err, 11)
		_, _ = a.seek("set", 0)
		n, err = a.write(ctx, "-")
		want("append after seek", n, err, 1)
		s, err = r.read(ctx, 100)
		want("read what was appended", s, err, "+-")
		n, err = r.seek("end", -3)
		want("seek", n, err, 9)
		_, err = r.seek("cur", -10)
		fails(t, "seek", err, hostapi.Invalid, "invalid offset: -1")
		n, err = r.seek("cur", 1)
		want("seek", n, err, 10)

		b := open("f", "rw")
		_, _ = b.seek("set", 18)
		_, err = b.write(ctx, "123")
		fails(t, "writing much", err, hostapi.LimitExceeded, "file too large: f")
		n, err = b.write(ctx, "12")
		want("write behind the end", n, err, 2)
		_, _ = b.seek("set", 10)
		s, err = b.read(ctx, 100)
		want("read", s, err, "+-\x00\x00\x00\x00\x00\x0012")
		w := open("f", "w")
		if got := v.content(t, "f"); got != "" {
			t.Errorf("opened to be written f holds %q", got)
		}

		w.Release(ctx, false)
		_, err = w.write(ctx, "x")
		fails(t, "write", err, hostapi.Invalid, "file is closed")
		_, err = w.seek("set", 0)
		fails(t, "seek", err, hostapi.Invalid, "file is closed")
		_, err = w.stat()
		fails(t, "stat", err, hostapi.Invalid, "file is closed")
		fails(t, "sync", w.sync(), hostapi.Invalid, "file is closed")
	})
}

// 44.5: lines end with a newline; one that has no end yet is not taken.
func TestLines(t *testing.T) {
	onEach(t, Config{Write: true, MaxRead: 40_000}, func(t *testing.T, v *Volume) {
		ctx := t.Context()
		long := strings.Repeat("y", 40_000)
		v.mustWrite(t, "f", "one\r\n\ntwo\rtwo\n"+long+"\n"+"thr")
		f, err := v.openFile("f", "rw")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release(ctx, false)
		next := func(want any) {
			t.Helper()
			line, err := f.readLine(ctx)
			if w, _ := hostapi.ValueOf(want); err != nil || !line.Equal(w) {
				t.Errorf("the line is %.50s, %v, want %.50v", line, err, want)
			}
		}
		for _, want := range []any{"one", "", "two\rtwo", long, nil, nil} {
			next(want)
		}
		begun, _ := f.seek("cur", 0)
		if err := v.writeFile(ctx, "f", "ee\nfour", "a"); err != nil {
			t.Fatal(err)
		}
		next("three")
		next(nil)
		if at, _ := f.seek("cur", 0); at.Int() != begun.Int()+6 {
			t.Errorf("the file stands at %s, the line begins at %s", at, begun)
		}
		// Reading and lines go together.
		if _, err := f.seek("set", 2); err != nil {
			t.Fatal(err)
		}
		next("e")
		if s, err := f.read(ctx, 4); s.Str() != "\ntwo" || err != nil {
			t.Errorf("read gives %s, %v", s, err)
		}
		next("\rtwo")
		// What is written is read, also where something was read ahead.
		_, _ = f.seek("set", 0)
		next("one")
		_, _ = f.write(ctx, "1\n")
		_, _ = f.seek("set", 5)
		next("1")
		// What was truncated is gone.
		if err := f.node.Truncate(3); err != nil {
			t.Fatal(err)
		}
		_, _ = f.seek("set", 0)
		next(nil)

		v.mustWrite(t, "g", "a\n"+long+"z\nb\n")
		g, err := v.openFile("g", "r")
		if err != nil {
			t.Fatal(err)
		}
		defer g.Release(ctx, false)
		if line, err := g.readLine(ctx); line.Str() != "a" || err != nil {
			t.Errorf("the first line is %s, %v", line, err)
		}
		for range 2 {
			_, err = g.readLine(ctx)
			fails(t, "a long line", err, hostapi.LimitExceeded, "line too long: g")
		}
		if at, _ := g.seek("cur", 0); at.Int() != 2 {
			t.Errorf("the file stands at %s", at)
		}
	})
}

// 44.4: who reads while a file is written finds the old or the new content, and nothing
// is left of what was not finished.
func TestReadersSeeOldOrNew(t *testing.T) {
	v, dir := inDirectory(t, Config{Write: true})
	contents := []string{strings.Repeat("a", 100_000), strings.Repeat("b", 250_000), ""}
	v.mustWrite(t, "f", contents[0])
	var writers, readers sync.WaitGroup
	over := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				if got, err := v.readFile(t.Context(), "f"); err != nil || !slices.Contains(contents, got.Str()) {
					t.Errorf("read are %d bytes, %v", len(got.Str()), err)
					return
				}
			}
		})
	}
	for i := range 2 {
		writers.Go(func() {
			for n := range 20 {
				ctx, cancel := context.WithCancel(t.Context())
				if n%5 == 4 {
					cancel() // a process that was killed
				}
				if err := v.writeFile(ctx, "f", contents[(i+n)%3], "w"); (err != nil) != (n%5 == 4) {
					t.Errorf("write gives %v", err)
				}
				cancel()
			}
		})
	}
	writers.Wait()
	close(over)
	readers.Wait()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
}

// What a program left that was killed is not seen, and removed when it is old.
func TestLeftBehind(t *testing.T) {
	v, dir := inDirectory(t, Config{Write: true})
	if err := v.mkdir("d"); err != nil {
		t.Fatal(err)
	}
	old, young, other := newOurs(), newOurs(), ".understudy-notes.part"
	for _, name := range []string{old, young, other} {
		if err := os.WriteFile(filepath.Join(dir, "d", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * forgotten)
	if err := os.Chtimes(filepath.Join(dir, "d", old), past, past); err != nil {
		t.Fatal(err)
	}
	if got := v.names(t, "d"); got != other+":file" {
		t.Errorf("listed are %s", got)
	}
	_, err := v.readFile(t.Context(), "d/"+young)
	fails(t, "reading one", err, hostapi.NotFound, "not found")
	v.mustWrite(t, "d/f", "")
	entries, err := os.ReadDir(filepath.Join(dir, "d"))
	if err != nil || len(entries) != 3 {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
}

// 44.7: no error text holds a path of the machine.
func TestErrorsHideTheMachine(t *testing.T) {
	v, dir := inDirectory(t, Config{Write: true, MaxRead: 10, MaxFile: 20})
	v.mustWrite(t, "f", strings.Repeat("x", 15))
	if err := os.Symlink(dir, filepath.Join(dir, "absolute")); err != nil {
		t.Fatal(err)
	}
	if err := v.mkdir("d/e"); err != nil {
		t.Fatal(err)
	}
	var all []error
	note := func(_ any, err error) { all = append(all, err) }
	for _, path := range []string{"none", "f/x", "absolute", "absolute/f", "d", "f", strings.Repeat("n", 300), "../x"} {
		note(v.readFile(t.Context(), path))
		note(v.readDir(t.Context(), path))
		note(v.stat(path))
		note(nil, v.remove(path+"/x"))
		note(nil, v.rename(path, "none/x"))
		note(nil, v.mkdir(path+"/f/y"))
		note(nil, v.writeFile(t.Context(), path+"/none/x", "", "w"))
		for mode := range modes {
			f, err := v.openFile(path, mode)
			note(nil, err)
			if f != nil {
				f.Release(t.Context(), false)
			}
		}
	}
	failed := 0
	for _, err := range all {
		if err == nil {
			continue
		}
		failed++
		if text := err.Error(); strings.Contains(text, filepath.Base(dir)) || strings.Contains(text, os.TempDir()) {
			t.Errorf("an error says %s", text)
		}
		if errors.Is(err, hostapi.Internal) {
			t.Errorf("%v is taken for a failure of the disk", err)
		}
	}
	if failed < 60 {
		t.Errorf("only %d errors were looked at", failed)
	}
}

// 44.7: what the system says is told in the words of the clause.
func TestErrorsOfTheSystem(t *testing.T) {
	for number, want := range map[error]struct {
		kind hostapi.Kind
		text string
	}{
		syscall.ENOSPC: {hostapi.Unavailable, "no space: f"}, syscall.EDQUOT: {hostapi.Unavailable, "no space: f"},
		syscall.EACCES: {hostapi.PermissionDenied, "permission denied: f"}, syscall.EROFS: {hostapi.PermissionDenied, "read only: f"},
		syscall.EFBIG: {hostapi.LimitExceeded, "file too large: f"}, syscall.EMFILE: {hostapi.Unavailable, "too many open files: f"},
		syscall.EIO: {hostapi.Internal, "input/output error: f"}, errors.New("odd /machine"): {hostapi.Internal, "cannot be done: f"},
	} {
		err := fault(&iofs.PathError{Op: "open", Path: "/machine/f", Err: number}, "f")
		fails(t, fmt.Sprint(number), err, want.kind, want.text)
		if strings.Contains(err.Error(), "machine") {
			t.Errorf("an error says %v", err)
		}
	}
}

// 50.4: an fs.FS is a volume to be read, an *os.Root one to be changed.
func TestStandIns(t *testing.T) {
	v := Of(fstest.MapFS{"d/f": {Data: []byte("a\nb\n")}, "big": {Data: make([]byte, 10)}})
	if got := v.content(t, "d/f") + v.names(t, "d") + v.names(t, ""+"."); got != "a\nb\nf:filebig:file d:directory" {
		t.Errorf("it holds %s", got)
	}
	f, err := v.openFile("d/f", "r")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.readLine(t.Context())
	if line, err := f.readLine(t.Context()); line.Str() != "b" || err != nil {
		t.Errorf("the second line is %s, %v", line, err)
	}
	fails(t, "writing", v.writeFile(t.Context(), "x", "", "w"), hostapi.PermissionDenied, "read only")
	_, err = v.readFile(t.Context(), "none")
	fails(t, "reading", err, hostapi.NotFound, "not found: none")

	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := Of(root)
	defer r.Close()
	r.mustWrite(t, "f", "x")
	if r.content(t, "f") != "x" || Of(5) != nil || Of(r) != r {
		t.Error("a root is no volume")
	}
}
