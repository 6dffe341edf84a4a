package apptest

import (
	"fmt"
	"strings"
)

// Percent gives how much of something that is, rounded down: 100 % is all of it.
func Percent(part, of int) string {
	if of == 0 {
		return "-"
	}
	thousandths := part * 1000 / of
	return fmt.Sprintf("%d.%d%%", thousandths/10, thousandths%10)
}

func counts(executed, of int) string { return fmt.Sprintf("%d of %d", executed, of) }

// mostRanges are how many places a line of the printed table names.
const mostRanges = 6

// Text is the table for people.
func (c *Coverage) Text() string {
	var b strings.Builder
	b.WriteString("statements executed:\n")
	width := 0
	for _, f := range c.Files {
		width = max(width, len(f.Path))
	}
	digits := len(counts(c.Count())) // no file has more
	row := func(executed, of int, name, more string) {
		line := fmt.Sprintf("  %6s  %*s  %-*s  %s", Percent(executed, of), digits, counts(executed, of), width, name, more)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	for _, f := range c.Files {
		executed, of := f.Count()
		more := ""
		if missed := f.Missed(); len(missed) > mostRanges {
			more = fmt.Sprintf("not: %s and %d more", strings.Join(missed[:mostRanges], ", "), len(missed)-mostRanges)
		} else if len(missed) > 0 {
			more = "not: " + strings.Join(missed, ", ")
		}
		row(executed, of, f.Path, more)
	}
	executed, of := c.Count()
	row(executed, of, "all", "")
	for _, f := range c.Uncounted {
		fmt.Fprintf(&b, "  not counted: %s (engine %s cannot tell what it executes)\n", f.Path, f.Engine)
	}
	return b.String()
}

// Missed gives the lines with statements that were not executed, as ranges: what
// stands between two of them and is no statement is in the range.
func (f *CoveredFile) Missed() (ranges []string) {
	first, last := 0, 0
	end := func() {
		switch {
		case first == 0:
		case first == last:
			ranges = append(ranges, fmt.Sprint(first))
		default:
			ranges = append(ranges, fmt.Sprintf("%d-%d", first, last))
		}
		first = 0
	}
	for _, s := range f.Statements {
		switch {
		case s.Executed && s.Line != last:
			end()
		case !s.Executed:
			if last = s.Line; first == 0 {
				first = last
			}
		}
	}
	end()
	return ranges
}
