package understudycli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// shelf is a directory with an app and other files.
func shelf(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range editedApp() {
		writeFile(t, filepath.Join(dir, "shop", name), text)
	}
	writeFile(t, filepath.Join(dir, "empty", "notes.txt"), "")
	writeFile(t, filepath.Join(dir, "values.env"), "A=1\n")
	return dir
}

func TestCompletionOfWords(t *testing.T) {
	t.Chdir(shelf(t))
	for _, test := range []struct {
		words string // the last is the one to complete
		want  []string
	}{
		{"ex", []string{"exec"}},
		{"completion ", []string{"bash", "zsh", "fish"}},
		{"help con", []string{"conformance"}},
		{"exec ", []string{"empty/", "shop/", "app:lamp", "app:stove"}}, // all below is one app (14.1)
		{"exec shop ", []string{"app:lamp", "app:stove"}},
		{"exec shop app:l", []string{"app:lamp"}},
		{"exec shop/ app:lamp ", nil},
		{"exec --engine go", []string{"golua"}},
		{"exec --engine=go", []string{"--engine=golua"}},
		{"exec --engine golua shop app:s", []string{"app:stove"}},
		{"exec --json --log j", []string{"json"}},
		{"exec --time", []string{"--timeout"}},
		{"exec shop --time", nil}, // flags stand before the operands
		{"exec --set app:lamp_", []string{"app:lamp_service."}},
		{"run --inspect s", []string{"shop/"}},
		{"run --env-file v", []string{"values.env"}},
		{"run e", []string{"empty/"}},
		{"check shop/", nil}, // no directories are in it
		{"test shop shop/st", []string{"shop/stove.star"}},
		{"modules process.registry.l", []string{"process.registry.lookup"}},
		{"modules --language starlark tim", []string{"time"}},
		{"init --from polyg", []string{"polyglot"}},
		{"docs guide/first", []string{"guide/first-actor"}},
		{"nonsense ", nil},
		{"no-such --flag ", nil},
	} {
		status, stdout, stderr := command(t, append([]string{"complete", "--"}, strings.Split(test.words, " ")...)...)
		if status != statusOK || stderr != "" {
			t.Errorf("%s: status %d, %s", test.words, status, stderr)
		}
		var got []string
		for _, line := range strings.Split(strings.TrimSuffix(stdout, "\n"), "\n") {
			if word, _, _ := strings.Cut(line, "\t"); word != "" {
				got = append(got, word)
			}
		}
		if strings.HasSuffix(test.words, "go") || strings.HasPrefix(test.words, "modules --language") { // there are more
			got = slices.DeleteFunc(got, func(word string) bool { return !slices.Contains(test.want, word) })
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.words, got, test.want)
		}
	}
	if status, _, stderr := command(t, "completion", "fush"); status != statusUsage || !strings.Contains(stderr, `unknown shell "fush" (did you mean "fish"?)`) {
		t.Errorf("of an unknown shell: status %d, %s", status, stderr)
	}
	t.Chdir("shop")
	if _, stdout, _ := command(t, "complete", "--", "exec", "app:la"); stdout != "app:lamp\tprocess.lua\n" {
		t.Errorf("in the directory of an app: %q", stdout)
	}
	if _, stdout, _ := command(t, "complete", "--", "run", "--set", "app:lamp_"); stdout != "app:lamp_service.\tprocess.service\n" {
		t.Errorf("of --set: %q", stdout)
	}
	writeFile(t, "_index.yaml", "namespace: app\nentries:\n  - {name: sound, kind: process.lua, source: x}\n  - {name: broken, kind: process.lux}\n")
	if _, stdout, _ := command(t, "complete", "--", "exec", "app:"); stdout != "app:sound\tprocess.lua\n" {
		t.Errorf("of an app with errors: %q", stdout)
	}
}

// The words by which the help names what may stand somewhere are those that are completed.
func TestCompletionKnowsTheWordsOfTheHelp(t *testing.T) {
	t.Chdir(shelf(t))
	p := &program{}
	a := p.application(io.Discard, io.Discard)
	written := map[string]bool{"COMMAND": true} // of help, which is not ours
	for _, c := range a.Commands {
		for _, f := range c.Flags {
			written[placeholder(f)] = true
		}
		l := &line{program: p, app: a, command: c}
		for len(l.args) < 3 {
			for _, name := range l.operands() {
				written[name] = true
			}
			l.args = append(l.args, "shop")
		}
	}
	for _, name := range []string{
		"E", "L", "LANGUAGE", "FORMAT", "LEVEL", "EXAMPLE", "SHELL", "COMMAND", "NAME", "KIND", "TOPIC", "ENTRY", "ENTRY.path=value", "APPDIR", "DIR", "FILE", "PATTERN",
	} {
		if !written[name] {
			t.Errorf("nobody writes %s", name)
		}
		l := &line{program: p, app: a, command: &cli.Command{}, args: []string{"shop"}}
		if len(l.values(name, "")) == 0 {
			t.Errorf("nothing is known of %s", name)
		}
	}
}

// The shells themselves: words are written, the tabulator is pressed.
func TestCompletionInShells(t *testing.T) {
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("no terminals without script: ", err)
	}
	dir := shelf(t)
	bin := filepath.Join(dir, "bin")
	writeFile(t, filepath.Join(bin, "understudy"), "#!/bin/sh\n"+asCommand+"=1 exec '"+os.Args[0]+"' \"$@\"\n")
	if err := os.Chmod(filepath.Join(bin, "understudy"), 0o777); err != nil {
		t.Fatal(err)
	}
	for shell, start := range map[string]struct{ command, setup string }{
		"bash": {"bash --norc --noprofile -i", "source <(understudy completion bash)"},
		"zsh":  {"zsh -f -i", "autoload -U compinit; compinit -D; source <(understudy completion zsh)"},
		"fish": {"fish --no-config -i", "understudy completion fish | source"},
	} {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Skip(err)
			}
			var typed strings.Builder
			typed.WriteString(start.setup + "\n")
			lines := []string{"understudy exe\tshop app:la\tx", "understudy exec --engine=starl\tsh\t app:st\t", "understudy completion z\t", "understudy modules process.regis\t"}
			wanted := []string{
				"GOT understudy exec shop app:lamp x",
				"GOT understudy exec --engine=starlark shop/ app:stove",
				"GOT understudy completion zsh",
				"GOT understudy modules process.registry",
			}
			if testing.Short() {
				lines, wanted = lines[:1], wanted[:1]
			}
			for _, line := range lines {
				// The line becomes an argument of echo: with what is before it at its beginning.
				typed.WriteString(line + "\x01echo GOT \n")
			}
			typed.WriteString("exit\n")
			cmd := exec.Command("script", "-q", "-e", "-c", start.command, "/dev/null")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "TERM=dumb", "HOME="+t.TempDir(), "INPUTRC=/dev/null", "PS1=> ")
			cmd.Stdin = strings.NewReader(typed.String())
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			_ = cmd.Run() // what counts is what it wrote
			for _, want := range wanted {
				if !strings.Contains(strings.ReplaceAll(out.String(), "\r", ""), "\n"+want) {
					t.Errorf("no line %q:\n%s", want, out.String())
				}
			}
		})
	}
}
