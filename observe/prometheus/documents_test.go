package prometheus_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/measure"
	"github.com/understudy-run/understudy/docs"
	"github.com/understudy-run/understudy/world/http"
)

// families gives the labels of all that is measured, by name, where there is a limit to the
// memory and a server.
func families(t *testing.T) map[string][]string {
	t.Helper()
	rt := core.New(core.Options{MemoryLimit: 1 << 40})
	if _, err := http.New(rt, http.Config{}); err != nil {
		t.Fatal(err)
	}
	labels := map[string][]string{}
	for _, f := range rt.Measurements() {
		labels[f.Name] = f.Labels
		if f.Kind == measure.Times {
			labels[f.Name+"_bucket"] = append(f.Labels[:len(f.Labels):len(f.Labels)], "le")
		}
	}
	return labels
}

func document(t *testing.T, name string) string {
	t.Helper()
	for _, d := range docs.List() {
		if d.Name == name {
			return d.Text
		}
	}
	t.Fatalf("no document %s", name)
	return ""
}

var quoted = regexp.MustCompile("`([^`]+)`")

// row gives what stands in backquotes in each cell of a row of a table.
func row(line string) (cells [][]string) {
	if !strings.HasPrefix(line, "| ") {
		return nil
	}
	for _, cell := range strings.Split(strings.Trim(line, "|"), " | ") {
		var texts []string
		for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
			texts = append(texts, m[1])
		}
		cells = append(cells, texts)
	}
	return cells
}

// 64.1: its table names what is measured, with the labels, and nothing else.
func TestClauseNamesWhatIsMeasured(t *testing.T) {
	real := families(t)
	_, text, _ := strings.Cut(document(t, "spec/60-tools"), "- **64.1**")
	text, _, _ = strings.Cut(text, "- **64.2**")
	named := map[string]bool{}
	for line := range strings.Lines(text) {
		cells := row(line)
		if len(cells) < 2 {
			continue
		}
		for _, name := range cells[0] {
			named[name] = true
			labels, there := real[name]
			if !there {
				t.Errorf("64.1 names %s, which there is not", name)
			}
			for _, l := range labels {
				if !slices.Contains(cells[1], l) {
					t.Errorf("64.1: label %s of %s is missing", l, name)
				}
			}
		}
	}
	for name := range real {
		if !named[name] && !strings.HasSuffix(name, "_bucket") {
			t.Errorf("64.1 does not name %s", name)
		}
	}
}

var metricName = regexp.MustCompile(`understudy_[a-z_]+`)

// The page of operations names what there is, and promtool takes its expressions, where it
// is installed.
func TestOperationsPage(t *testing.T) {
	real := families(t)
	page := document(t, "guide/operations")
	for _, name := range metricName.FindAllString(page, -1) {
		if _, there := real[name]; !there {
			t.Errorf("the page names %s, which there is not", name)
		}
	}
	rules, n := "groups:\n- name: page\n  rules:\n", 0
	for line := range strings.Lines(page) {
		for _, texts := range row(line) {
			for _, expression := range texts {
				if strings.Contains(expression, "understudy_") {
					n++
					rules += fmt.Sprintf("  - alert: A%d\n    expr: %q\n", n, expression)
				}
			}
		}
	}
	if n < 15 {
		t.Fatalf("only %d expressions", n)
	}
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "check", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%s", err, out, rules)
	}
}
