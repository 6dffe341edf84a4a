package check

import (
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Mark stands in a text for what is not written yet, or asked about: a name in every
// language, and in index files. Nobody calls anything so.
const Mark = "understudy_what_stands_here"

// CandidateKind says what a Candidate is.
type CandidateKind uint8

// The kinds of candidates.
const (
	CandidateWord     CandidateKind = iota // one of a few words that a field may hold
	CandidateField                         // of a map of an index file, or of a record
	CandidateEntry                         // the id of an entry
	CandidateModule                        // Module
	CandidateLibrary                       // a library of the language, or an imported one
	CandidateFunction                      // Func of a module, or of the language: then nil
	CandidateMethod                        // Func of an object
	CandidateConstant                      // Const
	CandidateOption                        // Param, which is passed by name
	CandidateHolder                        // a variable, with a value of what Of names
)

// Candidate is something that may stand at a place of a text: what an editor offers there
// (61.4), and of which it shows what it means.
type Candidate struct {
	Name string
	Kind CandidateKind
	Of   string // what it belongs to, with its mark: "process.", "channel:", the kind of an entry

	Module *hostapi.Module
	Func   *hostapi.Func
	Const  *hostapi.Const
	Param  *hostapi.Param      // of an option or field
	Export *hostapi.Expression // of a library's member; nil if unknown
	Doc    string              // what is known beside those
}

// Candidates gives what may stand where the source of number i has the Mark: members of
// what is before it, globals, what require serves, ids of entries, options.
func (g *Group) Candidates(i int) []Candidate {
	c := g.checkers[i]
	var out []Candidate
	for _, e := range c.out.Expressions {
		switch {
		case e.Kind == hostapi.ExpressionMember && e.Name == Mark:
			out = append(out, c.candidateMembers(c.meaning(e.Of))...)
		case e.Kind == hostapi.ExpressionGlobal && e.Name == Mark:
			out = append(out, c.candidateGlobals()...)
		case e.Kind == hostapi.ExpressionRequire && strings.Contains(e.Name, Mark):
			out = append(out, c.candidateRequires()...)
		case e.Kind == hostapi.ExpressionCall:
			out = append(c.candidateArguments(e), out...)
		}
	}
	return out
}

// candidateMembers gives the members of a value.
func (c *checker) candidateMembers(of meaning) []Candidate {
	var out []Candidate
	dot := of.path + "."
	if m := of.module; m != nil && of.function == nil {
		for _, f := range m.Funcs {
			if !slices.Contains(c.out.Libraries[of.path], f.Name) {
				out = append(out, Candidate{Name: f.Name, Kind: CandidateFunction, Of: dot, Func: f})
			}
		}
		for i := range m.Consts {
			out = append(out, Candidate{Name: m.Consts[i].Name, Kind: CandidateConstant, Of: dot, Const: &m.Consts[i], Doc: m.Consts[i].Doc})
		}
		for _, n := range m.Modules {
			out = append(out, Candidate{Name: n.Name, Kind: CandidateModule, Of: dot, Module: n, Doc: n.Doc})
		}
	}
	if of.library {
		for _, name := range c.out.Libraries[of.path] {
			out = append(out, Candidate{Name: name, Kind: CandidateFunction, Of: dot, Doc: "Of the language."})
		}
	}
	if t := of.object; t != nil && of.function == nil {
		mark := "."
		if c.out.Colon {
			mark = ":"
		}
		for _, f := range t.Methods {
			out = append(out, Candidate{Name: f.Name, Kind: CandidateMethod, Of: t.Name + mark, Func: f})
		}
	}
	if r := of.record; r != nil {
		for i := range r.Fields {
			out = append(out, Candidate{Name: r.Fields[i].Name, Kind: CandidateField, Of: dot, Param: &r.Fields[i], Doc: r.Fields[i].Doc})
		}
	}
	if of.exports != nil {
		var names []string
		for name := range of.exports.Exports {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			e := of.exports.Exports[name]
			kind := CandidateField
			if e == nil || e.Kind == hostapi.ExpressionFunction {
				kind = CandidateFunction
			}
			out = append(out, Candidate{Name: name, Kind: kind, Of: dot, Export: e, Doc: "Of the library " + of.path + "."})
		}
	}
	return out
}

// candidateGlobals gives the modules that are always there, and what the language has.
func (c *checker) candidateGlobals() []Candidate {
	var out []Candidate
	for _, m := range c.src.Modules {
		if m.Always {
			out = append(out, Candidate{Name: m.Name, Kind: CandidateModule, Module: m, Doc: m.Doc})
		}
	}
	for _, name := range c.out.Globals {
		if slices.ContainsFunc(out, func(have Candidate) bool { return have.Name == name }) {
			continue
		}
		kind := CandidateFunction
		if c.out.Libraries[name] != nil {
			kind = CandidateLibrary
		}
		out = append(out, Candidate{Name: name, Kind: kind, Doc: "Of the language."})
	}
	return out
}

// candidateRequires gives what require serves: the modules that the source is granted, and
// the libraries that it imports.
func (c *checker) candidateRequires() []Candidate {
	var out []Candidate
	for _, i := range c.src.Imports {
		out = append(out, Candidate{Name: i.Alias, Kind: CandidateLibrary, Doc: "A library that the entry imports."})
	}
	for _, m := range c.src.Modules {
		out = append(out, Candidate{Name: m.Name, Kind: CandidateModule, Module: m, Doc: m.Doc})
	}
	return out
}

// candidateArguments gives the ids of entries that fit an argument which holds the mark,
// or the options that a call takes, where an option or its table does.
func (c *checker) candidateArguments(e *hostapi.Expression) []Candidate {
	f := c.meaning(e.Of).function
	if f == nil {
		return nil
	}
	var out []Candidate
	marked := func(a *hostapi.Expression) bool {
		return a != nil && a.Kind == hostapi.ExpressionLiteral && a.Literal.Type() == hostapi.TypeString && strings.Contains(a.Literal.Str(), Mark)
	}
	for i, a := range e.Args {
		if i < len(f.Params) && marked(a) {
			out = append(out, c.candidateEntries(f.Params[i].Entry)...)
		}
		if c.out.Strict && a != nil && a.Kind == hostapi.ExpressionGlobal && a.Name == Mark {
			out = append(out, candidateOptions(f.Keywords)...)
		}
		if a == nil || a.Kind != hostapi.ExpressionTable || len(f.Keywords) == 0 {
			continue
		}
		begun := slices.ContainsFunc(a.Args, func(a *hostapi.Expression) bool {
			return a != nil && a.Kind == hostapi.ExpressionGlobal && a.Name == Mark
		})
		for _, n := range a.Named {
			begun = begun || n.Name == Mark
			if marked(n.Value) {
				out = append(out, c.candidateValue(f.Keywords, n.Name)...)
			}
		}
		if begun {
			out = append(out, candidateOptions(f.Keywords)...)
		}
	}
	for _, n := range e.Named {
		switch {
		case n.Name == Mark:
			var named []hostapi.Param
			for _, p := range f.Params {
				if p.Keyword {
					named = append(named, p)
				}
			}
			out = append(out, candidateOptions(slices.Concat(named, f.Keywords))...)
		case marked(n.Value):
			out = append(out, c.candidateValue(slices.Concat(f.Params, f.Keywords), n.Name)...)
		}
	}
	return out
}

func (c *checker) candidateValue(params []hostapi.Param, name string) []Candidate {
	for _, p := range params {
		if p.Name == name {
			return c.candidateEntries(p.Entry)
		}
	}
	return nil
}

func candidateOptions(params []hostapi.Param) []Candidate {
	var out []Candidate
	for i := range params {
		out = append(out, Candidate{Name: params[i].Name, Kind: CandidateOption, Param: &params[i], Doc: params[i].Doc})
	}
	return out
}

// candidateEntries gives the ids of the entries that a parameter may refer to.
func (c *checker) candidateEntries(role hostapi.EntryRole) []Candidate {
	if role == "" || role == hostapi.EntryNone {
		return nil
	}
	var out []Candidate
	for id, kind := range c.group.app.Kinds {
		if c.group.app.Fits(role, kind) {
			out = append(out, Candidate{Name: id, Kind: CandidateEntry, Of: kind})
		}
	}
	slices.SortFunc(out, func(a, b Candidate) int { return strings.Compare(a.Name, b.Name) })
	return out
}
