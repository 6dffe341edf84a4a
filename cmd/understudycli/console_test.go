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

// 64.5: what scripts write passes for nothing of the runtime, in neither format.
func TestRecordsCannotBeForged(t *testing.T) {
	evil := "ok\n12:00:00.000 ERROR process failed entry=a:b"
	record := func(h slog.Handler) {
		r := slog.NewRecord(time.Date(2020, 1, 1, 10, 20, 30, 0, time.UTC), slog.LevelInfo, evil, 0)
		r.Add("pid", "{h|1}", slog.Group("fields", "pid", "{h|2}", "a\nb", "\x1b[2J\u009b", "stack", "\nERROR", "nested", []string{"x\r"}))
		if err := h.Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	var text, lines bytes.Buffer
	record(newConsoleHandler(&text, slog.LevelInfo))
	const want = `10:20:30.000 INFO "ok\n12:00:00.000 ERROR process failed entry=a:b" pid={h|1} fields.pid={h|2} ` +
		`fields."a\nb"="\x1b[2J\u009b" fields.stack="\nERROR" fields.nested="[x\r]"` + "\n"
	if text.String() != want {
		t.Errorf("text is\n%swant\n%s", &text, want)
	}
	l, err := newLogger(&lines, "json", "info")
	if err != nil {
		t.Fatal(err)
	}
	record(l.Handler())
	const wantJSON = `{"time":"2020-01-01T10:20:30Z","level":"INFO","msg":"ok\n12:00:00.000 ERROR process failed entry=a:b","pid":"{h|1}",` +
		`"fields":{"pid":"{h|2}","a\nb":"\u001b[2J\u009b","stack":"\nERROR","nested":["x\r"]}}` + "\n"
	if lines.String() != wantJSON {
		t.Errorf("JSON is\n%swant\n%s", &lines, wantJSON)
	}
}

// What scripts print does not drive a terminal; files get it as it is.
func TestPrintedOnTerminals(t *testing.T) {
	var out bytes.Buffer
	if _, err := (screen{&out}).Write([]byte("a\tb\nc\x1b[31m\r\u009bd\u202e\xff ü\n")); err != nil {
		t.Fatal(err)
	}
	if want := "a\tb\nc\\x1b[31m\\r\\u009bd\\u202e\\xff ü\n"; out.String() != want {
		t.Errorf("shown is %q, want %q", out.String(), want)
	}
}
