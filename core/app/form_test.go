package app_test

import (
	"io/fs"
	"testing"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/schema/schematest"
)

// load is app.Load, and holds the law of clause 61.3 by every app of the tests.
func load(t testing.TB, fsys fs.FS, o app.Options) (*app.App, app.Diagnostics) {
	t.Helper()
	return schematest.Load(t, fsys, o)
}
