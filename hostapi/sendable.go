package hostapi

// Sendable is an Object that payloads carry by reference, within one runtime (1.19):
// what it stands for never changes, also not by its methods, and is nothing that a
// process holds.
type Sendable interface {
	Object
	// Share gives another object for the same: of the type, without a wrapper. It is
	// called when a payload copy is taken and when a payload is read, from any
	// goroutine, so that no two processes have the same object.
	Share() Sendable
}

// StandIn is an Object that payloads do not carry: what it stands for is sent instead.
type StandIn interface {
	Object
	// StandsFor gives a payload.
	StandsFor() Value
}

// sent is a Sendable in a payload. Its object belongs to no process; Value.Object gives
// another one each time.
type sent struct{ object Sendable }

// unwritable gives the first Sendable in a payload, which JSON cannot show, nil if
// there is none. In the details of an error it is written in its text form, as the
// error must be told.
func (v Value) unwritable() Sendable {
	switch x := v.any.(type) {
	case *sent:
		return x.object
	case Sendable:
		return x
	case *List:
		for _, item := range x.Items {
			if s := item.unwritable(); s != nil {
				return s
			}
		}
	case *Map:
		for _, e := range x.Entries {
			if s := e.Value.unwritable(); s != nil {
				return s
			}
		}
	}
	return nil
}
