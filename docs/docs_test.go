package docs_test

import (
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/docs"
)

// Every clause, section and document is found by what it is called.
func TestEverythingIsFound(t *testing.T) {
	for _, d := range docs.List() {
		if text, ok := docs.Find(d.Name); !ok || text != d.Text || d.Title == "" {
			t.Errorf("%s is not found, or has no title", d.Name)
		}
	}
	clauses := docs.Clauses()
	if len(clauses) < 200 {
		t.Errorf("only %d clauses", len(clauses))
	}
	for _, c := range clauses {
		text, ok := docs.Find(c)
		section, _, _ := strings.Cut(c, ".")
		lines := strings.Split(text, "\n")
		if !ok || !strings.HasPrefix(lines[0], "## "+section+" ") || !strings.HasPrefix(lines[1], "- **"+c+"** ") || strings.Count(text, "\n- **") != 1 {
			t.Errorf("clause %s: %q", c, text)
		}
		if whole, _ := docs.Find(section); !strings.Contains(whole, "- **"+c+"** ") {
			t.Errorf("section %s is without clause %s", section, c)
		}
	}
}

// A clause comes with its tables and examples, and without its neighbours.
func TestParts(t *testing.T) {
	for topic, want := range map[string][2]string{
		"16.1":        {"| `intensity` |", "- **16.2**"},
		"2.19":        {"| How it ended |", "- **2.20**"},
		"16":          {"- **16.19**", "## 17"},
		"A":           {"### golua", "## Appendix B"},
		"B":           {"**Lifecycle.**", "### golua"},
		"embedding":   {"# ", "- **2.20**"},
		"security.md": {"# ", "- **2.20**"},
	} {
		text, ok := docs.Find(topic)
		if !ok || !strings.Contains(text, want[0]) || strings.Contains(text, want[1]) {
			t.Errorf("%s: with %q and without %q, got %.200q", topic, want[0], want[1], text)
		}
	}
	for _, topic := range []string{"", "99", "16.99", "Z", "nothing", "16.5.1", "."} {
		if text, ok := docs.Find(topic); ok {
			t.Errorf("%q is found: %.100q", topic, text)
		}
	}
	if text, ok := docs.FindIn("starlark", "3.1"); !ok || !strings.Contains(text, "Trailing underscore") || strings.Contains(text, "3.2") {
		t.Errorf("starlark 3.1: %q", text)
	}
}

// Links within the documents lead to documents.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+\.md)\)`)
	known := map[string]bool{}
	for _, d := range docs.List() {
		known[d.File] = true
	}
	for _, d := range docs.List() {
		for _, m := range link.FindAllStringSubmatch(d.Text, -1) {
			to := path.Join(path.Dir(d.File), m[1])
			if !known[to] && !strings.HasPrefix(to, "../") {
				t.Errorf("%s links to %s", d.File, m[1])
			}
		}
	}
}
