package hostapi

import "time"

// Message is a message in the hands of its receiver (3.18 to 3.20).
type Message struct {
	Handle
	Topic string
	From  PID // "" when the embedding program sent it without a sender
	// Values are the payloads in the order given to send.
	Values []Value
	// Request is set if the message came by a call, which waits for a reply (70.2).
	Request Request
	// Trail is what it carries for those who observe the runtime (64.1); nil while nobody
	// does. The core sets it.
	Trail *Trail

	whole    *Payload
	payloads []*Payload
}

// Trail is what a message carries beside what its receiver sees.
type Trail struct {
	Sent    time.Time    // on the runtime's clock
	Trace   TraceContext // of who has sent it
	Message uint64       // a number of its own, while something is traced (63.4); 0: it has none
	Entry   string       // of who has sent it, likewise
}

// MessageOf gives a message of one value, which lies in the same piece of memory.
func MessageOf(v Value) *Message {
	m := &struct {
		Message
		one [1]Value
	}{one: [1]Value{v}}
	m.Values = m.one[:]
	return &m.Message
}

// ObjectType is MessageType.
func (*Message) ObjectType() *ObjectType { return MessageType }

// String names topic and sender.
func (m *Message) String() string { return "message(" + m.Topic + " from " + string(m.From) + ")" }

// Holds implements Holder.
func (m *Message) Holds(visit func(Value)) {
	for _, v := range m.Values {
		visit(v)
	}
	if m.whole != nil {
		visit(ObjectOf(m.whole))
	}
	for _, p := range m.payloads {
		visit(ObjectOf(p))
	}
}

// Data gives the payload of raw mode: nil for no value, the value for one, the
// list of the values for two or more (3.13).
func (m *Message) Data() Value {
	switch len(m.Values) {
	case 0:
		return Value{}
	case 1:
		return m.Values[0]
	}
	return ListOf(m.Values...)
}

// Payload is a payload as a script holds it: its data is converted once.
type Payload struct {
	Handle
	Value Value
	data  Value // what Data made of Value
	made  bool
}

// ObjectType is PayloadType.
func (*Payload) ObjectType() *ObjectType { return PayloadType }

// String shows the data.
func (p *Payload) String() string { return "payload(" + p.Value.String() + ")" }

// StandsFor implements StandIn (1.12).
func (p *Payload) StandsFor() Value { return p.Value }

// Holds implements Holder.
func (p *Payload) Holds(visit func(Value)) {
	visit(p.Value)
	visit(p.data)
}

// MessageType is the type of messages.
var MessageType = &ObjectType{
	Name: "message",
	Doc:  "A message: topic, sender and payloads.",
	Methods: []*Func{
		replyFunc,
		{
			Name:    "topic",
			Doc:     "The topic it was sent to (3.18).",
			Results: []Param{{Name: "topic", Accept: AcceptString}},
			Run: func(c Call) error {
				c.Push(String(c.Self().(*Message).Topic))
				return nil
			},
		},
		{
			Name:    "from",
			Doc:     "PID of the sender; nil when the embedding program sent without one (3.18).",
			Results: []Param{{Name: "from", Type: "PID", Accept: AcceptString | AcceptNil}},
			Run: func(c Call) error {
				if from := c.Self().(*Message).From; from != "" {
					c.Push(String(string(from)))
				} else {
					c.Push(Value{})
				}
				return nil
			},
		},
		{
			Name:    "payload",
			Doc:     "The payload as a whole; never nil (3.19).",
			Results: []Param{{Name: "payload", Object: PayloadType}},
			Run: func(c Call) error {
				m := c.Self().(*Message)
				if m.whole == nil {
					m.whole = &Payload{Value: m.Data()}
				}
				c.Push(ObjectOf(m.whole))
				return nil
			},
		},
		{
			Name:    "payloads",
			Doc:     "One payload object for each value sent (3.19).",
			Results: []Param{{Name: "payloads", Type: "list of payload"}},
			Run: func(c Call) error {
				m := c.Self().(*Message)
				if m.payloads == nil {
					m.payloads = make([]*Payload, len(m.Values))
					for i, v := range m.Values {
						m.payloads[i] = &Payload{Value: v}
					}
				}
				items := make([]Value, len(m.payloads))
				for i, p := range m.payloads {
					items[i] = ObjectOf(p)
				}
				c.Push(ListOf(items...))
				return nil
			},
		},
	},
}

// PayloadType is the type of payloads.
var PayloadType = &ObjectType{
	Name: "payload",
	Doc:  "The data of a message; it can be sent on as it is.",
	Methods: []*Func{{
		Name:    "data",
		Doc:     "The value; the list of values if several were sent. The same object every time (3.20).",
		Results: []Param{{Name: "data", Accept: AcceptAny}},
		Run: func(c Call) error {
			p := c.Self().(*Payload)
			if !p.made {
				p.data, p.made = c.Import(p.Value), true
			}
			c.Push(p.data)
			return nil
		},
	}},
}
