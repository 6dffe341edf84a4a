package understudycli

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/understudy-run/understudy/core/apptest"
)

//go:embed coverage.html
var coveragePage string

// pageFile is a file as the page shows it.
type pageFile struct {
	Path, Percent string
	Executed, All int
	Lines         []pageLine
}

// Missed is how many statements were not executed.
func (f pageFile) Missed() int { return f.All - f.Executed }

// pageLine is a line: Class is empty without statements, else ran, missed or partly.
type pageLine struct {
	Number             int
	Text, Class, Title string
}

// writePage writes the page that shows sources with what was executed.
func writePage(w io.Writer, all *apptest.Coverage) error {
	page, err := template.New("coverage").Parse(coveragePage)
	if err != nil {
		return err
	}
	var files []pageFile
	for _, f := range all.Files {
		executed, of := f.Count()
		files = append(files, pageFile{f.Path, apptest.Percent(executed, of), executed, of, pageLines(f)})
	}
	executed, of := all.Count()
	return page.Execute(w, map[string]any{
		"Files": files, "Uncounted": all.Uncounted,
		"Percent": apptest.Percent(executed, of), "Executed": executed, "All": of,
	})
}

// pageLines gives the lines of a file, of an index file only those around its code.
func pageLines(f *apptest.CoveredFile) (lines []pageLine) {
	next := 0
	for i, text := range f.Lines {
		l := pageLine{Number: i + 1, Text: text}
		executed, all := 0, 0
		for ; next < len(f.Statements) && f.Statements[next].Line == l.Number; next++ {
			if all++; f.Statements[next].Executed {
				executed++
			}
		}
		switch {
		case all == 0:
			if text == "" && (len(lines) == 0 || lines[len(lines)-1].Text == "") {
				continue
			}
		case executed == all:
			l.Class, l.Title = "ran", "executed"
		case executed == 0:
			l.Class, l.Title = "missed", "not executed"
		default:
			l.Class, l.Title = "partly", fmt.Sprintf("%d of %d statements executed", executed, all)
		}
		lines = append(lines, l)
	}
	return lines
}
