package apptest

import (
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// Case is one test of a test file on one engine.
type Case struct {
	File   string // relative to the app directory
	Name   string // of the function
	Engine string
	// Broken is why the file cannot be tested; then it has no other case, and no Name.
	Broken error

	app  *app.App
	file *app.TestFile
}

// String gives file:test.
func (c *Case) String() string {
	if c.Name == "" {
		return c.File
	}
	return c.File + ":" + c.Name
}

// The functions that run before and after each test (60.3).
const (
	setup    = "setup"
	teardown = "teardown"
	prefix   = "test_"
)

// script is the program of a test file as a test runs it.
type script struct {
	hostapi.Program
	load func(t hostapi.Task, in hostapi.Instance) hostapi.Instance
}

// Load loads the file.
func (s script) Load(t hostapi.Task) (hostapi.Instance, error) {
	in, err := s.Program.Load(t)
	if err != nil {
		return nil, err
	}
	return s.load(t, in), nil
}

// sequence is the file whose method main is the function run.
type sequence struct {
	hostapi.Instance
	run hostapi.Function
}

// Method gives run for any name.
func (s sequence) Method(string) (hostapi.Function, error) { return s.run, nil }

// Where tells where the code of the file stands.
func (s sequence) Where(t hostapi.Task) (string, []hostapi.Frame) {
	if l, ok := s.Instance.(hostapi.Locator); ok {
		return l.Where(t)
	}
	return "", nil
}

// goFunction is a Go function that the core can run as a task.
type goFunction func(t hostapi.Task) ([]hostapi.Value, error)

// Call calls it.
func (f goFunction) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) { return f(t) }

// testID is the id under which a test file runs.
func testID(file string) string { return "test:" + file }
