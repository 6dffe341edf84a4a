package understudycli

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/docs"
)

// shop is an app of many kinds of files, with some that are none of its business.
func shop(t *testing.T) string {
	return writeApp(t, map[string]string{
		"src/_index.yaml": `version: "1.0"
namespace: shop
env:
  GREETING: {default: hello}
entries:
  - { name: processes, kind: process.host }
  - { name: assets, kind: fs.dir, dir: "file://assets" }
  - { name: data, kind: fs.dir, dir: work, mode: write, create: true }
  - { name: words, kind: library.script, source: "file://words" }
  - name: main
    kind: process.script
    source: file://main
    imports: { words: words }
    modules: [fs, io]
    resources: [assets, data]
    input: ["${GREETING}"]
`,
		"src/main.lua": `
local fs, words = require("fs"), require("words")
return function(greeting)
    local a, d = fs.get("shop:assets"), fs.get("shop:data")
    assert(d:writefile("seen.txt", "kept"))
    return greeting .. " " .. words.whom .. " " .. assert(a:readfile("deep/motto.txt"))
end
`,
		"src/words.lua":             `return { whom = "from lua:" }`,
		"src/main.star":             "words = require(\"words\")\ndef main(greeting):\n    return greeting + \" \" + words.whom\n",
		"src/words.star":            `whom = "from starlark"`,
		"src/main_test.lua":         `return { test_passes = function() end }`,
		"src/assets/deep/motto.txt": "all is well",
		"src/assets/.hidden":        "not taken along",
		"src/unused.lua":            "return {}",
		"src/data.json":             `{"no": "index file"}`,
		".env":                      "SECRET=xyzzy",
		"shop.db":                   "data",
	})
}

// whole skips a test of which the race detector would see nothing that others do not
// show: built executables are processes of their own, and slow under it.
func whole(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds executables that others build too")
	}
}

// build builds and gives the executable.
func build(t *testing.T, args ...string) (file, stdout, stderr string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "shop")
	code, stdout, stderr := command(t, append([]string{"build", "--output", file}, args...)...)
	if code != 0 {
		t.Fatalf("build: %d, %s", code, stderr)
	}
	return file, stdout, stderr
}

// execute runs a built executable, which is the binary of this test with an app in it.
func execute(t *testing.T, file, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(file, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	cmd.Env = append(os.Environ(), asCommand+"=1")
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// What is built needs nothing beside it, contains what the app consists of and nothing
// else, and says so with hashes.
func TestBuildContainsTheApp(t *testing.T) {
	dir := shop(t)
	file, _, stderr := build(t, dir)
	if !strings.Contains(stderr, "src/assets/.hidden is left out") {
		t.Errorf("nothing of what is left out: %q", stderr)
	}
	code, listing, stderr := execute(t, file, t.TempDir(), "--app-info")
	if code != 0 {
		t.Fatalf("--app-info: %d, %s", code, stderr)
	}
	var want strings.Builder
	for _, name := range []string{"src/_index.yaml", "src/assets/deep/motto.txt", "src/main.lua", "src/main.star", "src/words.lua", "src/words.star"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		fmt.Fprintf(&want, "%s %9d %s\n", hex.EncodeToString(sum[:]), len(data), name)
	}
	if listing != want.String() {
		t.Errorf("--app-info: got\n%swant\n%s", listing, &want)
	}
	if _, ofOther, _ := command(t, "--app-info", file); ofOther != listing {
		t.Errorf("--app-info of another file: got\n%swant\n%s", ofOther, listing)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	for _, c := range []struct{ engine, want string }{
		{"gopherlua", "hello from lua: all is well\n"}, {"golua", "hello from lua: all is well\n"}, {"starlark", "hello from starlark\n"},
	} {
		code, stdout, stderr := execute(t, file, work, "exec", "--engine", c.engine, "shop:main")
		if code != 0 || stdout != c.want {
			t.Errorf("exec on %s: %d, %q, %q", c.engine, code, stdout, stderr)
		}
	}
	if kept, err := os.ReadFile(filepath.Join(work, "work", "seen.txt")); err != nil || string(kept) != "kept" {
		t.Errorf("the volume is not below the working directory: %q, %v", kept, err)
	}
	if code, stdout, _ := execute(t, file, work, "check"); code != 0 || stdout != "5 entries, no errors\n" {
		t.Errorf("check: %d, %q", code, stdout)
	}
	for _, args := range [][]string{{}, {"--log-level", "info"}, {"run"}} {
		code, _, stderr := execute(t, file, work, append(args, "--for", "1ms")...)
		if code != 0 || !strings.Contains(stderr, "nothing has auto_start") {
			t.Errorf("%s: %d, %q", args, code, stderr)
		}
	}
}

// An executable that contains its app does what is of use with that, and takes no other.
func TestBuiltProgramIsForItsApp(t *testing.T) {
	file, _, _ := build(t, shop(t))
	work := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "."}, "understudy: run takes no APPDIR: the app is part of the program"},
		{[]string{"check", "."}, "understudy: check takes no APPDIR: the app is part of the program"},
		{[]string{"build"}, `understudy: unknown command "build"`},
		{[]string{"init", "x"}, `understudy: unknown command "init"`},
		{[]string{"--watch"}, "understudy: --watch needs an APPDIR: the app is part of the program"},
		{[]string{"test"}, "understudy: no test matches"},
	} {
		code, _, stderr := execute(t, file, work, c.args...)
		if code != 2 || !strings.HasPrefix(stderr, c.want) {
			t.Errorf("%s: %d, %q; want %q", c.args, code, stderr, c.want)
		}
	}
	if code, stdout, _ := execute(t, file, work, "help"); code != 0 || !strings.Contains(stdout, "shop COMMAND [flags]") {
		t.Errorf("help: %d, %q", code, stdout)
	}
	if code, stdout, _ := execute(t, file, work, "--version"); code != 0 || !strings.Contains(stdout, "version") {
		t.Errorf("--version: %d, %q", code, stdout)
	}
	// A script must not be able to write to the program that it runs in.
	code, _, stderr := execute(t, file, filepath.Dir(file), "exec", "--set", "shop:data.dir=.", "shop:main")
	if code != 2 || !strings.Contains(stderr, "program inside shop:data") {
		t.Errorf("a volume with the program: %d, %q", code, stderr)
	}
}

