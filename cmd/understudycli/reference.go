package understudycli

import "github.com/understudy-run/understudy/hostapi"

// moduleReference is the JSON form of a module, in the spelling of a language.
type moduleReference struct {
	Name      string            `json:"name"`
	Doc       string            `json:"doc"`
	Always    bool              `json:"always"`
	Functions []funcReference   `json:"functions"`
	Constants []string          `json:"constants"`
	Types     []typeReference   `json:"types"`
	Records   []recordReference `json:"records"`
	Modules   []moduleReference `json:"modules"`
}

type funcReference struct {
	Name      string           `json:"name"`
	Signature string           `json:"signature"`
	Doc       string           `json:"doc"`
	Params    []paramReference `json:"params"`
	Results   []paramReference `json:"results"`
	Errors    []string         `json:"errors"`
	Raises    bool             `json:"raises"` // the errors, and does not return them
}

type paramReference struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Optional bool   `json:"optional"`
	Doc      string `json:"doc,omitempty"`
}

type typeReference struct {
	Name    string          `json:"name"`
	Doc     string          `json:"doc"`
	Methods []funcReference `json:"methods"`
}

type recordReference struct {
	Name   string           `json:"name"`
	Doc    string           `json:"doc"`
	Fields []paramReference `json:"fields"`
}

func (d dialect) module(m *hostapi.Module) moduleReference {
	r := moduleReference{
		Name: m.Name, Doc: d.text(m.Doc), Always: m.Always, Functions: d.functions(m.Funcs),
		Constants: []string{}, Types: []typeReference{}, Records: []recordReference{}, Modules: []moduleReference{},
	}
	for _, c := range m.Consts {
		r.Constants = append(r.Constants, d.spelled(c.Name))
	}
	for _, t := range m.Types {
		r.Types = append(r.Types, typeReference{t.Name, d.text(t.Doc), d.functions(t.Methods)})
	}
	for _, s := range m.Shapes {
		r.Records = append(r.Records, recordReference{s.Name, d.text(s.Doc), d.paramList(s.Fields)})
	}
	for _, sub := range m.Modules {
		r.Modules = append(r.Modules, d.module(sub))
	}
	return r
}

func (d dialect) functions(fs []*hostapi.Func) []funcReference {
	out := make([]funcReference, len(fs))
	for i, f := range fs {
		kinds := make([]string, len(f.Errors))
		for j, k := range f.Errors {
			kinds[j] = string(k)
		}
		out[i] = funcReference{
			d.spelled(f.Name), d.signature(f), d.text(f.Doc), d.paramList(d.params(f)), d.paramList(f.Results), kinds, d.raises(f),
		}
	}
	return out
}

func (d dialect) paramList(ps []hostapi.Param) []paramReference {
	out := make([]paramReference, len(ps))
	for i, p := range ps {
		out[i] = paramReference{d.spelled(p.Name), d.typeText(p), p.Optional, d.text(p.Doc)}
	}
	return out
}
