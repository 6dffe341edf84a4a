package understudycli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/apptest"
)

// The flags about coverage (60.13).
const (
	coverageFlag     = "coverage"
	coverageOutFlag  = "coverage-out"
	coverageHTMLFlag = "coverage-html"
)

func coverageFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: coverageFlag, Usage: "print which statements of the app's scripts were executed, by file", DisableDefaultText: true},
		&cli.StringFlag{Name: coverageOutFlag, Usage: "write coverage to `FILE` as LCOV"},
		&cli.StringFlag{Name: coverageHTMLFlag, Usage: "write a page to `FILE` that shows the sources with what was executed"},
	}
}

// wantsCoverage reports whether a flag asks for coverage.
func wantsCoverage(c *cli.Context) bool {
	return c.Bool(coverageFlag) || c.String(coverageOutFlag) != "" || c.String(coverageHTMLFlag) != ""
}

// writeLCOV writes coverage in the form of lcov. Paths are relative to the working
// directory, as dir is.
func writeLCOV(w io.Writer, dir string, all *apptest.Coverage) error {
	var b strings.Builder
	for _, f := range all.Files {
		fmt.Fprintf(&b, "TN:\nSF:%s\n", filepath.ToSlash(filepath.Join(dir, f.Path)))
		lines, hit := 0, 0
		for i := 0; i < len(f.Statements); {
			line, executed := f.Statements[i].Line, 0
			for ; i < len(f.Statements) && f.Statements[i].Line == line; i++ {
				if f.Statements[i].Executed {
					executed = 1
				}
			}
			fmt.Fprintf(&b, "DA:%d,%d\n", line, executed)
			lines, hit = lines+1, hit+executed
		}
		fmt.Fprintf(&b, "LF:%d\nLH:%d\nend_of_record\n", lines, hit)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// coverageJSON is the coverage in the last object of --json.
func coverageJSON(all *apptest.Coverage) map[string]any {
	type file struct {
		File       string   `json:"file"`
		Executed   int      `json:"executed"`
		Statements int      `json:"statements"`
		Missed     []string `json:"missed,omitempty"`
	}
	files, uncounted := []file{}, []string{}
	for _, f := range all.Files {
		executed, of := f.Count()
		files = append(files, file{f.Path, executed, of, f.Missed()})
	}
	for _, f := range all.Uncounted {
		uncounted = append(uncounted, f.Path)
	}
	executed, of := all.Count()
	return map[string]any{"files": files, "executed": executed, "statements": of, "not_counted": uncounted}
}
