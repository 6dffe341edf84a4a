package understudycli

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// get gives what an address serves.
func get(t *testing.T, url string) (status int, text string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// 64.1: run --metrics serves the metrics of the app, and nothing else.
func TestRunServesMetrics(t *testing.T) {
	dir := writeApp(t, map[string]string{
		"_index.yaml": `version: "1.0"
namespace: app
entries:
  - {name: host, kind: process.host, lifecycle: {auto_start: true}}
  - {name: waits, kind: process.lua, source: file://waits.lua, host: app:host, modules: [process], lifecycle: {auto_start: true}}
`,
		"waits.lua": "return { main = function() print('up'); process.events():receive() end }\n",
	})
	c := startChild(t, "run", "--metrics", "127.0.0.1:0", "--inspect=127.0.0.1:0", dir)
	said := func(form string) string {
		t.Helper()
		for {
			line, err := c.stderr.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if found := regexp.MustCompile(form).FindStringSubmatch(line); found != nil {
				return found[1]
			}
		}
	}
	url := said(`metrics at (http://\S+)`)
	window := said(`look into this node at (http://\S+/);`)
	c.expect(c.stdout, "up")
	if status, text := get(t, window+"metrics"); status != 200 || !strings.Contains(text, "understudy_processes{") {
		t.Errorf("the inspector has status %d:\n%s", status, text)
	}
	status, text := get(t, url)
	if status != 200 || !strings.Contains(text, `understudy_processes_started_total{entry="app:waits",host="app:host"} 1`) {
		t.Errorf("status %d:\n%s", status, text)
	}
	if status, _ := get(t, strings.TrimSuffix(url, "metrics")); status != 404 {
		t.Errorf("another path has status %d, want 404", status)
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	c.expect(c.stderr, "shutting down")
	if _, err := io.ReadAll(c.stderr); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// An address that cannot be had is an error of usage, and nothing is started.
func TestMetricsAddressThatIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, addr := range []string{l.Addr().String(), "nowhere"} {
		status, _, errs := command(t, "run", "--metrics", addr, "../../examples/worker-pool")
		if status != 2 || !strings.Contains(errs, "--metrics "+addr+": ") || strings.Contains(errs, "started") {
			t.Errorf("status %d: %s", status, errs)
		}
	}
}
