package javascript_test

import (
	_ "embed"
	"testing"

	"example.com/custom-engine/javascript"
	"github.com/understudy-run/understudy/conformance"
)

//go:embed puppet.js
var puppet string

func TestConformance(t *testing.T) {
	conformance.Run(t, conformance.Engine{Engine: javascript.New(), Puppet: puppet})
}
