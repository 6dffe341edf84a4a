package definitions

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// stubs are definition files, read as LuaLS reads them: annotations belong to the
// declaration below them. What is not understood is an error, and so is the name of a type
// that nothing declares (undefined-doc-name).
type stubs struct {
	classes map[string]*class
	aliases map[string]string
	globals map[string]string // the types of globals
	// modules are the types that the files return: what require gives by their names.
	modules map[string]string
}

type class struct {
	name    string
	parents []string
	fields  map[string]field
}

type field struct {
	kind     string // type
	optional bool
	declared bool // by @field
	function *function
}

type function struct {
	method    bool // declared with a colon
	params    []field
	names     []string
	variadic  bool
	rest      string // type of further arguments
	results   []string
	generics  []string
	overloads []*function
}

// basic are the types that LuaLS has itself.
var basic = strings.Fields("nil any boolean number integer string table function thread userdata unknown")

var (
	tagLine      = regexp.MustCompile(`^---@(\w+) ?(.*)$`)
	functionLine = regexp.MustCompile(`^function ([\w.]+)([:.])(\w+)\((.*)\) end$|^function (\w+)\((.*)\) end$`)
	indexedLine  = regexp.MustCompile(`^([\w.]+)\["(\w+)"\] = function\((.*)\) end$`)
	valueLine    = regexp.MustCompile(`^(local )?([\w.]+) = (.+)$`)
)

