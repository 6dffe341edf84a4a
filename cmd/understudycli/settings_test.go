package understudycli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const password = "s3cret \"words\""

// keeper is an app with settings, one of them secret.
func keeper(t *testing.T) string {
	return writeApp(t, map[string]string{
		"_index.yaml": `version: "1.0"
namespace: app
env:
  KEEPER_PORT: { type: integer, default: 80 }
  KEEPER_HOST: { default: localhost }
  KEEPER_PASSWORD: { secret: true }
entries:
  - { name: processes, kind: process.host, host: { workers: 1 } }
  - name: main
    kind: process.lua
    source: file://main.lua
    modules: [log]
    input: ["show", "${KEEPER_HOST}:${KEEPER_PORT}", "${KEEPER_PORT}", "user:${KEEPER_PASSWORD}"]
`,
		"main.lua": `
local log = require("log")
return { main = function(what, address, port, login)
  if what == "show" then return address .. " " .. type(port) end
  log.error("refused " .. login, { login = login, [login] = 1, deep = { of = { login } } })
  if what == "spawn" then
    process.with_context({ login = login }):spawn_linked("app:main", "app:processes", "fail", address, port, login)
    process.inbox():receive()
  end
  error(errors.wrap(errors.new{ message = "no " .. login, details = { login = login, [login] = { login } } }, "as " .. login))
end }
`,
	})
}

// A value comes from --set, the environment, --env-file or the default, in this order
// (71.6, 71.7).
func TestSettingsOfACommand(t *testing.T) {
	dir := keeper(t)
	file := filepath.Join(t.TempDir(), "vars")
	if err := os.WriteFile(file, []byte("# vars\nKEEPER_PORT=81\nKEEPER_HOST='far away'\nKEEPER_PASSWORD=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := func(result string, flags ...string) {
		t.Helper()
		args := append(append([]string{"exec"}, flags...), dir, "main")
		if status, stdout, stderr := command(t, args...); status != 0 || stdout != result+"\n" {
			t.Errorf("%v: status %d, %q, %s; want %q", flags, status, stdout, stderr, result)
		}
	}
	want("far away:81 number", "--env-file", file)
	t.Setenv("KEEPER_PASSWORD", password)
	want("localhost:80 number")
	t.Setenv("KEEPER_PORT", "82")
	want("localhost:82 number")
	want("far away:82 number", "--env-file", file)
	want("here,there string", "--set", "main.input.2=here,there", "--set", `app:main.input.3="${KEEPER_PORT}:"`)
}

// What is wrong with settings is told before anything is started (71.6, 71.7).
func TestSettingsThatAreWrong(t *testing.T) {
	dir := keeper(t)
	file := filepath.Join(t.TempDir(), "vars")
	if err := os.WriteFile(file, []byte("KEEPER_PORT=81\n"+password), 0o600); err != nil {
		t.Fatal(err)
	}
	const place = "_index.yaml:13:"
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"exec", dir, "main"}, 2, place + "72: app:main: variable not set: KEEPER_PASSWORD"},
		{[]string{"run", dir}, 2, place + "72: app:main: variable not set: KEEPER_PASSWORD"},
		{[]string{"check", dir}, 0, place + "72: app:main: warning: variable not set: KEEPER_PASSWORD"},
		{[]string{"check", "--env-file", file, dir}, 2, "--env-file " + file + ": line 2: write NAME=value"},
		{[]string{"check", "--env-file", file + "x", dir}, 2, "--env-file: open " + file + "x: no such file"},
		{[]string{"check", "--set", "main.source=x", dir}, 2, "--set: main.source: source says which code runs"},
		{[]string{"check", "--set", "mian.host=x", dir}, 2, `--set: no entry app:mian (did you mean "app:main"?)`},
		{[]string{"run", "--set", "main.host=x", dir}, 2, `--set: app:main: unknown host "app:x"`},
	} {
		status, stdout, stderr := command(t, c.args...)
		if status != c.status || !strings.Contains(stderr, c.want) || strings.Contains(stdout+stderr, "s3cret") {
			t.Errorf("%v: status %d, want %d %q:\n%s", c.args, status, c.status, c.want, stderr)
		}
	}
	t.Setenv("KEEPER_PORT", "many")
	if status, _, stderr := command(t, "check", dir); status != 2 || !strings.Contains(stderr, place+`21: app:main: KEEPER_PORT must be an integer, not "many"`) {
		t.Errorf("status %d:\n%s", status, stderr)
	}
}

// A secret number is known by what scripts have of it, however it was written (71.6).
func TestSecretNumbersAreNotShown(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"_index.yaml": `version: "1.0"
namespace: app
env:
  KEEPER_PIN: { type: integer, secret: true }
entries:
  - { name: processes, kind: process.host }
  - { name: main, kind: process.lua, source: file://main.lua, input: ["${KEEPER_PIN}"] }
`,
		"main.lua": `return { main = function(pin) error("no " .. pin) end }`,
	})
	for _, written := range []string{"1234567890", "+1234567890", "0x499602d2"} {
		t.Setenv("KEEPER_PIN", written)
		status, stdout, stderr := command(t, "exec", "--log-level", "debug", dir, "main")
		if status != 1 || strings.Contains(stdout+stderr, "1234567890") || !strings.Contains(stderr, "no ***") {
			t.Errorf("%s: status %d:\n%s%s", written, status, stdout, stderr)
		}
	}
}

// A secret is in no log, no error and no report, whatever a script does with it but
// print and send it (71.6).
func TestSecretsAreNotShown(t *testing.T) {
	dir := keeper(t)
	t.Setenv("KEEPER_PASSWORD", password)
	for _, args := range [][]string{
		{"check"},
		{"check", "--set", "main.limits.memory=${KEEPER_PASSWORD}"},
		{"exec", "--set", "main.input.1=fail"},
		{"exec", "--set", "main.input.1=fail", "--json"},
		{"exec", "--set", "main.input.1=fail", "--log", "json", "--log-level", "debug"},
		{"exec", "--set", "main.input.1=spawn", "--log-level", "debug"},
		{"run", "--for", "200ms", "--set", "main.input.1=fail", "--set", "main.lifecycle.auto_start=true", "--set", "main.lifecycle.restart.max_attempts=1", "--log-level", "debug"},
	} {
		args = append(args, dir)
		if args[0] == "exec" {
			args = append(args, "main")
		}
		_, stdout, stderr := command(t, args...)
		if strings.Contains(stdout+stderr, "s3cret") || strings.Contains(stdout+stderr, "words") {
			t.Errorf("%v shows the secret:\n%s%s", args, stdout, stderr)
		}
		if args[0] == "exec" && !strings.Contains(stderr, "user:***") {
			t.Errorf("%v: nothing stands in its place:\n%s%s", args, stdout, stderr)
		}
	}
}
