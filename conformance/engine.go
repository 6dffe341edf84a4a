package conformance

import (
	_ "embed"
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
)

// Engine is an engine under test.
type Engine struct {
	hostapi.Engine
	// Puppet is the source of the puppet in the engine's language. "": the
	// suite's own, which exists for "lua" and "starlark".
	Puppet string
	// Lacks names the cases that the engine does not pass, with the reason of
	// each. They are played all the same: one that passes is a failure. nil:
	// the engine lacks nothing.
	Lacks map[string]string
}

//go:embed lua/puppet.lua
var luaPuppet string

//go:embed starlark/puppet.star
var starlarkPuppet string

// puppet gives the source of the engine's puppet.
func (e Engine) puppet() (string, error) {
	switch {
	case e.Puppet != "":
		return e.Puppet, nil
	case e.Info().Language == "lua":
		return luaPuppet, nil
	case e.Info().Language == "starlark":
		return starlarkPuppet, nil
	}
	return "", fmt.Errorf("conformance: engine %s: no puppet in %s; set Engine.Puppet", e.Info().Name, e.Info().Language)
}
