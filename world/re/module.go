// Package re is the script module re: regular expressions of RE2 (section 42 of
// docs/spec).
package re

import (
	"errors"
	"regexp"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// Module is the module re. An entry must list it (14.15).
var Module = newModule()

// Regexp is a compiled pattern as an object of scripts.
type Regexp struct {
	hostapi.Handle
	pattern *pattern
}

var regexpType = &hostapi.ObjectType{
	Name: "regexp",
	Doc:  "A compiled pattern; its text form is the pattern (42.7).",
}

// ObjectType says what scripts can do with it.
func (*Regexp) ObjectType() *hostapi.ObjectType { return regexpType }

// String gives the pattern.
func (r *Regexp) String() string { return r.pattern.text }

// Holds implements hostapi.Holder.
func (r *Regexp) Holds(visit func(hostapi.Value)) { visit(hostapi.String(r.pattern.text)) }

// Weight implements hostapi.Weighty: the expressions, and what they take to run.
func (r *Regexp) Weight() int64 { return int64(r.pattern.instructions) * 256 }

// operation is a function of the module and a method of a regexp.
type operation struct {
	name, doc string
	params    []hostapi.Param
	result    hostapi.Param
	run       func(c hostapi.Call, s *search, more []hostapi.Value) (hostapi.Value, error)
}

var (
	subject = hostapi.Param{Name: "s", Accept: hostapi.AcceptString, Doc: "is searched"}
	most    = hostapi.Param{Name: "n", Accept: hostapi.AcceptNumber, Optional: true, Keyword: true, Doc: "at most so many; all if left out"}
)

var operations = []operation{
	{
		"matches", "Whether the pattern is found anywhere in the text (42.7).",
		[]hostapi.Param{subject}, hostapi.Param{Name: "matches", Accept: hostapi.AcceptBool}, matches,
	},
	{
		"find", `The first match and its groups, "" for one that took no part; nil if there is none (42.7).`,
		[]hostapi.Param{subject}, hostapi.Param{Name: "match", Accept: hostapi.AcceptTable | hostapi.AcceptNil, Type: "list or nil"}, find,
	},
	{
		"find_all", "All matches that do not overlap, each as find gives it (42.7).",
		[]hostapi.Param{subject, most}, hostapi.Param{Name: "matches", Accept: hostapi.AcceptTable, Type: "list of lists"}, findAll,
	},
	{
		"groups", "The named groups of the first match; nil if there is none (42.7).",
		[]hostapi.Param{subject}, hostapi.Param{Name: "groups", Accept: hostapi.AcceptTable | hostapi.AcceptNil, Type: "map or nil"}, groups,
	},
	{
		"replace", "The text with r in place of the matches: in r, $1 and ${1} are groups, ${name} named ones, $$ is a dollar (42.7).",
		[]hostapi.Param{subject, {Name: "r", Accept: hostapi.AcceptString, Doc: "is put in their place"}, most},
		hostapi.Param{Name: "text", Accept: hostapi.AcceptString}, replace,
	},
	{
		"split", "What stands between the matches (42.7).",
		[]hostapi.Param{subject, most}, hostapi.Param{Name: "parts", Accept: hostapi.AcceptTable, Type: "list"}, split,
	},
}

func newModule() *hostapi.Module {
	m := &hostapi.Module{
		Name:  "re",
		Doc:   "Regular expressions of RE2: no back references, no look-around, and time in proportion to the text (section 42).",
		Funcs: []*hostapi.Func{compileFunc},
		Types: []*hostapi.ObjectType{regexpType},
	}
	either := hostapi.Param{Name: "p", Object: regexpType, Accept: hostapi.AcceptString | hostapi.AcceptObject, Type: "pattern or regexp"}
	for _, o := range operations {
		m.Funcs = append(m.Funcs, o.bind(append([]hostapi.Param{either}, o.params...), 1))
		regexpType.Methods = append(regexpType.Methods, o.bind(o.params, 0))
	}
	m.Funcs = append(m.Funcs, quote)
	return m.Named()
}

// bind gives the function whose text is argument at.
func (o operation) bind(params []hostapi.Param, at int) *hostapi.Func {
	return &hostapi.Func{
		Name: o.name, Doc: o.doc, Params: params, Results: []hostapi.Param{o.result}, Errors: []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			v := c.Arg(0)
			if at == 0 {
				v = hostapi.ObjectOf(c.Self())
			}
			p, err := of(c, v)
			if err != nil {
				return err
			}
			var more []hostapi.Value
			for i := at + 1; i < len(params); i++ {
				more = append(more, c.Arg(i))
			}
			s := &search{pattern: p, text: c.Arg(at).Str(), effort: effort.Of(c), inOne: whole}
			out, err := o.run(c, s, more)
			if left := s.effort.Release(); err == nil {
				err = left
			}
			return hostapi.Give(c, out, err)
		},
	}
}

