package understudycli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/docs"
)

// proposal is a word that a shell may complete to, with what it is.
type proposal struct{ word, note string }

func (x proposal) String() string {
	if x.note == "" {
		return x.word
	}
	return x.word + "\t" + x.note
}

// line is a command line up to the word that is to be completed.
type line struct {
	*program
	app     *cli.App
	command *cli.Command
	flags   map[string]string // that were given, with their values
	args    []string
}

// complete gives what the last of the words of a line may be completed to.
func (p *program) complete(a *cli.App, words []string) []proposal {
	if len(words) == 0 {
		return nil
	}
	word := words[len(words)-1]
	l := &line{program: p, app: a, flags: map[string]string{}}
	var pending cli.Flag // whose value is the next word
	for _, w := range words[:len(words)-1] {
		name, value, given := strings.Cut(strings.TrimLeft(w, "-"), "=")
		switch f := l.flag(name); {
		case pending != nil:
			l.flags[pending.Names()[0]], pending = w, nil
		case l.beyondFlags() || !strings.HasPrefix(w, "-"):
			l.operand(w)
		case f != nil && takesValue(f) && !given:
			pending = f
		case f != nil:
			l.flags[f.Names()[0]] = value
		}
	}
	var out []proposal
	switch name, _, given := strings.Cut(word, "="); {
	case pending != nil:
		out = l.values(placeholder(pending), word)
	case strings.HasPrefix(word, "-") && !l.beyondFlags() && given:
		if f := l.flag(strings.TrimLeft(name, "-")); f != nil {
			for _, x := range l.values(placeholder(f), word[len(name)+1:]) {
				out = append(out, proposal{name + "=" + x.word, x.note})
			}
		}
	case strings.HasPrefix(word, "-") && !l.beyondFlags():
		out = l.flagNames()
	case l.command == nil:
		out = l.commandNames()
	default:
		for _, name := range l.operands() {
			out = append(out, l.values(name, word)...)
		}
	}
	return slices.DeleteFunc(out, func(x proposal) bool { return !strings.HasPrefix(x.word, word) })
}

// operand takes a word that is no flag.
func (l *line) operand(w string) {
	if l.command != nil {
		l.args = append(l.args, w)
		return
	}
	l.command = l.app.Command(w)
	if l.command == nil {
		l.command = &cli.Command{} // nothing is known of it
	}
}

// beyondFlags says that a flag has no place any more: they stand before the operands.
func (l *line) beyondFlags() bool { return l.command != nil && len(l.args) > 0 }

func (l *line) flagList() []cli.Flag {
	if l.command != nil {
		return l.command.Flags
	}
	return l.app.Flags
}

