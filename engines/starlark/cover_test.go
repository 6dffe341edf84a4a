package starlark

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/syntax"
)

// statementLines gives the lines at which statements begin: what an elif decides is a part
// of its if, and a text at the beginning of a block documents.
func statementLines(text string) []int {
	file, err := dialect().Parse(netFile, text, 0)
	if err != nil {
		return nil
	}
	var lines []int
	var block func(stmts []syntax.Stmt)
	block = func(stmts []syntax.Stmt) {
		for i, s := range stmts {
			start, _ := s.Span()
			if x, ok := s.(*syntax.ExprStmt); ok && i == 0 {
				if text, ok := x.X.(*syntax.Literal); ok && text.Token == syntax.STRING {
					continue
				}
			}
			isElif := strings.HasPrefix(strings.TrimSpace(strings.Split(text, "\n")[start.Line-1]), "elif")
			if !isElif {
				lines = append(lines, int(start.Line))
			}
			switch s := s.(type) {
			case *syntax.DefStmt:
				block(s.Body)
			case *syntax.ForStmt:
				block(s.Body)
			case *syntax.WhileStmt:
				block(s.Body)
			case *syntax.IfStmt:
				block(s.True)
				block(s.False)
			}
		}
	}
	block(file.Stmts)
	return lines
}

// printing gives the twin of a program: it prints the line of each statement before it.
func printing(text string, statements []int) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if slices.Contains(statements, i+1) {
			indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
			fmt.Fprintf(&b, "%sprint(\"@%d\")\n", indent, i+1)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// covered runs a program with coverage and gives the lines executed, and all.
func (p *press) covered(t *testing.T, text string) (out outcome, lines, all map[int]bool) {
	t.Helper()
	src := netSource(text)
	src.Imports = p.imports
	compiled, coverage, err := p.engine.(hostapi.Coverer).CompileCovered(src)
	if err != nil {
		t.Fatal(err)
	}
	out, _ = p.execute(compiled.(*program))
	lines, all = map[int]bool{}, map[int]bool{}
	for i := range coverage.Len() {
		line, executed := coverage.Statement(i)
		if all[line] = true; executed {
			lines[line] = true
		}
	}
	return out, lines, all
}

// A line is covered if and only if the printing twin prints it on the bare interpreter
// (60.13).
func TestCoverageIsWhatATwinPrints(t *testing.T) {
	p := newPress(t)
	printed := map[int]bool{}
	p.printed = func(line string) {
		var n int
		if _, err := fmt.Sscanf(line, "@%d", &n); err == nil {
			printed[n] = true
		}
	}
	told, missed := 0, 0
	n := min(drawnOf(*netPrograms), 300)
	for i := range n {
		text := newAuthor(*netSeed+3, uint64(i)).program().String()
		plain, within := p.ours(text)
		statements := statementLines(text)
		clear(printed)
		if bare := p.bare(printing(text, statements)); !within || bare.values != plain.values || (bare.err == "") != (plain.err == "") || strings.HasPrefix(bare.err, "not compiled") {
			continue // the prints take steps, and move the places of errors
		}
		told++
		out, lines, all := p.covered(t, text)
		if want := slices.Compact(statements); !slices.Equal(slices.Sorted(maps.Keys(all)), want) {
			t.Fatalf("program %d: statements on lines %v, want %v\n%s", i, slices.Sorted(maps.Keys(all)), want, text)
		}
		if out != plain || !maps.Equal(lines, printed) {
			t.Fatalf("program %d: %v, lines %v, want %v, %v\n%s", i, out, slices.Sorted(maps.Keys(lines)), plain, slices.Sorted(maps.Keys(printed)), text)
		}
		missed += len(all) - len(lines)
	}
	t.Logf("%d programs, %d lines not executed", told, missed)
	if told < n*3/4 || missed < n/10 {
		t.Errorf("too little is told: %d programs of %d, %d lines not executed", told, n, missed)
	}
}
