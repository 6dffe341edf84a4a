package understudycli

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/schema"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/examples"
)

//go:embed all:start
var start embed.FS

func (p *program) initCommand() *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "writes a small app to begin with",
		UsageText: "understudy init [flags] DIR\n\nExample: understudy init --language starlark counter",
		Description: "Writes an app of one supervised actor with its tests into DIR, or one of the\n" +
			"examples: " + strings.Join(exampleNames(), ", ") + ". A file that is there\n" +
			"already is an error, and then nothing is written.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "language", Value: "lua", Usage: "`L` of the scripts: lua, starlark, or both"},
			&cli.StringFlag{Name: "from", Usage: "write the `EXAMPLE` of this name instead"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usage("init takes one DIR, got %d arguments; flags stand before it", c.NArg())
			}
			dir := c.Args().First()
			files, err := startFiles(c)
			own := len(files)
			if err == nil {
				err = p.forEditors(files)
			}
			if err != nil {
				return err
			}
			if err := writeNew(dir, files); err != nil {
				return err
			}
			at := filepath.ToSlash(dir)
			fmt.Fprintf(c.App.Writer, "wrote %d files to %s, and for editors %s, %s and .vscode\n\n    understudy test %s\n    understudy run %s\n", own, at, definitionsDir, luaSettingsName, at, at)
			return nil
		},
	}
}

func exampleNames() (names []string) {
	list, err := fs.ReadDir(examples.Files, ".")
	if err != nil {
		panic(err) // it is embedded
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// written are the names of files that the directory start must not have itself: it is no
// app, and nothing is left out of it.
var written = map[string]string{"gitignore": ".gitignore", "index": "_index.yaml"}

// startFiles gives the files to write, by their paths.
func startFiles(c *cli.Context) (map[string][]byte, error) {
	if from := c.String("from"); from != "" {
		if !slices.Contains(exampleNames(), from) {
			return nil, usage("unknown example %q%s", from, spec.SuggestOrList(from, exampleNames()))
		}
		if c.IsSet("language") {
			return nil, usage("--language does not go with --from: examples have both")
		}
		return filesBelow(examples.Files, from)
	}
	language := c.String("language")
	kind, source, ok := "process."+language, "", true
	wanted := func(string) bool { return true }
	switch language {
	case "lua":
		source, wanted = "counter.lua", func(name string) bool { return path.Ext(name) != ".star" }
	case "starlark":
		source, wanted = "counter.star", func(name string) bool { return path.Ext(name) != ".lua" }
	case "both":
		kind, source = "process.script", "counter"
	default:
		ok = false
	}
	if !ok {
		return nil, usage("unknown language %q; there are: lua, starlark, both", language)
	}
	all, err := filesBelow(start, "start")
	if err != nil {
		return nil, err
	}
	scripts := map[string]string{"lua": "`counter.lua`", "starlark": "`counter.star`", "both": "`counter.lua`, or `counter.star` with `--engine starlark`,"}[language]
	files := map[string][]byte{}
	for name, text := range all {
		if wanted(name) {
			replaced := strings.NewReplacer("KIND", kind, "SOURCE", source, "SCRIPTS", scripts).Replace(string(text))
			files[cmp.Or(written[name], name)] = []byte(replaced)
		}
	}
	return files, nil
}

// forEditors adds what editors want to know (61.2, 61.3), and leads them there.
func (p *program) forEditors(files map[string][]byte) error {
	for name, text := range files {
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" || !bytes.Contains(text, []byte("namespace:")) {
			continue
		}
		up := strings.Repeat("../", strings.Count(name, "/"))
		files[name] = append([]byte(schema.Modeline(up+definitionsDir+"/"+schemaName)), text...)
	}
	for name, text := range p.definitions() {
		files[definitionsDir+"/"+name] = text
	}
	settings, err := p.luaSettings(".", definitionsDir)
	if err != nil {
		return status{statusFailed, fmt.Sprintf("understudy: %v", err)}
	}
	files[luaSettingsName] = settings
	// What Visual Studio Code then asks to install: the servers that read all this.
	files[".vscode/extensions.json"] = []byte("{\n  \"recommendations\": [\"sumneko.lua\", \"redhat.vscode-yaml\"]\n}\n")
	return nil
}

func filesBelow(fsys fs.FS, dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(fsys, dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, file)
		files[strings.TrimPrefix(file, dir+"/")] = text
		return err
	})
	return files, err
}

// writeNew writes files that must not be there yet.
func writeNew(dir string, files map[string][]byte) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return usage("not a directory: %s", dir)
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			return status{statusUsage, fmt.Sprintf("understudy: %s is there already; nothing was written", filepath.ToSlash(filepath.Join(dir, name)))}
		}
	}
	return write(dir, files)
}
