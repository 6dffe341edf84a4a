package app

import (
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Library is an entry of kind library.<language> or library.script (14.10).
type Library struct {
	Header
	Modules []string // those listed, each once
	Imports []Import
	// Resources are those that its importers must be granted (41.3), in order.
	Resources []spec.Grant
	// Programs are the library compiled for each engine whose processes import
	// it, by name of the engine.
	Programs map[string]hostapi.Program

	code code
}

var libraryFields = []string{"source", "modules", "imports", "resources"}

func decodeLibrary(head *Header) *Library {
	o := head.object(libraryFields...)
	return &Library{Header: *head, Programs: map[string]hostapi.Program{}, code: o.code()}
}
