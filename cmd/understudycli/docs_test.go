package understudycli

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/docs"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/supervisor"
)

func TestDocs(t *testing.T) {
	_, list, _ := command(t, "docs")
	for _, want := range []string{"embedding ", "starlark ", "\n  16 Supervisors\n", "\n  A: interpreter divergences\n"} {
		if !strings.Contains("\n"+list, want) {
			t.Errorf("no %q in the list:\n%s", want, list)
		}
	}
	for topic, want := range map[string]string{"16.5": "- **16.5** Stop", "16": "- **16.19**", "security": "# Security", "B": "## Appendix B"} {
		if status, stdout, stderr := command(t, "docs", topic); status != 0 || !strings.Contains(stdout, want) || stderr != "" {
			t.Errorf("docs %s: status %d, %s%.300s", topic, status, stderr, stdout)
		}
	}
	if status, stdout, _ := command(t, "docs", "starlark", "3.1"); status != 0 || !strings.Contains(stdout, "Trailing underscore") {
		t.Errorf("docs starlark 3.1: status %d, %s", status, stdout)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"docs", "16.99"}, `no document, section or clause "16.99"`},
		{[]string{"docs", "emedding"}, `no document, section or clause "emedding" (did you mean "embedding"?)`},
		{[]string{"docs", "starlark", "99.1"}, "docs: starlark has no clause 99.1"},
		{[]string{"docs", "starlak", "3.1"}, `"starlak" (did you mean "starlark"?)`},
		{[]string{"docs", "a", "b", "c"}, "docs takes TOPIC and CLAUSE, got 3 arguments"},
	} {
		if status, _, stderr := command(t, c.args...); status != 2 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: status %d, %s; want %s", c.args, status, stderr, c.want)
		}
	}
}

// No number of a clause is printed that docs cannot open, and no file of the
// repository is named, which who reads it does not have.
func TestClausesThatAreCitedCanBeOpened(t *testing.T) {
	texts := map[string]string{}
	print := func(args ...string) {
		_, stdout, stderr := command(t, args...)
		texts[strings.Join(args, " ")] = stdout + stderr
	}
	print("engines", "--divergences")
	print("modules", "table")
	for _, c := range (&program{}).application(nil, nil).Commands {
		print("help", c.Name)
	}
	for _, language := range (&program{}).languages() {
		print("modules", "--language", language)
		for _, name := range (&program{}).moduleNames() {
			print("modules", "--language", language, name)
		}
	}
	cited := regexp.MustCompile(`\(([^()]*)\)|docs (\d+\.\d+)`)
	number := regexp.MustCompile(`\b\d+\.\d+\b`)
	section := regexp.MustCompile(`\bsections? (\d+)|, (\d+) (?:to|and) (\d+)`)
	document := regexp.MustCompile(`\.md\b`) // not hash.md5
	address := regexp.MustCompile(`\b\d+\.\d+\.\d+\.\d+\b`)
	found := 0
	for what, text := range texts {
		text = address.ReplaceAllString(text, "")
		if strings.Contains(text, "docs/") || document.MatchString(text) {
			t.Errorf("%s names a file of the repository", what)
		}
		for _, m := range cited.FindAllStringSubmatch(text, -1) {
			numbers := number.FindAllString(m[1]+m[2], -1)
			for _, s := range section.FindAllStringSubmatch(m[1], -1) {
				numbers = append(numbers, s[1:]...)
			}
			for _, n := range numbers {
				found++
				if _, ok := docs.Find(n); !ok && n != "" {
					t.Errorf("%s cites %s, which cannot be opened: %s", what, n, m[0])
				}
			}
		}
	}
	if found < 500 {
		t.Errorf("only %d citations were found", found)
	}
}

// Each language sees its own spelling.
func TestModulesSpeakEachLanguage(t *testing.T) {
	for language, wants := range map[string][]string{
		"lua": {
			"process.spawn(id [, host], ...) -> PID | nil, error\n", "process.listen(topic [, options]) -> channel | nil, error\n",
			"    options.message: any, optional", "process.unlisten(channel) -> boolean | false, error\n", "message:from() -> PID\n",
			"process.get_options() -> options\n", "    from: ", "builder:spawn(",
			"channel:receive() -> any, boolean\n", "local time = require(\"time\")", "time.sleep(d) -> nil, error\n", "errors.is(x, kind) -> boolean\n",
			"coroutine.yield(...)\n", "    errors: Invalid",
		},
		"starlark": {
			"process.spawn(id, host = None, *args) -> (PID, error)\n", "process.listen(topic, message = None) -> (channel, error)\n",
			"    message: any, optional; if exactly True", "process.unlisten(channel) -> (bool, error)\n", "message.from_() -> PID\n",
			"process.get_options() -> options\n", "    from_: ", "builder.spawn(",
			"channel.receive() -> (any, bool)\n", "\n    time = require(\"time\")", "time.sleep(d)\n", "errors.is_(x, kind) -> bool\n",
			"coroutine.yield_(*args)\n", "    raises: Invalid",
		},
	} {
		var all strings.Builder
		for _, name := range (&program{}).moduleNames() {
			_, text, _ := command(t, "modules", "--language", language, name)
			all.WriteString(text)
		}
		for _, want := range wants {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%s: no %q", language, want)
			}
		}
		if broken := regexp.MustCompile(`\w*(tabless|dictss|listss|mapss)\b`).FindString(all.String()); broken != "" {
			t.Errorf("%s: %s", language, broken)
		}
	}
	if status, _, stderr := command(t, "modules", "--language", "starlrak"); status != 2 || !strings.Contains(stderr, `unknown language "starlrak" (did you mean "starlark"?)`) {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// The reference of specifications has the fields that are read, all of them.
func TestSpecificationsAreListed(t *testing.T) {
	fields := map[string][]string{}
	for _, s := range supervisor.Module.Shapes {
		for _, f := range s.Fields {
			fields[s.Name] = append(fields[s.Name], f.Name)
		}
	}
	for name, want := range map[string][]string{"specification": spec.SupervisorFields(), "child": spec.ChildFields()} {
		if !slices.Equal(fields[name], want) {
			t.Errorf("%s has the fields %v, want %v", name, fields[name], want)
		}
	}
	// What is listed is known to the decoder of the field.
	var backoff []hostapi.Entry
	for _, name := range fields["backoff"] {
		backoff = append(backoff, hostapi.Field(name, hostapi.Int(1)))
	}
	var d spec.Decoder
	d.Supervisor(hostapi.MapOf(hostapi.Field("backoff", hostapi.MapOf(backoff...))), "a:h")
	for _, v := range d.Violations {
		if v.Key {
			t.Error(v)
		}
	}
}
