package time

import "github.com/understudy-run/understudy/hostapi"

var channelResult = []hostapi.Param{{
	Name: "channel", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject, Doc: "receive-only, yields times",
}}

// waitFuncs wait, or make what one can wait for (10.6 to 10.11). On a bad
// duration they return an error in lenient languages and raise in strict ones.
var waitFuncs = []*hostapi.Func{
	{
		Name:    "sleep",
		Doc:     "Suspends the calling coroutine for at least d; returns at once if d is not positive (10.6).",
		Params:  []hostapi.Param{{Name: "d", Accept: hostapi.AcceptDuration, Doc: "how long; a bare number is nanoseconds"}},
		Returns: hostapi.OrThrow,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Load:    hostapi.LoadBlocks,
		Run: func(c hostapi.Call) error {
			d, err := duration(c.Arg(0))
			if err != nil {
				return err
			}
			return c.Task().Process().Sleep(d)
		},
	},
	{
		Name:    "after",
		Doc:     "A channel that yields one time when d is over and is then closed (10.7). Each call makes a new one.",
		Params:  []hostapi.Param{{Name: "d", Accept: hostapi.AcceptDuration, Doc: "more than 0"}},
		Results: channelResult,
		Returns: hostapi.OrThrow,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			t, err := newTimer(c)
			if err != nil {
				return err
			}
			c.Push(hostapi.ObjectOf(t.Channel()))
			return nil
		},
	},
	{
		Name:    "timer",
		Doc:     "A timer that fires once after d (10.8).",
		Params:  []hostapi.Param{{Name: "d", Accept: hostapi.AcceptDuration, Doc: "more than 0"}},
		Results: []hostapi.Param{{Name: "timer", Object: timerType, Accept: hostapi.AcceptObject, Doc: "a new, pending timer"}},
		Returns: hostapi.OrThrow,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			t, err := newTimer(c)
			return hostapi.Give(c, hostapi.ObjectOf(&Timer{timer: t}), err)
		},
	},
	{
		Name:    "ticker",
		Doc:     "A ticker that yields a time every d, the first after d (10.9).",
		Params:  []hostapi.Param{{Name: "d", Accept: hostapi.AcceptDuration, Doc: "more than 0"}},
		Results: []hostapi.Param{{Name: "ticker", Object: tickerType, Accept: hostapi.AcceptObject, Doc: "a new, running ticker"}},
		Returns: hostapi.OrThrow,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			d, err := positiveDuration(c.Arg(0))
			if err != nil {
				return err
			}
			t, err := c.Task().Process().NewTicker(d, wrapTime)
			return hostapi.Give(c, hostapi.ObjectOf(&Ticker{ticker: t}), err)
		},
	},
}

// newTimer makes a timer with argument 0 as duration.
func newTimer(c hostapi.Call) (hostapi.Timer, error) {
	d, err := positiveDuration(c.Arg(0))
	if err != nil {
		return nil, err
	}
	return c.Task().Process().NewTimer(d, wrapTime)
}
