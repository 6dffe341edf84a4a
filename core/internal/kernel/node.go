package kernel

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Node names one life of a node: it is a part of the PIDs of its processes, so that a
// later life never answers for an earlier one (24.1).
type Node struct {
	Name        string // letters, digits, "_", "-", "." (23.1)
	Incarnation string // letters and digits, different in each life
}

// String is name#incarnation, as in a PID.
func (n Node) String() string { return n.Name + "#" + n.Incarnation }

// NodeOf gives the node in a PID; false if there is none in it.
func NodeOf(pid hostapi.PID) (Node, bool) {
	rest, ok := strings.CutPrefix(string(pid), "{")
	if !ok {
		return Node{}, false
	}
	node, _, ok := strings.Cut(rest, "/")
	if !ok {
		return Node{}, false
	}
	name, incarnation, ok := strings.Cut(node, "#")
	return Node{name, incarnation}, ok && name != "" && incarnation != ""
}

// abroadOf finds the stand-in for a process of another node. The error is NotFound for a PID
// of an earlier life of a node, Unavailable "node not connected".
func (rt *Runtime) abroadOf(pid hostapi.PID) (*process, error) {
	node, ok := NodeOf(pid)
	if !ok || node.Name == rt.node.Name {
		return nil, errNotFound(pid, rt.table.past(string(pid)))
	}
	peer := rt.peers.named(node.Name)
	switch {
	case peer == nil:
		return nil, errNotConnected(node.Name)
	case peer.node != node:
		return nil, errNotFound(pid, "")
	}
	return peer.standIn(pid), nil
}

func errNotConnected(node string) *hostapi.Error {
	return hostapi.Errorf(hostapi.Unavailable, "node not connected: %s", node).With("node", hostapi.String(node))
}

// errNodeDown is the error of everything that fails since a node is down (23.9).
func errNodeDown(node, reason string) *hostapi.Error {
	return hostapi.Errorf(hostapi.Unavailable, "node down: %s", node).
		With("node", hostapi.String(node)).With("reason", hostapi.String(reason))
}
