package app_test

import (
	"reflect"
	"testing"
)

// Levels follow requirements, hosts and the hosts of children (15.4).
func TestStartLevels(t *testing.T) {
	a := mustLoad(t, files("a.yaml", `namespace: a
entries:
  - {name: h1, kind: process.host}
  - {name: h2, kind: process.host, lifecycle: {requires: [scope]}}
  - {name: h3, kind: process.host}
  - {name: scope, kind: pg.scope}
  - {name: p, kind: process.lua, source: code, host: h1, lifecycle: {requires: [tree]}}
  - {name: away, kind: process.lua, source: code, host: h3}
  - {name: tree, kind: process.supervisor, host: h1, children: [{id: a, supervisor: {children: [{id: b, process: away}]}}, {id: c, supervisor: leaf}]}
  - {name: leaf, kind: process.supervisor, host: h2}
  - {name: idle, kind: process.service, process: p}
`))
	for _, c := range []struct {
		ids  []string
		want [][]string
	}{
		{nil, nil},
		{[]string{"a:h1"}, [][]string{{"a:h1"}}},
		{[]string{"a:p"}, [][]string{{"a:h1", "a:h3", "a:scope"}, {"a:h2"}, {"a:tree"}, {"a:p"}}},
		{[]string{"a:idle", "a:h2"}, [][]string{{"a:h1", "a:scope"}, {"a:h2", "a:idle"}}},
	} {
		if got := a.StartLevels(c.ids...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("StartLevels(%v) = %v, want %v", c.ids, got, c.want)
		}
	}
	// Requirements are read only through copies.
	a.Requires("a:p")[0] = "x"
	if got := a.Requires("a:p"); !reflect.DeepEqual(got, []string{"a:h1", "a:tree"}) {
		t.Errorf("Requires(a:p) = %v", got)
	}
}
