package core

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// supervisorSpec reads a specification that a script has given (16.1 to 16.3).
// Its hosts and entries are known to exist.
func (rt *Runtime) supervisorSpec(v hostapi.Value) (*SupervisorSpec, error) {
	d := &specDecoder{rt: rt}
	s := d.supervisor(v, "")
	if d.err != nil {
		return nil, d.err
	}
	return s, nil
}

// childSpec reads the specification of one child of a supervisor that does not
// have a template.
func (rt *Runtime) childSpec(v hostapi.Value, auto AutoShutdown) (*ChildSpec, error) {
	d := &specDecoder{rt: rt}
	c := d.child(v, "", false, auto)
	if d.err != nil {
		return nil, d.err
	}
	return &c, nil
}

// specDecoder reads specifications out of payloads. It keeps the first error.
type specDecoder struct {
	rt  *Runtime
	err error
}

// fail notes a violation: path names the field.
func (d *specDecoder) fail(path, format string, args ...any) {
	if path != "" {
		path += " "
	}
	d.refuse(hostapi.Errorf(hostapi.Invalid, "invalid supervisor specification: %s%s", path, fmt.Sprintf(format, args...)))
}

func (d *specDecoder) refuse(err error) {
	if d.err == nil {
		d.err = err
	}
}

// fields is a map that is being read. Its methods give a field's value, or the
// default given if the field is absent or, which is noted, not acceptable.
type fields struct {
	d    *specDecoder
	m    *hostapi.Map
	path string // prefix of field names: "children[1]."
}

func (d *specDecoder) fields(v hostapi.Value, path string, names ...string) fields {
	f := fields{d: d, m: v.Map(), path: path}
	if f.m == nil {
		d.fail(strings.TrimSuffix(path, "."), "must be a map, not a %s", v.TypeName())
		return f
	}
	for _, e := range f.m.Sorted() {
		if e.Key.Type() != hostapi.TypeString || !slices.Contains(names, e.Key.Str()) {
			key := e.Key.Str()
			if e.Key.Type() != hostapi.TypeString {
				key = e.Key.String()
			}
			d.fail(path+key, "is an unknown field")
		}
	}
	return f
}

func (f fields) mustBe(name, what string, v hostapi.Value) {
	f.d.fail(f.path+name, "must be %s, not a %s", what, v.TypeName())
}

func (f fields) text(name string) (string, bool) {
	v := f.m.Get(name)
	if !v.IsNil() && v.Type() != hostapi.TypeString {
		f.mustBe(name, "a string", v)
	}
	return v.Str(), v.Type() == hostapi.TypeString
}

// list gives a list; an empty table of Lua is an empty map, and means one.
func (f fields) list(name string) []hostapi.Value {
	v := f.m.Get(name)
	switch {
	case v.IsNil(), v.Map() != nil && len(v.Map().Entries) == 0:
	case v.List() == nil:
		f.mustBe(name, "a list", v)
	default:
		return v.List().Items
	}
	return nil
}

func (f fields) boolean(name string) bool {
	v := f.m.Get(name)
	if !v.IsNil() && v.Type() != hostapi.TypeBool {
		f.mustBe(name, "a boolean", v)
	}
	return v.Bool()
}

// choose gives a field that is one of a few words, by default the first.
func choose[T ~string](f fields, name string, words ...T) T {
	s, ok := f.text(name)
	if !ok || slices.Contains(words, T(s)) {
		if !ok {
			return words[0]
		}
		return T(s)
	}
	f.d.fail(f.path+name, "must be one of %s, not %q", strings.Trim(fmt.Sprint(words), "[]"), s)
	return words[0]
}

func (f fields) duration(name string, low, absent time.Duration) time.Duration {
	v := f.m.Get(name)
	if v.IsNil() {
		return absent
	}
	d, ok := hostapi.DurationOf(v)
	if !ok || d < low {
		f.d.fail(f.path+name, "must be a duration of at least %s, not %s", low, v)
		return absent
	}
	return d
}

func (f fields) number(name string, low, high, absent float64) float64 {
	v := f.m.Get(name)
	switch {
	case v.IsNil():
	case v.Type() != hostapi.TypeInt && v.Type() != hostapi.TypeFloat:
		f.mustBe(name, "a number", v)
	case !(v.Float() >= low && v.Float() <= high):
		f.d.fail(f.path+name, "must be a number from %g to %g", low, high)
	default:
		return v.Float()
	}
	return absent
}

