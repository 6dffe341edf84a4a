package golua

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// The interpreter in use is as expected. With one that is not, nothing is compiled.
func TestUnknownInterpreterCompilesNothing(t *testing.T) {
	e := New().(*engine)
	if e.unknown != nil {
		t.Fatal(e.unknown)
	}
	src := hostapi.Source{Path: "main.lua", Text: "return function() end"}
	if _, err := e.Compile(src); err != nil {
		t.Error(err)
	}
	e.unknown = errors.New("its tables have no field array")
	if p, err := e.Compile(src); p != nil || err != e.unknown {
		t.Errorf("got %v, %v", p, err)
	}
}
