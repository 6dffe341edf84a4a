package understudycli

import (
	"encoding/json"
	"strings"
	"testing"
)

// 61.3: the schema of index files, and of the entries of one kind.
func TestSchema(t *testing.T) {
	for _, args := range [][]string{{"schema"}, {"schema", "process.lua"}, {"schema", "http.route"}} {
		code, stdout, stderr := command(t, args...)
		if code != 0 || stderr != "" || !json.Valid([]byte(stdout)) {
			t.Errorf("%q: status %d, %s", args, code, stderr)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"schema", "process.lau"}, `unknown kind "process.lau" (did you mean "process.lua"?)`},
		{[]string{"schema", "a", "b"}, "schema takes one KIND, got 2 arguments"},
	} {
		if code, _, stderr := command(t, c.args...); code != statusUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: status %d, %s", c.args, code, stderr)
		}
	}
}
