package process

import "github.com/understudy-run/understudy/hostapi"

var messageFuncs = []*hostapi.Func{{
	Name: "send",
	Doc: "Puts one message into the mailbox of another process, or one's own, and never waits for the receiver. " +
		"Success says nothing about processing (3.1 to 3.7).",
	Params: []hostapi.Param{
		dest,
		topicParam,
	},
	Rest:    "payloads",
	Results: done,
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound, hostapi.Unavailable},
	TooFew:  "send requires at least destination and topic arguments",
	Run: func(c hostapi.Call) error {
		topic := c.Arg(1).Str()
		if err := checkTopic(topic, "cannot send to @ topics"); err != nil {
			return err
		}
		if c.Len() == 3 {
			payload, err := hostapi.PayloadArg(c, 2)
			if err != nil {
				return err
			}
			return hostapi.Give(c, hostapi.Bool(true), c.Task().Process().SendValue(c.Arg(0).Str(), topic, payload))
		}
		payloads, err := hostapi.Payloads(c, 2)
		if err != nil {
			return err
		}
		return hostapi.Give(c, hostapi.Bool(true), c.Task().Process().Send(c.Arg(0).Str(), topic, payloads))
	},
}}

// checkTopic refuses what is no topic for scripts (3.4); reserved is the text
// for those that begin with @.
func checkTopic(topic, reserved string) error {
	switch {
	case topic == "":
		return hostapi.Errorf(hostapi.Invalid, "topic cannot be empty")
	case topic[0] == '@':
		return hostapi.Errorf(hostapi.Invalid, "%s", reserved)
	}
	return nil
}
