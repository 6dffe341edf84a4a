package understudycli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestConformance(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   string
		status int
		want   string // in the output, or in the diagnostics if status is 2
	}{
		{"one topic on all engines", "--case name/*", 0, "0 failed"},
		{"one engine", "--engine starlark --case name/* --schedules 2 --seed 9", 0, "starlark"},
		{"pairs", "--case name/taken --pairs --schedules 1", 0, "gopherlua+starlark"},
		{"real workers", "--case name/* --real", 0, "name"},
		{"list", "--list --case name/taken", 0, "A name held by another process"},
		{"unknown engine", "--engine none", 2, "unknown engine"},
		{"no such case", "--case none/*", 2, "no case matches"},
		{"bad glob", "--case [", 2, "--case"},
		{"bad number of schedules", "--schedules 0", 2, "--schedules"},
		{"bad seed", "--seed 0", 2, "--seed"},
		{"pairs of one", "--engine golua --pairs", 2, "--pairs"},
		{"arguments", "link", 2, "no arguments"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			status := run(append([]string{"understudy", "conformance"}, strings.Fields(test.args)...), &stdout, &stderr)
			out := stdout.String()
			if test.status == 2 {
				out = stderr.String()
			}
			if status != test.status || !strings.Contains(out, test.want) {
				t.Errorf("status %d, want %d, with %q in\n%s%s", status, test.status, test.want, stdout.String(), stderr.String())
			}
		})
	}
}

func TestConformanceJSON(t *testing.T) {
	var stdout, stderr strings.Builder
	if status := run([]string{"understudy", "conformance", "--json", "--case", "name/taken"}, &stdout, &stderr); status != 0 {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
	var results []struct {
		Name, Engine, Status, Claim string
		Clauses                     []string
		Schedules                   int
	}
	if err := json.Unmarshal([]byte(stdout.String()), &results); err != nil {
		t.Fatal(err)
	}
	if len(results) != len((&program{}).engines()) {
		t.Fatalf("%d results", len(results))
	}
	for _, r := range results {
		if r.Name != "name/taken" || r.Status != "passed" || r.Schedules != 20 || len(r.Clauses) == 0 || r.Claim == "" {
			t.Errorf("result %+v", r)
		}
	}
}
