package luaerror

import (
	"fmt"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestUncaught(t *testing.T) {
	var p Positions
	p.Add("src/a.lua:1: bad", len("src/a.lua:1: "))
	frames := []hostapi.Frame{{Source: "src/a.lua", Line: 1, Name: "f"}, {Source: "src/a.lua", Line: 9}}
	const stack = "\nstack traceback:\n\tsrc/a.lua:1: in function f\n\tsrc/a.lua:9: in main chunk"
	object := hostapi.Errorf(hostapi.Conflict, "taken")
	cases := map[string]struct {
		thrown      hostapi.Value
		text        string
		kind        hostapi.Kind
		message     string
		stackPrefix string
	}{
		"with a position":    {hostapi.String("src/a.lua:1: bad"), "src/a.lua:1: bad", hostapi.Internal, "bad", "src/a.lua:1: bad"},
		"without a position": {hostapi.String("src/b.lua:1: bad"), "src/b.lua:1: bad", hostapi.Internal, "src/b.lua:1: bad", "src/b.lua:1: bad"},
		"number":             {hostapi.Int(42), "42", hostapi.Internal, "42", "42"},
		"table":              {hostapi.Table(new(int)), "text", hostapi.Internal, "text", "text"},
		"nil":                {hostapi.Value{}, "nil", hostapi.Internal, "nil", "nil"},
		"object":             {hostapi.Wrap(object), "taken", hostapi.Conflict, "taken", "taken"},
	}
	for name, c := range cases {
		e := Uncaught(c.thrown, c.text, &p, frames, nil)
		if e.Kind != c.kind || e.Message != c.message || e.Stack != c.stackPrefix+stack || len(e.Frames) != 2 {
			t.Errorf("%s: got %#v", name, e)
		}
	}
	if object.Stack != "" {
		t.Error("the object that was thrown has been changed")
	}
	wrapped := &hostapi.Error{Kind: hostapi.Timeout, Message: "late", Stack: "there"}
	if e := Uncaught(hostapi.Wrap(wrapped), "late", &p, frames, nil); e.Stack != "there" {
		t.Errorf("the stack of an error is replaced: %q", e.Stack)
	}
}

func TestPositionsForget(t *testing.T) {
	var p Positions
	for i := range kept + 2 {
		p.Add(fmt.Sprintf("f:%d: text", i), len("f:0: "))
	}
	for i := range kept + 2 {
		text := fmt.Sprintf("f:%d: text", i)
		want := "text"
		if i < 2 {
			want = text // the oldest are forgotten
		}
		if got := p.strip(text); got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
}