func (l *line) flag(name string) cli.Flag {
	for _, f := range l.flagList() {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

// takesValue says whether the next word is the value of a flag.
func takesValue(f cli.Flag) bool {
	if g, is := f.(*cli.GenericFlag); is {
		if b, may := g.Value.(interface{ IsBoolFlag() bool }); may && b.IsBoolFlag() {
			return false
		}
	}
	d, is := f.(cli.DocGenerationFlag)
	return is && d.TakesValue()
}

// flagInHelp is a flag with its value, as [--out DIR].
var flagInHelp = regexp.MustCompile(`\[-[^]]*\]`)

var backquoted = regexp.MustCompile("`([^`]+)`")

// placeholder gives the word that stands for the value of a flag in its help.
func placeholder(f cli.Flag) string {
	if d, is := f.(cli.DocGenerationFlag); is {
		if m := backquoted.FindStringSubmatch(d.GetUsage()); m != nil {
			return m[1]
		}
	}
	return ""
}

func (l *line) flagNames() []proposal {
	out := []proposal{{"--help", "shows the help"}}
	for _, f := range l.flagList() {
		if d, is := f.(cli.DocGenerationFlag); is {
			note, _, _ := strings.Cut(backquoted.ReplaceAllString(d.GetUsage(), "$1"), "\n")
			out = append(out, proposal{"--" + f.Names()[0], note})
		}
	}
	return out
}

func (l *line) commandNames() []proposal {
	var out []proposal
	for _, c := range l.app.VisibleCommands() {
		out = append(out, proposal{c.Name, c.Usage})
	}
	return out
}

// operands gives what the next operand may be, by the words of the help: as a word in
// brackets may be left out, the one behind it may stand there too.
func (l *line) operands() []string {
	text, _, _ := strings.Cut(l.command.UsageText, "\n")
	if l.command.Name == "help" {
		return []string{"COMMAND"}
	}
	var names []string
	for _, word := range strings.Fields(flagInHelp.ReplaceAllString(text, "")) {
		if name := strings.Trim(word, "[]."); word == strings.ToUpper(word) && !strings.HasPrefix(name, "-") {
			names = append(names, name)
		}
	}
	n := len(l.args)
	if len(names) > 1 && names[0] == "APPDIR" && n > 0 && !isDirectory(l.args[0]) {
		n++ // it was left out
	}
	switch {
	case n >= len(names):
		return nil
	case n == 0 && len(names) > 1 && names[0] == "APPDIR":
		return names[:2]
	}
	return names[n : n+1]
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// values gives what may stand for a word of the help; word is what is written of it.
func (l *line) values(name, word string) []proposal {
	var words []string
	switch name {
	case "E":
		for _, e := range l.engines() {
			words = append(words, e.Info().Name)
		}
	case "L":
		words = []string{"lua", "starlark", "both"}
	case "LANGUAGE":
		words = l.languages()
	case "FORMAT":
		words = []string{"text", "json"}
	case "LEVEL":
		words = []string{"debug", "info", "warn", "error"}
	case "KIND":
		for _, k := range app.Describe(app.Options{Engines: l.engines(), Modules: l.modules(), Kinds: l.kinds()}).Kinds {
			words = append(words, k.Kind)
		}
	case "EXAMPLE":
		words = exampleNames()
	case "SHELL":
		words = shells
	case "COMMAND":
		return l.commandNames()
	case "NAME":
		return l.names()
	case "TOPIC":
		var out []proposal
		for _, d := range docs.List() {
			out = append(out, proposal{d.Name, d.Title})
		}
		return out
	case "ENTRY":
		return l.entries("", func(kind string) bool {
			return strings.HasPrefix(kind, "process.") && kind != app.KindHost && kind != app.KindService && kind != app.KindSupervisor
		})
	case "ENTRY.path=value":
		return l.entries(".", func(string) bool { return true })
	case "APPDIR", "DIR":
		return files(word, false)
	case "FILE", "PATTERN":
		return files(word, true)
	}
	out := make([]proposal, len(words))
	for i, w := range words {
		out[i].word = w
	}
	return out
}

// names gives modules, and their functions.
func (l *line) names() []proposal {
	language := l.flags["language"]
	if language == "" {
		language = "lua"
	}
	d, _ := l.dialectOf(language)
	var out []proposal
	for _, m := range l.modules() {
		out = append(out, proposal{m.Name, m.Doc})
	}
	for name, m := range members(l.modules(), d) {
		out = append(out, proposal{name, m.prefix + d.signature(m.fn)})
	}
	slices.SortFunc(out, func(a, b proposal) int { return strings.Compare(a.word, b.word) })
	return out
}

// entries gives the ids of the entries of some kinds, in the app of the line.
func (l *line) entries(behind string, fits func(kind string) bool) []proposal {
	dir := l.here()
	if len(l.args) > 0 && isDirectory(l.args[0]) {
		dir = l.args[0]
	}
	fsys := l.options.App
	if dir != builtIn {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil
		}
		defer root.Close()
		fsys = root.FS()
	}
	var out []proposal
	for _, e := range app.Declared(fsys, app.Options{Engines: l.engines(), Modules: l.modules(), Kinds: l.kinds()}) {
		if fits(e.Kind) {
			out = append(out, proposal{e.ID + behind, e.Kind})
		}
	}
	return out
}

// files gives the directories that a path may lead to, and with all the files.
func files(path string, all bool) []proposal {
	dir, _ := filepath.Split(path)
	from := dir
	if from == "" {
		from = "."
	}
	list, err := os.ReadDir(from)
	if err != nil {
		return nil
	}
	var out []proposal
	for _, e := range list {
		name := dir + e.Name()
		hidden := strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(strings.TrimPrefix(path, dir), ".")
		switch directory := e.IsDir() || e.Type()&fs.ModeSymlink != 0 && isDirectory(name); {
		case hidden:
		case directory:
			out = append(out, proposal{word: name + "/"})
		case all:
			out = append(out, proposal{word: name})
		}
	}
	return out
}
