package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/schema/schematest"
	"github.com/understudy-run/understudy/world/sql/drivers"
)

// 46.8, 50.1: what is wrong with an entry is said before anything starts.
func TestEntries(t *testing.T) {
	for entry, want := range map[string]string{
		"kind: db.sqlite, file: a.db": "",
		"kind: db.sqlite, file: ':memory:', pool: {max: 2}, timeout: 1s, sync: normal": "",
		"kind: db.sqlite":                                                                "file is required",
		"kind: db.sqlite, file: a.db, sync: never":                                       "sync must be",
		"kind: db.sqlite, file: a.db, pool: {max: 0}":                                    "pool.max must be an integer of at least 1",
		"kind: db.sqlite, file: a.db, schema: file://none.sql":                           "none.sql",
		"kind: db.sqlite, file: a.db, dsn: x":                                            "dsn",
		"kind: db.postgres, dsn: {env: DSN}":                                             "",
		"kind: db.postgres, host: h, database: d, user: u, password: {file: p}, port: 1": "",
		"kind: db.postgres":                                                              "exactly one of dsn or host is required",
		"kind: db.postgres, dsn: {env: DSN}, host: h":                                    "exactly one of dsn or host is required",
		"kind: db.postgres, dsn: {env: DSN}, user: u":                                    "user has no meaning beside dsn",
		"kind: db.postgres, host: h, database: d":                                        "user is required",
		"kind: db.postgres, host: h, database: d, user: u, sslmode: perhaps":             "sslmode must be",
		"kind: db.postgres, host: h, database: d, user: u, port: 70000":                  "port must be an integer from 1 to 65535",
		"kind: db.postgres, dsn: {env: DSN}, pool: {max_lifetime: 1ms}":                  "max_lifetime",
	} {
		yaml := "version: \"1.0\"\nnamespace: a\nentries:\n  - {name: db, " + entry + "}\n"
		_, found := schematest.Load(t, fstest.MapFS{"_index.yaml": {Data: []byte(yaml)}}, app.Options{
			Kinds: drivers.Kinds(), Lookup: func(string) (string, bool) { return "", false },
		})
		text := fmt.Sprint(found)
		if want == "" && len(found) > 0 && !strings.Contains(text, "nobody lists") || want != "" && !strings.Contains(text, want) {
			t.Errorf("%s: %s", entry, text)
		}
	}
}
