package clocknet

import (
	"flag"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

var (
	cases = flag.Int("clock.cases", 2000, "random calls of os, and as many of time, that each engine is compared on")
	seed  = flag.Uint64("clock.seed", 1, "what the calls are drawn from")
)

func subjects(t *testing.T) []*subject {
	t.Helper()
	var all []*subject
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		s, err := newSubject(e)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func load(t *testing.T, zone string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// needReferences skips the test where what it compares with is not installed.
func needReferences(t *testing.T) {
	t.Helper()
	for _, interpreter := range []string{"lua5.1", "lua5.2"} {
		if _, err := exec.LookPath(interpreter); err != nil {
			t.Skip("the reference interpreter is not installed: ", err)
		}
	}
	if _, err := os.Stat("/usr/share/zoneinfo/Europe/Berlin"); err != nil {
		t.Skip("the time zone database, which the references read, is not installed: ", err)
	}
}

// os.date, os.time and os.difftime are those of lua5.1 and lua5.2 (19.3).
func TestOSAgreesWithTheReferences(t *testing.T) {
	needReferences(t)
	all := subjects(t)
	for _, name := range zones {
		zone := load(t, name)
		g := newGenerator(*seed, zone)
		calls := make([]call, *cases/len(zones))
		for i := range calls {
			calls[i] = g.osCall()
		}
		var expected [][]string
		for _, interpreter := range []string{"lua5.1", "lua5.2"} {
			answers, err := ask(interpreter, t.TempDir(), name, calls)
			if err != nil {
				t.Fatal(err)
			}
			expected = append(expected, answers)
		}
		for _, s := range all {
			answers, err := s.answer(zone, calls)
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range calls {
				got := raised
				if len(answers[i]) > 0 {
					got = quote(answers[i][0].Str())
				}
				if !c.allows(zone, got, expected[0][i], expected[1][i]) {
					t.Errorf("%s in %s: %s\ngot    %s\nlua5.1 %s\nlua5.2 %s", s.name, name, c, got, expected[0][i], expected[1][i])
				}
			}
		}
	}
}
