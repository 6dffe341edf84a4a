package understudycli

import (
	"bytes"
	"log/slog"
	"testing"
	"time"
)

// What has lines of its own stands below its record.
func TestConsoleBlocks(t *testing.T) {
	var out bytes.Buffer
	h := newConsoleHandler(&out, slog.LevelInfo)
	r := slog.NewRecord(time.Date(2020, 1, 1, 10, 20, 30, 0, time.UTC), slog.LevelError, "process failed", 0)
	r.Add("entry", "a:b", "message", "two words", "history", "first\nsecond", "stack", "a.lua:1: in main\na.lua:2: in chunk\n")
	if err := h.Handle(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	const want = `10:20:30.000 ERROR process failed entry=a:b message="two words"
    failed before:
      first
      second
    a.lua:1: in main
    a.lua:2: in chunk
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}
