package os

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// strftime writes t by a format of the C library, in the C locale, with the letters
// and modifiers of Lua 5.2.
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
		length := 1
		if letters := modified[rest[0]]; letters != "" && len(rest) > 1 && strings.IndexByte(letters, rest[1]) >= 0 {
			length = 2 // E and O ask for other digits and calendars, which C has not
		}
		s, ok := conversion(rest[length-1], t)
		if !ok {
			return "", hostapi.Errorf(hostapi.Invalid, "date: unknown conversion %q in format", "%"+rest[:1])
		}
		b.WriteString(s)
		format = rest[length:]
	}
}

// modified gives the letters that may follow a modifier.
var modified = map[byte]string{'E': "cCxXyY", 'O': "deHImMSuUVwWy"}

// conversion gives the text for one letter; false if there is none.
func conversion(letter byte, t time.Time) (string, bool) {
	switch letter {
	case 'a':
		return t.Format("Mon"), true
	case 'A':
		return t.Weekday().String(), true
	case 'b', 'h':
		return t.Format("Jan"), true
	case 'B':
		return t.Month().String(), true
	case 'c':
		return t.Format("Mon Jan _2 15:04:05 ") + strconv.Itoa(t.Year()), true
	case 'C':
		return strconv.Itoa(century(t.Year())), true
	case 'd':
		return t.Format("02"), true
	case 'D', 'x':
		return t.Format("01/02/") + shortYear(t.Year()), true
	case 'e':
		return t.Format("_2"), true
	case 'F':
		return strconv.Itoa(t.Year()) + t.Format("-01-02"), true
	case 'g':
		year, _ := t.ISOWeek()
		return shortYear(year), true
	case 'G':
		year, _ := t.ISOWeek()
		return strconv.Itoa(year), true
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
	case 'n':
		return "\n", true
	case 'p':
		return t.Format("PM"), true
	case 'r':
		return t.Format("03:04:05 PM"), true
	case 'R':
		return t.Format("15:04"), true
	case 'S':
		return t.Format("05"), true
	case 't':
		return "\t", true
	case 'T', 'X':
		return t.Format("15:04:05"), true
	case 'u':
		return strconv.Itoa((int(t.Weekday())+6)%7 + 1), true
	case 'U':
		return week(t, time.Sunday), true
	case 'V':
		_, week := t.ISOWeek()
		return fmt.Sprintf("%02d", week), true
	case 'w':
		return strconv.Itoa(int(t.Weekday())), true
	case 'W':
		return week(t, time.Monday), true
	case 'y':
		return shortYear(t.Year()), true
	case 'Y':
		return strconv.Itoa(t.Year()), true
	case 'z':
		return t.Format("-0700"), true
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
func shortYear(year int) string { return fmt.Sprintf("%02d", year-100*century(year)) }

// century gives the year without its last two digits; that of -1 is -1.
func century(year int) int {
	if year < 0 {
		return (year+1)/100 - 1
	}
	return year / 100
}
