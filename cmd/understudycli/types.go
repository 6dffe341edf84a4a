package understudycli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cmd/understudycli/internal/definitions"
	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/core/schema"
	"github.com/understudy-run/understudy/hostapi"
)

// definitionsDir is where definitions are, below the app. A directory whose name begins
// with a dot is no part of the app (14.1).
const definitionsDir = ".understudy"

func (p *program) typesCommand() *cli.Command {
	return &cli.Command{
		Name:      "types",
		Usage:     "writes what editors want to know of scripts and index files",
		UsageText: "understudy types [--out DIR] [APPDIR]\n\nExample: understudy types examples/worker-pool",
		Description: "Writes definitions of the modules, DIR/lua for the language server of Lua, LuaLS,\n" +
			"and DIR/starlark, and the schema of index files, DIR/" + schemaName + ". APPDIR/.luarc.json,\n" +
			"which says where the definitions are, is written where there is none yet. Repeat\n" +
			"it after an update.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "`DIR` of the definitions", DefaultText: "APPDIR/" + definitionsDir},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usage("types takes one APPDIR, got %d arguments; flags stand before it", c.NArg())
			}
			dir := "."
			if c.NArg() == 1 {
				dir = c.Args().First()
			}
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				return usage("no such directory: %s", dir)
			}
			out := filepath.Join(dir, definitionsDir)
			if c.IsSet("out") {
				out = c.String("out")
			}
			settings, err := p.luaSettings(dir, out)
			if err != nil {
				return status{statusFailed, fmt.Sprintf("understudy: %v", err)}
			}
			files := p.definitions()
			if err := write(out, files); err != nil {
				return err
			}
			fmt.Fprintf(c.App.Writer, "wrote %d files to %s\n", len(files), filepath.ToSlash(out))
			rc := filepath.Join(dir, luaSettingsName)
			if _, err := os.Lstat(rc); err == nil {
				fmt.Fprintf(c.App.Writer, "kept %s\n", filepath.ToSlash(rc))
				return nil
			}
			return write(dir, map[string][]byte{luaSettingsName: settings})
		},
	}
}

const (
	luaSettingsName = ".luarc.json"
	schemaName      = "schema.json" // of index files
)

// typedModules are those that definitions are made of: also that of test files.
func (p *program) typedModules() []*hostapi.Module {
	return append(p.modules(), apptest.Module())
}

// definitions gives the files of definitions, by their paths.
func (p *program) definitions() map[string][]byte {
	files := map[string][]byte{}
	for name, text := range definitions.Lua(p.typedModules()) {
		files["lua/"+name] = text
	}
	files[schemaName] = schema.Index(p.forms())
	if d, ok := p.dialectOf("starlark"); ok {
		files["starlark/understudy.pyi"] = definitions.Starlark(p.typedModules(), d.spelled, d.text)
	}
	return files
}

// luaSettings gives the settings of LuaLS for an app whose definitions are in a directory.
func (p *program) luaSettings(dir, out string) ([]byte, error) {
	app, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	lua, err := filepath.Abs(filepath.Join(out, "lua"))
	if err != nil {
		return nil, err
	}
	library, err := filepath.Rel(app, lua)
	if err != nil {
		library = lua // on another volume
	}
	return definitions.LuaSettings(filepath.ToSlash(library), p.typedModules()), nil
}

// write writes files below a directory, in order of their names.
func write(dir string, files map[string][]byte) error {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		file := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = os.WriteFile(file, files[name], 0o644)
		}
		if err != nil {
			return status{statusFailed, fmt.Sprintf("understudy: %v", err)}
		}
	}
	return nil
}
