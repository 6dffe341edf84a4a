package lualib

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestPatterns(t *testing.T) {
	err := &merror{"disk: not found"}
	check(t, []example{
		{"string.find", in("hello world", "o w"), `5 7`},
		{"string.find", in("hello", "l+"), `3 4`},
		{"string.find", in("hello", "(l)(l)"), `3 4 "l" "l"`},
		{"string.find", in("a.b", ".", 2, true), `2 2`},
		{"string.find", in("a.b", "%."), `2 2`},
		{"string.find", in("abc", "b", -1), `nil`},
		{"string.find", in("abc", "", 4), `4 3`},
		{"string.find", in("abc", "", 5), `nil`},
		{"string.find", in(err, "not found"), `7 15`}, // 11.10
		{"string.find", in("abc", "^b", 2), `2 2`},    // ^ anchors at init
		{"string.find", in("abc"), `error: bad argument #2 to 'find' (string expected, got no value)`},
		{"string.match", in("key = value", "(%w+)%s*=%s*(%w+)"), `"key" "value"`},
		{"string.match", in("2026-01-02", "%d+"), `"2026"`},
		{"string.match", in("abc", "()b()"), `2 3`}, // position captures
		{"string.match", in("abc", "x"), `nil`},
		{"string.match", in("f(a(b)c)d", "%b()"), `"(a(b)c)"`},                   // balance
		{"string.match", in("THE (quick) fox", "%f[%a]%a+%f[%A]", 2), `"quick"`}, // frontier
		{"string.match", in("say 'it' now", "(['\"])(.-)%1"), `"'" "it"`},        // back reference
		{"string.match", in(" \x00 a\x7f", "%g+"), `"a"`},                        // %g
		{"string.match", in("a\x00b", "a\x00b"), `"a\x00b"`},                     // NUL in subject and pattern
		{"string.match", in("a\x00b", "[\x00]b"), `"\x00b"`},
		{"string.match", in("é", "%a"), `nil`}, // classes of the C locale
		{"string.match", in("x]", "[]]"), `"]"`},
		{"string.match", in("a-z", "[a%-]+"), `"a-"`},
		{"string.match", in("ab", "a?b-$"), `"ab"`},
		{"string.match", in("x", "["), `error: malformed pattern (missing ']')`},
		{"string.match", in("x", "%"), `error: malformed pattern (ends with '%')`},
		{"string.match", in("x", "%b("), `error: malformed pattern (missing arguments to '%b')`},
		{"string.match", in("x", "%fa"), `error: missing '[' after '%f' in pattern`},
		{"string.match", in("x", "(x"), `error: unfinished capture`},
		{"string.match", in("x", "x)"), `error: invalid pattern capture`},
		{"string.match", in("x", "%1"), `error: invalid capture index %1`},
		{"string.match", in("x", strings.Repeat("()", 33)), `error: too many captures`},
		{"string.match", in("x", strings.Repeat("x?", 100)+"$"), `"x"`},
		{"string.match", in(strings.Repeat("x", 300), strings.Repeat("x?", 300)), `error: pattern too complex`},
		{"string.gsub", in("hello", "l", "L"), `"heLLo" 2`},
		{"string.gsub", in("hello", "l", "L", 1), `"heLlo" 1`},
		{"string.gsub", in("hello", "", "-"), `"-h-e-l-l-o-" 6`},
		{"string.gsub", in("abc", "%w", "%0%0"), `"aabbcc" 3`},
		{"string.gsub", in("a b", "(%w) (%w)", "%2 %1"), `"b a" 1`},
		{"string.gsub", in("abc", "b", "%%"), `"a%c" 1`},
		{"string.gsub", in("abc", "b", "%x"), `error: invalid use of '%' in replacement string`},
		{"string.gsub", in("abc", "b", "%2"), `error: invalid capture index`},
		{"string.gsub", in("abc", "b", 7), `"a7c" 1`},
		{"string.gsub", in(err, "disk", "tape"), `"tape: not found" 1`},
		{"string.gsub", in("abc", "b", err), `"adisk: not foundc" 1`},
		{"string.gsub", in("abc", "b", true), `error: bad argument #3 to 'gsub' (string/function/table expected)`},
		{"string.gsub", in("abc", "%w", named["dup"]), `"aabbcc" 3`},
		{"string.gsub", in("abc", "%w", named["none"]), `"abc" 3`},
		{"string.gsub", in("abc", "%w", named["bad"]), `error: invalid replacement value (a table)`},
		{"string.gsub", in("abc", "%w", named["throw"]), `error: thrown by the script`},
		{"string.gsub", in("abc", "^a", "x"), `"xbc" 1`},
	})
}

func TestGsubLooksUpTablesWithIndex(t *testing.T) {
	table := list()
	table.named["name"] = "Ann"
	table.index = func(k Value) (Value, error) {
		if k == "fail" {
			return nil, errScript
		}
		return "<" + k.(string) + ">", nil
	}
	check(t, []example{
		{"string.gsub", in("$name is $age", "%$(%w+)", table), `"Ann is <age>" 2`},
		{"string.gsub", in("$fail", "%$(%w+)", table), `error: thrown by the script`},
	})
}

