package understudycli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/define"
)

// note is a resource: a file, with a key.
type note struct {
	file string
	key  spec.Secret
}

func (n *note) Open(_ context.Context, at spec.Place) (any, error) {
	key, err := n.key.Value(at)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(at.Path(n.file))
	if err != nil {
		return nil, hostapi.Errorf(hostapi.Unavailable, "with key %s: %s", key, filepath.Base(err.(*os.PathError).Path))
	}
	return string(text), nil
}

// noted is the command with a kind of its own and a module for it.
func noted(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{options: Options{
		Kinds: []*spec.Kind{{Name: "test.note", Doc: "A note.", Module: "note", Fields: []string{"file", "key"}, Read: func(f spec.Fields) any {
			f.Require("file")
			return &note{f.File("file", spec.OneFile), f.Secret("key")}
		}}},
		Modules: []*hostapi.Module{define.Module("note", "Notes.", define.Func("read", "Reads one.", func(p hostapi.Process, id string) (string, error) {
			g, err := p.Resource(id, "test.note")
			if err != nil {
				return "", err
			}
			v, err := hostapi.AwaitValue(p, "note.read", func(ctx context.Context) (hostapi.Value, error) {
				text, err := hostapi.Opened[string](ctx, g)
				return hostapi.String(text), err
			})
			return v.Str(), err
		}, "id"))},
	}}
	status = p.run(append([]string{"understudy"}, args...), &out, &errs)
	return status, out.String(), errs.String()
}

func notes(t *testing.T) string {
	return writeApp(t, map[string]string{
		"_index.yaml": `version: "1.0"
namespace: app
entries:
  - { name: processes, kind: process.host, lifecycle: { auto_start: true } }
  - { name: here, kind: test.note, file: here.txt, key: { env: NOTE_KEY } }
  - { name: gone, kind: test.note, file: gone.txt, key: { env: NOTE_KEY } }
  - name: main
    kind: process.lua
    source: file://main.lua
    modules: [note]
    resources: [here, gone]
    lifecycle: { auto_start: true }
`,
		"here.txt": "beside the app",
		"main.lua": `
local note = require("note")
return { main = function(id)
  local text, err = note.read(id or "app:here")
  print(text or tostring(err))
end }
`,
	})
}

// 41.6 to 41.9: run opens everything before it starts anything, exec what is used; paths
// are relative to --data; what is missing is told with its place, without secrets.
func TestResourcesOfACommand(t *testing.T) {
	dir := notes(t)
	data := t.TempDir()
	for _, name := range []string{"here.txt", "gone.txt"} {
		if err := os.WriteFile(filepath.Join(data, name), []byte("elsewhere"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	status, stdout, stderr := noted(t, "check", dir)
	if status != 0 || !strings.Contains(stderr, "_index.yaml:5:57: app:here: warning: key: variable not set: NOTE_KEY\n") {
		t.Errorf("check without the variable: %d %s%s", status, stdout, stderr)
	}
	t.Setenv("NOTE_KEY", "long enough")
	status, stdout, stderr = noted(t, "check", "--data", filepath.Join(data, "none"), dir)
	if want := "understudy: --data: no such directory: " + filepath.Join(data, "none") + "\n"; status != 2 || stderr != want {
		t.Errorf("check --data of what there is not: %d %s%s", status, stdout, stderr)
	}
	if status, stdout, stderr = noted(t, "check", dir); status != 0 || stderr != "" {
		t.Errorf("check: %d %s%s", status, stdout, stderr)
	}
	status, stdout, stderr = noted(t, "run", dir)
	want := "_index.yaml:6:5: app:gone: with key ***: gone.txt\nunderstudy: a resource could not be opened; nothing was started\n"
	if status != 1 || stdout != "" || stderr != want {
		t.Errorf("run: %d %q %q, want %q", status, stdout, stderr, want)
	}
	if status, stdout, stderr = noted(t, "run", "--until-done", "--data", data, dir); status != 0 || stdout != "elsewhere\n" {
		t.Errorf("run --data: %d %q %s", status, stdout, stderr)
	}
	if _, stdout, stderr = noted(t, "exec", dir, "main"); stdout != "beside the app\n" {
		t.Errorf("exec: %q %s", stdout, stderr)
	}
	if _, stdout, stderr = noted(t, "exec", dir, "main", "app:gone"); stdout != "with key long enough: gone.txt\n" {
		t.Errorf("exec of one that cannot be opened: %q %s", stdout, stderr)
	}
}

// What is to be granted for a module stands below it.
func TestModulesShowsKinds(t *testing.T) {
	status, stdout, stderr := noted(t, "modules", "note")
	if want := "\nEntries of kind test.note, to be listed under resources (41.2)\n  A note.\n  Fields: file, key\n"; status != 0 || !strings.Contains(stdout, want) {
		t.Errorf("%d %s%s; want %q", status, stdout, stderr, want)
	}
}
