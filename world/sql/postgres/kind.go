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
	Read: func(f spec.Fields) any {
		e := &entry{dsn: f.Secret("dsn"), password: f.Secret("password")}
		f.OneOf("dsn", "host")
		parts := []string{"port", "database", "user", "password", "sslmode"}
		if f.Has("dsn") {
			for _, name := range parts {
				if f.Has(name) {
					f.Fail(name, "has no meaning beside dsn")
				}
			}
		} else if f.Has("host") {
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
