package binding_test

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// program is a program that was compiled from a source.
type program struct {
	hostapi.Program
	source hostapi.Source
}

func (p *program) Source() *hostapi.Source { return &p.source }

func compiled(id string, imports ...hostapi.Program) *program {
	p := &program{source: hostapi.Source{ID: id, Path: id + ".x"}}
	for i, library := range imports {
		p.source.Imports = append(p.source.Imports, hostapi.Import{Alias: string(rune('a' + i)), Program: library})
	}
	return p
}

func TestOrder(t *testing.T) {
	base := compiled("base")
	left, right := compiled("left", base), compiled("right", base)
	for _, test := range []struct {
		name string
		p    *program
		want string
	}{
		{"alone", base, "base"},
		{"imports in their order", compiled("p", compiled("x"), compiled("y")), "x y p"},
		{"a library of two libraries", compiled("p", left, right), "base left right p"},
		{"twice under two names", compiled("p", base, base), "base p"},
		{"imported and imported again", compiled("p", left, base), "base left p"},
	} {
		t.Run(test.name, func(t *testing.T) {
			order, err := binding.Order(test.p)
			got := ""
			for i, p := range order {
				if i > 0 {
					got += " "
				}
				got += p.source.ID
			}
			if err != nil || got != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestOrderOfAnotherEngine(t *testing.T) {
	_, err := binding.Order(compiled("p", compiled("library", struct{ hostapi.Program }{})))
	var e *hostapi.SyntaxError
	if !errors.As(err, &e) || e.Path != "library.x" {
		t.Errorf("got %v, want a SyntaxError in library.x", err)
	}
}