// The same input gives the same bytes, whatever lies beside the app.
func TestBuildIsReproducible(t *testing.T) {
	whole(t)
	dir := shop(t)
	one, _, _ := build(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "more.txt"), []byte("more"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "src/main.lua"), 0o600); err != nil {
		t.Fatal(err)
	}
	other, _, _ := build(t, dir)
	a, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two builds differ")
	}
	if code, _, stderr := command(t, "build", "--output", one, dir); code != 0 {
		t.Errorf("a built executable is not replaced: %s", stderr)
	}
}

// The engine and the tests of a build are those of the executable.
func TestBuildWithEngineAndTests(t *testing.T) {
	file, _, _ := build(t, "--engine", "starlark", "--with-tests", shop(t))
	work := t.TempDir()
	if code, stdout, _ := execute(t, file, work, "exec", "main"); code != 0 || stdout != "hello from starlark\n" {
		t.Errorf("exec: %d, %q", code, stdout)
	}
	if code, stdout, _ := execute(t, file, work, "--app-info"); code != 0 || strings.Contains(stdout, "main.lua") || !strings.Contains(stdout, "main_test.lua") {
		t.Errorf("--app-info: %d, %q", code, stdout)
	}
	if code, stdout, stderr := execute(t, file, work, "test"); code != 0 || !strings.Contains(stdout, "1 passed") {
		t.Errorf("test: %d, %q, %q", code, stdout, stderr)
	}
}

// What was changed after the build refuses to start, wherever the change is in the app.
func TestTamperedProgramRefuses(t *testing.T) {
	whole(t)
	file, _, _ := build(t, shop(t))
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	behind, err := z.File[0].DataOffset()
	if err != nil {
		t.Fatal(err)
	}
	in := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte {
			return append(b[:behind], bytes.ReplaceAll(b[behind:], []byte(old), []byte(new))...)
		}
	}
	for name, c := range map[string]struct {
		change func([]byte) []byte
		want   string
	}{
		"a script":    {in(`whom = "from starlark"`, `whom = "from Starlark"`), "src/words.star"},
		"a name":      {in("app/src/words.star", "app/src/swords.tar"), "src/words.star"},
		"a hash":      {in(`"sha256": "`, `"sha256":"a`), ""},
		"cut off":     {func(b []byte) []byte { return b[:len(b)-1] }, ""},
		"without app": {func(b []byte) []byte { return b[:behind] }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			other := filepath.Join(t.TempDir(), "shop")
			if err := os.WriteFile(other, c.change(bytes.Clone(sound)), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"--for", "1ms"}, {"exec", "main"}, {"--app-info"}, {"help"}} {
				code, stdout, stderr := execute(t, other, t.TempDir(), args...)
				if code != 2 || stdout != "" || !strings.Contains(stderr, "is not what was built into it") || !strings.Contains(stderr, c.want) {
					t.Errorf("%s: %d, %q, %q", args, code, stdout, stderr)
				}
			}
		})
	}
}

