// Package cluster keeps connections between nodes (sections 23 to 25 of docs/spec) over any
// network: it finds out who is there and who is not any more, and carries what runtimes tell
// each other so that all of it arrives, once and in order, as long as a connection lasts.
//
// Below it is a [Driver], which may lose, and only that knows the network. Package
// simulated is one for tests, on the virtual time of a core.Simulation.
package cluster

import (
	"github.com/understudy-run/understudy/core"
)

// Driver carries frames between nodes. What it loses is sent again above.
type Driver interface {
	// Start joins. receive is called for each frame that arrives, on any goroutine, those that
	// one node has sent to this one after the other; broadcast ones possibly at the same time.
	// It does not keep frame.
	Start(self core.Node, receive func(from core.Node, frame []byte)) error
	// Send sends a frame to one node, at most MostSent bytes, at most once. It neither waits
	// nor keeps frame; frames to the same node that arrive do so in order. It is called with
	// locks held, and must not call receive.
	Send(to core.Node, frame []byte)
	// Broadcast sends a frame to all, at most MostBroadcast bytes, on a lane of its own: what is
	// sent does not delay it.
	Broadcast(frame []byte)
	// Close leaves. After it receive is not called any more.
	Close()
}

// Bounds of frames.
const (
	MostSent      = 512 << 10
	MostBroadcast = 16 << 10
)
