package understudycli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// finishApp is an app with an entry main, and with one that waits for ever where main's
// lifecycle has more to say.
func finishApp(t *testing.T, body, life string) string {
	return writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - name: main
    kind: process.lua
    source: file://main.lua
    lifecycle: { auto_start: true, restart: { max_attempts: 1, initial_delay: 0s }` + life + ` }
  - { name: waits, kind: process.lua, source: file://waits.lua, lifecycle: { auto_start: ` + fmt.Sprint(life != "") + ` } }
`,
		"main.lua":  "return function()\nprint('up')\n" + body + "\nend",
		"waits.lua": "return function() process.inbox():receive() end",
	})
}

// 71.3, 71.4: how run ends by itself, and with what status.
func TestRunEndsByItself(t *testing.T) {
	for _, c := range []struct {
		name, body, life string
		flags            []string
		status           int
		says             string
	}{
		{"done", "", "", []string{"--until-done"}, 0, ""},
		{"done with a failure", "error('broken')", "", []string{"--until-done"}, 1, ""},
		{"an essential entry", "error('broken')", ", essential: true", nil, 1, "ERROR essential entry failed: app:main"},
		{"an essential entry, until done", "error('broken')", ", essential: true", []string{"--until-done"}, 1, "ERROR essential entry failed: app:main"},
		{"for a time", "process.inbox():receive()", "", []string{"--until-done", "--for", "50ms"}, 0, ""},
	} {
		status, _, stderr := command(t, append(append([]string{"run"}, c.flags...), finishApp(t, c.body, c.life))...)
		if status != c.status || c.says != "" && strings.Count(stderr, c.says) != 1 {
			t.Errorf("%s: status %d, want %d; %s", c.name, status, c.status, stderr)
		}
		if !strings.Contains(stderr, "understudy: started app:processes, app:main") {
			t.Errorf("%s: what was started is not said: %s", c.name, stderr)
		}
	}
}

// 71.4: without the flag a run says once that nothing is left, and goes on.
func TestRunSaysThatNothingIsLeft(t *testing.T) {
	c := startChild(t, "run", finishApp(t, "", ""))
	c.expect(c.stderr, "understudy: nothing is left running")
	c.cmd.Process.Signal(syscall.SIGTERM)
	if code, _, stderr := c.wait(); code != 0 || strings.Contains(stderr, "nothing is left") {
		t.Errorf("status %d, %s", code, stderr)
	}
}

// 22.2, 71.4: with --log json all that run says while it runs is a record, and times in it
// are seconds.
func TestRunSaysAllInRecords(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - name: main
    kind: process.lua
    source: "return function() error('broken') end"
    lifecycle: { auto_start: true, restart: { max_attempts: 1, initial_delay: 1500us, jitter: 0 } }
`})
	status, _, stderr := command(t, "run", "--until-done", "--log", "json", dir)
	var messages []string
	for line := range strings.Lines(stderr) {
		var record struct {
			Msg     string
			Entries []string
			Delay   float64
		}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("no record: %s", line)
			continue
		}
		messages = append(messages, record.Msg)
		if record.Msg == "started" && strings.Join(record.Entries, " ") != "app:processes app:main" ||
			strings.HasSuffix(record.Msg, "to be restarted") && record.Delay != 0.0015 {
			t.Errorf("a record says %s", line)
		}
	}
	if status != 1 || len(messages) < 3 || messages[0] != "started" || !slices.Contains(messages, "entry failed, to be restarted") {
		t.Errorf("status %d, records %q", status, messages)
	}
}
