package conformance_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/docs"
)

// elsewhere lists the clauses that no case shows, with the reason: what is not
// observable by scripts, or by which other tests it is covered. A section
// without a dot stands for all its clauses that have no case.
var elsewhere = map[string]string{
	"0.1": "defines words", "0.2": "defines words", "0.3": "defines words",
	"3.24":  "says that nothing is promised",
	"11.12": "read only by the restart rule 15.8: tests of core",
	"14":    "apps: tests of core/app, core/lifecycle and cmd/understudycli",
	"15":    "services: tests of core/lifecycle and core",
	"21":    "shutdown of apps: tests of core/lifecycle and core",
	"22":    "command line: tests of cmd/understudycli",
	"60":    "tests of apps: tests of core/apptest and cmd/understudycli",
	"61":    "scaffolding: tests of cmd/understudycli",
	"70.8":  "what Go code calls: tests of core",
	"71.2":  "command line: tests of cmd/understudycli",
	"71.3":  "ends of apps: tests of core/lifecycle and cmd/understudycli",
	"71.4":  "ends of apps: tests of core/lifecycle and cmd/understudycli",
	"71.5":  "settings of apps: tests of core/app and cmd/understudycli",
	"71.6":  "settings of apps: tests of core/app and cmd/understudycli",
	"71.7":  "settings of apps: tests of core/app and cmd/understudycli",
	"23":    "nodes: tests of core",
	"24":    "nodes: tests of core",
	"25":    "nodes: tests of core",
	"30":    "clusters: tests of cluster/nats and cmd/understudycli",
	"31":    "clusters: tests of cluster/nats and cmd/understudycli",
	"62":    "one executable: tests of cmd/understudycli",
	"63":    "the inspector: tests of inspect",
	"64":    "metrics, traces, profiles, the log: tests of core, observe and cmd/understudycli",
	"40":    "what modules of the embedding program wait for: tests of core",
	"41":    "resources of apps: tests of core/app and core/lifecycle",
	"43.6":  "what goes over a network: tests of world/httpclient",
	"44.3":  "pipes, devices and permissions: tests of world/fs",
	"44.8":  "what Go code gives: tests of world/fs",
	"46":    "databases: tests of world/sql and what is below it",
	"47.6":  "entries of stores: tests of world/store",
	"47.8":  "what Go code gives: tests of world/store",
	"48.1":  "servers: tests of world/http",
	"48.3":  "files: tests of world/http",
	"48.13": "the stop of servers: tests of world/http",
	"48.16": "what Go code calls: tests of world/http",
	"49":    "schedules of apps: tests of world/schedule",
	"50":    "gathers what sections 40 to 49 say",

	"13.14": "reload of files: tests of cmd/understudycli",
	"16.19": "reload: tests of core and core/lifecycle",
	"17.7":  "limits in entries: tests of core/app",
	"17.13": "a last resort that may be late and may err: tests of core",
	"20.12": "what sending costs: a test of core",
}

// TestEveryClauseHasACase compares the clauses of the specification with the cases.
func TestEveryClauseHasACase(t *testing.T) {
	clauses := make(map[string]bool)
	order := docs.Clauses()
	for _, clause := range order {
		clauses[clause] = true
	}
	if len(clauses) < 200 {
		t.Fatalf("only %d clauses found", len(clauses))
	}
	shown := make(map[string][]string)
	for _, c := range conformance.Cases() {
		for _, clause := range c.ClauseList() {
			if !clauses[clause] {
				t.Errorf("%s: there is no clause %s", c.Name, clause)
			}
			shown[clause] = append(shown[clause], c.Name)
		}
	}
	for _, clause := range order {
		section, _, _ := strings.Cut(clause, ".")
		if shown[clause] == nil && elsewhere[clause] == "" && elsewhere[section] == "" {
			t.Errorf("clause %s has no case", clause)
		}
	}
	for clause := range elsewhere {
		if strings.Contains(clause, ".") && (!clauses[clause] || shown[clause] != nil) {
			t.Errorf("clause %s is listed as covered elsewhere, but has a case or does not exist", clause)
		}
	}
}

// TestCasesAreClaims checks how cases are written.
func TestCasesAreClaims(t *testing.T) {
	name := regexp.MustCompile(`^[a-z_]+/[a-z0-9_]+$`)
	seen := make(map[string]bool)
	for _, c := range conformance.Cases() {
		if !name.MatchString(c.Name) || seen[c.Name] {
			t.Errorf("%s: no lower-case claim below a topic, or used twice", c.Name)
		}
		seen[c.Name] = true
		if !strings.HasSuffix(c.Claim, ".") || c.Clauses == "" || c.Scenario == nil {
			t.Errorf("%s: a case needs a sentence, clauses and a scenario", c.Name)
		}
	}
	if len(seen) < 200 {
		t.Errorf("only %d cases", len(seen))
	}
}
