package understudycli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/docs"
	"github.com/understudy-run/understudy/docs/blocks"
)

// stepper is somebody at work in a directory, with the command and nothing else.
type stepper struct {
	t   *testing.T
	dir string
}

// does runs the command, which must end with a status, and gives what it has printed.
func (s stepper) does(status int, stdin string, args ...string) (stdout, stderr string) {
	s.t.Helper()
	return s.starts(os.Args[0], status, stdin, args...)
}

func (s stepper) starts(program string, status int, stdin string, args ...string) (stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = s.dir, strings.NewReader(stdin), &out, &errs
	cmd.Env = append(os.Environ(), asCommand+"=1")
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != status {
		s.t.Fatalf("%q: status %d, want %d\n%s%s", args, got, status, &out, &errs)
	}
	return out.String(), errs.String()
}

func (s stepper) writes(file, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, file), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// edits puts one text in the place of another, which must be there once.
func (s stepper) edits(file, old, text string) {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, file))
	if err != nil || bytes.Count(data, []byte(old)) != 1 {
		s.t.Fatalf("%s: %q is there %d times, %v", file, old, bytes.Count(data, []byte(old)), err)
	}
	s.writes(file, strings.Replace(string(data), old, text, 1))
}

// 61, 62: from an empty directory to an executable with an app in it, by the command alone.
func TestFromAnEmptyDirectory(t *testing.T) {
	for _, c := range []struct{ language, file, tests, branch, wrong, test string }{
		{
			"lua", "counter.lua", "counter_test.lua",
			"        elseif r.value:topic() == \"reset\" then\n            n = 0\n            r.value:reply(n)\n",
			"        elseif r.value:topic() == \"reset\" then\n            n = process.lookup(\"zero\")\n            r.value:reply(n)\n",
			"    test_resets = function()\n        local pid = test.spawn(\"app:counter\", 10)\n        test.equal(process.call(pid, \"reset\", \"1s\"), 0)\n" +
				"        process.cancel(pid, \"1s\")\n        test.expect_exit(pid)\n    end,\n",
		},
		{
			"starlark", "counter.star", "counter_test.star",
			"        elif r.value.topic() == \"reset\":\n            n = 0\n            r.value.reply(n)\n",
			"        elif r.value.topic() == \"reset\":\n            n = zero\n            r.value.reply(n)\n",
			"def test_resets():\n    pid = test.spawn(\"app:counter\", 10)\n    test.equal(process.call(pid, \"reset\", \"1s\"), (0, None))\n" +
				"    process.cancel(pid, \"1s\")\n    test.expect_exit(pid)\n\n",
		},
	} {
		t.Run(c.language, func(t *testing.T) {
			s := stepper{t, t.TempDir()}
			s.does(0, "", "init", "--language", c.language, ".")
			if out, _ := s.does(0, "", "check"); out != "3 entries, no errors\n" {
				t.Errorf("check: %s", out)
			}
			if out, _ := s.does(0, "", "test", "--schedules", "3"); !strings.HasSuffix(out, "2 passed, 0 failed; 6 runs\n") {
				t.Errorf("test: %s", out)
			}

			// A test of what is not there yet fails, a slip is found before anything runs.
			begin := map[string]string{"lua": "    test_counts = function()\n", "starlark": "def test_counts():\n"}[c.language]
			s.edits(c.tests, begin, c.test+begin)
			if out, errs := s.does(1, "", "test", "--schedules", "3"); !strings.Contains(out+errs, "2 passed, 1 failed") || !strings.Contains(out+errs, "test_resets") {
				t.Errorf("test: %s%s", out, errs)
			}
			crash := map[string]string{"lua": "        elseif r.value:topic() == \"crash\" then\n", "starlark": "        elif r.value.topic() == \"crash\":\n"}[c.language]
			s.edits(c.file, crash, c.wrong+crash)
			if _, errs := s.does(2, "", "check"); !strings.Contains(errs, c.file+":1") || !strings.Contains(errs, "lookup") && !strings.Contains(errs, "zero") {
				t.Errorf("check: %s", errs)
			}
			s.edits(c.file, c.wrong, c.branch)
			s.does(0, "", "check")
			if out, _ := s.does(0, "", "test", "--schedules", "3"); !strings.HasSuffix(out, "3 passed, 0 failed; 9 runs\n") {
				t.Errorf("test: %s", out)
			}
			typed := map[string]string{
				"lua":      "c = process.spawn('app:counter', nil, 10)\n(process.call(c, 'add', '1s', 2))\n(process.call(c, 'reset', '1s'))\n",
				"starlark": "c, _ = process.spawn('app:counter', None, 10)\nprocess.call(c, 'add', '1s', 2)[0]\nprocess.call(c, 'reset', '1s')[0]\n",
			}[c.language]
			if out, errs := s.does(0, typed, "repl"); out != "12\n0\n" || errs != "" {
				t.Errorf("repl: %s%s", out, errs)
			}
			if _, errs := s.does(0, "", "run", "--for", "10ms"); !strings.Contains(errs, "app:root") {
				t.Errorf("run: %s", errs)
			}

			// What was built needs nothing of the directory.
			file := filepath.Join(t.TempDir(), "shop")
			s.does(0, "", "build", "--output", file)
			s = stepper{t, t.TempDir()}
			if _, errs := s.starts(file, 0, "", "--for", "10ms"); !strings.Contains(errs, "app:root") {
				t.Errorf("what was built: %s", errs)
			}
			if out, errs := s.starts(file, 0, typed, "repl"); out != "12\n0\n" || errs != "" {
				t.Errorf("repl of what was built: %s%s", out, errs)
			}
		})
	}
}

// The page of the first actor is true of the command itself: what it prints is what the page
// says, and what is typed at the repl gives what stands there.
func TestGuideOfFirstActor(t *testing.T) {
	page, ok := docs.Find("guide/first-actor")
	if !ok {
		t.Fatal("no such page")
	}
	all := blocks.Of(page)
	typedLine := regexp.MustCompile(`^\d+[>.] ?`)
	repls := 0
	for _, b := range all {
		if b.Language != "console" {
			continue
		}
		s := stepper{t, t.TempDir()}
		for file, text := range blocks.Files(all, b.Line) {
			s.writes(file, text)
		}
		for _, step := range strings.Split("\n"+b.Text, "\n$ understudy ")[1:] {
			command, printed, _ := strings.Cut(step, "\n")
			var typed, want strings.Builder
			for _, line := range strings.SplitAfter(printed, "\n") {
				if prompt := typedLine.FindString(line); prompt != "" && strings.HasPrefix(command, "repl") {
					typed.WriteString(line[len(prompt):])
				} else {
					want.WriteString(line)
				}
			}
			if strings.HasPrefix(command, "repl") {
				repls++
			}
			got, errs := s.does(0, typed.String(), strings.Fields(command)...)
			if strings.TrimSuffix(got, "\n") != strings.TrimSuffix(want.String(), "\n") {
				t.Errorf("line %d, %s: got\n%s%swant\n%s", b.Line, command, got, errs, &want)
			}
		}
	}
	if repls != 2 {
		t.Errorf("%d times something is typed", repls)
	}
}
