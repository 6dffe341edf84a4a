// Package null has the value that stands for null where nil would be lost (42.5).
package null

import "github.com/understudy-run/understudy/hostapi"

// Null is true in conditions, equal only to itself, and sent as nil.
type Null struct{ hostapi.Handle }

var nullType = &hostapi.ObjectType{
	Name:     "null",
	Doc:      "Stands for null where nil would be lost. It is equal only to itself, true in conditions, and sent as nil (42.5).",
	Hashable: true,
}

// ObjectType says that scripts can do nothing with it.
func (*Null) ObjectType() *hostapi.ObjectType { return nullType }

// String is its text form.
func (*Null) String() string { return "null" }

// StandsFor implements hostapi.StandIn.
func (*Null) StandsFor() hostapi.Value { return hostapi.Value{} }

// Of gives the null of a process, the same every time.
func Of(t hostapi.Task) hostapi.Value {
	return hostapi.ObjectOf(hostapi.LocalOf(t.Process(), func() *Null { return &Null{} }))
}

// Const is the constant of a module.
func Const(name string) hostapi.Const {
	return hostapi.Const{Name: name, Doc: "null, where nil would be lost (42.5)", Make: Of}
}

// Type is that of null, for reference.
func Type() *hostapi.ObjectType { return nullType }