var compileFunc = &hostapi.Func{
	Name:    "compile",
	Doc:     "A pattern to be used often; it has the functions of the module as methods (42.7).",
	Params:  []hostapi.Param{{Name: "p", Accept: hostapi.AcceptString, Doc: "at most 4 KiB"}},
	Results: []hostapi.Param{{Name: "regexp", Object: regexpType, Accept: hostapi.AcceptObject}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		p, err := compile(c.Arg(0).Str())
		if err != nil {
			return err
		}
		return hostapi.Give(c, hostapi.ObjectOf(&Regexp{pattern: p}), nil)
	},
}

var quote = &hostapi.Func{
	Name:    "quote",
	Doc:     "The pattern that finds exactly this text (42.7).",
	Params:  []hostapi.Param{{Name: "s", Accept: hostapi.AcceptString}},
	Results: []hostapi.Param{{Name: "pattern", Accept: hostapi.AcceptString}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		e := effort.Of(c)
		var out []byte
		err := e.InPieces(c.Arg(0).Str(), func(piece string) error { // it looks at single bytes
			out = append(out, regexp.QuoteMeta(piece)...)
			return e.Hold(len(piece))
		})
		return e.Give(c, out, err)
	},
}

// limit reads the optional number of matches, 0 for all.
func limit(v hostapi.Value) (int, error) {
	if v.IsNil() {
		return 0, nil
	}
	f := v.Float()
	if f < 1 || f != float64(int64(f)) || f > hostapi.MaxInt {
		return 0, hostapi.Errorf(hostapi.Invalid, "n must be an integer from 1 on, got %s", v)
	}
	return int(f), nil
}

func matches(_ hostapi.Call, s *search, _ []hostapi.Value) (hostapi.Value, error) {
	match, err := s.find(0)
	return hostapi.Bool(match != nil), err
}

func find(_ hostapi.Call, s *search, _ []hostapi.Value) (hostapi.Value, error) {
	match, err := s.find(0)
	if match == nil || err != nil {
		return hostapi.Value{}, err
	}
	return s.texts(match), nil
}

// texts gives a match and its groups.
func (s *search) texts(match []int) hostapi.Value {
	items := make([]hostapi.Value, len(match)/2)
	for i := range items {
		items[i] = hostapi.String(s.group(match, i))
	}
	return hostapi.ListOf(items...)
}

func findAll(_ hostapi.Call, s *search, more []hostapi.Value) (hostapi.Value, error) {
	n, err := limit(more[0])
	if err != nil {
		return hostapi.Value{}, err
	}
	var all []hostapi.Value
	err = s.each(n, func(match []int) error {
		all = append(all, s.texts(match))
		return s.effort.Hold(match[1] - match[0])
	})
	return hostapi.ListOf(all...), err
}

func groups(_ hostapi.Call, s *search, _ []hostapi.Value) (hostapi.Value, error) {
	match, err := s.find(0)
	if match == nil || err != nil {
		return hostapi.Value{}, err
	}
	var entries []hostapi.Entry
	for i, name := range s.first.SubexpNames() {
		if name != "" {
			entries = append(entries, hostapi.Field(name, hostapi.String(s.group(match, i))))
		}
	}
	return hostapi.MapOf(entries...), nil
}

func replace(_ hostapi.Call, s *search, more []hostapi.Value) (hostapi.Value, error) {
	n, err := limit(more[1])
	if err != nil {
		return hostapi.Value{}, err
	}
	var out []byte
	end := 0
	err = s.each(n, func(match []int) error {
		begin := len(out)
		out = append(out, s.text[end:match[0]]...)
		out = s.first.ExpandString(out, more[0].Str(), s.text, match)
		end = match[1]
		if err := s.effort.Hold(len(out) - begin); err != nil {
			return err
		}
		return s.effort.Work(len(out) - begin + len(more[0].Str()))
	})
	return hostapi.String(string(append(out, s.text[end:]...))), err
}

// errEnough ends search.each.
var errEnough = errors.New("re: enough")

// split gives at most n parts: the last is then what is left.
func split(_ hostapi.Call, s *search, more []hostapi.Value) (hostapi.Value, error) {
	n, err := limit(more[0])
	if err != nil {
		return hostapi.Value{}, err
	}
	var parts []hostapi.Value
	end := 0
	part := func(from, to int) {
		parts = append(parts, hostapi.String(s.group([]int{from, to}, 0)))
	}
	if n != 1 {
		err = s.each(0, func(match []int) error {
			if len(parts) == n-1 {
				return errEnough
			}
			if match[1] == 0 || match[0] == len(s.text) && match[0] == match[1] {
				return nil // an empty match at either end divides nothing
			}
			part(end, match[0])
			end = match[1]
			return s.effort.Hold(match[1] - match[0])
		})
	}
	if err == errEnough {
		err = nil
	}
	part(end, len(s.text))
	return hostapi.ListOf(parts...), err
}
