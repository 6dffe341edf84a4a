package understudycli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// fullDisk is an output that has room for so many bytes.
type fullDisk struct{ room int }

var errFull = errors.New("write disk: no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// printer is an app whose process prints, and so does its service under run.
func printer(t *testing.T) string {
	return writeApp(t, map[string]string{
		"_index.yaml": oneHost + `
  - { name: main, kind: process.lua, source: "file://main.lua", lifecycle: { auto_start: true } }
`,
		"main.lua": "return function(v) print('line') if v == 'fail' then error('boom') end return v end",
	})
}

// Every command says that its output was lost, and does not succeed (22.1).
func TestLostOutputIsAFailure(t *testing.T) {
	dir := printer(t)
	for _, args := range [][]string{
		{"--version"},
		{"help"},
		{"help", "exec"},
		{"run", "--for", "20ms", dir},
		{"exec", dir, "main", "x"},
		{"exec", "--json", dir, "main"},
		{"check", dir},
		{"engines"},
		{"engines", "--json"},
		{"engines", "--divergences"},
		{"modules"},
		{"modules", "os"},
		{"modules", "--json", "os"},
		{"conformance", "--case", "name/taken", "--schedules", "1"},
		{"conformance", "--case", "name/taken", "--schedules", "1", "--json"},
		{"conformance", "--list"},
		{"bench", "--list"},
	} {
		for _, room := range []int{0, 3} {
			var stderr bytes.Buffer
			status := run(append([]string{"understudy"}, args...), &fullDisk{room}, &stderr)
			if status != statusFailed || strings.Count(stderr.String(), "understudy: output is lost: "+errFull.Error()) != 1 {
				t.Errorf("%v, with room for %d bytes: status %d, stderr %q", args, room, status, stderr.String())
			}
		}
	}
}

// Another failure keeps its status.
func TestLostOutputBesideAFailure(t *testing.T) {
	dir := printer(t)
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"exec", dir, "main", "fail"}, statusFailed},
		{[]string{"exec", "--json", "--timeout", "20ms", calculator(t), "main", "loop"}, statusLate},
	} {
		var stderr bytes.Buffer
		status := run(append([]string{"understudy"}, c.args...), &fullDisk{}, &stderr)
		if status != c.want || !strings.Contains(stderr.String(), "output is lost") {
			t.Errorf("%v: status %d, stderr %q", c.args, status, stderr.String())
		}
	}
}

// Nothing is lost where nothing was written.
func TestNoOutputIsNotLost(t *testing.T) {
	var stderr bytes.Buffer
	if status := run([]string{"understudy", "exec", calculator(t), "main", "echo"}, &fullDisk{}, &stderr); status != 0 || stderr.Len() > 0 {
		t.Errorf("status %d, stderr %q", status, stderr.String())
	}
}

// lateDisk says only when it is closed that it had no room.
type lateDisk struct{ bytes.Buffer }

func (*lateDisk) Close() error { return errFull }

func TestOutputLostWhenItIsClosed(t *testing.T) {
	var stderr bytes.Buffer
	if status := run([]string{"understudy", "engines"}, &lateDisk{}, &stderr); status != statusFailed || !strings.Contains(stderr.String(), errFull.Error()) {
		t.Errorf("status %d, stderr %q", status, stderr.String())
	}
}

// mended is an output that fails once.
type mended struct {
	bytes.Buffer
	failed bool
}

func (m *mended) Write(p []byte) (int, error) {
	if !m.failed {
		m.failed = true
		return 0, errFull
	}
	return m.Buffer.Write(p)
}

// A disk that has room again gets what comes then; that something was lost stays.
func TestOutputGoesOn(t *testing.T) {
	var stdout mended
	var stderr bytes.Buffer
	status := run([]string{"understudy", "exec", printer(t), "main", "x"}, &stdout, &stderr)
	if status != statusFailed || stdout.String() != "x\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout.String(), stderr.String())
	}
}

// stuck is an output that nobody reads.
type stuck struct{ entered, leave chan struct{} }

func (s stuck) Write(p []byte) (int, error) {
	close(s.entered)
	<-s.leave
	return len(p), nil
}

func (s stuck) Close() error { return errFull }

// The command ends although a write does not: a second signal ends it at once (21.1).
func TestOutputThatNobodyReadsHoldsNothingUp(t *testing.T) {
	w := stuck{make(chan struct{}), make(chan struct{})}
	o := &output{w: w, stderr: &bytes.Buffer{}}
	written := make(chan struct{})
	go func() {
		defer close(written)
		o.Write([]byte("x"))
	}()
	<-w.entered
	if err := o.close(); err != nil {
		t.Error(err)
	}
	close(w.leave)
	<-written
}

func TestFullDeviceFailsTheProgram(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no device that is always full:", err)
	}
	defer full.Close()
	cmd := exec.Command(os.Args[0], "exec", printer(t), "main", "x")
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = full, &stderr
	_ = cmd.Run() // the status says it
	if cmd.ProcessState.ExitCode() != statusFailed || !strings.Contains(stderr.String(), "output is lost: write /dev/stdout: no space left on device") {
		t.Errorf("%s, stderr %q", cmd.ProcessState, stderr.String())
	}
}
