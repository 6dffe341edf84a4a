package binding

import "github.com/understudy-run/understudy/hostapi"

// Program is a compiled program that tells what it was compiled from.
type Program interface {
	comparable
	hostapi.Program
	// Source is what Compile was given.
	Source() *hostapi.Source
}

// Order gives the programs whose top levels run when p is loaded, in the order
// in which they run: each library that p imports, itself or through another, once
// and after all it imports; p is the last. Imports form no cycle (clause 14.9).
//
// The error is a *hostapi.SyntaxError: a library was compiled by another engine,
// so is no P. Compile calls Order, and Load uses what it gave.
func Order[P Program](p P) ([]P, error) {
	var order []P
	seen := map[P]bool{}
	var add func(P) error
	add = func(p P) error {
		if seen[p] {
			return nil
		}
		seen[p] = true
		for _, i := range p.Source().Imports {
			library, ok := i.Program.(P)
			if !ok {
				return &hostapi.SyntaxError{Path: p.Source().Path, Message: "import " + i.Alias + " was compiled by another engine"}
			}
			if err := add(library); err != nil {
				return err
			}
		}
		order = append(order, p)
		return nil
	}
	err := add(p)
	return order, err
}
