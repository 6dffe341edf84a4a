package bundle

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// program compiles a small program for a platform that has a slot.
func program(t *testing.T, platform string) []byte {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles the runtime of Go for " + platform)
	}
	dir := t.TempDir()
	text := fmt.Sprintf("package main\n\nvar slot = %#v\n\nfunc main() { println(len(slot), slot[40]) }\n", slot)
	for name, text := range map[string]string{"go.mod": "module small\n\ngo 1.26\n", "main.go": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	system, arch, _ := strings.Cut(platform, "/")
	cmd := exec.Command("go", "build", "-o", "small", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	base, err := os.ReadFile(filepath.Join(dir, "small"))
	if err != nil {
		t.Fatal(err)
	}
	return base
}

var app = map[string][]byte{"src/_index.yaml": []byte("namespace: a"), "src/main.lua": []byte("return 1"), "src/data/x.bin": bytes.Repeat([]byte{0, 1, 2}, 5000)}

// carrying puts the app into a program and reads it from there.
func carrying(t *testing.T, base []byte) []byte {
	t.Helper()
	made, err := Make(base, "golua", app)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Make(base, "golua", app)
	if err != nil || !bytes.Equal(made, again) {
		t.Errorf("another time it is another one: %v", err)
	}
	slot, err := find(made)
	if err != nil {
		t.Fatal(err)
	}
	a, err := contained(bytes.NewReader(made), read(slot))
	if err != nil {
		t.Fatal(err)
	}
	if a.Engine != "golua" || len(a.Files) != len(app) {
		t.Errorf("manifest %+v", a.Manifest)
	}
	if err := fstest.TestFS(a.FS, "src/_index.yaml", "src/main.lua", "src/data/x.bin"); err != nil {
		t.Error(err)
	}
	for name, want := range app {
		if got, err := fs.ReadFile(a.FS, name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	return made
}

// The signature that we make is the one that the linker of Go makes, of the same program.
func TestSignatureIsThatOfTheLinker(t *testing.T) {
	base := program(t, "darwin/arm64")
	m, err := readMachO(base)
	if err != nil {
		t.Fatal(err)
	}
	if !m.signed {
		t.Fatal("the linker has not signed")
	}
	if got, want := sign(base[:m.content], m.text.Offset, m.text.Filesz), base[m.content:]; !bytes.Equal(got, want) {
		t.Errorf("the signature is another one: %d bytes, want %d", len(got), len(want))
	}
}

// In a program for macOS every byte belongs to a segment, and the archive to the table of
// names, so that it can be signed again; the signature covers all before it.
func TestMachO(t *testing.T) {
	made := carrying(t, program(t, "darwin/arm64"))
	f, err := macho.NewFile(bytes.NewReader(made))
	if err != nil {
		t.Fatal(err)
	}
	edit := f.Segment("__LINKEDIT")
	if end := edit.Offset + edit.Filesz; end != uint64(len(made)) || edit.Memsz < edit.Filesz || edit.Memsz%largestPage != 0 {
		t.Errorf("__LINKEDIT ends at %d of %d, and is %d in memory", end, len(made), edit.Memsz)
	}
	m, err := readMachO(made)
	if err != nil {
		t.Fatal(err) // also if the names are not the last before the signature
	}
	if !bytes.Equal(sign(made[:m.content], m.text.Offset, m.text.Filesz), made[m.content:]) {
		t.Error("the signature does not fit")
	}
	slot, _ := find(made)
	if r := read(slot); r.offset < int64(f.Symtab.Stroff) || r.offset+r.size > int64(m.content) {
		t.Errorf("the archive is at %d, %d bytes, the names from %d to %d", r.offset, r.size, f.Symtab.Stroff, m.content)
	}
	for _, s := range f.Symtab.Syms {
		if strings.Contains(s.Name, "main.main") {
			return
		}
	}
	t.Error("no name of main.main is left")
}

func TestPE(t *testing.T) {
	if os.Getenv("UNDERSTUDY_LONG") == "" {
		t.Skip("UNDERSTUDY_LONG is not set")
	}
	base := program(t, "windows/amd64")
	made := carrying(t, base)
	if f, err := pe.NewFile(bytes.NewReader(made)); err != nil || f.Section(".text") == nil {
		t.Fatal(err)
	}
	// One that is signed: its directory says where its certificates are.
	optional := int(binary.LittleEndian.Uint32(base[0x3c:])) + 24
	binary.LittleEndian.PutUint32(base[optional+112+4*8:], uint32(len(base)))
	if _, err := Make(base, "", app); err == nil || !strings.Contains(err.Error(), "it is signed") {
		t.Errorf("a signed one: %v", err)
	}
}

func TestELF(t *testing.T) {
	if os.Getenv("UNDERSTUDY_LONG") == "" {
		t.Skip("UNDERSTUDY_LONG is not set")
	}
	made := carrying(t, program(t, "linux/arm64"))
	if f, err := elf.NewFile(bytes.NewReader(made)); err != nil || f.Section(".text") == nil {
		t.Fatal(err)
	}
	if NeedsLibraries(made) {
		t.Error("built with CGO_ENABLED=0 it needs a loader")
	}
}

func TestNoProgram(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":       {nil, "it is no understudy of this version"},
		"text":        {[]byte("#!/bin/sh\n"), "it is no understudy of this version"},
		"only a slot": {slot[:], "it is no program for Linux, macOS or Windows"},
		"two slots":   {append(append([]byte("\x7fELF"), slot[:]...), slot[:]...), "it is no understudy of this version"},
		"cut off":     {slot[:slotSize-1], "it is no understudy of this version"},
		"short PE":    {append([]byte("MZ"), slot[:]...), "it is no program for Windows"},
		"short MachO": {append([]byte{0xcf, 0xfa, 0xed, 0xfe}, slot[:]...), "it is no program for Linux, macOS or Windows"},
	} {
		if _, err := Make(c.file, "", app); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
