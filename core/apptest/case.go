package apptest

import "github.com/understudy-run/understudy/core/app"

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

// testID is the id under which a test file runs.
func testID(file string) string { return "test:" + file }
