package process

import "github.com/understudy-run/understudy/hostapi"

// eventModule holds the kinds of events.
var eventModule = &hostapi.Module{
	Name:   "event",
	Doc:    "The kinds of events that process.events yields (4.1).",
	Always: true,
	Consts: []hostapi.Const{
		{Name: "EXIT", Value: hostapi.String(string(hostapi.EventExit)), Doc: "a monitored process ended, in any way (4.1)"},
		{Name: "LINK_DOWN", Value: hostapi.String(string(hostapi.EventLinkDown)), Doc: "a linked process failed, and trap_links is on (4.1)"},
		{Name: "CANCEL", Value: hostapi.String(string(hostapi.EventCancel)), Doc: "the process is asked to stop (4.1)"},
		{Name: "OUTDATED", Value: hostapi.String(string(hostapi.EventOutdated)), Doc: "code of the process was reloaded, and upgradable is on (4.1)"},
	},
}
