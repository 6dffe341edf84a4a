package understudycli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/app"
)

// severalApps says that a directory may be one above several apps, each in a directory of
// its own, where an entry of one has the id of an entry of another: all index files below a
// directory are one app (14.1). "" if nothing speaks for that.
func severalApps(errs app.Diagnostics) string {
	var apart []string
	for _, d := range errs {
		_, first, twice := strings.Cut(d.Message, "duplicate entry, first defined at ")
		if !twice {
			continue
		}
		one, _, below := strings.Cut(first, "/")
		other, _, too := strings.Cut(d.File, "/")
		if below && too && one != other {
			apart = append(apart, one, other)
		}
	}
	if apart == nil {
		return ""
	}
	slices.Sort(apart)
	return fmt.Sprintf(". All index files below a directory are one app (14.1): if %s are apps of their own, name one of them as APPDIR",
		strings.Join(slices.Compact(apart), ", "))
}
