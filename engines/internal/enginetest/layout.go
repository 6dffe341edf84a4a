package enginetest

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Layout tests that the interpreter in use is as the engine expects, and that with one
// that is not nothing is compiled. text is a program; unknown is where the engine keeps
// what differs.
func Layout(t *testing.T, e hostapi.Engine, text string, unknown *error) {
	if *unknown != nil {
		t.Fatal(*unknown)
	}
	src := hostapi.Source{Path: "main", Text: text}
	if _, err := e.Compile(src); err != nil {
		t.Error(err)
	}
	*unknown = errors.New("its tables have no field array")
	if p, err := e.Compile(src); p != nil || err != *unknown {
		t.Errorf("got %v, %v", p, err)
	}
}
