package lualib

import (
	"strings"
	"testing"
)

// The cost of the functions that scripts call most, without an interpreter.
func BenchmarkFunctions(b *testing.B) {
	text := strings.Repeat("key = value; ", 100)
	for _, bench := range []struct {
		name, function string
		args           []Value
	}{
		{"find plain", "string.find", in(text, "nowhere")},
		{"match", "string.match", in("key = value", "^(%w+)%s*=%s*(%w+)$")},
		{"gsub", "string.gsub", in(text, "%w+", "<%0>")},
		{"format", "string.format", in("%s: %d (%5.2f)", "x", 42, 3.14159)},
		{"sub", "string.sub", in(text, 5, 10)},
		{"sort 1000", "table.sort", in(numbers(1000))},
	} {
		b.Run(bench.name, func(b *testing.B) {
			f := function(b, bench.function)
			budget := &budget{}
			for b.Loop() {
				if _, err := run(b, budget, f, bench.args...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
