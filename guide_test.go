package understudy_test

import (
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/docs"
	"github.com/understudy-run/understudy/docs/blocks"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
)

// The guide is true: the files of a page are an app, which does what the page says that
// the command prints; its Go stands in example_guide_test.go.
func TestGuide(t *testing.T) {
	pages := 0
	shown := map[string]bool{}
	for _, page := range docs.List() {
		if path.Dir(page.Name) != "guide" {
			continue
		}
		pages++
		t.Run(path.Base(page.Name), func(t *testing.T) {
			all := blocks.Of(page.Text)
			files, sessions := 0, 0
			for _, b := range all {
				switch {
				case b.Language == "go":
					shown[dedent(strings.Split(b.Text, "\n"))] = true
				case b.Language == "console":
					sessions++
				case b.File == "" || !slices.Contains([]string{"lua", "starlark", "yaml"}, b.Language):
					t.Errorf("line %d: a block of %q that nothing runs", b.Line, b.Language)
				default:
					files++
				}
			}
			if files > 0 && sessions == 0 {
				t.Error("an app that nobody runs")
			}
			for _, b := range all {
				if b.Language != "console" || strings.HasPrefix(b.Text, "$ understudy repl") {
					continue // the command has tests that type (TestGuideOfFirstActor)
				}
				app := fstest.MapFS{}
				for name, text := range blocks.Files(all, b.Line) {
					app[name] = &fstest.MapFile{Data: []byte(text)}
				}
				play(t, app, b)
			}
		})
	}
	if pages < 13 {
		t.Errorf("only %d pages", pages)
	}
	known := regions(t, "example_guide_test.go")
	for text := range shown {
		if _, ok := known[text]; !ok {
			t.Errorf("Go that is no example:\n%s", text)
		}
	}
	for text, line := range known {
		if !shown[text] {
			t.Errorf("example_guide_test.go:%d: an example that is not shown", line)
		}
	}
}

// What the README executes ends by itself, and with the result that it says.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, b := range blocks.Of(string(text)) {
		first, _, _ := strings.Cut(b.Text, "\n")
		if _, file, ok := strings.Cut(first, " src/"); ok && files[file] == nil {
			files[file] = &fstest.MapFile{Data: []byte(b.Text)}
		}
	}
	executed := 0
	for _, line := range strings.Split(string(text), "\n") {
		command, ok := strings.CutPrefix(line, "    understudy exec ")
		if !ok {
			continue
		}
		executed++
		command, comment, _ := strings.Cut(command, "#")
		_, want, _ := strings.Cut(comment, "its result: ")
		var got strings.Builder
		perform(t, &got, files, t.TempDir(), append([]string{"exec"}, strings.Fields(command)...), 1)
		if got.String() != want+"\n" {
			t.Errorf("%s: got %q, want %q", command, &got, want)
		}
	}
	if executed == 0 {
		t.Error("nothing is executed")
	}
}

// play runs the commands of a session, in simulated time, and compares what they print.
// What depends on the schedule would differ between seeds.
func play(t *testing.T, files fstest.MapFS, session blocks.Block) {
	for seed := range uint64(10) {
		var want, got strings.Builder
		data := t.TempDir()
		for _, line := range strings.Split(strings.TrimSpace(session.Text), "\n") {
			want.WriteString(line + "\n")
			if command, ok := strings.CutPrefix(line, "$ understudy "); ok {
				got.WriteString(line + "\n")
				perform(t, &got, files, data, strings.Fields(command), seed)
			}
		}
		if got.String() != want.String() {
			t.Errorf("line %d, seed %d: got\n%swant\n%s", session.Line, seed, &got, &want)
			return
		}
	}
}