func TestGmatch(t *testing.T) {
	for _, test := range []struct{ s, p, want string }{
		{"one two", "%a+", `"one" | "two"`},
		{"k=v, a=b", "(%w+)=(%w+)", `"k" "v" | "a" "b"`},
		{"abc", "", `"" | "" | "" | ""`},
		{"abc", "()", `1 | 2 | 3 | 4`},
		{"abc", "x", ``},
		{"^a^a", "^a", `"^a" | "^a"`}, // no anchor in gmatch
	} {
		results, err := run(t, &budget{}, stringGmatch, test.s, test.p)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for {
			values, err := results[0].(mfunc)(nil)
			if err != nil {
				t.Fatal(err)
			}
			if values[0] == nil {
				break
			}
			got = append(got, show(values, nil))
		}
		if s := strings.Join(got, " | "); s != test.want {
			t.Errorf("gmatch(%q, %q) gives %s, want %s", test.s, test.p, s, test.want)
		}
		// A finished iterator stays finished.
		if values, err := results[0].(mfunc)(nil); err != nil || values[0] != nil {
			t.Errorf("gmatch(%q, %q) goes on after its end: %v, %v", test.s, test.p, values, err)
		}
	}
}

// hostile patterns need exponential time or take long on one character.
var hostile = []struct{ s, p string }{
	{strings.Repeat("a", 400), strings.Repeat("a-", 30) + "b"},
	{strings.Repeat("a", 400), strings.Repeat("a*", 30) + "b"},
	{strings.Repeat("a", 60), strings.Repeat("a?", 60) + strings.Repeat("a", 60) + "b"},
	{strings.Repeat("(", 100000), "%b()"},
	{strings.Repeat("x", 100000), "[" + strings.Repeat("a-b", 1000) + "]"},
	{strings.Repeat("x", 100000), ".-.-%f[" + strings.Repeat("y", 1000) + "]"},
	{strings.Repeat("ab", 50000) + "c", "(.*)%1$"},
}

// A kill reaches the matcher wherever it is (20.6): after the Tick that reports
// it there is no further work to speak of.
func TestHostilePatternsAreKilled(t *testing.T) {
	for _, name := range []string{"find", "match", "gsub", "gmatch"} {
		for _, h := range hostile {
			b := &budget{maxTicks: 300_000}
			args := in(h.s, h.p)
			if name == "gsub" {
				args = append(args, "")
			}
			results, err := run(t, b, function(t, "string."+name), args...)
			for name == "gmatch" && err == nil {
				if results, err = results[0].(mfunc)(nil); err == nil && results[0] == nil {
					t.Fatalf("%s(%.10q..., %.20q...) ends within the budget", name, h.s, h.p)
				}
			}
			if !errors.Is(err, hostapi.ErrKilled) {
				t.Errorf("%s(%.10q..., %.20q...): %v, want a kill", name, h.s, h.p, err)
			}
			if b.ticks > b.maxTicks+100*tickEvery {
				t.Errorf("%s(%.10q..., %.20q...) makes %d steps in one go", name, h.s, h.p, b.ticks-b.maxTicks)
			}
		}
	}
}

// killer is a budget that is used up.
type killer struct{}

func (killer) Tick(int) { panic(raised{hostapi.ErrKilled}) }

func (killer) Grow(int64) {}

func (killer) Throw(err error) { panic(raised{err}) }

func TestMatcherStopsAtTheKill(t *testing.T) {
	for _, h := range hostile {
		func() {
			defer func() {
				if r, ok := recover().(raised); !ok || !errors.Is(r.error, hostapi.ErrKilled) {
					t.Errorf("(%.10q..., %.20q...): %v", h.s, h.p, r)
				}
			}()
			m := matcher{src: h.s, pat: h.p, budget: killer{}}
			start, _ := m.search(0)
			t.Errorf("(%.10q..., %.20q...): it ended at %d", h.s, h.p, start)
		}()
	}
}

func FuzzPattern(f *testing.F) {
	for _, h := range hostile {
		f.Add(h.s[:min(len(h.s), 200)], h.p[:min(len(h.p), 200)], "%1") // long seeds make the fuzzer slow
	}
	f.Add("key = value", "^(%w+)%s*=%s*(%w+)$", "%2=%1")
	f.Add("a\x00(b)", "%b()%f[%z]()", "")
	f.Fuzz(func(t *testing.T, s, p, replacement string) {
		const limit = 200_000
		b := &budget{maxTicks: limit}
		found, err := run(t, b, stringFind, s, p)
		wellFormed := err == nil
		// Without a magic character find takes even a lone ) as plain text.
		if err == nil && found[0] != nil && strings.ContainsAny(p, magic) {
			// match agrees with find, and the match lies in the subject.
			start, end := int(found[0].(float64)), int(found[1].(float64))
			if start < 1 || end < start-1 || end > len(s) {
				t.Fatalf("find gives %d, %d in %d bytes", start, end, len(s))
			}
			if matched, err := run(t, &budget{}, stringMatch, s, p, start); err != nil || len(found) == 2 && matched[0] != s[start-1:end] {
				t.Fatalf("find gives %q, match %v, %v", s[start-1:end], matched, err)
			}
		}
		b = &budget{maxTicks: limit}
		if results, err := run(t, b, stringGsub, s, p, "%0"); err == nil && results[0] != s {
			t.Fatalf("gsub by %%0 gives %q", results[0])
		} else if err == nil && wellFormed && (results[1].(float64) > 0) != (found[0] != nil) {
			t.Fatalf("find gives %v, gsub %v replacements", found, results[1])
		}
		b = &budget{maxTicks: limit, maxGrown: 1 << 20}
		if _, err := run(t, b, stringGsub, s, p, replacement); err == nil && b.ticks > limit {
			t.Fatal("gsub goes on after the kill")
		}
	})
}
