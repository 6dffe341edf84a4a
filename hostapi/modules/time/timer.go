package time

import "github.com/understudy-run/understudy/hostapi"

// Timer is a timer as an object of scripts (10.8).
type Timer struct {
	hostapi.Handle
	timer hostapi.Timer
}

// ObjectType is the type of timers.
func (*Timer) ObjectType() *hostapi.ObjectType { return timerType }

// String is "timer".
func (*Timer) String() string { return "timer" }

var timerType = &hostapi.ObjectType{
	Name:     "timer",
	Doc:      "Fires once; its channel yields the time and is then closed (10.8).",
	Hashable: true,
	Methods: []*hostapi.Func{
		timerChannel("channel"),
		timerChannel("response"),
		{
			Name:    "stop",
			Doc:     "Stops a pending timer and closes its channel; an unread value of a fired one stays readable (10.8).",
			Results: []hostapi.Param{{Name: "pending", Accept: hostapi.AcceptBool, Doc: "whether it was pending; otherwise nothing happened"}},
			Run:     func(c hostapi.Call) error { return hostapi.Give(c, hostapi.Bool(c.Self().(*Timer).timer.Stop()), nil) },
		},
		{
			Name:    "reset",
			Doc:     "Lets a pending timer fire d from now; the old firing is never seen (10.8).",
			Params:  []hostapi.Param{{Name: "d", Accept: hostapi.AcceptDuration, Doc: "more than 0"}},
			Results: []hostapi.Param{{Name: "pending", Accept: hostapi.AcceptBool, Doc: "whether it was pending; otherwise nothing happened"}},
			Returns: hostapi.OrFalseOrThrow,
			Errors:  []hostapi.Kind{hostapi.Invalid},
			Run: func(c hostapi.Call) error {
				d, err := positiveDuration(c.Arg(0))
				if err != nil {
					return err
				}
				c.Push(hostapi.Bool(c.Self().(*Timer).timer.Reset(d)))
				return nil
			},
		},
	},
}

func timerChannel(name string) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     "The channel of the timer, the same object every time (10.8).",
		Results: channelResult,
		Run: func(c hostapi.Call) error {
			return hostapi.Give(c, hostapi.ObjectOf(c.Self().(*Timer).timer.Channel()), nil)
		},
	}
}

// Ticker is a ticker as an object of scripts (10.9).
type Ticker struct {
	hostapi.Handle
	ticker hostapi.Ticker
}

// ObjectType is the type of tickers.
func (*Ticker) ObjectType() *hostapi.ObjectType { return tickerType }

// String is "ticker".
func (*Ticker) String() string { return "ticker" }

var tickerType = &hostapi.ObjectType{
	Name:     "ticker",
	Doc:      "Yields a time every period; at most one unread tick is kept (10.9).",
	Hashable: true,
	Methods: []*hostapi.Func{
		tickerChannel("channel"),
		tickerChannel("response"),
		{
			Name:    "stop",
			Doc:     "Ends the ticks and closes the channel; an unread tick stays readable (10.9).",
			Results: []hostapi.Param{{Name: "done", Accept: hostapi.AcceptBool, Doc: "always true"}},
			Run: func(c hostapi.Call) error {
				c.Self().(*Ticker).ticker.Stop()
				c.Push(hostapi.Bool(true))
				return nil
			},
		},
	},
}

func tickerChannel(name string) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     "The channel of the ticker, the same object every time (10.9).",
		Results: channelResult,
		Run: func(c hostapi.Call) error {
			return hostapi.Give(c, hostapi.ObjectOf(c.Self().(*Ticker).ticker.Channel()), nil)
		},
	}
}
