package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// call is a call of a function of the runtime.
type call struct {
	*checker
	*hostapi.Expression
	fn   *hostapi.Func
	name string // process.send, channel:receive
	args []*hostapi.Expression
}

func (c *checker) checkCall(e *hostapi.Expression) {
	m := c.meaning(e.Of)
	if m.function == nil {
		return
	}
	k := &call{c, e, m.function, m.path, e.Args}
	if k.fn.Load != hostapi.LoadAllowed && e.TopLevel {
		c.errorf(e, "%s cannot be called while the top level runs: call it in a function", k.name)
		return
	}
	if !k.receiver(m) || !k.count() {
		return
	}
	for i, a := range k.args {
		if i < len(k.fn.Params) && a != nil {
			k.argument(fmt.Sprintf("argument #%d (%s)", i+1, k.fn.Params[i].Name), &k.fn.Params[i], a)
		}
	}
	k.options()
}

// receiver looks at how a method or function is called where that is told apart, and
// takes the object off the arguments; false if there is nothing more to say.
func (k *call) receiver(m meaning) bool {
	if !k.out.Colon {
		return true
	}
	of := k.Of
	colon := of.Kind == hostapi.ExpressionMember && of.Method
	switch {
	case m.object == nil && colon:
		k.errorf(k.Expression, "%s is a function of a module and no method: it is called with '.', not with ':'", k.name)
		return false
	case m.object != nil && !colon:
		if of.Kind != hostapi.ExpressionMember || len(k.args) > 0 && (k.args[0] == nil || k.checker.meaning(k.args[0]).object == m.object) || k.More {
			return false // it is passed on the other way
		}
		k.errorf(k.Expression, "%s is a method of a %s: it is called with ':', not with '.'", k.fn.Name, m.object.Name)
		return false
	}
	return true
}

// failf reports what the function will refuse. Where it returns the error, the script
// may expect it, if it looks at it.
func (k *call) failf(e *hostapi.Expression, returned bool, format string, args ...any) {
	looked := k.Received < 0 || k.Received > max(1, len(k.fn.Results))
	if e.Line == 0 {
		e = k.Expression
	}
	k.report(e, k.Protected || returned && looked, format, args...)
}

// returns reports whether the function returns the errors of its own.
func (k *call) returns() bool {
	switch k.fn.Returns {
	case hostapi.OrError, hostapi.OrFalse:
		return true
	case hostapi.OrThrow, hostapi.OrFalseOrThrow:
		return !k.out.Strict
	}
	return false
}

func (k *call) byName(name string) bool {
	return slices.ContainsFunc(k.Named, func(n hostapi.NamedExpression) bool { return n.Name == name })
}

// count compares the number of arguments with the table; false if that is wrong.
func (k *call) count() bool {
	for i := len(k.args); i < len(k.fn.Params) && !k.More; i++ {
		if p := &k.fn.Params[i]; !p.Optional && !(p.Keyword && k.byName(p.Name)) {
			k.failf(k.Expression, k.fn.TooFew != "" && k.returns(), "%s requires argument #%d (%s)", k.name, i+1, p.Name)
			return false
		}
	}
	if k.out.Strict && k.fn.Rest == "" && len(k.args) > len(k.fn.Params) {
		k.errorf(k.Expression, "%s takes at most %d arguments, got %d", k.name, len(k.fn.Params), len(k.args))
		return false
	}
	return true
}

