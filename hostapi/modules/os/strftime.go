package os

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// strftime writes t by a format of the C library, in the C locale.
func strftime(format string, t time.Time) (string, error) {
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(format, "%")
		b.WriteString(text)
		if !found {
			return b.String(), nil
		}
		if rest == "" {
			return "", hostapi.Errorf(hostapi.Invalid, "date: format ends with %%")
		}
		s, ok := conversion(rest[0], t)
		if !ok {
			return "", hostapi.Errorf(hostapi.Invalid, "date: unknown conversion %q in format", "%"+rest[:1])
		}
		b.WriteString(s)
		format = rest[1:]
	}
}

// conversion gives the text for one letter; false if there is none.
func conversion(letter byte, t time.Time) (string, bool) {
	switch letter {
	case 'a':
		return t.Format("Mon"), true
	case 'A':
		return t.Weekday().String(), true
	case 'b':
		return t.Format("Jan"), true
	case 'B':
		return t.Month().String(), true
	case 'c':
		return t.Format("Mon Jan _2 15:04:05 ") + strconv.Itoa(t.Year()), true
	case 'd':
		return t.Format("02"), true
	case 'H':
		return t.Format("15"), true
	case 'I':
		return t.Format("03"), true
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay()), true
	case 'm':
		return t.Format("01"), true
	case 'M':
		return t.Format("04"), true
	case 'p':
		return t.Format("PM"), true
	case 'S':
		return t.Format("05"), true
	case 'U':
		return week(t, time.Sunday), true
	case 'w':
		return strconv.Itoa(int(t.Weekday())), true
	case 'W':
		return week(t, time.Monday), true
	case 'x':
		return t.Format("01/02/") + shortYear(t), true
	case 'X':
		return t.Format("15:04:05"), true
	case 'y':
		return shortYear(t), true
	case 'Y':
		return strconv.Itoa(t.Year()), true
	case 'Z':
		name, _ := t.Zone()
		return name, true
	case '%':
		return "%", true
	}
	return "", false
}

// week gives the number of the week in the year, if weeks begin on first; the
// days before the first such day are week 00.
func week(t time.Time, first time.Weekday) string {
	sinceFirst := (int(t.Weekday()) - int(first) + 7) % 7
	return fmt.Sprintf("%02d", (t.YearDay()-1+7-sinceFirst)/7)
}

// shortYear gives the year within its century.
func shortYear(t time.Time) string {
	return fmt.Sprintf("%02d", (t.Year()%100+100)%100)
}