func (d *specDecoder) supervisor(v hostapi.Value, path string) *SupervisorSpec {
	s := DefaultSupervisor
	f := d.fields(v, path, "strategy", "intensity", "period", "auto_shutdown", "backoff", "host", "children")
	s.Strategy = choose(f, "strategy", OneForOne, OneForAll, RestForOne, SimpleOneForOne)
	s.AutoShutdown = choose(f, "auto_shutdown", NeverShutdown, AnySignificant, AllSignificant)
	s.Period = f.duration("period", 1, s.Period)
	if v := f.m.Get("intensity"); !v.IsNil() {
		if s.Intensity = int(v.Int()); v.Type() != hostapi.TypeInt || v.Int() < 0 {
			d.fail(path+"intensity", "must be an integer of at least 0")
		}
	}
	if v := f.m.Get("backoff"); !v.IsNil() {
		d.backoff(v, path+"backoff.", &s)
	}
	s.Host = d.host(f)
	template := s.Strategy == SimpleOneForOne
	if template && s.AutoShutdown != NeverShutdown {
		d.fail(path+"auto_shutdown", "must be never for simple_one_for_one")
	}
	children := f.list("children")
	if template && len(children) != 1 {
		d.fail(path+"children", "must be exactly one, the template, for simple_one_for_one")
	}
	ids := map[string]bool{}
	for i, v := range children {
		at := fmt.Sprintf("%schildren[%d]", path, i+1)
		c := d.child(v, at+".", template, s.AutoShutdown)
		if c.ID != "" && ids[c.ID] {
			d.fail(at+".id", "must be unique: %q is taken", c.ID)
		}
		ids[c.ID] = true
		if c.Supervisor != nil && c.Supervisor.Host == "" && c.SupervisorID == "" {
			c.Supervisor.Host = s.Host
		}
		s.Children = append(s.Children, c)
	}
	return &s
}

func (d *specDecoder) backoff(v hostapi.Value, path string, s *SupervisorSpec) {
	f := d.fields(v, path, "initial_delay", "max_delay", "backoff_factor", "jitter", "stable_threshold")
	b := &s.Backoff
	b.InitialDelay = f.duration("initial_delay", 0, 0)
	b.MaxDelay = f.duration("max_delay", b.InitialDelay, max(b.MaxDelay, b.InitialDelay))
	b.Factor = f.number("backoff_factor", 1, math.MaxFloat64, b.Factor)
	b.Jitter = f.number("jitter", 0, 1, b.Jitter)
	s.StableThreshold = f.duration("stable_threshold", 0, s.StableThreshold)
}

// host reads the field host.
func (d *specDecoder) host(f fields) string {
	id, ok := f.text("host")
	if !ok {
		return ""
	}
	if _, err := d.rt.catalog.host(id); err != nil {
		d.refuse(err)
	}
	return id
}

func (d *specDecoder) child(v hostapi.Value, path string, template bool, auto AutoShutdown) ChildSpec {
	f := d.fields(v, path, "id", "process", "supervisor", "host", "input", "name", "restart", "shutdown", "significant")
	c := ChildSpec{
		Restart:     choose(f, "restart", Permanent, Transient, Temporary),
		Shutdown:    ChildShutdown{Timeout: 5 * time.Second},
		Significant: f.boolean("significant"),
	}
	if f.m == nil {
		return c
	}
	if id, ok := f.text("id"); !template {
		if c.ID = id; !ok {
			d.fail(path+"id", "is required")
		} else if id == "" {
			d.fail(path+"id", "must not be empty")
		}
	}
	process, isProcess := f.text("process")
	nested := f.m.Get("supervisor")
	switch {
	case isProcess && !nested.IsNil():
		d.fail(path+"supervisor", "is not possible beside process")
	case isProcess:
		d.process(&c, f, process)
	case !nested.IsNil():
		d.nested(&c, f, nested)
	default:
		d.fail(path+"process", "or supervisor is required")
	}
	if name, ok := f.text("name"); ok {
		if c.Name = name; template {
			d.fail(path+"name", "is not allowed in a template")
		} else if checkName(name) != nil {
			d.fail(path+"name", "is an invalid name: %q", name)
		}
	}
	switch s := f.m.Get("shutdown"); s.Str() {
	case "brutal":
		c.Shutdown = ChildShutdown{Brutal: true}
	case "infinity":
		c.Shutdown = ChildShutdown{Infinity: true}
	default:
		if c.Supervisor != nil && s.IsNil() {
			c.Shutdown = ChildShutdown{Infinity: true}
		} else {
			c.Shutdown.Timeout = f.duration("shutdown", 0, c.Shutdown.Timeout)
		}
	}
	if c.Significant && auto == NeverShutdown {
		d.fail(path+"significant", "needs an auto_shutdown other than never")
	}
	if c.Significant && c.Restart == Permanent {
		d.fail(path+"significant", "needs a restart other than permanent")
	}
	return c
}

// process reads what belongs to a child that is a process: entry, host, input.
func (d *specDecoder) process(c *ChildSpec, f fields, id string) {
	d.rt.catalog.mu.RLock()
	e := d.rt.catalog.entries[id]
	d.rt.catalog.mu.RUnlock()
	if e == nil {
		d.refuse(hostapi.Errorf(hostapi.NotFound, "unknown process entry").With("id", hostapi.String(id)))
		return
	}
	c.Process = id
	if c.Host = d.host(f); c.Host == "" {
		c.Host = e.Host
	}
	if c.Input = f.list("input"); f.m.Get("input").IsNil() {
		c.Input = e.Input
	}
}

// nested reads the field supervisor: an entry or a specification.
func (d *specDecoder) nested(c *ChildSpec, f fields, v hostapi.Value) {
	for _, name := range [...]string{"host", "input"} {
		if !f.m.Get(name).IsNil() {
			d.fail(f.path+name, "is for processes, not for a supervisor")
		}
	}
	if v.Type() != hostapi.TypeString {
		c.Supervisor = d.supervisor(v, f.path+"supervisor.")
		return
	}
	spec, err := d.rt.definedSupervisor(v.Str())
	if err != nil {
		d.refuse(err)
		return
	}
	c.Supervisor, c.SupervisorID = spec, v.Str()
}
