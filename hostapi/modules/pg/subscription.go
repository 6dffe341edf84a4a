package pg

import "github.com/understudy-run/understudy/hostapi"

// Subscription is a subscription to changes of groups as an object of scripts
// (18.6).
type Subscription struct {
	hostapi.Handle
	sub   hostapi.Subscription
	group string // "" for all
}

// ObjectType is the type of subscriptions.
func (*Subscription) ObjectType() *hostapi.ObjectType { return subscriptionType }

// String names the group.
func (s *Subscription) String() string {
	if s.group == "" {
		return "subscription"
	}
	return "subscription(" + s.group + ")"
}

var subscriptionType = &hostapi.ObjectType{
	Name:     "subscription",
	Doc:      "Tells who joins and leaves one group of a scope, or all of them (18.6 to 18.9).",
	Hashable: true,
	Methods: []*hostapi.Func{
		{
			Name:    "channel",
			Doc:     "The channel of the changes, the same object every time. Unread records wait, none is dropped (18.6, 18.7).",
			Results: []hostapi.Param{{Name: "channel", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject, Doc: "yields event records (18.6)"}},
			Load:    hostapi.LoadRefused,
			Run: func(c hostapi.Call) error {
				return hostapi.Give(c, hostapi.ObjectOf(c.Self().(*Subscription).sub.Channel()), nil)
			},
		},
		{
			Name: "close",
			Doc:  "Ends the subscription and closes its channel; may be repeated (18.8).",
			Params: []hostapi.Param{{
				Name: "options", Accept: hostapi.AcceptTable, Optional: true, Doc: "map with the field flush",
			}},
			Keywords: []hostapi.Param{{
				Name: "flush", Accept: hostapi.AcceptBool, Optional: true,
				Doc: "if true, unread records stay readable; otherwise they are dropped",
			}},
			Results: done,
			Errors:  []hostapi.Kind{hostapi.Invalid},
			Load:    hostapi.LoadRefused,
			Run: func(c hostapi.Call) error {
				flush := hostapi.Option(c, 0, "flush")
				if !flush.IsNil() && flush.Type() != hostapi.TypeBool {
					return hostapi.Errorf(hostapi.Invalid, "close: flush must be a boolean, got %s", flush.TypeName())
				}
				return hostapi.Give(c, hostapi.Bool(true), c.Self().(*Subscription).sub.Close(flush.Bool()))
			},
		},
	},
}
