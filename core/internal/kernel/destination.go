package kernel

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// anyNode stands for the node in the address of a host that leaves the choice to the runtime.
const anyNode = "*"

// splitAddress takes an address of section 24 apart; false for text that is none.
func splitAddress(text string) (node, what string, ok bool) {
	node, what, ok = strings.Cut(strings.TrimPrefix(text, "@"), "/")
	return node, what, ok && strings.HasPrefix(text, "@") && node != "" && what != ""
}

func errInvalidAddress(text string) error {
	return hostapi.Errorf(hostapi.Invalid, "invalid address").With("address", hostapi.String(text))
}

// place gives the node and the id of a host with an address (24.4); nil is the own node.
// avoid is a node that is chosen only if there is no other.
func (rt *Runtime) place(address, avoid string) (peer *Peer, host string, err error) {
	node, host, ok := splitAddress(address)
	switch {
	case !ok || !hostapi.ValidID(host), rt.node.Name == "" && node != anyNode:
		return nil, "", errInvalidAddress(address)
	case rt.node.Name == "" || node == rt.node.Name:
		return nil, host, nil
	case node == anyNode:
		peer, err = rt.anywhere(host, avoid)
		return peer, host, err
	}
	if peer = rt.peers.named(node); peer == nil {
		return nil, "", errNotConnected(node)
	}
	return peer, host, nil
}

// addressed finds the process that an address stands for: on another node the stand-in of who
// has the name there when something arrives for it (24.2).
func (rt *Runtime) addressed(address string) (*process, error) {
	node, name, ok := splitAddress(address)
	switch {
	case !ok || rt.node.Name == "" || hostapi.CheckName(name) != nil:
		return nil, errInvalidAddress(address)
	case node == rt.node.Name:
		return rt.named(name)
	}
	peer := rt.peers.named(node)
	if peer == nil {
		return nil, errNotConnected(node)
	}
	return peer.standIn(hostapi.PID(address)), nil
}
