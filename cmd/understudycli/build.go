package understudycli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cmd/understudycli/internal/bundle"
	"github.com/understudy-run/understudy/core/app"
)

const buildName = "build"

func (p *program) buildCommand() *cli.Command {
	return &cli.Command{
		Name:      buildName,
		Usage:     "writes one executable that contains an app",
		UsageText: "understudy build [flags] [APPDIR]\n\nExample: understudy build --output pool examples/worker-pool",
		Description: "Checks the app, as check does, and writes this program with the app in it: its\n" +
			"index files, sources, and what file:// names; nothing else of the directory. The\n" +
			"executable needs no file beside it. It runs the app as './FILE [flags of run]';\n" +
			"'./FILE help' lists its commands, './FILE --app-info' what it contains.\n" +
			"The same input gives the same bytes.\n\n" +
			"Exit status: 0, 1 if the executable could not be written, 2 for a usage error or an\n" +
			"error in the app, in which case nothing was written.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Usage: "write `FILE`", DefaultText: "the name of APPDIR, in the current directory"},
			&cli.StringFlag{Name: "engine", Usage: "check and later run every entry of its language, and every process.script, on engine `E`: " + p.engineNames()},
			&cli.StringFlag{Name: "base", Usage: "put the app into `FILE`, this program of the same version for another platform"},
			&cli.BoolFlag{Name: "with-tests", Usage: "take the test files along", DisableDefaultText: true},
		},
		Action: p.build,
	}
}

func (p *program) build(c *cli.Context) error {
	if c.NArg() > 1 {
		return usage("build takes one APPDIR, got %d arguments; flags stand before it", c.NArg())
	}
	dir := c.Args().First()
	if dir == "" {
		dir = "."
	}
	base, platform, err := baseOf(c.String("base"))
	if err != nil {
		return err
	}
	a, err := p.loadAppOr(c, dir, "nothing was built")
	if err != nil {
		return err
	}
	output, err := outputOf(c.String("output"), dir, platform, a)
	if err != nil {
		return err
	}
	files, err := a.ReadContents()
	if err != nil {
		return status{statusFailed, fmt.Sprintf("understudy: %v; nothing was built", err)}
	}
	executable, err := bundle.Make(base, c.String("engine"), files)
	if err != nil {
		return usage("no app can be put into %s: %v", cmp.Or(filepath.ToSlash(c.String("base")), "this program"), err)
	}
	if err := replace(output, executable); err != nil {
		return status{statusFailed, fmt.Sprintf("understudy: %v", err)}
	}
	fmt.Fprintf(c.App.Writer, "wrote %s for %s: %d files of the app, %.1f MB\n", filepath.ToSlash(output), platform, len(files), float64(len(executable))/1e6)
	if bundle.NeedsLibraries(executable) {
		fmt.Fprintln(c.App.Writer, "it needs the C library of its system, as this understudy does; one built with CGO_ENABLED=0 makes executables that need nothing")
	}
	return nil
}

// baseOf reads the program that the app is put into, "" for this one.
func baseOf(name string) (base []byte, platform bundle.Platform, err error) {
	if name != "" {
		if base, err = os.ReadFile(name); err != nil {
			return nil, platform, usage("--base: %v", err)
		}
		if platform, err = bundle.CheckBase(base); err != nil {
			return nil, platform, usage("--base %s: %v", filepath.ToSlash(name), err)
		}
		return base, platform, nil
	}
	if name, err = os.Executable(); err == nil {
		base, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, platform, status{statusFailed, fmt.Sprintf("understudy: this program cannot be read: %v; --base names one", err)}
	}
	return base, bundle.OwnPlatform(), nil
}

// outputOf says where the executable goes. A file that is there already is replaced only if
// it is an executable with an app too.
func outputOf(name, dir string, platform bundle.Platform, a *app.App) (string, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return "", usage("%v", err)
	}
	given := name != ""
	if !given {
		if name = filepath.Base(root); name == string(filepath.Separator) {
			return "", usage("--output is required: the directory has no name")
		}
		if platform.OS == "windows" {
			name += ".exe"
		}
	}
	switch info, err := os.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", usage("--output: %v", err)
	case info.IsDir() && !given:
		return "", usage("%s is a directory: name the executable by --output", name)
	case info.IsDir():
		return "", usage("--output: %s is a directory", name)
	case !containsApp(name):
		return "", usage("%s is there already and contains no app; nothing was built", filepath.ToSlash(name))
	}
	if abs, err := filepath.Abs(name); err == nil {
		inside, err := filepath.Rel(root, abs)
		if err == nil && slices.Contains(a.Contents, filepath.ToSlash(inside)) {
			return "", usage("--output: %s is a file of the app", filepath.ToSlash(name))
		}
	}
	return name, nil
}

// containsApp reports whether a file is an executable with an app, sound or not.
func containsApp(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	a, err := bundle.Read(f)
	return a != nil || errors.Is(err, bundle.ErrChanged)
}

// replace writes an executable beside the file whose place it then takes, so that there is
// never half of one, and one that runs goes on.
func replace(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o755)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // what cannot be written may not be there
	}
	return err
}

// appInfo lists what an executable contains: this program, or the file of another one.
func (p *program) appInfo(c *cli.Context) error {
	a := p.contained
	if name := c.Args().First(); name != "" {
		f, err := os.Open(name)
		if err != nil {
			return usage("--app-info: %v", err)
		}
		defer f.Close()
		if a, err = bundle.Read(f); err != nil {
			return usage("--app-info %s: %v", filepath.ToSlash(name), err)
		}
	}
	if a == nil {
		return usage("--app-info: no app is part of it; understudy build makes an executable that contains one")
	}
	var b strings.Builder
	if a.Engine != "" {
		fmt.Fprintf(&b, "engine %s\n", a.Engine)
	}
	for _, f := range a.Files {
		fmt.Fprintf(&b, "%s %9d %s\n", f.SHA256, f.Size, f.Path)
	}
	_, err := c.App.Writer.Write([]byte(b.String()))
	return err
}
