package conformance_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The suite knows no engine, and a command can contain it: it imports the core and its specifications,
// the contract, the modules, those below world, and the standard library without testing.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	const module = "github.com/understudy-run/understudy/"
	allowed := map[string]bool{module + "core": true, module + "core/spec": true, module + "hostapi": true, module + "hostapi/modules": true, module + "world": true, module + "world/store": true, module + "world/fs": true, module + "world/env": true, module + "world/io": true, module + "world/httpclient": true, module + "world/http": true}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(name, "/")
			if strings.Contains(first, ".") && !allowed[name] || name == "testing" {
				t.Errorf("%s imports %s", file, name)
			}
		}
	}
}
