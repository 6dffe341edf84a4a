package binding

import "github.com/understudy-run/understudy/hostapi"

// Language is what [Call] and [Copy] ask of an engine: what the references of
// its scripts (values of hostapi.TypeTable, TypeFunction and TypeOther) stand
// for. Usually the engine's state of one process implements it.
//
// No method runs code of the script: contents are raw, without getters or
// metamethods.
type Language interface {
	// Elements gives the elements of a list, array or tuple in order; false if v
	// is none. The slice is only read.
	Elements(v hostapi.Value) ([]hostapi.Value, bool)
	// Fields gives the keys and values of a dict, object or struct, in the order
	// in which scripts see them; false if v is none. A language without an order
	// gives them as hostapi.Map.Sorted does (clause 1.9). The slice is only read.
	//
	// A language whose one container is both, as Lua's tables are, gives here all
	// keys, also those of the elements; Copy decides by clause 1.5.
	Fields(v hostapi.Value) ([]hostapi.Entry, bool)
	// Function gives v as a function that the core can run, nil if v cannot be
	// called.
	Function(v hostapi.Value) hostapi.Function
	// Import makes the script's own copy of a payload, as hostapi.Call.Import.
	Import(v hostapi.Value) hostapi.Value
	// TypeName names the type of a value that can be neither copied nor sent, for
	// error texts: "function", "set", "module".
	TypeName(v hostapi.Value) string
}

// elements gives the elements of any value.
func elements(l Language, v hostapi.Value) ([]hostapi.Value, bool) {
	if list := v.List(); list != nil {
		return list.Items, true
	}
	if v.Ref() == nil {
		return nil, false
	}
	return l.Elements(v)
}

// fields gives the entries of any value.
func fields(l Language, v hostapi.Value) ([]hostapi.Entry, bool) {
	switch {
	case v.Map() != nil:
		return v.Map().Entries, true
	case v.Record() != nil:
		return v.Record().Entries(), true
	case v.Ref() == nil:
		return nil, false
	}
	return l.Fields(v)
}
