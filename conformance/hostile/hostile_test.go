package hostile

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// long says that the long explorations are made too (CONTRIBUTING.md).
func long() bool { return os.Getenv("UNDERSTUDY_LONG") != "" }

// mostWait is how much processor time the whole program may take at most from a
// kill to the end, and while the bystander waits for its turn.
const mostWait = time.Second

// assault asks a child to play an attack.
type assault struct {
	Attack string
	Larger bool
}

// playOn plays attacks on an engine.
func playOn(engine string) func(*doing, json.RawMessage) (any, error) {
	return func(at *doing, request json.RawMessage) (any, error) {
		var asked assault
		if err := json.Unmarshal(request, &asked); err != nil {
			return nil, err
		}
		e := engineNamed(engine)
		list, bystander, err := attacks(e.Info().Language)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if a.String() == asked.Attack {
				if asked.Larger {
					a = a.larger()
				}
				return play(e, a, bystander, at), nil
			}
		}
		return nil, fmt.Errorf("no attack %s", asked.Attack)
	}
}

func engineNamed(name string) hostapi.Engine {
	for _, e := range engines() {
		if e.Info().Name == name {
			return e
		}
	}
	return nil
}

// TestAttacks plays every attack on every engine of its language.
func TestAttacks(t *testing.T) { testAttacks(t, false) }

// TestAttacksThatMayDoMore plays them again with limits twice as high, and for longer.
func TestAttacksThatMayDoMore(t *testing.T) {
	if !long() {
		t.Skip("UNDERSTUDY_LONG is not set")
	}
	testAttacks(t, true)
}

func testAttacks(t *testing.T, larger bool) {
	for _, e := range engines() {
		name := e.Info().Name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, _, err := attacks(e.Info().Language)
			if err != nil {
				t.Fatal(err)
			}
			p := newParent(t, "engine "+name)
			for _, a := range list {
				t.Run(a.String(), func(t *testing.T) { p.attack(t, a, larger) })
			}
		})
	}
}

// attack lets a child play an attack, and looks at how it came out.
func (p *parent) attack(t *testing.T, a attack, larger bool) {
	if (testing.Short() || raceEnabled) && (a.class == "memory" || a.class == "time") {
		t.Skip("the race detector bears no limit of memory, and makes this take minutes")
	}
	var r result
	err := p.request(assault{a.String(), larger}, &r)
	switch {
	case err != nil:
		t.Fatalf("%s\n%v", a.claim, err)
	case r.Failure != "":
		t.Errorf("%s\nseen: %s", a.claim, r.Failure)
	case r.Slowest > mostWait:
		t.Errorf("%s\nthe bystander waited for %v of processor time", a.claim, r.Slowest)
	case r.Kill > mostWait:
		t.Errorf("%s\nthe kill took %v of processor time", a.claim, r.Kill)
	}
	t.Logf("%s; served %d times, slowest %v; kill %v; by runtime %v; took %v",
		r.Seen, r.Served, r.Slowest, r.Kill, r.ByScope, r.Took)
}
