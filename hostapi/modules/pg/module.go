// Package pg is the script module pg: process groups and their changes
// (section 18 of docs/spec). What depends on the state of the runtime is
// checked by the core behind [hostapi.Groups].
package pg

import "github.com/understudy-run/understudy/hostapi"

// Module is the module pg. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name: "pg",
	Doc: "Process groups: processes join groups of a scope, get messages sent to all members, " +
		"and may watch who joins and leaves (section 18).",
	Funcs:  []*hostapi.Func{openFunc},
	Types:  []*hostapi.ObjectType{groupType, subscriptionType, hostapi.ChannelType},
	Shapes: []*hostapi.Shape{hostapi.GroupEventShape},
}).Named().Prompt()

var openFunc = &hostapi.Func{
	Name:   "open",
	Doc:    "Gives access to the groups of a started scope (18.2).",
	Params: []hostapi.Param{{Name: "id", Accept: hostapi.AcceptString, Entry: hostapi.EntryScope, Doc: "of an entry of kind pg.scope, in full form"}},
	Results: []hostapi.Param{{
		Name: "group", Object: groupType, Accept: hostapi.AcceptObject, Doc: "serves for all groups of the scope",
	}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
	Load:    hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		id := c.Arg(0).Str()
		if id == "" {
			return hostapi.Errorf(hostapi.Invalid, "scope id cannot be empty")
		}
		scopes, err := hostapi.NeedFacility[hostapi.Grouper](c.Task().Process(), "pg")
		if err != nil {
			return err
		}
		groups, err := scopes.OpenScope(id)
		return hostapi.Give(c, hostapi.ObjectOf(&Group{groups: groups, scope: id}), err)
	},
}

// done is the result of functions that only succeed or fail.
var done = []hostapi.Param{{Name: "done", Accept: hostapi.AcceptBool, Doc: "always true"}}
