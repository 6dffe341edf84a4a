package core_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/understudy-run/understudy"

// The one direction of imports: the contract knows nobody, core and engines
// know the contract and not each other, and the conformance suite knows no
// engine.
func TestImports(t *testing.T) {
	rules := []struct {
		name  string
		files func(file string) bool // slash-separated, below the root
		legal func(imported string) bool
	}{
		{"hostapi imports the standard library and itself",
			nonTest(below("hostapi")), either(standard, own("hostapi"))},
		{"core imports no interpreter and no engine",
			nonTest(directly("core")), either(standard, own("hostapi"), own("core"))},
		{"what is below core imports no interpreter and no engine",
			nonTest(below("core")), either(standard, own("hostapi"), own("core"), foreignData)},
		{"specifications know the contract only",
			nonTest(below("core/spec")), either(standard, own("hostapi"))},
		{"collections know nobody",
			nonTest(below("core/internal/container")), standard},
		{"schedules know collections only",
			nonTest(below("core/internal/schedule")), either(standard, own("core/internal/container"))},
		{"the kernel knows schedules and specifications",
			nonTest(below("core/internal/kernel")),
			either(standard, own("hostapi"), own("core/spec"), own("core/secret"), own("core/measure"), own("core/internal/schedule"), own("core/internal/container"))},
		{"what is measured knows nobody",
			nonTest(below("core/measure")), standard},
		{"what watches the memory knows the kernel",
			nonTest(below("core/internal/memory")), either(standard, own("hostapi"), own("core/internal/kernel"))},
		{"groups know the kernel",
			nonTest(below("core/internal/groups")), either(standard, own("hostapi"), own("core/internal/kernel"))},
		{"supervision knows the kernel and specifications",
			nonTest(below("core/internal/supervision")),
			either(standard, own("hostapi"), own("core/spec"), own("core/internal/kernel"), own("core/internal/container"))},
		{"engines never import core",
			nonTest(below("engines")), func(p string) bool { return !own("core")(p) && !own("conformance")(p) && !own("cmd")(p) }},
		{"the package for embedding imports no engine",
			nonTest(directly(".")), either(standard, own("hostapi"), own("core"))},
		{"modules of the world know the contract and specifications, and their services the runtime",
			nonTest(below("world")), func(p string) bool {
				return (!own("core")(p) || own("core/spec")(p) || own("core/measure")(p) || p == modulePath+"/core") && !own("engines")(p) && !own("conformance")(p) && !own("cmd")(p) && !interpreter(p)
			}},
		{"connections of nodes know the runtime as programs do, and no network",
			nonTest(func(file string) bool { return below("cluster")(file) && !below("cluster/nats")(file) }),
			func(p string) bool {
				return either(standard, own("core"), own("hostapi"), own("cluster"))(p) && !own("cluster/nats")(p)
			}},
		{"only the driver for it knows the network engine",
			func(file string) bool { return !below("cluster/nats")(file) && !below("bench")(file) }, func(p string) bool { return !strings.HasPrefix(p, "github.com/nats-io/") }},
		{"only the command links the network engine",
			nonTest(func(file string) bool { return !below("cmd")(file) && !below("examples")(file) }), func(p string) bool { return !own("cluster/nats")(p) }},
		{"who looks into a runtime knows what programs know of it",
			nonTest(below("inspect")), either(standard, own("core"), own("hostapi"), own("inspect"))},
		{"the conformance suite imports no engine",
			nonTest(below("conformance")), func(p string) bool { return !own("engines")(p) && !interpreter(p) }},
	}
	imports := parseImports(t, "..")
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			found := 0
			for file, paths := range imports {
				if !r.files(file) {
					continue
				}
				found++
				for _, p := range paths {
					if !r.legal(p) {
						t.Errorf("%s imports %s", file, p)
					}
				}
			}
			if found == 0 {
				t.Error("the rule is about nothing")
			}
		})
	}
}

func below(dir string) func(string) bool {
	return func(file string) bool { return strings.HasPrefix(file, dir+"/") }
}

func directly(dir string) func(string) bool {
	return func(file string) bool { return path.Dir(file) == dir }
}

func nonTest(files func(string) bool) func(string) bool {
	return func(file string) bool { return !strings.HasSuffix(file, "_test.go") && files(file) }
}

func standard(p string) bool { return !strings.Contains(strings.SplitN(p, "/", 2)[0], ".") }

// foreignData are the formats in which apps are written, and of tests the reader of their
// schema.
func foreignData(p string) bool {
	return strings.Contains(p, "yaml") || strings.HasPrefix(p, "github.com/santhosh-tekuri/jsonschema/")
}

func interpreter(p string) bool {
	for _, s := range []string{"gopher-lua", "go-lua", "starlark"} {
		if strings.Contains(p, s) {
			return true
		}
	}
	return false
}

func own(dir string) func(string) bool {
	return func(p string) bool {
		return p == modulePath+"/"+dir || strings.HasPrefix(p, modulePath+"/"+dir+"/")
	}
}

func either(legal ...func(string) bool) func(string) bool {
	return func(p string) bool {
		for _, l := range legal {
			if l(p) {
				return true
			}
		}
		return false
	}
}

// parseImports gives what each Go file of the module imports.
func parseImports(t *testing.T, root string) map[string][]string {
	imports := make(map[string][]string)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(file, "go.mod")); file != root && (err == nil || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir // a module of its own
			}
			return nil
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		for _, s := range f.Imports {
			p, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				return err
			}
			imports[filepath.ToSlash(rel)] = append(imports[filepath.ToSlash(rel)], p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