// perform does what a command line says, with a data directory. What scripts do outside is
// done.
func perform(t *testing.T, out *strings.Builder, files fstest.MapFS, data string, words []string, seed uint64) {
	t.Helper()
	ctx := context.Background()
	command, words := words[0], words[1:]
	options := app.Options{Engines: guideEngines(), Modules: slices.Concat(modules.Standard(), world.Modules()), Kinds: world.Kinds(), Data: data, Lookup: func(string) (string, bool) { return "", false }}
	var limit time.Duration
	for command != "test" && len(words) > 1 && strings.HasPrefix(words[0], "--") {
		switch words[0] {
		case "--set":
			options.Set = append(options.Set, words[1])
		case "--for":
			limit, _ = hostapi.ParseDuration(words[1])
		default:
			t.Fatalf("flag %s", words[0])
		}
		words = words[2:]
	}
	loaded, found := app.Load(files, options)
	for _, d := range found {
		fmt.Fprintln(out, d)
	}
	if loaded == nil {
		return
	}
	if command == "test" {
		performTests(t, out, files, words)
		return
	}
	simulation := core.NewSimulation(seed)
	rt, err := understudy.New(understudy.Options{
		Engines: guideEngines(), Modules: world.Modules(), Kinds: world.Kinds(), Data: data, Output: out, Simulation: simulation, Lookup: options.Lookup,
		Outside: func(string, hostapi.Op) core.Handling { return core.Perform() },
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := rt.LoadApp(files)
	if err != nil {
		t.Fatal(err)
	}
	switch command {
	case "check":
		fmt.Fprintf(out, "%d entries, no errors\n", len(loaded.Entries))
	case "run":
		if err := a.Start(ctx); err != nil {
			t.Error(err)
		}
		simulation.RunFor(limit)
	case "exec":
		entry, ok := loaded.Lookup(words[0]).(*app.Process)
		if !ok {
			t.Fatalf("no process entry %s", words[0])
		}
		first := loaded.Requires(entry.ID)
		for _, e := range loaded.Entries {
			switch e.(type) {
			case *app.Host, *app.Scope:
				first = append(first, e.Head().ID)
			}
		}
		if err := a.Start(ctx, first...); err != nil {
			t.Error(err)
		}
		var args []any
		for _, v := range entry.Input {
			args = append(args, v)
		}
		if len(words) > 1 {
			args = nil
		}
		for _, text := range words[1:] {
			v, err := app.ParseArg(text)
			if err != nil {
				t.Fatal(err)
			}
			args = append(args, v)
		}
		p, err := rt.Start(ctx, entry.ID, args...)
		if err != nil {
			t.Fatal(err)
		}
		switch v, err := p.Wait(ctx); {
		case err != nil:
			fmt.Fprintf(out, "error: %s: %s\n", hostapi.AsError(err).Kind, err)
		case v.Type() == hostapi.TypeString:
			fmt.Fprintln(out, v.Str())
		case !v.IsNil():
			text, _ := v.MarshalJSON()
			fmt.Fprintf(out, "%s\n", text)
		}
	default:
		t.Fatalf("command %s", command)
	}
	if err := rt.Shutdown(ctx, spec.DefaultService.StopTimeout); err != nil {
		t.Error(err)
	}
}

// performTests does what understudy test does, of which --coverage, --engine and the patterns are
// words.
func performTests(t *testing.T, out *strings.Builder, files fstest.MapFS, words []string) {
	t.Helper()
	coverage := slices.Contains(words, "--coverage")
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == "--coverage" })
	engine := ""
	if len(words) > 1 && words[0] == "--engine" {
		engine, words = words[1], words[2:]
	}
	suite, _ := apptest.Load(apptest.Options{App: files, Engines: guideEngines(), Modules: slices.Concat(modules.Standard(), world.Modules()), Kinds: world.Kinds(), Patterns: words, Engine: engine, Seed: 1, Coverage: coverage})
	var sum apptest.Sum
	for _, c := range suite.Cases {
		r := suite.Run(context.Background(), c)
		if r.Status == apptest.Failed {
			fmt.Fprintf(out, "FAIL  %s (%s)\n    %s\n", c, c.Engine, strings.ReplaceAll(strings.TrimSpace(r.Text()), "\n", "\n    "))
		}
		sum.Add(r)
	}
	out.WriteString(sum.Text(len(suite.Cases)))
	if coverage {
		out.WriteString(suite.Coverage().Text())
	}
}

func guideEngines() []hostapi.Engine {
	return []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()}
}
