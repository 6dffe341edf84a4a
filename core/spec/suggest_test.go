package spec

import "testing"

func TestSuggest(t *testing.T) {
	for _, c := range []struct {
		name  string
		known []string
		want  string
	}{
		{"wroker", []string{"worker", "host"}, "worker"},
		{"process.lau", []string{"process.host", "process.lua"}, "process.lua"},
		{"process.star", []string{"process.lua", "process.starlark"}, "process.starlark"}, // begins so
		{"process.starlrak", []string{"process.lua", "process.starlark"}, "process.starlark"},
		{"shop:worker", []string{"other:worker", "shop:till"}, "other:worker"},
		{":worker", []string{"other:worker", "shop:till"}, "other:worker"},
		{"foo", []string{"os", "tostring"}, ""}, // two of three letters
		{"pq", []string{"process", "pg"}, "pg"},
		{"fs", []string{"os", "pg"}, ""},     // half of the letters, and the first
		{"date", []string{"math", "os"}, ""}, // likewise
		{"teim", []string{"math", "time"}, "time"},
		{"sime", []string{"time"}, "time"},
		{"worker", []string{"worker"}, ""}, // known, so not what is wrong
		{"", []string{"os"}, ""},
	} {
		want := ""
		if c.want != "" {
			want = ` (did you mean "` + c.want + `"?)`
		}
		if got := Suggest(c.name, c.known); got != want {
			t.Errorf("Suggest(%q, %q) = %q, want %q", c.name, c.known, got, want)
		}
	}
}
