package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

func (c *checker) errorf(e *hostapi.Expression, format string, args ...any) {
	c.report(e, e.Protected, format, args...)
}

func (c *checker) warnf(e *hostapi.Expression, format string, args ...any) {
	c.report(e, true, format, args...)
}

func (c *checker) report(e *hostapi.Expression, warning bool, format string, args ...any) {
	c.found = append(c.found, Finding{e.Line, e.Column, fmt.Sprintf(format, args...), warning})
}

func (c *checker) find() []Finding {
	for _, e := range c.out.Expressions {
		if e.Use == hostapi.UseTested && c.meaning(e).missing {
			c.tested[c.name(e)] = true
		}
	}
	for _, e := range c.out.Expressions {
		switch e.Kind {
		case hostapi.ExpressionGlobal:
			c.checkGlobal(e)
		case hostapi.ExpressionRequire:
			if c.meaning(e).missing {
				c.errorf(e, "%s%s", c.src.NotGranted(e.Name).Message, c.grantHint(e.Name))
			}
		case hostapi.ExpressionMember:
			c.checkMember(e)
		case hostapi.ExpressionCall:
			c.checkCall(e)
		}
	}
	return c.found
}

// name is what a global or member is called in the source.
func (c *checker) name(e *hostapi.Expression) string {
	if e.Kind == hostapi.ExpressionMember {
		return c.meaning(e).path
	}
	return e.Name
}

func (c *checker) checkGlobal(e *hostapi.Expression) {
	if e.Use == hostapi.UseTested || e.Use == hostapi.UseAssigned || !c.meaning(e).missing || c.tested[e.Name] {
		return
	}
	say := c.warnf // it is nil, which may be meant
	if e.Use == hostapi.UseNeeded || c.out.Strict {
		say = c.errorf
	}
	if !c.said[e.Name] { // once is enough
		c.said[e.Name] = true
		say(e, "unknown global '%s'%s", e.Name, c.globalHint(e.Name))
	}
}

// globalHint says what may be meant by an unknown global.
func (c *checker) globalHint(name string) string {
	if m, program, _ := c.src.Require(name); m != nil || program != nil {
		return fmt.Sprintf(": the script gets it by require(\"%s\")", name)
	}
	for _, m := range c.group.app.Modules {
		if m.Name == name {
			return fmt.Sprintf(": a module, which %s does not list in modules, and the script gets by require(\"%s\")", c.src.ID, name)
		}
	}
	known := slices.Clone(c.out.Globals)
	for _, m := range c.src.Modules {
		if m.Always {
			known = append(known, m.Name)
		}
	}
	for name := range c.group.assigned {
		if !strings.Contains(name, ".") {
			known = append(known, name)
		}
	}
	slices.Sort(known)
	return spec.Suggest(name, known)
}

// grantHint says what may be meant by a name that require does not serve.
func (c *checker) grantHint(name string) string {
	var known []string
	for _, m := range c.src.Modules {
		known = append(known, m.Name)
	}
	for _, i := range c.src.Imports {
		known = append(known, i.Alias)
	}
	for _, m := range c.group.app.Modules {
		if m.Name == name {
			return fmt.Sprintf("; modules: [%s] grants it", name)
		}
		known = append(known, m.Name)
	}
	slices.Sort(known)
	return spec.Suggest(name, slices.Compact(known))
}

func (c *checker) checkMember(e *hostapi.Expression) {
	of, m := c.meaning(e.Of), c.meaning(e)
	if e.Use == hostapi.UseAssigned {
		switch {
		case of.module != nil && !of.library:
			c.errorf(e, "%s is read-only: '%s' cannot be assigned", of.path, e.Name)
		case of.object != nil && of.function == nil:
			c.errorf(e, "a %s is read-only: '%s' cannot be assigned", of.object.Name, e.Name)
		}
		return
	}
	constant := of.module != nil && !of.library && of.module.NoConstant(e.Name) != nil // to ask for it raises
	if !m.missing || !constant && (e.Use == hostapi.UseTested || c.tested[m.path]) {
		return
	}
	say := c.warnf
	if e.Use == hostapi.UseNeeded || c.out.Strict || constant {
		say = c.errorf
	}
	hint := spec.SuggestOrList(e.Name, c.members(of))
	switch {
	case of.object != nil && len(of.object.Methods) == 0:
		say(e, "a %s has no methods: '%s'", of.object.Name, e.Name)
	case of.object != nil:
		say(e, "a %s has no method '%s'%s", of.object.Name, e.Name, hint)
	case of.record != nil:
		say(e, "a record of type %s has no field '%s'%s", of.record.Name, e.Name, hint)
	case of.exports != nil:
		say(e, "the library %s has no '%s'%s", of.path, e.Name, hint)
	default:
		say(e, "%s has no '%s'%s", of.path, e.Name, hint)
	}
}

// Method says what is wrong with a method that the runtime will call (clause 2.12); nil
// if nothing, as far as the outline shows it.
func Method(o *hostapi.Outline, name string, missing func(global string) bool) error {
	value, has := o.Exports[name]
	switch {
	case o.Whole || !has && o.Open:
		return nil
	case has && value == nil:
		return nil
	case !has:
		var functions []string
		for other, value := range o.Exports {
			if value == nil || value.Kind == hostapi.ExpressionFunction {
				functions = append(functions, other)
			}
		}
		slices.Sort(functions)
		return fmt.Errorf("%s%s", hostapi.AsError(o.NoMethod(name)).Message, spec.Suggest(name, functions))
	case value.Kind == hostapi.ExpressionLiteral || value.Kind == hostapi.ExpressionTable:
		return fmt.Errorf("method \"%s\" is no function", name)
	case value.Kind == hostapi.ExpressionGlobal && missing(value.Name):
		return fmt.Errorf("%s: '%s' is unknown", hostapi.AsError(o.NoMethod(name)).Message, value.Name)
	}
	return nil
}

// Method says what is wrong with a method of the source of number i, as Method.
func (g *Group) Method(i int, name string) error {
	c := g.checkers[i]
	return Method(c.out, name, func(global string) bool { return c.global(global).missing })
}
