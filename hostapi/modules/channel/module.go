// Package channel is the script module channel: private channels and select
// (section 8 of docs/spec). The methods of channels are in
// [hostapi.ChannelType].
package channel

import (
	"math"

	"github.com/understudy-run/understudy/hostapi"
)

// Module is the module channel. It is a global of every script (14.15).
var Module = (&hostapi.Module{
	Name:   "channel",
	Doc:    "Channels between the coroutines of one process, and waiting for several channels at once (section 8).",
	Always: true,
	Funcs:  []*hostapi.Func{newFunc, selectFunc},
	Types:  []*hostapi.ObjectType{hostapi.ChannelType, hostapi.CaseType},
	Shapes: []*hostapi.Shape{resultShape},
}).Named().Prompt()

var newFunc = &hostapi.Func{
	Name: "new",
	Doc:  "Makes a private channel (8.1, 8.2).",
	Params: []hostapi.Param{{
		Name: "capacity", Accept: hostapi.AcceptNumber, Optional: true,
		Doc: "integer of at least 0; the default 0 is unbuffered: every send meets a receive",
	}},
	Results: []hostapi.Param{{Name: "channel", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject, Doc: "a new channel"}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		n := c.Arg(0).Float()
		if !(n >= 0 && n <= hostapi.MaxInt && n == math.Trunc(n)) {
			return hostapi.Errorf(hostapi.Invalid, "invalid capacity %s", c.Arg(0))
		}
		ch, err := c.Task().Process().NewChannel(int(n))
		return hostapi.Give(c, hostapi.ObjectOf(ch), err)
	},
}
