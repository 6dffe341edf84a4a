package faketest

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Channel is a channel that holds at most one value.
type Channel struct {
	hostapi.Handle
	Name     string
	IsSystem bool
	Value    hostapi.Value
}

// ObjectType is ChannelType.
func (*Channel) ObjectType() *hostapi.ObjectType { return hostapi.ChannelType }

// String gives the name.
func (c *Channel) String() string { return c.Name }

// Send keeps the value.
func (c *Channel) Send(v hostapi.Value) error {
	c.Value = v
	return nil
}

// Receive gives the value.
func (c *Channel) Receive() (hostapi.Value, bool, error) { return c.Value, true, nil }

// Close does nothing.
func (*Channel) Close() error { return nil }

// System gives IsSystem.
func (c *Channel) System() bool { return c.IsSystem }

// Coroutine is a handle.
type Coroutine struct{ hostapi.Handle }

// ObjectType is CoroutineType.
func (*Coroutine) ObjectType() *hostapi.ObjectType { return hostapi.CoroutineType }

// String is "coroutine".
func (*Coroutine) String() string { return "coroutine" }

// Status is suspended.
func (*Coroutine) Status() string { return "suspended" }

// Discard does nothing.
func (*Coroutine) Discard() {}

// Timer records what is done to it.
type Timer struct {
	p  *Process
	ch *Channel
}

// Channel is the same every time.
func (t *Timer) Channel() hostapi.Channel { return t.ch }

// Stop gives whether the process's timers are pending.
func (t *Timer) Stop() bool {
	t.p.Lines = append(t.p.Lines, "stop "+t.ch.Name)
	return t.p.Pending
}

// Reset gives whether the process's timers are pending.
func (t *Timer) Reset(d time.Duration) bool {
	t.p.Lines = append(t.p.Lines, "reset "+d.String())
	return t.p.Pending
}

type ticker struct{ t *Timer }

func (k ticker) Channel() hostapi.Channel { return k.t.ch }
func (k ticker) Stop()                    { k.t.Stop() }

// Function is a callable value. Given are arguments passed by name.
type Function struct{ Given []hostapi.Entry }

// Call does nothing.
func (*Function) Call(hostapi.Task, []hostapi.Value) ([]hostapi.Value, error) { return nil, nil }

// KeywordFunction is a Function of a language with keyword arguments.
type KeywordFunction struct{ Function }

// WithKeywords keeps them in Given.
func (f *KeywordFunction) WithKeywords(keywords []hostapi.Entry) hostapi.Function {
	return &KeywordFunction{Function{Given: keywords}}
}

// Table is a table of the script: in a lenient language both parts count, in a
// strict one it is a list if Items is not nil, a dict otherwise.
type Table struct {
	Items  []hostapi.Value
	Fields []hostapi.Entry
}

// Items gives a list of the script's own.
func Items(items ...hostapi.Value) hostapi.Value {
	return hostapi.Table(&Table{Items: append([]hostapi.Value{}, items...)})
}

// Fields gives a dict of the script's own.
func Fields(fields ...hostapi.Entry) hostapi.Value {
	return hostapi.Table(&Table{Fields: fields})
}
