package understudycli

import (
	"errors"
	"log/slog"
	"math"
	"runtime/debug"
	"strings"
	"testing"
)

// The flag comes before the environment, and that before what the machine has.
func TestMemoryLimit(t *testing.T) {
	const ballast = 16 << 20
	gibibytes := func(n int64) func() (int64, error) { return func() (int64, error) { return n << 30, nil } }
	unknown := func() (int64, error) { return 0, errors.New("no such file") }
	for _, test := range []struct {
		name, flag, env string
		memory          func() (int64, error)
		want            int64
	}{
		{"default", "", "", gibibytes(10), 6<<30 + ballast},
		{"a small machine", "", "", func() (int64, error) { return 1 << 20, nil }, 32<<20 + ballast},
		{"unknown machine", "", "", unknown, -1},
		{"environment", "", "1GiB", gibibytes(10), 0},
		{"flag", "512MiB", "", gibibytes(10), 512<<20 + ballast},
		{"flag on an unknown machine", "512MiB", "", unknown, 512<<20 + ballast},
		{"flag in bytes", "100000000", "", gibibytes(10), 100_000_000 + ballast},
		{"flag before environment", "2GiB", "1GiB", gibibytes(10), 2 << 30}, // no ballast then
		{"off", "off", "1GiB", gibibytes(10), -1},
		{"endless", "9007199254740991", "", gibibytes(10), 9007199254740991 + ballast},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("GOGC", "")
			t.Setenv("GOMEMLIMIT", test.env)
			old := debug.SetMemoryLimit(math.MaxInt64)
			defer debug.SetMemoryLimit(old)
			got, err := memoryLimit(test.flag, test.memory, slog.New(slog.DiscardHandler))
			if got != test.want || err != nil {
				t.Errorf("limit %d, %v, want %d", got, err, test.want)
			}
			collector := debug.SetMemoryLimit(-1)
			if want := test.want; want > 0 && collector != want || want <= 0 && collector != math.MaxInt64 {
				t.Errorf("the collector was told %d", collector)
			}
		})
	}
}

func TestMemoryLimitUnknown(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	old := debug.SetMemoryLimit(-1)
	var said strings.Builder
	for n, want := range map[int64]string{0: "no memory limit: the memory of this machine is not known", 4 << 30: "the memory limit of the container is not known"} {
		said.Reset()
		if _, err := memoryLimit("", func() (int64, error) { return n, errors.New("no such file") }, slog.New(slog.NewTextHandler(&said, nil))); err != nil {
			t.Fatal(err)
		}
		if s := said.String(); !strings.Contains(s, "level=WARN") || !strings.Contains(s, want) || !strings.Contains(s, "set --memory-limit") {
			t.Errorf("said: %s", s)
		}
	}
	debug.SetMemoryLimit(old)
}

func TestMemoryLimitUsage(t *testing.T) {
	dir := calculator(t)
	for flag, want := range map[string]string{
		"lots":  `--memory-limit: invalid size "lots": write it as 512MiB, 2GiB, or off`,
		"1GB":   `--memory-limit: invalid size "1GB": write it as 512MiB, 2GiB, or off`,
		"-5":    "--memory-limit must be at least 32MiB",
		"31MiB": "--memory-limit must be at least 32MiB",
	} {
		for _, args := range [][]string{{"run", "--for", "1ms", "--memory-limit=" + flag, dir}, {"exec", "--memory-limit=" + flag, dir, "main"}} {
			if code, _, stderr := command(t, args...); code != 2 || !strings.Contains(stderr, want) {
				t.Errorf("%s --memory-limit %s: status %d, %s", args[0], flag, code, stderr)
			}
		}
	}
}

// What this machine has is known wherever the tests run.
func TestMachineMemory(t *testing.T) {
	if n, err := machineMemory(); err != nil || n < 64<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
