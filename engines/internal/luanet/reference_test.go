package luanet

import (
	"strings"
	"testing"
)

// A program that takes too much tells nothing, those after it do. Where its garbage was
// held against them, one reference went dark for a while, and an engine that did as it
// does was taken to be at fault.
func TestReferenceForgetsLargePrograms(t *testing.T) {
	const (
		large = `return function() local t = {} for i = 1, 20 do t[i] = ("x"):rep(1e6) .. i end for i = 1, 2000 do t[1] = i end print(#t) end`
		small = `return function() local n = 0 for i = 1, 2000 do n = n + i end print(n) end`
	)
	for _, r := range open(t).references {
		r.Close()
		r.memory = 8 << 10
		if err := r.start(); err != nil {
			t.Fatal(err)
		}
		answers, err := r.run(append([]string{large}, strings.Split(strings.Repeat(small+"\n", 20), "\n")[:20]...))
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range answers {
			switch {
			case i == 0 && a.void != "takes too much memory":
				t.Errorf("%s: %v", r.path, a)
			case i > 0 && a != answer{output: "2001000"}:
				t.Errorf("%s, program %d: %v", r.path, i, a)
			}
		}
	}
}
