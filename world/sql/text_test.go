package sql

import (
	"slices"
	"testing"
)

// 46.2: placeholders are found where they stand, and nowhere else; a text is divided
// where its statements end.
func TestStatements(t *testing.T) {
	lite, post := SQLite().Syntax, Postgres().Syntax
	for _, c := range []struct {
		syntax Syntax
		text   string
		want   []string // as the database gets them
		params int      // of the first
		names  []string
		verb   string
	}{
		{lite, "SELECT ?, ?", []string{"SELECT ?, ?"}, 2, nil, "SELECT"},
		{post, "SELECT ?, ?", []string{"SELECT $1, $2"}, 2, nil, "SELECT"},
		{lite, "SELECT :a, :b, :a", []string{"SELECT ?1, ?2, ?1"}, 0, []string{"a", "b"}, "SELECT"},
		{post, "SELECT :a, :b, :a", []string{"SELECT $1, $2, $1"}, 0, []string{"a", "b"}, "SELECT"},
		{post, "SELECT $2, $1, '$3'", []string{"SELECT $2, $1, '$3'"}, 2, nil, "SELECT"},
		{lite, "select '?', \"?\", `?`, [?] -- ?\n, /* ? */ ?", []string{"select '?', \"?\", `?`, [?] -- ?\n, /* ? */ ?"}, 1, nil, "SELECT"},
		{lite, "SELECT 'it''s ?', ?", []string{"SELECT 'it''s ?', ?"}, 1, nil, "SELECT"},
		{lite, `SELECT 'a\', ?`, []string{`SELECT 'a\', ?`}, 1, nil, "SELECT"},
		{post, `SELECT 'a\', ?`, []string{`SELECT 'a\', $1`}, 1, nil, "SELECT"},
		{post, `SELECT E'a\', ?', ?`, []string{`SELECT E'a\', ?', $1`}, 1, nil, "SELECT"},
		{post, "SELECT $$ ? $$, $a$ ? $$ ; $a$, ?", []string{"SELECT $$ ? $$, $a$ ? $$ ; $a$, $1"}, 1, nil, "SELECT"},
		{post, "SELECT a ?? 'x', a ??| b", []string{"SELECT a ? 'x', a ?| b"}, 0, nil, "SELECT"},
		{post, "SELECT a::text, b[1:n], c := 1, ?", []string{"SELECT a::text, b[1:n], c := 1, $1"}, 1, nil, "SELECT"},
		{post, "/* /* ? */ ; */ SELECT 1", []string{"/* /* ? */ ; */ SELECT 1"}, 0, nil, "SELECT"},
		{lite, "; ; SELECT 1; -- ;\n ; SELECT ';';", []string{"SELECT 1", "SELECT ';'"}, 0, nil, "SELECT"},
		{lite, "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; DELETE FROM c; END; SELECT 1",
			[]string{"CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; DELETE FROM c; END", "SELECT 1"}, 0, nil, "CREATE"},
		{post, "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f(); SELECT 1",
			[]string{"CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()", "SELECT 1"}, 0, nil, "CREATE"},
		{lite, "WITH a AS (SELECT 1), b(x) AS (VALUES (2)) INSERT INTO t SELECT * FROM a", []string{"WITH a AS (SELECT 1), b(x) AS (VALUES (2)) INSERT INTO t SELECT * FROM a"}, 0, nil, "INSERT"},
		{lite, "(SELECT 1)", []string{"(SELECT 1)"}, 0, nil, "SELECT"},
		{lite, "SELECT 1e5, 0x1f, x'00', ?", []string{"SELECT 1e5, 0x1f, x'00', ?"}, 1, nil, "SELECT"},
		{lite, "SELECT é?", []string{"SELECT é?"}, 1, nil, "SELECT"},
	} {
		all, err := split(c.syntax, c.text)
		var got []string
		for _, st := range all {
			got = append(got, st.text)
		}
		switch {
		case err != nil:
			t.Errorf("%s: %v", c.text, err)
		case !slices.Equal(got, c.want):
			t.Errorf("%s gives %q", c.text, got)
		case all[0].params != c.params || !slices.Equal(all[0].names, c.names) || all[0].verb != c.verb:
			t.Errorf("%s takes %d parameters %v, and is a %s", c.text, all[0].params, all[0].names, all[0].verb)
		}
	}
	for _, text := range []string{"SELECT 'a", "SELECT $$ a $", "SELECT \"a", "/* a", "SELECT E'a\\'"} {
		if all, err := split(post, text); err == nil {
			t.Errorf("%s gives %v", text, all)
		}
	}
}

// Whatever a text is, reading it ends, and loses nothing that is not a placeholder.
func FuzzStatements(f *testing.F) {
	for _, text := range []string{"SELECT ?", "a ?? b", ":a $1 $$ $$ E'' [x] `y` -- z", "CREATE TRIGGER x BEGIN ; END ;"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, syntax := range []Syntax{SQLite().Syntax, Postgres().Syntax} {
			all, err := split(syntax, text)
			if err != nil {
				continue
			}
			for _, st := range all {
				if again, err := split(Syntax{Numbered: '!', DollarQuotes: syntax.DollarQuotes, Brackets: syntax.Brackets}, st.text); err == nil && len(again) > 1 {
					t.Errorf("%q has the statement %q, which is %d", text, st.text, len(again))
				}
			}
		}
	})
}