func readStubs(t testing.TB, files map[string][]byte) *stubs {
	t.Helper()
	s := &stubs{classes: map[string]*class{}, aliases: map[string]string{}, globals: map[string]string{}, modules: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := s.read(string(files[name])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.classes["string"] = &class{name: "string", parents: []string{"stringlib"}, fields: map[string]field{}} // of the server's own
	return s
}

func (s *stubs) read(text string) error {
	locals := map[string]string{}
	meta := ""
	var block []string // annotations so far
	var current *class
	for i, line := range strings.Split(text, "\n") {
		fail := func(format string, args ...any) error {
			return fmt.Errorf("line %d: %s: %s", i+1, fmt.Sprintf(format, args...), line)
		}
		tag := tagLine.FindStringSubmatch(line)
		switch {
		case tag != nil && tag[1] == "meta":
			meta = tag[2]
		case tag != nil && tag[1] == "class":
			name, parents, _ := strings.Cut(tag[2], ":")
			current = s.class(strings.TrimSpace(name))
			if parents != "" {
				current.parents = append(current.parents, strings.TrimSpace(parents))
			}
		case tag != nil && tag[1] == "alias":
			name, kind, _ := strings.Cut(tag[2], " ")
			s.aliases[name] = kind
		case tag != nil && tag[1] == "field":
			if current == nil {
				return fail("a field of no class")
			}
			name, kind, ok := cutType(tag[2])
			if !ok || current.fields[name].kind != "" {
				return fail("bad field")
			}
			current.fields[strings.TrimSuffix(name, "?")] = field{kind: kind, optional: strings.HasSuffix(name, "?"), declared: true}
		case tag != nil:
			block = append(block, line)
		case strings.HasPrefix(line, "--"):
		case line == "":
			if len(block) > 0 {
				return fail("annotations of nothing")
			}
			current = nil
		case strings.HasPrefix(line, "return "):
			variable := strings.TrimPrefix(line, "return ")
			if kind := locals[variable] + s.globals[variable]; meta == "" || meta == "_" || kind == "" {
				return fail("returns nothing known")
			} else {
				s.modules[meta] = kind
			}
		case functionLine.MatchString(line), indexedLine.MatchString(line):
			owner, mark, name, params := "", "", "", ""
			if m := functionLine.FindStringSubmatch(line); m != nil {
				owner, mark, name, params = m[1], m[2], m[3]+m[5], m[4]+m[6]
			} else {
				m := indexedLine.FindStringSubmatch(line)
				owner, mark, name, params = m[1], ".", m[2], m[3]
			}
			f, err := readFunction(params, block)
			if err != nil {
				return fail("%v", err)
			}
			f.method, block = mark == ":", nil
			of := s.ofVariable(owner, locals)
			if owner == "" {
				s.globals[name] = "function"
				of = s.class("(globals)")
			}
			if of == nil || of.fields[name].kind != "" {
				return fail("no class, or twice")
			}
			of.fields[name] = field{kind: "function", function: f}
		case valueLine.MatchString(line):
			m := valueLine.FindStringSubmatch(line)
			kind := ""
			switch {
			case len(block) == 1 && strings.HasPrefix(block[0], "---@type "):
				kind, block = strings.TrimPrefix(block[0], "---@type "), nil
			case current != nil && m[3] == "{}":
				kind = current.name
			case strings.HasPrefix(m[3], `"`):
				kind = "string"
			case regexp.MustCompile(`^-?[0-9.e+]+$`).MatchString(m[3]):
				kind = "number"
			default:
				return fail("a value without a type")
			}
			current = nil
			owner, name := "", m[2]
			if dot := strings.LastIndexByte(m[2], '.'); dot >= 0 {
				owner, name = m[2][:dot], m[2][dot+1:]
			}
			switch of := s.ofVariable(owner, locals); {
			case m[1] != "":
				locals[name] = kind
			case owner == "":
				s.globals[name] = kind
			case of == nil || of.fields[name].kind != "":
				return fail("no class, or twice")
			default:
				of.fields[name] = field{kind: kind}
			}
		default:
			return fail("not understood")
		}
	}
	return nil
}

func (s *stubs) class(name string) *class {
	if s.classes[name] == nil {
		s.classes[name] = &class{name: name, fields: map[string]field{}}
	}
	return s.classes[name]
}

// ofVariable gives the class of a variable, or of a path that begins with one.
func (s *stubs) ofVariable(path string, locals map[string]string) *class {
	names := strings.Split(path, ".")
	kind := locals[names[0]]
	if kind == "" {
		kind = s.globals[names[0]]
	}
	for _, name := range names[1:] {
		c := s.classes[kind]
		if c == nil {
			return nil
		}
		kind = c.fields[name].kind
	}
	return s.classes[kind]
}

// readFunction reads the annotations of a function.
func readFunction(list string, block []string) (*function, error) {
	f := &function{}
	declared := map[string]field{}
	for _, line := range block {
		m := tagLine.FindStringSubmatch(line)
		switch m[1] {
		case "param":
			name, kind, ok := cutType(m[2])
			if !ok {
				return nil, fmt.Errorf("bad param %s", m[2])
			}
			optional := strings.HasSuffix(name, "?")
			declared[strings.TrimSuffix(name, "?")] = field{kind: kind, optional: optional}
		case "return":
			kind, _ := cutKind(m[2])
			f.results = append(f.results, kind)
		case "generic":
			for _, g := range strings.Split(m[2], ",") {
				name, _, _ := strings.Cut(strings.TrimSpace(g), ":")
				f.generics = append(f.generics, name)
			}
		case "overload":
			inner := strings.TrimSuffix(strings.TrimPrefix(m[2], "fun("), ")")
			o := &function{}
			for _, p := range strings.Split(inner, ", ") {
				name, kind, _ := strings.Cut(p, ": ")
				o.names, o.params = append(o.names, name), append(o.params, field{kind: kind, optional: strings.HasSuffix(name, "?")})
			}
			f.overloads = append(f.overloads, o)
		default:
			return nil, fmt.Errorf("unknown annotation @%s", m[1])
		}
	}
	for _, name := range strings.Split(list, ", ") {
		p, ok := declared[name]
		delete(declared, name)
		switch {
		case name == "":
		case !ok:
			return nil, fmt.Errorf("no @param %s", name)
		case name == "...":
			f.variadic, f.rest = true, p.kind
		default:
			f.names, f.params = append(f.names, name), append(f.params, p)
		}
	}
	if len(declared) > 0 {
		return nil, fmt.Errorf("@param of no parameter: %v", declared)
	}
	return f, nil
}

// cutType takes a name and a type off the beginning of an annotation.
func cutType(text string) (name, kind string, ok bool) {
	if strings.HasPrefix(text, "[") { // [integer] T
		end := strings.IndexByte(text, ']') + 1
		kind, _ = cutKind(strings.TrimSpace(text[end:]))
		return text[:end], kind, kind != ""
	}
	name, rest, ok := strings.Cut(text, " ")
	kind, _ = cutKind(rest)
	return name, kind, ok && kind != ""
}

// cutKind takes a type off the beginning: to a space that stands in no brackets and behind
// no comma or colon.
func cutKind(text string) (kind, rest string) {
	depth := 0
	for i, r := range text {
		switch r {
		case '(', '<', '{':
			depth++
		case ')', '>', '}':
			depth--
		case ' ':
			if depth == 0 && i > 0 && text[i-1] != ',' && text[i-1] != ':' {
				return text[:i], text[i+1:]
			}
		}
	}
	return text, ""
}

// members splits a union; aliases are put in place.
func (s *stubs) members(kind string) []string {
	var parts []string
	depth, from := 0, 0
	for i, r := range kind {
		switch r {
		case '(', '<', '{':
			depth++
		case ')', '>', '}':
			depth--
		case '|':
			if depth == 0 {
				parts, from = append(parts, kind[from:i]), i+1
			}
		}
	}
	var out []string
	for _, part := range append(parts, kind[from:]) {
		part = strings.TrimSpace(part)
		if strings.HasPrefix(part, "fun(") {
			out = append(out, "function")
			continue
		}
		if inner, ok := strings.CutSuffix(part, "?"); ok {
			part = inner
			out = append(out, "nil")
		}
		switch {
		case s.aliases[part] != "":
			out = append(out, s.members(s.aliases[part])...)
		case strings.HasPrefix(part, `"`):
			out = append(out, "string")
		default:
			out = append(out, part)
		}
	}
	return out
}

// TestStubsAreSound reads all files: each annotation is one of LuaLS, belongs to a
// declaration, and names types that there are.
func TestStubsAreSound(t *testing.T) {
	s := readStubs(t, Lua(allModules()))
	known := func(kind string, generics []string) {
		t.Helper()
		for _, part := range s.members(kind) {
			part = strings.TrimSuffix(part, "[]")
			if inner, ok := strings.CutPrefix(part, "table<string, "); ok {
				part = strings.TrimSuffix(strings.TrimSuffix(inner, ">"), "[]")
			} else if strings.HasPrefix(part, "table<") {
				continue // of generics
			}
			part = strings.TrimSuffix(part, "[]")
			if part != "..." && s.classes[part] == nil && !slices.Contains(basic, part) && !slices.Contains(generics, part) {
				t.Errorf("undefined type %q in %q", part, kind)
			}
		}
	}
	functions := 0
	for _, c := range s.classes {
		for _, p := range c.parents {
			known(p, nil)
		}
		for _, f := range c.fields {
			known(f.kind, nil)
			if f.function == nil {
				continue
			}
			functions++
			for _, p := range f.function.params {
				known(p.kind, f.function.generics)
			}
			for _, r := range f.function.results {
				known(r, f.function.generics)
			}
		}
	}
	if functions < 300 {
		t.Errorf("%d functions", functions)
	}
	for _, m := range allModules() {
		if s.modules[m.Name] == "" {
			t.Errorf("require(%q) gives nothing", m.Name)
		}
		if _, global := s.globals[m.Name]; global != m.Always {
			t.Errorf("%s: global %v, want %v", m.Name, global, m.Always)
		}
	}
}
