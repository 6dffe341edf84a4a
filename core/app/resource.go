package app

import (
	"fmt"
	"slices"

	"github.com/understudy-run/understudy/core/spec"
	"go.yaml.in/yaml/v3"
)

// resources checks the field resources (41.2, 41.3).
func (l *loader) resources(h *Header, c *code) []spec.Grant {
	var out []spec.Grant
	for i, n := range c.resources {
		name := fmt.Sprintf("resources[%d]", i+1)
		var g spec.Grant
		ref := reference{target(n), name}
		if ref.node.Kind == yaml.MappingNode {
			o := h.reporter.object(ref.node, "id", "mode")
			if mode, given := o.text("mode"); given && mode != "read" {
				o.errorf(o.value("mode"), "unknown mode %q: it is read, or left out", mode)
			}
			g.ReadOnly = o.value("mode") != nil
			if ref = o.reference("id"); !ref.given() {
				o.errorf(o.node, "%s.id is required", name)
				continue
			}
			ref.field = name + ".id"
		}
		e, ok := find(l, h, ref, "resource", func(e Entry) bool {
			x, is := e.(*Extension)
			return is && x.Of.Role == spec.ForProcesses
		})
		if !ok {
			continue
		}
		g.ID = e.Head().ID
		if slices.ContainsFunc(out, func(other spec.Grant) bool { return other.ID == g.ID }) {
			h.reporter.errorf(ref.node, "%s: %s is listed twice", name, g.ID)
			continue
		}
		out = append(out, g)
	}
	return out
}
