package hostapi

import "time"

// Talker calls other processes, waits for room in their mailboxes and sends later
// (section 70). dest is a PID or a name; the errors for topics and destinations are
// those of Send.
type Talker interface {
	// Call sends one message and waits for the reply, for timeout at most (70.1).
	// Suspends.
	Call(dest, topic string, timeout time.Duration, payloads []Value) (Value, error)
	// CallCase sends the message now, and gives the case of a select that is ready
	// when the call is over (70.3).
	CallCase(dest, topic string, timeout time.Duration, payloads []Value) (*Case, error)
	// Reply answers a message that came by a call (70.2), with a value that is a
	// payload already, or an error as main may end with (2.18).
	Reply(m *Message, r Result) error
	// Offer sends one message, and waits until the mailbox has room for it, for timeout
	// at most; 0 is one attempt (70.5). Suspends.
	Offer(dest, topic string, timeout time.Duration, payloads []Value) error
	// SendAfter sends one message when delay is over, if the process still runs the
	// code that calls this (70.6).
	SendAfter(delay time.Duration, dest, topic string, payloads []Value) (Sending, error)
}

// Sending is a message that is to be sent later (70.6).
type Sending interface {
	// Stop reports whether the message was not sent yet; then it never is.
	Stop() bool
}

// Request is what a message carries that came by a call (70.2). The core implements it.
type Request interface {
	// Reply is Talker.Reply of Go code. Safe for concurrent use.
	Reply(r Result) error
}

// Answered is what a case stands for that CallCase gave.
type Answered interface {
	// Topic is that of the call.
	Topic() string
	// Holds calls visit for the result, as Holder does: it stays with the case (70.3).
	Holds(visit func(Value))
}

// Reply answers a message that came by a call, with a value, or with an error if that
// is not nil, and waits for nobody: for Go code that reads messages, such as by
// core.Address, on any goroutine (70.2). The error is Invalid "not a call" or for values
// that cannot be sent, and Conflict "already replied".
func (m *Message) Reply(v Value, err error) error {
	if m.Request == nil {
		return ErrNotACall()
	}
	if err != nil {
		return m.Request.Reply(Result{Err: AsError(err).Ended()})
	}
	values, err := CopyPayloads([]Value{v}, DefaultPayloadLimits)
	if err != nil {
		return err
	}
	return m.Request.Reply(Result{Value: values[0]})
}

// ErrNotACall is the error of a reply to a message that did not come by a call (70.2).
func ErrNotACall() *Error { return Errorf(Invalid, "not a call") }

// replyFunc is the method reply of messages.
var replyFunc = &Func{
	Name: "reply",
	Doc: "Answers a message that came by process.call or process.call_case, once and from any coroutine, and waits for nobody. " +
		"The call gives value, or err as an error (70.2).",
	Params: []Param{
		{Name: "value", Accept: AcceptAny, Optional: true, Keyword: true, Doc: "what the call gives"},
		{Name: "err", Accept: AcceptString | AcceptError, Optional: true, Keyword: true, Doc: "the error that the call gives instead; a string is its message"},
	},
	Results: []Param{{Name: "done", Accept: AcceptBool, Doc: "always true, also if nobody waits any more"}},
	Returns: OrError,
	Errors:  []Kind{Invalid, Conflict},
	Load:    LoadRefused,
	Run: func(c Call) error {
		m := c.Self().(*Message)
		if m.Request == nil {
			return ErrNotACall()
		}
		var r Result
		switch e := c.Arg(1); e.Type() {
		case TypeString:
			r.Err = &Error{Kind: Internal, Message: e.Str()}
		case TypeError:
			r.Err = e.Err().Ended()
		default:
			var err error
			if r.Value, err = c.Copy(c.Arg(0), NewCopier(c.Task().PayloadLimits())); err != nil {
				return err
			}
		}
		return Give(c, Bool(true), c.Task().Process().Reply(m, r))
	},
}
