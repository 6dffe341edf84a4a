package luanet

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
)

// ordinary is how many programs find the planted deviations.
const ordinary = 2000

var (
	programs = flag.Int("net.programs", 0, "random programs on which the Lua engines are compared with the references")
	seed     = flag.Uint64("net.seed", 1, "what the programs are drawn from")
	first    = flag.Int("net.first", 0, "the number of the first program")
)

func open(t *testing.T) *net {
	n, err := newNet(gopherlua.New(), golua.New())
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(n.close)
	return n
}

// Both engines do what lua5.1 and lua5.2 do (19.4 to 19.11).
func TestEnginesAgreeWithTheReferences(t *testing.T) {
	count := *programs
	switch {
	case count > 0:
	case testing.Short():
		count = 100
	case os.Getenv("UNDERSTUDY_LONG") != "":
		count = ordinary
	default:
		count = 500
	}
	n := open(t)
	found, err := n.run(*seed, *first, count)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s, %d differences", n.tally, len(found))
	for i, d := range found {
		if i == 10 {
			t.Errorf("and %d more", len(found)-i)
			break
		}
		t.Errorf("-net.seed %d, %s", *seed, n.shrunk(d))
	}
	if n.tally.void > count/20 || n.tally.open > count/20 || n.tally.failed > count/3 {
		t.Errorf("too many programs tell little: %s", n.tally)
	}
}

// A difference is shrunk to what it consists in.
func TestDifferencesAreShrunk(t *testing.T) {
	n := open(t)
	for _, p := range plants {
		switch p.name {
		case "floor rounds towards zero", "closures do not share variables", "or evaluates both", "resume loses what it passes":
		default:
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			own := 1
			planted, err := newCandidate(golua.New(), own, prelude+"\n"+p.lua)
			if err != nil {
				t.Fatal(err)
			}
			differs := func(program *node) bool {
				all, err := n.ask([]*node{program})
				return err == nil && !all[0].allow(own, planted.run(program.program(p.change))) &&
					all[0].allow(own, n.candidates[own].run(program.program(nil)))
			}
			for i := range ordinary {
				program := generate(*seed, i)
				if !differs(program) {
					continue
				}
				small := shrink(program, differs)
				if text := small.program(nil); !differs(small) || strings.Count(text, "\n") > 10 {
					t.Errorf("program %d is shrunk to\n%s", i, text)
				}
				return
			}
			t.Error("no program differs")
		})
	}
}
