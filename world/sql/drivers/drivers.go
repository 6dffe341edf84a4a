// Package drivers gathers the databases that come with the module sql. It is apart from
// package world since SQLite takes long to compile, and much to link.
package drivers

import (
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/world/sql/postgres"
	"github.com/understudy-run/understudy/world/sql/sqlite"
)

// Kinds gives the kinds of entries: db.sqlite and db.postgres (46.8). The slice is the
// caller's own.
func Kinds() []*spec.Kind { return []*spec.Kind{sqlite.Kind, postgres.Kind} }
