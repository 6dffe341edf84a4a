package clocknet

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
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

// deviation is a fault planted into a subject: it changes calls before they are
// answered, or answers. The zero deviation changes nothing.
type deviation struct {
	name   string
	call   func(c call) call
	answer func(c call, zone *time.Location, results []hostapi.Value) []hostapi.Value
}

// answers gives those of a subject with the deviation.
func (d deviation) answers(t *testing.T, s *subject, zone *time.Location, calls []call) [][]hostapi.Value {
	t.Helper()
	given := slices.Clone(calls)
	if d.call != nil {
		for i, c := range calls {
			given[i] = d.call(c)
		}
	}
	answers, err := s.answer(zone, given)
	if err != nil {
		t.Fatal(err)
	}
	if len(answers) != len(calls) {
		t.Fatalf("%s gives %d answers to %d calls", s.name, len(answers), len(calls))
	}
	if d.answer != nil {
		for i, c := range calls {
			if len(answers[i]) > 0 {
				answers[i] = d.answer(c, zone, answers[i])
			}
		}
	}
	return answers
}

// drawn gives the calls of each zone.
func drawn(t *testing.T, count int, draw func(g *generator) call) map[string][]call {
	t.Helper()
	all := map[string][]call{}
	for _, name := range zones {
		g := newGenerator(*seed, load(t, name))
		for range max(1, count/len(zones)) {
			all[name] = append(all[name], draw(g))
		}
	}
	return all
}

// asked are calls of os with the answers of lua5.1 and lua5.2.
type asked struct {
	calls        map[string][]call
	lua51, lua52 map[string][]string
}

func askReferences(t *testing.T, count int) asked {
	t.Helper()
	needReferences(t)
	a := asked{drawn(t, count, (*generator).osCall), map[string][]string{}, map[string][]string{}}
	for interpreter, answers := range map[string]map[string][]string{"lua5.1": a.lua51, "lua5.2": a.lua52} {
		for zone, calls := range a.calls {
			var err error
			if answers[zone], err = ask(interpreter, t.TempDir(), zone, calls); err != nil {
				t.Fatal(err)
			}
		}
	}
	return a
}

// differences describes the calls of a zone that a subject answers otherwise.
func (a asked) differences(t *testing.T, s *subject, d deviation, name string) (found []string) {
	t.Helper()
	zone := load(t, name)
	for i, results := range d.answers(t, s, zone, a.calls[name]) {
		got := raised
		if len(results) > 0 {
			got = quote(results[0].Str())
		}
		if c := a.calls[name][i]; !c.allows(zone, got, a.lua51[name][i], a.lua52[name][i]) {
			found = append(found, fmt.Sprintf("%s in %s: %s\ngot    %s\nlua5.1 %s\nlua5.2 %s", s.name, name, c, got, a.lua51[name][i], a.lua52[name][i]))
		}
	}
	return found
}

// timeDifferences describes the calls of module time that a subject answers otherwise
// than Go.
func timeDifferences(t *testing.T, s *subject, d deviation, name string, calls []call) (found []string) {
	t.Helper()
	for i, results := range d.answers(t, s, load(t, name), calls) {
		if c := calls[i]; !same(results, c.expected()) {
			found = append(found, fmt.Sprintf("%s: %s\ngot  %s\nwant %s", s.name, c, hostapi.ListOf(results...), hostapi.ListOf(c.expected()...)))
		}
	}
	return found
}

func report(t *testing.T, found []string) {
	t.Helper()
	for _, text := range found[:min(len(found), 5)] {
		t.Error(text)
	}
	if len(found) > 5 {
		t.Errorf("and %d more in this zone", len(found)-5)
	}
}

// os.date, os.time and os.difftime are those of lua5.1 and lua5.2 (19.3).
func TestOSAgreesWithTheReferences(t *testing.T) {
	a := askReferences(t, *cases)
	for _, s := range subjects(t) {
		for _, name := range zones {
			report(t, a.differences(t, s, deviation{}, name))
		}
	}
}

// The points in time and durations of module time are those of Go (10.4, 10.5, 10.12
// to 10.15).
func TestTimeAgreesWithGo(t *testing.T) {
	all := drawn(t, *cases, (*generator).timeCall)
	for _, s := range subjects(t) {
		for _, name := range zones {
			report(t, timeDifferences(t, s, deviation{}, name, all[name]))
		}
	}
}
