package spec

import (
	"fmt"
	"strings"
)

// mostCompared bounds the names to compare with: a hint is not worth waiting
// for. mostListed bounds those that are listed instead.
const (
	mostCompared = 1000
	mostListed   = 16
)

// Suggest gives the nearest of the known names as a hint to append to an error
// text; "" if none is near. One that begins with name is near, however long it is.
// Of ids the namespace may be wrong altogether. Of other names, where half of the letters
// differ, the first is to be the same: fs is no os.
func Suggest(name string, known []string) string {
	if len(known) > mostCompared {
		return ""
	}
	_, own, isID := strings.Cut(name, ":")
	if !isID {
		own = name
	}
	best, nearest := "", len(own)/4+1 // of three letters two are another name
	for _, k := range known {
		d := distance(name, k)
		if len(own) > 2 && d > 1 && strings.HasPrefix(k, name) {
			d = 1
		}
		if isID && strings.HasSuffix(k, ":"+own) {
			d = min(d, nearest)
		}
		if !isID && 2*d >= len(own) && !strings.HasPrefix(k, own[:min(1, len(own))]) {
			continue
		}
		if d > 0 && d <= nearest && (best == "" || d < nearest) {
			best, nearest = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// SuggestOrList is Suggest for names of which there are few: where none is near
// it gives them all.
func SuggestOrList(name string, known []string) string {
	hint := Suggest(name, known)
	if hint == "" && len(known) > 0 && len(known) <= mostListed {
		hint = "; there are: " + strings.Join(known, ", ")
	}
	return hint
}

// distance is the number of letters to insert, delete or replace. Long texts
// are no misspelt names.
func distance(a, b string) int {
	const longest = 64
	if len(a) > longest || len(b) > longest {
		return longest
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
