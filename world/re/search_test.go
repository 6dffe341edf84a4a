package re

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// FuzzMatches compares all matches with those of package regexp, in one go and fed
// letter by letter.
func FuzzMatches(f *testing.F) {
	for _, row := range [][2]string{
		{"", "abc"}, {"a*", "baaac"}, {`^a|b$`, "ab\nab"}, {`(?m)^\w+$`, "one\ntwo three\nfour"}, {`\b\w`, "to be or not"}, {`\B.`, "ab cd"},
		{`(a)|(b)`, "xaybz"}, {`(?P<y>\d{4})-(?P<m>\d\d)`, "2026-11 and 2026-12"}, {`a(?:.*b)?`, "aaabaaa"}, {`(?i)É+`, "xéÉy"}, {`\Qa.b`, "a.bxa.b"},
		{`.`, "\xff\xfe€"}, {`\z`, "ab"}, {`x*?`, "xx"}, {`a{2,3}`, "aaaaaaa"}, {`[^a]`, "abab"}, {`\A.`, "abc"}, {`(`, "a"}, {`a\`, "a"},
	} {
		f.Add(row[0], row[1])
	}
	f.Fuzz(func(t *testing.T, text, subject string) {
		if len(subject) > 1000 {
			return
		}
		p, err := compile(text)
		reference, wrong := regexp.Compile(text)
		if err != nil {
			var e *hostapi.Error
			if !errors.As(err, &e) || e.Kind != hostapi.Invalid || wrong == nil && !strings.Contains(e.Message, "pattern too large") {
				t.Fatalf("%q is refused: %v", text, err)
			}
			return
		}
		want := reference.FindAllStringSubmatchIndex(subject, -1)
		for _, inOne := range []int{whole, 0} {
			s := &search{pattern: p, text: subject, effort: effort.None(), inOne: inOne}
			var got [][]int
			err := s.each(0, func(match []int) error {
				got = append(got, match)
				return nil
			})
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%q in %q gives %v, %v; regexp gives %v", text, subject, got, err, want)
			}
		}
	})
}

// What is too large is known before it is compiled.
func TestPatternsAreBounded(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", maxPattern+1), strings.Repeat("[ab]{100}", 200), strings.Repeat(`(?i:[a-\xe9])`, maxWide+1)} {
		_, err := compile(text)
		var e *hostapi.Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, "pattern too large") {
			t.Errorf("%.20q...: %v", text, err)
		}
	}
	for _, text := range []string{strings.Repeat("a", maxPattern), strings.Repeat(`(?i:[a-\xe9])`, maxWide), strings.Repeat(`[a-\xe9]`, 100)} {
		if _, err := compile(text); err != nil {
			t.Errorf("%.20q...: %v", text, err)
		}
	}
}
