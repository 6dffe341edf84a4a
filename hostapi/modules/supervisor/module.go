// Package supervisor is the script module supervisor: starting supervisors and
// working on their children (clause 16.17 of docs/spec).
//
// The functions check the types of their arguments and take the payload copies.
// What a specification may hold is checked by the core behind
// [hostapi.Supervision].
package supervisor

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Module is the module supervisor. An entry lists it in modules (14.15).
var Module = (&hostapi.Module{
	Name:   "supervisor",
	Doc:    "Supervisors: processes that start others, restart them by a strategy and stop them in order (section 16).",
	Funcs:  slices.Concat(startFuncs, childFuncs, listFuncs),
	Shapes: []*hostapi.Shape{specificationShape, backoffShape, childShape, childInfoShape, countShape},
}).Named().Prompt()

// sup is the parameter that names a supervisor.
var sup = hostapi.Param{
	Name: "sup", Accept: hostapi.AcceptString, Entry: hostapi.EntryNone,
	Doc: "PID or registered name of a supervisor; a request waits until it has dealt with what came before (16.16)",
}

var pidResult = []hostapi.Param{{Name: "pid", Accept: hostapi.AcceptString, Type: "PID", Doc: "of the new process"}}

// asking makes the Run of a function that asks for one value.
func asking(do func(c hostapi.Call, s hostapi.Supervision) (hostapi.Value, error)) func(hostapi.Call) error {
	return func(c hostapi.Call) error {
		s, err := supervision(c)
		if err != nil {
			return err
		}
		v, err := do(c, s)
		return hostapi.Give(c, v, err)
	}
}
