// Package time is the script module time: durations, points in time, sleeping,
// timers and tickers on the runtime's clock (section 10 of docs/spec).
package time

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Module is the module time. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name:   "time",
	Doc:    "Durations, points in time, waiting, timers and tickers, on the clock of the runtime (section 10, 10.18).",
	Funcs:  slices.Concat(waitFuncs, timeFuncs, []*hostapi.Func{parseDurationFunc}, locationFuncs),
	Consts: slices.Concat(unitConsts, layoutConsts(), monthConsts(), weekdayConsts(), locationConsts),
	Types:  []*hostapi.ObjectType{timeType, durationType, locationType, timerType, tickerType, hostapi.ChannelType},
}).Named().Prompt()
