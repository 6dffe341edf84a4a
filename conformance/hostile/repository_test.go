package hostile

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gopherlua "github.com/yuin/gopher-lua/parse"
)

// script is a text of this repository that is, or may become, a program.
type script struct {
	place string // file:line
	text  string
}

// scriptsOfTheRepository gives all: files of scripts, what stands in code blocks,
// index files and shell scripts, and the strings of Go files.
func scriptsOfTheRepository(root string) ([]script, error) {
	var out []script
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root:
			return filepath.SkipDir
		case d.IsDir() || !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		place, _ := filepath.Rel(root, path)
		switch {
		case strings.HasSuffix(path, ".go"):
			found, err := literals(place, data)
			out = append(out, found...)
			return err
		case strings.HasSuffix(path, ".lua"), strings.HasSuffix(path, ".star"):
			out = append(out, script{place, string(data)})
		case strings.HasSuffix(path, ".sh"):
			for _, m := range hereDocument.FindAllStringSubmatch(string(data), -1) {
				out = append(out, script{place, m[1]})
			}
		case strings.Contains(path, "/testdata/"):
			out = append(out, corpus(place, string(data))...)
			out = append(out, pieces(place, string(data))...)
		case strings.HasSuffix(path, ".md"), strings.HasSuffix(path, ".yaml"), strings.HasSuffix(path, ".yml"):
			out = append(out, pieces(place, string(data))...)
		}
		return nil
	})
	return out, err
}

var hereDocument = regexp.MustCompile(`(?ms)<<'?[A-Z]+'?$\n(.*?)^[A-Z]+$`)

// literals gives the strings of a Go file: its literals, and what + joins of them
// and of the file's own names for literals.
func literals(place string, data []byte) ([]script, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, place, data, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	named := map[string]string{}
	name := func(names, values []ast.Expr) {
		for i := range min(len(names), len(values)) {
			id, isName := names[i].(*ast.Ident)
			if text, ok := joined(values[i], named); ok && isName {
				named[id.Name] = text
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			name(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if i < len(n.Values) {
					name([]ast.Expr{id}, n.Values[i:])
				}
			}
		}
		return true
	})
	var out []script
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit, *ast.BinaryExpr:
			text, ok := joined(n.(ast.Expr), named)
			if ok {
				out = append(out, script{fmt.Sprintf("%s:%d", place, files.Position(n.Pos()).Line), filled(text)})
			}
			return !ok
		}
		return true
	})
	return out, nil
}

// joined gives the text of an expression of strings. What is neither a literal nor
// named counts as nothing.
func joined(e ast.Expr, named map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.Ident:
		text, ok := named[e.Name]
		return text, ok
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		left, isLeft := joined(e.X, named)
		right, isRight := joined(e.Y, named)
		return left + " " + right, isLeft || isRight
	}
	return "", false
}

var verb = regexp.MustCompile(`%[-+# 0]*[0-9]*(\.[0-9]+)?[dsqvgx]`)

// filled puts something in the place of what fmt fills in, if the text alone is no program.
func filled(text string) string {
	if programs(text) != nil {
		return text
	}
	return verb.ReplaceAllString(text, "3")
}

var fuzzed = regexp.MustCompile(`(?m)^(?:string|\[\]byte)\((".*")\)$`)

// corpus gives the inputs that stand in a file of a fuzz corpus.
func corpus(place, data string) (out []script) {
	for _, m := range fuzzed.FindAllStringSubmatch(data, -1) {
		if text, err := strconv.Unquote(m[1]); err == nil {
			out = append(out, script{place, text})
		}
	}
	return out
}

// pieces gives the indented and fenced blocks of a text.
func pieces(place, data string) (out []script) {
	var block []string
	from, inside := 0, false
	end := func() {
		if len(block) > 0 {
			out = append(out, script{fmt.Sprintf("%s:%d", place, from), strings.Join(block, "\n") + "\n"})
		}
		block = nil
	}
	for i, line := range strings.Split(data, "\n") {
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			end()
			inside = !inside
			from = i + 1
		case inside, strings.HasPrefix(line, "    "), strings.TrimSpace(line) == "" && block != nil:
			if block == nil {
				from = i + 1
			}
			block = append(block, strings.TrimPrefix(line, "    "))
		default:
			end()
		}
	}
	end()
	return out
}

// programs gives the languages in which a text is a program, or an expression.
func programs(text string) (languages []string) {
	if len(text) < 8 || !strings.ContainsAny(text, "(=") {
		return nil
	}
	if _, ok := luaProgram(text); ok {
		languages = append(languages, "lua")
	}
	if _, err := bareDialect.Parse("script.star", text, 0); err == nil {
		languages = append(languages, "starlark")
	}
	return languages
}

// luaProgram gives a text that is a program or an expression as a program.
func luaProgram(text string) (string, bool) {
	for _, text := range []string{text, "return " + text} {
		if _, err := gopherlua.Parse(strings.NewReader(text), "script"); err == nil {
			return text, true
		}
	}
	return "", false
}

// TestScriptsAreHarmlessWithoutUs runs what looks like a script in this repository,
// wherever it stands, on the bare interpreters.
func TestScriptsAreHarmlessWithoutUs(t *testing.T) {
	if !long() {
		t.Skip("UNDERSTUDY_LONG is not set")
	}
	all, err := scriptsOfTheRepository("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bares() {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			p := newParent(t, "bare "+b.name)
			seen, left := map[string]bool{}, 0
			for _, s := range all {
				if seen[s.text] || !slices.Contains(programs(s.text), b.language) {
					continue
				}
				seen[s.text] = true
				if b.name == "go-lua" && strings.Contains(s.text, "xpcall") {
					left++ // whatever they do: appendix A
					continue
				}
				text := s.text
				if b.language == "lua" {
					text, _ = luaProgram(text)
				}
				t.Run(s.place, func(t *testing.T) { p.harmless(t, bareScript{Text: text, Endless: true}) })
			}
			t.Logf("%d scripts, of which %d that use xpcall are left out", len(seen), left)
		})
	}
}
