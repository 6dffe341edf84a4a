package sqlite

import (
	stdsql "database/sql"
	"database/sql/driver"
	"fmt"
	"testing"

	"modernc.org/sqlite"
)

// Our functions give what SQLite's do.
func TestFunctionsAreSQLites(t *testing.T) {
	open := func(d *sqlite.Driver) *stdsql.DB {
		db := stdsql.OpenDB(&connector{d, Memory, nil})
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	if err := Prepare(); err != nil { // or no test after this one has its limit
		t.Fatal(err)
	}
	d, err := newDriver()
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := open(d), open(&sqlite.Driver{})
	values := []driver.Value{
		nil, "", "a", "abcabc", "  a b  ", "xxaxx", "äöä", "日本", int64(0), int64(-1212), 1.0, 0.1, -2.5e-7, 1e20, 123456789.125,
		[]byte("abc"), []byte{0xff, 0x00, 'a'}, []byte{},
	}
	for _, call := range []string{"instr(?1, ?2)", "replace(?1, ?2, ?3)", "trim(?1, ?2)", "ltrim(?1, ?2)", "rtrim(?1, ?2)"} {
		for _, a := range values {
			for _, b := range values {
				for _, c := range values[1:4] {
					ask := func(db *stdsql.DB) string {
						var out string
						var kind string
						err := db.QueryRow("SELECT coalesce(hex("+call+"), 'NULL'), typeof("+call+"), ?3", a, b, c).Scan(&out, &kind, new(any))
						return fmt.Sprint(out, " ", kind, " ", err)
					}
					if got, want := ask(ours), ask(theirs); got != want {
						t.Fatalf("%s of %#v, %#v, %#v gives %s, of SQLite %s", call, a, b, c, got, want)
					}
				}
			}
		}
	}
}
