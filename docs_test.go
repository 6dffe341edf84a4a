package understudy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each block of Go in the documents for embedding stands between marks in the examples,
// which are compiled and run; and each of those is shown.
func TestDocumentsShowTheExamples(t *testing.T) {
	for _, name := range []string{"embedding", "modules"} {
		shown := goBlocks(t, filepath.Join("docs", name+".md"))
		known := regions(t, "example_"+name+"_test.go")
		for block, line := range shown {
			if _, ok := known[block]; !ok {
				t.Errorf("docs/%s.md:%d: a block that is no example:\n%s", name, line, block)
			}
		}
		for region, line := range known {
			if _, ok := shown[region]; !ok {
				t.Errorf("example_%s_test.go:%d: an example that is not shown", name, line)
			}
		}
	}
}

// goBlocks gives the blocks of Go in a document, each with its line.
func goBlocks(t *testing.T, file string) map[string]int {
	return between(t, file, func(line string) bool { return line == "```go" }, func(line string) bool { return line == "```" })
}

// regions gives what stands between the marks [name] and [end].
func regions(t *testing.T, file string) map[string]int {
	mark := func(line string) string {
		text, _ := strings.CutPrefix(strings.TrimSpace(line), "// ")
		return text
	}
	return between(t, file, func(line string) bool {
		m := mark(line)
		return strings.HasPrefix(m, "[") && strings.HasSuffix(m, "]") && m != "[end]"
	}, func(line string) bool { return mark(line) == "[end]" })
}

// between gives the pieces of a file from a line that opens to one that closes, without
// those and without common indentation.
func between(t *testing.T, file string, opens, closes func(string) bool) map[string]int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pieces := make(map[string]int)
	var piece []string
	inside := 0
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case inside == 0 && opens(line):
			inside, piece = i+1, nil
		case inside > 0 && closes(line):
			pieces[dedent(piece)] = inside
			inside = 0
		case inside > 0:
			piece = append(piece, line)
		}
	}
	if len(pieces) == 0 {
		t.Errorf("%s has none", file)
	}
	return pieces
}

func dedent(lines []string) string {
	indent := -1
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			if n := len(l) - len(strings.TrimLeft(l, "\t")); indent < 0 || n < indent {
				indent = n
			}
		}
	}
	var out []string
	for _, l := range lines {
		out = append(out, strings.TrimRight(l[min(max(indent, 0), len(l)):], " \t"))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
