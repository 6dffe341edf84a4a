package apptest

import (
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/hostapi"
)

var standInFunc = &hostapi.Func{
	Name: "stand_in",
	Doc:  "From now on starts of entry id run a function of the test file, or another entry, instead: with the same arguments, mailbox and limits (60.15).",
	Params: []hostapi.Param{
		{Name: "id", Accept: hostapi.AcceptString, Entry: hostapi.EntryProcess, Doc: "of a process entry"},
		{Name: "by", Accept: hostapi.AcceptFunction | hostapi.AcceptString, Type: "function or string", Doc: "one that the test file exports, or the id of a process entry"},
	},
	Errors: []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
	Load:   hostapi.LoadRefused,
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		entry, err := p.processEntry(c.Arg(0).Str())
		if err != nil {
			return err
		}
		if by := c.Arg(1); by.Type() == hostapi.TypeString {
			other, err := p.processEntry(by.Str())
			if err != nil {
				return err
			}
			entry.Program, entry.Method, entry.Engine, entry.Imports, entry.Resources = other.Program, other.Method, other.Engine, other.Imports, other.Resources
		} else {
			l, ok := p.in.(hostapi.Reflector)
			if !ok {
				return hostapi.Errorf(hostapi.Unavailable, "engine %s cannot tell which function of the test file that is", p.Engine)
			}
			if entry.Method = l.MethodOf(by); entry.Method == "" {
				return hostapi.Errorf(hostapi.Invalid, "not a function of the test file: in Lua it must be a field of the table that the file returns, in Starlark a global")
			}
			entry.Program, entry.Engine, entry.Imports, entry.Resources = p.file.Program, p.Engine, p.file.Libraries, p.resources()
		}
		return p.rt.Define(entry)
	},
}

// processEntry gives a process entry of the app.
func (p *play) processEntry(id string) (core.Entry, error) {
	switch e := p.app.Lookup(id).(type) {
	case nil:
		return core.Entry{}, hostapi.Errorf(hostapi.NotFound, "entry not found: %s", id)
	case *app.Process:
		return lifecycle.EntryOf(e), nil
	default:
		return core.Entry{}, hostapi.Errorf(hostapi.Invalid, "%s is a %s", id, e.Head().Kind)
	}
}
