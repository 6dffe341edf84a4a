package modules

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

var (
	// clause finds a clause number of docs/spec in parentheses.
	clause = regexp.MustCompile(`\([^()]*\b\d+\.\d+\b[^()]*\)`)
	// sentence begins with a capital and ends with a full stop or a clause.
	sentence = regexp.MustCompile(`(?s)^[A-Z"].*[.)]$`)
	name     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

func TestStandardOrder(t *testing.T) {
	var names []string
	for _, m := range Standard() {
		names = append(names, m.Name)
	}
	if got, want := strings.Join(names, " "), "process channel coroutine errors os time ctx log pg supervisor trace"; got != want {
		t.Errorf("modules are %s, want %s", got, want)
	}
}

func TestGrants(t *testing.T) {
	for _, m := range Standard() {
		always := strings.Contains(" process channel coroutine errors os ", " "+m.Name+" ")
		if m.Always != always {
			t.Errorf("14.15: %s always available: %v, want %v", m.Name, m.Always, always)
		}
		if library := m.Name == "os" || m.Name == "coroutine"; m.Library != library {
			t.Errorf("19.2: %s is a library: %v, want %v", m.Name, m.Library, library)
		}
	}
}

func TestTables(t *testing.T) {
	types := map[*hostapi.ObjectType]bool{}
	for _, m := range Standard() {
		checkModule(t, m.Name, m, types)
	}
}

func checkModule(t *testing.T, path string, m *hostapi.Module, types map[*hostapi.ObjectType]bool) {
	if !sentence.MatchString(m.Doc) {
		t.Errorf("%s: doc %q is no sentence", path, m.Doc)
	}
	members := map[string]bool{}
	member := func(name string) {
		if members[name] {
			t.Errorf("%s.%s is there twice", path, name)
		}
		members[name] = true
	}
	known := map[*hostapi.ObjectType]bool{}
	for _, o := range m.Types {
		known[o] = true
	}
	for _, f := range m.Funcs {
		member(f.Name)
		checkFunc(t, path+"."+f.Name, f)
		for _, r := range slices.Concat(f.Results, f.Params) {
			if r.Object != nil && !known[r.Object] {
				t.Errorf("%s.%s uses the type %s, which the module does not list", path, f.Name, r.Object.Name)
			}
		}
	}
	for _, k := range m.Consts {
		member(k.Name)
		if k.Doc == "" || !clause.MatchString(k.Doc) {
			t.Errorf("%s.%s: doc %q cites no clause", path, k.Name, k.Doc)
		}
		if scalar := k.Value.Type() > hostapi.TypeNil && k.Value.Type() <= hostapi.TypeString; scalar == (k.Make != nil) {
			t.Errorf("%s.%s needs either a scalar value or Make", path, k.Name)
		}
	}
	for _, n := range m.Modules {
		member(n.Name)
		checkModule(t, path+"."+n.Name, n, types)
	}
	for _, o := range m.Types {
		if o.Name == "" || o.Doc == "" {
			t.Errorf("%s: type %q without name or doc", path, o.Name)
		}
		if types[o] || foreign(o) {
			continue
		}
		types[o] = true
		methods := map[string]bool{}
		for _, f := range o.Methods {
			if methods[f.Name] {
				t.Errorf("%s:%s is there twice", o.Name, f.Name)
			}
			methods[f.Name] = true
			checkFunc(t, o.Name+":"+f.Name, f)
		}
	}
	for _, s := range m.Shapes {
		if s.Name == "" || s.Doc == "" || len(s.Fields) == 0 {
			t.Errorf("%s: shape %q without name, doc or fields", path, s.Name)
		}
	}
}

// foreign reports whether a type is described in hostapi itself.
func foreign(o *hostapi.ObjectType) bool {
	switch o {
	case hostapi.ChannelType, hostapi.CaseType, hostapi.MessageType, hostapi.PayloadType, hostapi.ErrorType, hostapi.CoroutineType:
		return true
	}
	return false
}

func checkFunc(t *testing.T, path string, f *hostapi.Func) {
	if f.Run == nil {
		t.Errorf("%s has no Run", path)
	}
	if !name.MatchString(f.Name) {
		t.Errorf("%s: %q is no name", path, f.Name)
	}
	if !sentence.MatchString(f.Doc) || !clause.MatchString(f.Doc) {
		t.Errorf("%s: doc %q is no sentence or cites no clause", path, f.Doc)
	}
	optional := false
	names := map[string]bool{}
	for _, p := range f.Params {
		checkParam(t, path, p)
		if names[p.Name] {
			t.Errorf("%s: two parameters %s", path, p.Name)
		}
		names[p.Name] = true
		if optional && !p.Optional {
			t.Errorf("%s: %s is required but follows an optional parameter", path, p.Name)
		}
		optional = p.Optional
		if p.Keyword && !p.Optional {
			t.Errorf("%s: %s is required and passed by name", path, p.Name)
		}
	}
	for _, p := range f.Keywords {
		checkParam(t, path, p)
		if !p.Optional {
			t.Errorf("%s: the keyword %s is not optional", path, p.Name)
		}
	}
	for _, r := range f.Results {
		checkParam(t, path, r)
	}
	if f.Returns != hostapi.Plain && len(f.Errors) == 0 {
		t.Errorf("%s returns errors but lists no kinds", path)
	}
	if required := len(f.Params) > 0 && !f.Params[0].Optional; required && len(f.Errors) == 0 {
		t.Errorf("%s checks arguments but lists no kinds", path)
	}
	if f.TooFew != "" && !strings.Contains(f.TooFew, "requires") {
		t.Errorf("0.9: %s: too few arguments give %q, without \"requires\"", path, f.TooFew)
	}
	process := strings.HasPrefix(path, "process.") || strings.HasPrefix(path, "builder:")
	if required := len(f.Params) > 0 && !f.Params[0].Optional; required && process != (f.TooFew != "") {
		t.Errorf("0.9: %s: functions of process, and only they, return the error for too few arguments", path)
	}
}

func checkParam(t *testing.T, path string, p hostapi.Param) {
	if p.Name == "" || p.Doc == "" {
		t.Errorf("%s: parameter or result %q has no name or no doc", path, p.Name)
	}
	if p.Accept == 0 {
		t.Errorf("%s: %s accepts nothing", path, p.Name)
	}
	if (p.Object != nil) && p.Accept&hostapi.AcceptObject == 0 {
		t.Errorf("%s: %s names an object type but accepts no objects", path, p.Name)
	}
}

// During the top level (2.10) a script may wait for nothing and touch no other
// process, but it may prepare itself.
func TestLoadRules(t *testing.T) {
	blocks := strings.Fields(`process.spawn process.spawn_monitored process.spawn_linked process.spawn_linked_monitored
		process.exec process.upgrade process.call process.offer coroutine.spawn coroutine.yield time.sleep
		supervisor.start supervisor.start_linked supervisor.start_child supervisor.terminate_child
		supervisor.restart_child supervisor.delete_child supervisor.which_children supervisor.count_children`)
	allowed := strings.Fields(`process.pid process.id process.host process.inbox process.events process.listen
		process.set_options process.get_options process.send`)
	want := map[string]hostapi.Load{}
	for _, f := range blocks {
		want[f] = hostapi.LoadBlocks
	}
	for _, f := range allowed {
		want[f] = hostapi.LoadAllowed
	}
	var walk func(path string, m *hostapi.Module)
	walk = func(path string, m *hostapi.Module) {
		for _, f := range m.Funcs {
			w, listed := want[path+"."+f.Name]
			if !listed && (path == "process" || path == "process.registry" || path == "pg") {
				w = hostapi.LoadRefused
			}
			if f.Load != w {
				t.Errorf("2.10: %s.%s has load rule %d, want %d", path, f.Name, f.Load, w)
			}
			delete(want, path+"."+f.Name)
		}
		for _, n := range m.Modules {
			walk(path+"."+n.Name, n)
		}
	}
	for _, m := range Standard() {
		walk(m.Name, m)
	}
	for f := range want {
		t.Errorf("there is no %s", f)
	}
}
