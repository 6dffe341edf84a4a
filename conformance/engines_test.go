package conformance_test

import (
	"testing"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
)

const nativePuppet = "the puppet of puppet_test.go"

func nativeEngine() conformance.Engine {
	return conformance.Engine{Engine: double{}, Puppet: nativePuppet}
}

func TestNative(t *testing.T) { conformance.Run(t, nativeEngine()) }

func TestGopherLua(t *testing.T) {
	conformance.Run(t, conformance.Engine{Engine: gopherlua.New()})
}

func TestStarlark(t *testing.T) {
	conformance.Run(t, conformance.Engine{Engine: starlark.New()})
}