func TestBuildRefuses(t *testing.T) {
	broken := writeApp(t, map[string]string{"_index.yaml": oneHost + `
  - { name: main, kind: process.lua, source: "file://main.lua" }
  - { name: all, kind: fs.dir, dir: "file://." }
`, "main.lua": "return 1 +"})
	whole := writeApp(t, map[string]string{"_index.yaml": oneHost + `
  - { name: all, kind: fs.dir, dir: "file://." }
`})
	leaving := writeApp(t, map[string]string{"_index.yaml": oneHost + `
  - { name: some, kind: fs.dir, dir: "file://some" }
`, "some/file": "x"})
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(leaving, "some", "link")); err != nil {
		t.Fatal(err)
	}
	round := writeApp(t, map[string]string{"_index.yaml": oneHost + `
  - { name: some, kind: fs.dir, dir: "file://some" }
`, "some/file": "x"})
	if err := os.Symlink(".", filepath.Join(round, "some", "again")); err != nil {
		t.Fatal(err)
	}
	sound := shop(t)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("my notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command")
	}
	goTool, err = filepath.EvalSymlinks(goTool)
	if err != nil {
		t.Fatal(err)
	}
	built, _, _ := build(t, sound)
	target := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct{ name, want string }{
		{broken, "nothing was built"},
		{whole, "dir: file://. is the whole app directory, which is never taken along: name one below it"},
		{leaving, "some/link: it leads out of the app"},
		{round, "some/again: a link to a directory above it"},
		{"--output=" + text + " " + sound, "text is there already and contains no app; nothing was built"},
		{"--output=" + t.TempDir() + " " + sound, "is a directory"},
		{"--base=" + text + " " + sound, "it is no understudy of this version, or its data are packed"},
		{"--base=" + goTool + " " + sound, "it is cmd/go, and this is "},
		{"--base=" + built + " " + sound, "it contains an app already"},
		{"--base=absent " + sound, "no such file"},
	} {
		args := strings.Split("build --output="+target+" "+c.name, " ")
		code, stdout, stderr := command(t, args...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: %d, %q, %q; want %q", args[2:], code, stdout, stderr, c.want)
		}
		if _, err := os.Stat(target); err == nil {
			t.Errorf("%s: something was written", args[2:])
		}
	}
	if notes, err := os.ReadFile(text); err != nil || string(notes) != "my notes" {
		t.Errorf("what was there is %q now, %v", notes, err)
	}
}

// A program of another platform is told by what the linker of Go wrote into it; that of
// this one serves as well.
func TestBuildOnABase(t *testing.T) {
	whole(t)
	dir := shop(t)
	own, _, _ := build(t, dir)
	base, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other, stdout, _ := build(t, "--base", base, dir)
	a, errA := os.ReadFile(own)
	b, errB := os.ReadFile(other)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Error("the program itself as base gives another executable")
	}
	if !regexp.MustCompile(`for \w+/\w+: 6 files of the app`).MatchString(stdout) {
		t.Errorf("got %q", stdout)
	}
	if info, err := os.Stat(own); err != nil || info.Mode()&fs.ModePerm != 0o755 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// What the page on shipping shows is what happens: its app, built, answers so.
func TestShippingPage(t *testing.T) {
	whole(t)
	page, ok := docs.Find("guide/shipping")
	if !ok {
		t.Fatal("no such page")
	}
	files := map[string]string{}
	for _, m := range regexp.MustCompile("(?ms)^```\\w+ (\\S+)\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		files[m[1]] = m[2]
	}
	dir := writeApp(t, files)
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	var got []string
	for line := range strings.Lines(page) {
		line, shown := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		switch command, is := strings.CutPrefix(line, "$ "); {
		case is && shown:
			if len(got) > 0 {
				t.Errorf("more than is shown: %q", got)
			}
			commands++
			words := strings.Fields(command)
			program := own
			if words[0] != "understudy" {
				program = filepath.Join(dir, words[0])
			}
			code, stdout, stderr := execute(t, program, dir, words[1:]...)
			if code != 0 {
				t.Fatalf("%s: %d, %s", command, code, stderr)
			}
			got = strings.Split(strings.TrimSpace(stdout+stderr), "\n")
			got = slices.DeleteFunc(got, func(line string) bool { return strings.Contains(line, "C library") }) // here, maybe
		case shown && len(got) > 0:
			want := "^" + strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, ".*") + "$"
			if !regexp.MustCompile(want).MatchString(got[0]) {
				t.Errorf("got %q, want %q", got[0], line)
			}
			got = got[1:]
		}
	}
	if commands == 0 {
		t.Error("nothing is shown")
	}
}
