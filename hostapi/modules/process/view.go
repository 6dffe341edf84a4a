package process

import "github.com/understudy-run/understudy/hostapi"

// viewFuncs give the channels through which a process reads its mailbox (3.8).
var viewFuncs = []*hostapi.Func{
	{
		Name:    "inbox",
		Doc:     "The view of all messages whose topic has no listener (3.11). The same channel every time (3.14).",
		Results: []hostapi.Param{{Name: "inbox", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject, Doc: "yields message objects"}},
		Run:     func(c hostapi.Call) error { return hostapi.Give(c, hostapi.ObjectOf(c.Task().Process().Inbox()), nil) },
	},
	{
		Name:    "events",
		Doc:     "The view of events (3.12, section 4). The same channel every time (3.14).",
		Results: []hostapi.Param{{Name: "events", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject, Doc: "yields event records (4.2)"}},
		Run:     func(c hostapi.Call) error { return hostapi.Give(c, hostapi.ObjectOf(c.Task().Process().Events()), nil) },
	},
	{
		Name: "listen",
		Doc: "The view of the messages of one topic, earlier unread ones included (3.9, 3.13). " +
			"The same channel every time; the first call fixes the mode (3.14).",
		Params: []hostapi.Param{
			{Name: "topic", Accept: hostapi.AcceptString, Doc: "not empty, not beginning with @"},
			{Name: "options", Accept: hostapi.AcceptTable, Optional: true, Doc: "map with the field message"},
		},
		Keywords: []hostapi.Param{{
			Name: "message", Accept: hostapi.AcceptAny, Optional: true,
			Doc: "if exactly true the channel yields message objects, otherwise the payload itself: nil for none, the value for one, a list for several",
		}},
		Results: []hostapi.Param{{Name: "channel", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject, Doc: "the view"}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.Conflict},
		TooFew:  "listen requires a topic argument",
		Run: func(c hostapi.Call) error {
			topic := c.Arg(0).Str()
			if err := checkTopic(topic, "cannot listen to @ topics"); err != nil {
				return err
			}
			ch, err := c.Task().Process().Listen(topic, hostapi.Option(c, 1, "message").Bool())
			return hostapi.Give(c, hostapi.ObjectOf(ch), err)
		},
	},
	{
		Name:    "unlisten",
		Doc:     "Ends a subscription of listen and closes its channel; the messages of the topic belong to the inbox again (3.15).",
		Params:  []hostapi.Param{{Name: "channel", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject, Doc: "what listen gave"}},
		Results: done,
		Returns: hostapi.OrFalse,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
		TooFew:  "unlisten requires a channel argument",
		Load:    hostapi.LoadRefused,
		Run: func(c hostapi.Call) error {
			return hostapi.Give(c, hostapi.Bool(true), c.Task().Process().Unlisten(c.Arg(0).Object().(hostapi.Channel)))
		},
	},
}
