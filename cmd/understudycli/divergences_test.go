package understudycli

import (
	"os"
	"strings"
	"testing"
)

// Appendix A of the specification is what the engines say. UNDERSTUDY_WRITE=1 writes it.
func TestAppendixA(t *testing.T) {
	const file = "../../docs/spec/A-divergences.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const from = "<!-- The tables are written by go test ./cmd/understudycli. -->\n"
	head, table, found := strings.Cut(string(text), from)
	if !found {
		t.Fatal("appendix A has no mark where the tables begin")
	}
	if table == (&program{}).appendixA() {
		return
	}
	if os.Getenv("UNDERSTUDY_WRITE") == "" {
		t.Fatal("the tables are not those of the engines; UNDERSTUDY_WRITE=1 go test -run TestAppendixA ./cmd/understudycli writes them")
	}
	if err := os.WriteFile(file, []byte(head+from+(&program{}).appendixA()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDivergencesCommand(t *testing.T) {
	var out, errs strings.Builder
	if status := run([]string{"understudy", "engines", "--divergences"}, &out, &errs); status != 0 || errs.Len() > 0 {
		t.Fatalf("status %d, %s", status, &errs)
	}
	for _, want := range []string{"gopherlua: github.com/yuin/gopher-lua v", "golua: ", "starlark: ", "local f = function (19.4)", "scripts see: passed on"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in the output", want)
		}
	}
}
