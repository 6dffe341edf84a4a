package process

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// DefaultTimeout is that of calls and offers that give none (70.1).
const DefaultTimeout = 5 * time.Second

// talkFuncs are those of section 70 that reach another process.
var talkFuncs = []*hostapi.Func{
	talkFunc("call", "Sends one message and waits for the reply, or for an error that says why there will be none. "+
		"Only the calling coroutine waits; details.sent of an error is false if the receiver cannot have read the message (70.1).",
		hostapi.LoadBlocks, []hostapi.Param{{Name: "value", Accept: hostapi.AcceptAny, Doc: "what msg:reply was given"}},
		[]hostapi.Kind{hostapi.Timeout, hostapi.Internal}, callTimeout,
		func(c hostapi.Call, dest, topic string, d time.Duration, payloads []hostapi.Value) error {
			v, err := c.Task().Process().Call(dest, topic, d, payloads)
			return hostapi.Give(c, v, err)
		}),
	talkFunc("call_case", "Sends the message of a call now, and gives a case for channel.select, which is ready when the call is over: "+
		"ok and value of the result are true and the value, or false and the error (70.3).",
		hostapi.LoadRefused, []hostapi.Param{{Name: "case", Object: hostapi.CaseType, Accept: hostapi.AcceptObject, Doc: "may be selected several times"}},
		nil, callTimeout,
		func(c hostapi.Call, dest, topic string, d time.Duration, payloads []hostapi.Value) error {
			cs, err := c.Task().Process().CallCase(dest, topic, d, payloads)
			return hostapi.Give(c, hostapi.ObjectOf(cs), err)
		}),
	talkFunc("offer", "Sends one message, and waits until the mailbox of dest has room for it, whatever its overflow (70.5).",
		hostapi.LoadBlocks, done, []hostapi.Kind{hostapi.Timeout}, offerTimeout,
		func(c hostapi.Call, dest, topic string, d time.Duration, payloads []hostapi.Value) error {
			return hostapi.Give(c, hostapi.Bool(true), c.Task().Process().Offer(dest, topic, d, payloads))
		}),
	{
		Name: "send_after",
		Doc:  "Sends one message when delay is over, unless the process ends, is upgraded or stops it before (70.6).",
		Params: []hostapi.Param{
			{Name: "delay", Accept: hostapi.AcceptDuration, Doc: "at least 0"},
			dest,
			topicParam,
		},
		Rest:    "payloads",
		Results: []hostapi.Param{{Name: "timer", Object: sendingType, Accept: hostapi.AcceptObject, Doc: "stops it"}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		TooFew:  "send_after requires at least delay, destination and topic arguments",
		Load:    hostapi.LoadRefused,
		Run: func(c hostapi.Call) error {
			topic := c.Arg(2).Str()
			if err := checkTopic(topic, "cannot send to @ topics"); err != nil {
				return err
			}
			delay, err := offerTimeout(c.Arg(0))
			if err != nil {
				return err
			}
			payloads, err := hostapi.Payloads(c, 3)
			if err != nil {
				return err
			}
			s, err := c.Task().Process().SendAfter(delay, c.Arg(1).Str(), topic, payloads)
			return hostapi.Give(c, hostapi.ObjectOf(&Sending{sending: s}), err)
		},
	},
}

var topicParam = hostapi.Param{Name: "topic", Accept: hostapi.AcceptString, Doc: "not empty, not beginning with @ (3.4)"}

// talkFunc makes a function that sends one message to one destination and waits for
// something, for a timeout at most.
func talkFunc(
	name, doc string, load hostapi.Load, results []hostapi.Param, kinds []hostapi.Kind,
	timeout func(hostapi.Value) (time.Duration, error),
	do func(c hostapi.Call, dest, topic string, timeout time.Duration, payloads []hostapi.Value) error,
) *hostapi.Func {
	return &hostapi.Func{
		Name: name,
		Doc:  doc,
		Params: []hostapi.Param{
			dest, topicParam,
			{Name: "timeout", Accept: hostapi.AcceptDuration, Optional: true, Doc: "how long at most; 5s if left out or nil (70.1)"},
		},
		Rest:    "payloads",
		Results: results,
		Returns: hostapi.OrError,
		Errors:  append([]hostapi.Kind{hostapi.Invalid, hostapi.NotFound, hostapi.Unavailable}, kinds...),
		TooFew:  name + " requires at least destination and topic arguments",
		Load:    load,
		Run: func(c hostapi.Call) error {
			topic := c.Arg(1).Str()
			if err := checkTopic(topic, "cannot send to @ topics"); err != nil {
				return err
			}
			d, err := timeout(c.Arg(2))
			if err != nil {
				return err
			}
			payloads, err := hostapi.Payloads(c, 3)
			if err != nil {
				return err
			}
			return do(c, c.Arg(0).Str(), topic, d, payloads)
		},
	}
}

// callTimeout reads the timeout of a call: more than 0.
func callTimeout(v hostapi.Value) (time.Duration, error) {
	d, err := offerTimeout(v)
	if err == nil && d == 0 {
		return 0, hostapi.Errorf(hostapi.Invalid, "invalid duration %s: must be > 0", v)
	}
	return d, err
}

// offerTimeout reads a timeout or delay of at least 0. A bare number below a million is
// surely not meant as nanoseconds.
func offerTimeout(v hostapi.Value) (time.Duration, error) {
	if v.IsNil() {
		return DefaultTimeout, nil
	}
	d, ok := hostapi.DurationOf(v)
	switch t := v.Type(); {
	case !ok || d < 0:
		return 0, hostapi.Errorf(hostapi.Invalid, "invalid duration %s", v)
	case (t == hostapi.TypeInt || t == hostapi.TypeFloat) && v.Float() != 0 && d < 1000000:
		return 0, hostapi.Errorf(hostapi.Invalid, "invalid duration %s: numbers are nanoseconds; write it as \"5s\" or \"200ms\"", v)
	}
	return d, nil
}

// Sending is what send_after gives (70.6).
type Sending struct {
	hostapi.Handle
	sending hostapi.Sending
}

// ObjectType is the type of what send_after gives.
func (*Sending) ObjectType() *hostapi.ObjectType { return sendingType }

// String is "timer".
func (*Sending) String() string { return "timer" }

var sendingType = &hostapi.ObjectType{
	Name:     "timer",
	Doc:      "A message that is to be sent later (70.6).",
	Hashable: true,
	Methods: []*hostapi.Func{{
		Name:    "stop",
		Doc:     "Keeps the message from being sent (70.6).",
		Results: []hostapi.Param{{Name: "stopped", Accept: hostapi.AcceptBool, Doc: "true if it was not sent yet and will not be"}},
		Run: func(c hostapi.Call) error {
			c.Push(hostapi.Bool(c.Self().(*Sending).sending.Stop()))
			return nil
		},
	}},
}
