package core_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOTPDocument holds that docs/otp.md names what exists, and answers each case
// of OTP's suite once.
func TestOTPDocument(t *testing.T) {
	text, err := os.ReadFile("../docs/otp.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, h := range histories() {
		if known[h.name] {
			t.Errorf("two histories are called %q", h.name)
		}
		known[h.name] = true
	}
	tests := map[string]string{} // source of the tests of a package
	source := func(dir string) string {
		if tests[dir] == "" {
			files, err := filepath.Glob(filepath.Join("..", dir, "*_test.go"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no tests in %s: %v", dir, err)
			}
			for _, file := range files {
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				tests[dir] += string(b)
			}
		}
		return tests[dir]
	}
	// exists reports whether there is a test, or a part of one.
	exists := func(dir, name string) bool {
		name, part, _ := strings.Cut(name, "/")
		return strings.Contains(source(dir), "\nfunc "+name+"(") && (part == "" || strings.Contains(source(dir), `{"`+part+`", `))
	}
	answer := regexp.MustCompile("(H )?(?:`(core/[a-z]+)` )?`([^`]+)`")
	cases := map[string]bool{}
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, " | ")
		last := cells[len(cells)-1]
		answered := 0
		for _, m := range answer.FindAllStringSubmatch(last, -1) {
			switch dir, name := m[2], m[3]; {
			case m[1] != "":
				answered++
				if !known[name] {
					t.Errorf("there is no history %q", name)
				}
			case strings.HasPrefix(name, "Test"):
				answered++
				if dir == "" {
					dir = "core"
				}
				if !exists(dir, name) {
					t.Errorf("there is no test %s in %s", name, dir)
				}
			}
		}
		if !strings.HasPrefix(line, "| `") || len(cells) != 2 {
			for _, m := range answer.FindAllStringSubmatch(line, -1) {
				if strings.HasPrefix(m[3], "Test") && !exists("core", m[3]) {
					t.Errorf("there is no test %s in core", m[3])
				}
			}
			continue
		}
		for _, c := range answer.FindAllStringSubmatch(cells[0], -1) {
			if cases[c[3]] {
				t.Errorf("%s stands in two rows", c[3])
			}
			cases[c[3]] = true
		}
		if answered == 0 && !strings.Contains(last, "Does not apply") {
			t.Errorf("no answer in %s", line)
		}
	}
	if len(cases) < 80 {
		t.Errorf("%d cases of OTP's suite, there are more", len(cases))
	}
}
