package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/world/sql"
)

// Kind is that of the entries db.sqlite (46.8).
var Kind = &spec.Kind{
	Name: sql.KindSQLite, Module: "sql", InTests: true,
	Doc:    "A database in a file, or in memory.",
	Fields: []string{"file", "schema", "pool", "timeout", "sync"},
	About: map[string]string{
		"file":     "The file, relative to the data directory (41.7); :memory: for none.",
		"schema":   "A file of SQL in the app, file://<path>, run in one transaction whenever it is opened.",
		"pool":     "Connections that are held.",
		"pool.max": "So many that read at most.",
		"timeout":  "How long a statement takes at most, waiting included.",
		"sync":     "full: what is committed is on the disk; normal: the last commits may be lost with the machine.",
	},
	Read: func(f spec.Fields) any {
		e := &entry{}
		f.Require("file")
		if e.file, _ = f.Text("file"); e.file != Memory {
			e.file = f.File("file", spec.Database)
		}
		e.schema = f.AppText("schema")
		e.source = strings.TrimPrefix(f.TextOr("schema", ""), "file://")
		e.readers = f.Map("pool", "max").Count("max", 1, 4)
		e.timeout = f.Duration("timeout", time.Millisecond, 30*time.Second)
		e.normal = spec.Choose(f, "sync", "full", "normal") == "normal"
		return e
	},
}

// entry is what an entry says.
type entry struct {
	file, schema, source string
	readers              int
	timeout              time.Duration
	normal               bool
}

// Open implements spec.Resource.
func (e *entry) Open(ctx context.Context, at spec.Place) (any, error) {
	c := Config{
		File: e.file, Readers: e.readers, Timeout: e.timeout, Normal: e.normal, Schema: e.schema, Source: e.source,
	}
	if at.Test {
		c.File = Memory
	}
	if c.File != Memory {
		c.File = at.Path(c.File)
	}
	return Open(ctx, c)
}
