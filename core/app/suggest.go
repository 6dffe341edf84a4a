package app

import "fmt"

// suggest gives the nearest of the known names as a hint to append to an error
// text; "" if none is near.
func suggest(name string, known []string) string {
	const most = 1000 // names to compare with: a hint is not worth waiting for
	if len(known) > most {
		return ""
	}
	best, nearest := "", len(name)/3+1
	for _, k := range known {
		if d := distance(name, k); d > 0 && d <= nearest && (best == "" || d < nearest) {
			const most = 1000 // names to compare with: a hint is not worth waiting for
			if len(known) > most {
				return ""
			}
			best, nearest = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
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
