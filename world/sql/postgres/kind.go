package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/world/sql"
)

// Kind is that of the entries db.postgres (46.8).
var Kind = &spec.Kind{
	Name: sql.KindPostgres, Module: "sql",
	Doc:    "A PostgreSQL database.",
	Fields: []string{"dsn", "host", "port", "database", "user", "password", "sslmode", "schema", "pool", "timeout"},
	About: map[string]string{
		"dsn":               "All of the connection in one text; a secret (41.8).",
		"host":              "The server, in place of dsn.",
		"port":              "Its port.",
		"database":          "The name of the database.",
		"user":              "Who connects.",
		"password":          "A secret (41.8).",
		"sslmode":           "How the connection is protected.",
		"schema":            "A file of SQL in the app, file://<path>, run in one transaction at the first connection.",
		"pool":              "Connections that are held.",
		"pool.max":          "So many at most.",
		"pool.max_idle":     "So many unused ones at most.",
		"pool.max_lifetime": "After which a connection is replaced.",
		"timeout":           "How long a statement takes at most, waiting included.",
	},
	Read: func(f spec.Fields) any {
		e := &entry{dsn: f.Secret("dsn"), password: f.Secret("password")}
		f.OneOf("dsn", "host")
		f.Apart("dsn", "port", "database", "user", "password", "sslmode")
		for _, name := range []string{"database", "user"} {
			f.Rule(spec.Given(name), spec.Given("host"))
		}
		if f.Has("host") && !f.Has("dsn") {
			f.Require("database", "user")
		}
		e.config = Config{
			Host: f.TextOr("host", ""), Port: int(f.Integer("port", 1, 65535, 5432)),
			Database: f.TextOr("database", ""), User: f.TextOr("user", ""),
			SSLMode: spec.Choose(f, "sslmode", "verify-full", "verify-ca", "require", "prefer", "allow", "disable"),
			Timeout: f.Duration("timeout", time.Millisecond, 30*time.Second),
			Schema:  f.AppText("schema"), Source: strings.TrimPrefix(f.TextOr("schema", ""), "file://"),
		}
		pool := f.Map("pool", "max", "max_lifetime", "max_idle")
		e.config.Max, e.config.MaxIdle = pool.Count("max", 1, 10), pool.Count("max_idle", 1, 2)
		e.config.MaxLifetime = pool.Duration("max_lifetime", time.Second, 30*time.Minute)
		return e
	},
}

// entry is what an entry says.
type entry struct {
	config        Config
	dsn, password spec.Secret
}

// Open implements spec.Resource.
func (e *entry) Open(_ context.Context, at spec.Place) (any, error) {
	c := e.config
	var err error
	if e.dsn.Given() {
		c.DSN, err = e.dsn.Value(at)
	} else if e.password.Given() {
		c.Password, err = e.password.Value(at)
	}
	if err != nil {
		return nil, err
	}
	return Open(c)
}