// argument compares a value with the parameter that it is for. what says which it is.
func (k *call) argument(what string, p *hostapi.Param, a *hostapi.Expression) {
	got := ""
	switch m := k.meaning(a); {
	case a.Kind == hostapi.ExpressionLiteral:
		if !p.Accepts(a.Literal) {
			got = a.Literal.TypeName()
		}
	case a.Kind == hostapi.ExpressionTable && p.Accept&(hostapi.AcceptTable|hostapi.AcceptAny) == 0:
		got = "table"
	case a.Kind == hostapi.ExpressionFunction && p.Accept&(hostapi.AcceptFunction|hostapi.AcceptAny) == 0,
		m.function != nil && p.Accept&(hostapi.AcceptFunction|hostapi.AcceptAny) == 0:
		got = "function"
	case m.object != nil && m.function == nil && p.Accept&hostapi.AcceptAny == 0 && !acceptsObject(p, m.object):
		got = m.object.Name
	}
	if got != "" {
		k.errorf(k.at(a), "%s: %s must be a %s, got %s", k.name, what, p.TypeText(), got)
		return
	}
	if p.Elements != nil && a.Kind == hostapi.ExpressionTable {
		k.elements(what, p, a.Args)
	}
	if a.Kind != hostapi.ExpressionLiteral {
		return
	}
	if p.Accept&hostapi.AcceptDuration != 0 && p.Accept&hostapi.AcceptAny == 0 {
		k.duration(a)
	}
	if p.Entry != "" && a.Literal.Type() == hostapi.TypeString {
		k.entry(p, a.Literal.Str())
	}
}

// elements compares the elements of a list with their type.
func (k *call) elements(what string, p *hostapi.Param, elements []*hostapi.Expression) {
	for i, a := range elements {
		if a == nil {
			continue
		}
		got, hint := "", ""
		switch m := k.meaning(a); {
		case a.Kind == hostapi.ExpressionLiteral:
			got = a.Literal.TypeName()
		case a.Kind == hostapi.ExpressionTable:
			got = "table"
		case a.Kind == hostapi.ExpressionFunction, m.function != nil:
			got = "function"
			if m.function != nil && len(m.function.Results) == 1 && m.function.Results[0].Object == p.Elements {
				hint = ": it has to be called"
			}
		case m.object != nil && m.object != p.Elements:
			got, hint = m.object.Name, k.makers(m.object, p.Elements)
		}
		if got != "" {
			k.errorf(k.at(a), "%s: element #%d of %s must be a %s, got %s%s", k.name, i+1, what, p.Elements.Name, got, hint)
		}
	}
}

