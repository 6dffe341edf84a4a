package examples

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSupervisionTree runs the tree for five seconds and compares what happens
// in each group with the output shown in the README. Between the groups there is
// no order, nor between children that have just been started.
func TestSupervisionTree(t *testing.T) {
	readme, err := os.ReadFile("supervision-tree/README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```text\n(.*?)```").FindSubmatch(readme)
	if shown == nil {
		t.Fatal("no output in the README")
	}
	want := byGroup(string(shown[1]))
	if len(want) != 7 {
		t.Fatalf("%d groups in the README, want 7", len(want))
	}
	eachEngine(t, func(t *testing.T, engine string) {
		for seed := range uint64(seeds) {
			s := open(t, "supervision-tree", engine, seed)
			s.run.AutoStart()
			s.sim.RunFor(5 * time.Second)
			s.close()
			got := byGroup(s.output.String())
			for group := range want {
				if got[group] != want[group] {
					t.Errorf("seed %d: %s:\n%s\nREADME:\n%s", seed, group, got[group], want[group])
				}
			}
			if len(got) != len(want) || t.Failed() {
				t.Fatalf("seed %d: groups %d, want %d", seed, len(got), len(want))
			}
		}
	})
}

// byGroup gives the lines of each group, those of neighbouring starts sorted.
func byGroup(output string) map[string]string {
	lines := map[string][]string{}
	for line := range strings.Lines(output) {
		group, text, _ := strings.Cut(strings.TrimSpace(line), ": ")
		lines[group] = append(lines[group], text)
	}
	texts := map[string]string{}
	for group, all := range lines {
		for i := 0; i < len(all); {
			j := i
			for j < len(all) && strings.HasSuffix(all[j], " started") {
				j++
			}
			slices.Sort(all[i:j])
			i = max(j, i+1)
		}
		texts[group] = strings.Join(all, "\n")
	}
	return texts
}
