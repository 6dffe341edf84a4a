package hostapi

// Channel is a channel of section 8: private, or a receive-only view of the
// mailbox, a timer or a subscription. It belongs to one process and is used by
// its running task. Its ObjectType is ChannelType.
type Channel interface {
	Object
	// Send waits until v is taken or buffered (8.3). On a closed channel it
	// fails with Invalid "send on closed channel" (8.6), on a system channel
	// with Invalid "channel is receive-only" (3.16). Suspends.
	Send(v Value) error
	// Receive waits for a value; ok is false if the channel is closed and
	// drained (8.4). Suspends.
	Receive() (v Value, ok bool, err error)
	// Close closes a private channel (8.5); a second time does nothing.
	Close() error
	// System reports whether the channel is receive-only (3.16).
	System() bool
}

// Case is one alternative of a select: inert, may be used several times.
type Case struct {
	Handle
	Channel Channel
	Send    bool
	Value   Value    // to be sent
	Call    Answered // that Channel stands for, if it is a case of CallCase
}

// ObjectType is CaseType.
func (*Case) ObjectType() *ObjectType { return CaseType }

// String names the kind of case.
func (c *Case) String() string {
	if c.Call != nil {
		return "case(call " + c.Call.Topic() + ")"
	}
	if c.Send {
		return "case(send " + c.Channel.String() + ")"
	}
	return "case(receive " + c.Channel.String() + ")"
}

// Holds implements Holder.
func (c *Case) Holds(visit func(Value)) {
	visit(ObjectOf(c.Channel))
	visit(c.Value)
	if c.Call != nil {
		c.Call.Holds(visit)
	}
}

// Selected is the outcome of a select (8.12).
type Selected struct {
	Index int   // of the case taken, -1 for the default
	Value Value // received, or the value sent, or that of a call, or its error
	OK    bool  // false if a receive found the channel closed, or a call failed
}

// CaseType is the type of select cases.
var CaseType = &ObjectType{
	Name:     "case",
	Doc:      "One alternative for channel.select: inert, may be stored and used in several selects.",
	Hashable: true,
}

// ChannelType is the type of channels.
var ChannelType = &ObjectType{
	Name:     "channel",
	Doc:      "A channel of one process: private, or a receive-only view of its mailbox, a timer or a subscription.",
	Hashable: true,
	Methods: []*Func{
		{
			Name:   "send",
			Doc:    "Waits until a receiver takes the value or the buffer has room (8.3).",
			Params: []Param{{Name: "v", Accept: AcceptAny, Optional: true}},
			Results: []Param{
				{Name: "sent", Accept: AcceptBool, Doc: "always true"},
			},
			Errors: []Kind{Invalid},
			Run: func(c Call) error {
				if err := c.Self().(Channel).Send(c.Arg(0)); err != nil {
					return err
				}
				c.Push(Bool(true))
				return nil
			},
		},
		{
			Name: "receive",
			Doc:  "Waits for a value; on a closed and drained channel gives nil, false at once (8.4).",
			Results: []Param{
				{Name: "v", Accept: AcceptAny},
				{Name: "ok", Accept: AcceptBool, Doc: "false if the channel is closed"},
			},
			Run: func(c Call) error {
				v, ok, err := c.Self().(Channel).Receive()
				if err != nil {
					return err
				}
				c.Push(v)
				c.Push(Bool(ok))
				return nil
			},
		},
		{
			Name:   "close",
			Doc:    "Closes the channel: buffered values stay receivable, waiting receivers get nil, false (8.5).",
			Errors: []Kind{Invalid},
			Run:    func(c Call) error { return c.Self().(Channel).Close() },
		},
		{
			Name:    "case_receive",
			Doc:     "A select case that receives from the channel (8.11).",
			Results: []Param{{Name: "case", Object: CaseType}},
			Run: func(c Call) error {
				c.Push(ObjectOf(&Case{Channel: c.Self().(Channel)}))
				return nil
			},
		},
		{
			Name:    "case_send",
			Doc:     "A select case that sends v; the value is taken now (8.11).",
			Params:  []Param{{Name: "v", Accept: AcceptAny, Optional: true}},
			Results: []Param{{Name: "case", Object: CaseType}},
			Errors:  []Kind{Invalid},
			Run: func(c Call) error {
				ch := c.Self().(Channel)
				if ch.System() {
					return Errorf(Invalid, "channel is receive-only")
				}
				c.Push(ObjectOf(&Case{Channel: ch, Send: true, Value: c.Arg(0)}))
				return nil
			},
		},
	},
}