// makers says which methods of an object make one of another type.
func (k *call) makers(of, wanted *hostapi.ObjectType) string {
	var names []string
	for _, f := range of.Methods {
		if len(f.Results) > 0 && f.Results[0].Object == wanted {
			names = append(names, f.Name)
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf(", which makes one by %s", strings.Join(names, " or "))
}

func acceptsObject(p *hostapi.Param, t *hostapi.ObjectType) bool {
	if p.Accept&hostapi.AcceptObject != 0 && (p.Object == nil || p.Object == t) {
		return true
	}
	return p.Accept&hostapi.AcceptDuration != 0 && t.Name == "duration"
}

// at gives where an argument is reported: literals have no place of their own, and that
// of a variable is where its value comes from.
func (k *call) at(a *hostapi.Expression) *hostapi.Expression {
	if a.Line < k.Expression.Line {
		return k.Expression
	}
	return a
}

// few is how many nanoseconds are surely not meant.
const few = int64(time.Millisecond)

func (k *call) duration(a *hostapi.Expression) {
	switch v := a.Literal; v.Type() {
	case hostapi.TypeString:
		if _, ok := hostapi.ParseDuration(v.Str()); !ok {
			k.failf(k.Expression, k.returns(), "%s: invalid duration %q: write it as 500ms, 10s or 1m30s", k.name, v.Str())
		}
	case hostapi.TypeInt:
		if n := v.Int(); n > 0 && n < few {
			k.warnf(k.Expression, "%s: %d is %d nanoseconds: write \"%ds\" or \"%dms\"", k.name, n, n, n, n)
		}
	case hostapi.TypeFloat:
		if f := v.Float(); f > 0 && f < float64(few) {
			k.warnf(k.Expression, "%s: %v is less than a millisecond, a number being nanoseconds: write \"%vs\" or \"%vms\"", k.name, f, f, f)
		}
	}
}

// entry looks for the entry whose id is written out.
func (k *call) entry(p *hostapi.Param, id string) {
	app := k.group.app
	if app.Kinds == nil {
		return
	}
	kind, exists := app.Kinds[id]
	if p.Entry == hostapi.EntryNone {
		if exists && !k.group.named[id] {
			k.warnf(k.Expression, "%s: %s is the id of an entry: a process is reached by its PID, or by a name that it has registered", k.name, id)
		}
		return
	}
	if p.Entry == hostapi.EntryHost && strings.HasPrefix(id, "@") {
		return // a host of another node, whose app may be another (24.4)
	}
	var fitting []string
	for other, kind := range app.Kinds {
		if app.Fits(p.Entry, kind) {
			fitting = append(fitting, other)
		}
	}
	slices.Sort(fitting)
	namespace, _, full := strings.Cut(id, ":")
	switch {
	case exists && app.Fits(p.Entry, kind):
		if p.Entry.Resource() && k.src.Granted != nil && !slices.Contains(k.src.Granted, id) {
			k.failf(k.Expression, k.returns(), "%s: not granted: %s: list it under resources", k.name, id)
		}
	case exists:
		k.failf(k.Expression, k.returns(), "%s: %s is a %s, and no %s", k.name, id, kind, p.Entry)
	case !full:
		k.failf(k.Expression, k.returns(), "%s: '%s' is no id of an entry, which has the form namespace:name%s", k.name, id, spec.Suggest(":"+id, fitting))
	case !app.Closed || !app.Namespaces[namespace]: // an embedding program may have such entries
		k.warnf(k.Expression, "%s: unknown %s %q%s", k.name, p.Entry, id, spec.Suggest(id, fitting))
	default:
		k.failf(k.Expression, k.returns(), "%s: unknown %s %q%s", k.name, p.Entry, id, spec.Suggest(id, fitting))
	}
}

// options looks at what is passed by name.
func (k *call) options() {
	f := k.fn
	for _, n := range k.Named {
		i := slices.IndexFunc(f.Params, func(p hostapi.Param) bool { return p.Keyword && p.Name == n.Name })
		if i >= 0 {
			if n.Value != nil {
				k.argument(n.Name, &f.Params[i], n.Value)
			}
			continue
		}
		k.option(n, true)
	}
	if len(f.Keywords) == 0 {
		return
	}
	for i := len(f.Params) - 1; i >= 0; i-- {
		if f.Params[i].Accept&(hostapi.AcceptTable|hostapi.AcceptAny) == 0 {
			continue
		}
		if i < len(k.args) && k.args[i] != nil && k.args[i].Kind == hostapi.ExpressionTable {
			for _, n := range k.args[i].Named {
				k.option(n, false)
			}
		}
		return
	}
}

// option looks at one option; keyword says that it was passed by name, not in a table.
func (k *call) option(n hostapi.NamedExpression, keyword bool) {
	f := k.fn
	place := *k.Expression
	place.Line, place.Column = n.Line, n.Column
	i := slices.IndexFunc(f.Keywords, func(p hostapi.Param) bool { return p.Name == n.Name })
	switch {
	case i >= 0 && n.Value != nil && n.Value.Kind == hostapi.ExpressionLiteral && !f.Keywords[i].Accepts(n.Value.Literal):
		p := &f.Keywords[i]
		k.failf(&place, k.returns(), "%s: %s must be a %s, got %s", k.name, n.Name, p.TypeText(), n.Value.Literal.TypeName())
	case i >= 0 && n.Value != nil && f.Keywords[i].Accept&hostapi.AcceptDuration != 0 && f.Keywords[i].Accept&hostapi.AcceptAny == 0 && n.Value.Kind == hostapi.ExpressionLiteral:
		k.duration(n.Value)
	case i >= 0:
	case f.AnyKeyword && len(f.Keywords) == 0:
	default:
		var names []string
		for _, p := range f.Keywords {
			names = append(names, p.Name)
		}
		text, args := "%s: unknown option '%s'%s", []any{k.name, n.Name, spec.SuggestOrList(n.Name, names)}
		if keyword || f.AnyKeyword { // it is refused
			k.failf(&place, !keyword && k.returns() || keyword && f.AnyKeyword && k.returns(), text, args...)
			return
		}
		k.warnf(&place, text, args...) // nobody looks at it
	}
}
