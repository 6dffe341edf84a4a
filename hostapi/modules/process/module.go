// Package process is the script module process: spawning, messages, events,
// links, monitors, names and builders (sections 2 to 7, 12 and 13 of
// docs/spec).
//
// The functions check the number, types and form of their arguments and take
// the payload copies, in the order of clauses 2.6 and 3.6. Everything that
// depends on the state of the runtime is checked by the core behind
// [hostapi.Process].
package process

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Module is the module process. It is a global of every script (14.15).
var Module = (&hostapi.Module{
	Name:   "process",
	Doc:    "Processes: who one is, starting and stopping others, messages, events, links, monitors and names (sections 2 to 7, 12 and 13).",
	Always: true,
	Funcs: slices.Concat(
		identityFuncs,
		optionFuncs,
		builderType.Methods, // on the module they start from a builder without settings
		messageFuncs,
		talkFuncs,
		viewFuncs,
		watchFuncs,
		stopFuncs,
		upgradeFuncs,
	),
	Modules: []*hostapi.Module{eventModule, registryModule},
	Types:   []*hostapi.ObjectType{builderType, hostapi.ChannelType, hostapi.MessageType, hostapi.PayloadType, hostapi.CaseType, sendingType},
	Shapes:  []*hostapi.Shape{hostapi.EventShape, hostapi.ResultShape, optionsShape},
}).Named().Prompt()

// done is the result of functions that only succeed or fail.
var done = []hostapi.Param{{Name: "done", Accept: hostapi.AcceptBool, Doc: "always true"}}

// dest is the parameter that names another process (3.5).
var dest = hostapi.Param{
	Name: "dest", Accept: hostapi.AcceptString, Entry: hostapi.EntryNone,
	Doc: "PID, or registered name: text that does not begin with { (3.5)",
}
