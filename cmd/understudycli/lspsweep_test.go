package understudycli

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/hostapi"
)

// In all examples: where a function of a module is called it is known what it is, and while
// it is written, the rest of the file missing, it is offered.
func TestEditorKnowsTheCallsOfAllExamples(t *testing.T) {
	p := &program{}
	d, _ := p.dialectOf("lua")
	known := members(p.modules(), d)
	calls := regexp.MustCompile(`\b(\w+(?:\.\w+)?)\.(\w+)\(`)
	asked := 0
	dirs, err := filepath.Glob("../../examples/*/src")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		texts := map[string]string{}
		_ = filepath.WalkDir(dir, func(file string, _ os.DirEntry, _ error) error {
			if ext := filepath.Ext(file); ext == ".lua" || ext == ".star" {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				name, _ := filepath.Rel(dir, file)
				texts[filepath.ToSlash(name)] = string(data)
			}
			return nil
		})
		options := app.Options{
			Engines: p.engines(), Modules: p.modules(), Kinds: p.kinds(), AllowUnset: true, OwnHosts: true,
			TestModules: []*hostapi.Module{apptest.Module()},
		}
		s, err := app.Look(context.Background(), dir, texts, options, nil)
		if err != nil {
			t.Fatal(err)
		}
		if errs := s.Found.Errors(); len(errs) > 0 {
			t.Fatalf("%s: %v", dir, errs)
		}
		for file, text := range texts {
			sample := 0
			for _, at := range calls.FindAllStringSubmatchIndex(text, -1) {
				name := text[at[2]:at[3]] + "." + text[at[4]:at[5]]
				if known[name].prefix != text[at[2]:at[3]]+"." || inComment(text[:at[0]]) {
					continue
				}
				if sample++; sample%10 != 1 || testing.Short() && sample%40 != 1 {
					continue
				}
				asked++
				before := text[:at[4]+1] // the first letter is written
				line := 1 + strings.Count(before, "\n")
				column := 1 + utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:])
				member := text[at[4]:at[5]]
				if c, ok := s.Choices(context.Background(), file, line, column).Chosen(); !ok || c.Func == nil || c.Name != member {
					t.Errorf("%s/%s:%d: %s is not known", dir, file, line, name)
				}
				broken, err := app.Look(context.Background(), dir, map[string]string{file: before}, options, s)
				if err != nil {
					t.Fatal(err)
				}
				if asked%8 == 1 { // what was taken over from the survey before is as it would be found anew
					anew, err := app.Look(context.Background(), dir, map[string]string{file: before}, options, nil)
					if err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(anew.Found, broken.Found) {
						t.Errorf("%s/%s:%d: found anew:\n%v\nafter another survey:\n%v", dir, file, line, anew.Found, broken.Found)
					}
				}
				list := broken.Choices(context.Background(), file, line, column).List
				if !slices.ContainsFunc(list, func(c check.Candidate) bool { return c.Name == member && c.Func != nil }) {
					t.Errorf("%s/%s:%d: %s is not offered while it is written", dir, file, line, name)
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d calls", asked)
	}
}

func inComment(before string) bool {
	line := before[strings.LastIndex(before, "\n")+1:]
	return strings.Contains(line, "--") || strings.Contains(line, "#")
}
