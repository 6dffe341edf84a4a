package understudycli

import (
	"regexp"
	"strings"

	"github.com/understudy-run/understudy/cmd/understudycli/internal/definitions"
	"github.com/understudy-run/understudy/hostapi"
)

// dialect is how a language spells what the modules offer: the notation of the
// specification (0.4 to 0.8) made concrete.
type dialect struct {
	language string
	// strict languages have keyword arguments, and give value and error as one pair
	// (hostapi.Call.Strict).
	strict  bool
	method  string // stands before the name of a method
	nothing string
	spelled func(string) string
	words   *strings.Replacer // of types and of texts
}

// dialectOf gives the dialect of a language that an engine speaks; ok is false for
// others. Of a language that is not known here all is said but its own words.
func (p *program) dialectOf(language string) (d dialect, ok bool) {
	d = dialect{language: language, strict: true, method: ".", nothing: "nil", spelled: func(name string) string { return name }, words: strings.NewReplacer()}
	for _, e := range p.engines() {
		if e.Info().Language != language {
			continue
		}
		ok = true
		if s, speaks := e.(hostapi.Speller); speaks {
			d.spelled = s.Spelled
		}
	}
	switch language {
	case "lua":
		d.strict, d.method = false, ":"
		d.words = strings.NewReplacer("map of lists", "table of lists", "list of maps", "list of tables", "list of map", "list of tables", "map", "table", "integer", "number")
	case "starlark":
		d.nothing = "None"
		d.words = strings.NewReplacer("map of lists", "dict of lists", "list of maps", "list of dicts", "list of map", "list of dicts", "map", "dict", "table", "dict or list",
			"string", "str", "boolean", "bool", "integer", "int", "number", "int or float", "nil", "None")
	}
	return d, ok
}

// languages gives those of all engines, in their order.
func (p *program) languages() []string {
	var out []string
	seen := map[string]bool{}
	for _, e := range p.engines() {
		if l := e.Info().Language; !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}

// typeText names a type.
func (d dialect) typeText(p hostapi.Param) string { return d.words.Replace(p.TypeText()) }

// constants are the words of 0.4 in texts.
var constants = regexp.MustCompile(`\b(nil|true|false)\b`)

// text gives a text of a table with the constants of the language.
func (d dialect) text(doc string) string {
	if d.nothing != "None" {
		return doc
	}
	return constants.ReplaceAllStringFunc(doc, func(word string) string {
		if word == "nil" {
			return d.nothing
		}
		return strings.ToUpper(word[:1]) + word[1:]
	})
}

// signature gives the whole call with its results.
func (d dialect) signature(f *hostapi.Func) string {
	params := d.lenientParams(f)
	if d.strict {
		params = d.strictParams(f)
	}
	return d.spelled(f.Name) + "(" + params + ")" + d.results(f)
}

// lenientParams gives a [, b], ...
func (d dialect) lenientParams(f *hostapi.Func) string {
	var b strings.Builder
	depth := 0
	for i, p := range f.Params {
		if p.Optional {
			depth++
			if i > 0 {
				b.WriteString(" ")
			}
			b.WriteString("[")
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
	}
	b.WriteString(strings.Repeat("]", depth))
	if f.Rest != "" {
		if len(f.Params) > 0 {
			b.WriteString(", ")
		}
		b.WriteString("...")
	}
	return b.String()
}

// strictParams gives a, b = None, *args, option = None.
func (d dialect) strictParams(f *hostapi.Func) string {
	var parts []string
	for _, p := range definitions.Positional(f, d.strict) {
		name := d.spelled(p.Name)
		if p.Optional {
			name += " = " + d.nothing
		}
		parts = append(parts, name)
	}
	if f.Rest != "" {
		parts = append(parts, "*args")
	}
	for _, k := range definitions.ByName(f, d.strict) {
		parts = append(parts, d.spelled(k.Name)+" = "+d.nothing)
	}
	if f.AnyKeyword && len(f.Keywords) == 0 {
		parts = append(parts, "**kwargs")
	}
	return strings.Join(parts, ", ")
}

// results gives " -> T | nil, error", or " -> (T, error)"; "" for no result.
func (d dialect) results(f *hostapi.Func) string {
	var types []string
	for _, r := range f.Results {
		types = append(types, d.typeText(r))
	}
	if d.strict {
		switch {
		case f.Many(true) && f.Returns != hostapi.Plain:
			if len(types) == 0 {
				types = []string{d.nothing}
			}
			return " -> (" + strings.Join(append(types, "error"), ", ") + ")"
		case len(types) > 1:
			return " -> (" + strings.Join(types, ", ") + ")"
		case len(types) == 1:
			return " -> " + types[0]
		}
		return ""
	}
	failed := d.nothing
	if f.Returns == hostapi.OrFalse || f.Returns == hostapi.OrFalseOrThrow {
		failed = "false"
	}
	switch {
	case f.Returns == hostapi.Plain && len(types) == 0:
		return ""
	case f.Returns == hostapi.Plain:
		return " -> " + strings.Join(types, ", ")
	case len(types) == 0:
		return " -> " + d.nothing + ", error"
	}
	return " -> " + strings.Join(types, ", ") + " | " + strings.Repeat(failed+", ", len(types)) + "error"
}

// raises reports whether the errors of a function are thrown and not returned.
func (d dialect) raises(f *hostapi.Func) bool {
	return f.Returns == hostapi.Plain || d.strict && (f.Returns == hostapi.OrThrow || f.Returns == hostapi.OrFalseOrThrow)
}
