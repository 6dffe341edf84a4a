package app

import (
	"github.com/understudy-run/understudy/core/spec"
	"go.yaml.in/yaml/v3"
)

// Lifecycle says how the runtime starts, restarts and stops an entry (15.1).
// It is complete: what the entry does not write has its default.
type Lifecycle struct {
	Given     bool     // the entry has the field lifecycle
	AutoStart bool     // start with the app
	Essential bool     // the app ends when it has failed (71.3)
	Requires  []string // ids, each once
	spec.Service
}

// lifecycle reads the field of that name. What it requires is left to the linker.
func (h *Header) lifecycle(f spec.Fields) Lifecycle {
	life := f.Map("lifecycle", append(spec.ServiceFields(), "auto_start", "essential", "requires", "depends_on")...)
	life.Rule(spec.Absent("depends_on"), spec.Given("requires"))
	for _, name := range [...]string{"requires", "depends_on"} {
		if life.List(name); life.Describes() {
			life.Texts(name) // otherwise the linker looks at the elements
		}
	}
	if !f.Describes() && life.Has("requires") && life.Has("depends_on") {
		both := fieldNode(h.node, "lifecycle")
		h.reporter.errorf(fieldNode(both, "depends_on"), "lifecycle.depends_on is a synonym of lifecycle.requires: only one may be given")
	}
	return Lifecycle{Given: f.Has("lifecycle"), AutoStart: life.Boolean("auto_start"), Essential: life.Boolean("essential"), Service: life.Service()}
}

// requires gives the field lifecycle.requires, or its synonym depends_on; nil if
// there is none.
func (h *Header) requires() (name string, n *yaml.Node) {
	if life := fieldNode(h.node, "lifecycle"); life != nil {
		for _, name := range [...]string{"requires", "depends_on"} {
			if n := fieldNode(life, name); n != nil {
				return "lifecycle." + name, n
			}
		}
	}
	return "", nil
}
