package core

import "github.com/understudy-run/understudy/core/internal/kernel"

// Node names one life of a node: Options.Node makes a runtime one. Name and Incarnation
// are letters and digits, in the name also "_", "-" and "."; the incarnation is different
// in each life of a node of that name (24.1).
type Node = kernel.Node

// NodeOf gives the node in a PID; false if there is none in it, as in those of a runtime
// that is no node.
var NodeOf = kernel.NodeOf

// Peer is a connection with another node, made by Connect.
//
// Receive takes a frame that the other side has posted. Frames must come one at a time, in
// the order in which they were posted, none twice and none missing before the last that
// comes. It does not wait. The error is Invalid "protocol error": then the connection must be
// ended, by Down.
//
// Down ends the connection, for the reason "left", "restarted" or "lost" (23.6). To the
// processes of this node it is as if all those of the other had ended with Unavailable "node
// down: <node>": they get EXIT, then LINK_DOWN or the kill by a link; calls that wait fail
// (23.7, 23.9). A new connection may follow.
//
// Both may be called on any goroutine, but not by what Options.OnEvent and OnEnd call.
type Peer = kernel.Peer

// Hosting is what is known of a host of a node: Peer.Hosting gives those of the other node, as
// far as it has told, Runtime.Hosting the own ones, that accept processes. How full they are is
// told by Peer.TellHosts, which whoever carries the frames calls with each heartbeat.
type Hosting = kernel.Hosting

// Hosting gives the hosts that accept processes.
func (rt *Runtime) Hosting() []Hosting { return rt.kernel.Hosting() }

// Connect begins a connection with another node: from then on its PIDs are those of
// processes that can be sent to, called, linked, monitored, cancelled and terminated
// (sections 24 and 25), its hosts such that can be spawned on, as @node/namespace:name. post takes the frames for the other side, which must give them to
// its Receive; it is called with locks held, one call at a time, so it must neither wait nor
// call the runtime. Connections carry nothing by themselves: how frames travel, and when a
// node is held for lost, is for the program.
//
// The errors are Invalid "not a node", and AlreadyExists for a node of that name that is
// connected.
func (rt *Runtime) Connect(node Node, post func(frame []byte)) (*Peer, error) {
	return rt.kernel.Connect(node, post)
}
