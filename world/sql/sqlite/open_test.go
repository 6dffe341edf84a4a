package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/sql/sqlite"
)

// A database whose directory there is not says so, and not where the machine has its files.
func TestNoDirectory(t *testing.T) {
	_, err := sqlite.Open(t.Context(), sqlite.Config{File: filepath.Join(t.TempDir(), "none", "x.db")})
	if e := hostapi.AsError(err); e == nil || e.Kind != hostapi.Unavailable || e.Message != "no connection: there is no directory for x.db" {
		t.Errorf("error %v", err)
	}
}
