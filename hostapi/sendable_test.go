package hostapi_test

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// stamp is a sendable object.
type stamp struct {
	hostapi.Handle
	date *string
}

func (*stamp) ObjectType() *hostapi.ObjectType { return &hostapi.ObjectType{Name: "stamp"} }
func (s *stamp) String() string                { return "stamp of " + *s.date }
func (s *stamp) Share() hostapi.Sendable       { return &stamp{date: s.date} }

// A payload refers to what a sendable object stands for; each reader gets an object of
// its own (1.19).
func TestSendable(t *testing.T) {
	date := "today"
	mine := &stamp{date: &date}
	mine.SetWrapper("mine")
	copied, err := hostapi.CopyPayloads([]hostapi.Value{hostapi.ListOf(hostapi.Wrap(mine))}, hostapi.DefaultPayloadLimits)
	if err != nil {
		t.Fatal(err)
	}
	again, err := hostapi.CopyPayloads(copied, hostapi.DefaultPayloadLimits)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[hostapi.Object]bool{mine: true}
	for _, v := range []hostapi.Value{copied[0].List().Items[0], copied[0].List().Items[0], again[0].List().Items[0]} {
		s, ok := v.Object().(*stamp)
		if !ok || s.date != &date || s.Wrapper() != nil || seen[s] {
			t.Errorf("read %v with wrapper %v, seen before: %v", s, s.Wrapper(), seen[s])
		}
		seen[s] = true
		if v.Type() != hostapi.TypeObject || v.TypeName() != "stamp" || v.String() != "stamp of today" {
			t.Errorf("it is %v, a %s: %s", v.Type(), v.TypeName(), v)
		}
	}
	var into []*stamp
	if err := copied[0].Decode(&into); err != nil || len(into) != 1 || into[0].date != &date {
		t.Errorf("decoded %v, %v", into, err)
	}
	var wrong []hostapi.Payload
	if err := copied[0].Decode(&wrong); !errors.Is(err, hostapi.Invalid) {
		t.Errorf("decoded into another type: %v", err)
	}
	cp := hostapi.NewCopier(hostapi.PayloadLimits{Depth: 1, Size: 40})
	if _, err := cp.Value(hostapi.ListOf(hostapi.Wrap(mine), hostapi.Wrap(mine)), nil); !errors.Is(err, hostapi.Invalid) {
		t.Errorf("48 bytes where 40 are allowed: %v", err)
	}
	_, err = hostapi.CopyPayloads([]hostapi.Value{hostapi.MapOf(hostapi.Entry{Key: hostapi.Wrap(mine)})}, hostapi.DefaultPayloadLimits)
	if err == nil || err.Error() != "cannot send a stamp as a map key at #1[stamp of today]" {
		t.Errorf("as a key: %v", err)
	}
}

// Nothing sendable leaves the runtime as JSON; an error is told all the same (1.19).
func TestSendableIsNoJSON(t *testing.T) {
	date := "today"
	v := hostapi.Wrap(&stamp{date: &date})
	sent, err := hostapi.CopyPayloads([]hostapi.Value{v}, hostapi.DefaultPayloadLimits)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []hostapi.Value{v, sent[0], hostapi.ListOf(hostapi.Int(1), sent[0]), hostapi.MapOf(hostapi.Field("a", hostapi.ListOf(sent[0])))} {
		if text, err := v.MarshalJSON(); err == nil || err.Error() != "cannot write a stamp as JSON" {
			t.Errorf("%v gave %s, %v", v, text, err)
		}
	}
	text, err := hostapi.Wrap(hostapi.Errorf(hostapi.Invalid, "x").With("stamp", sent[0])).MarshalJSON()
	if err != nil || string(text) != `{"kind":"Invalid","message":"x","retryable":false,"details":{"stamp":"stamp of today"}}` {
		t.Errorf("in an error: %s, %v", text, err)
	}
}
