package env

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Entries is the kind of entries that grant variables. They are read at the start, also by
// exec (41.6).
var Entries = &spec.Kind{
	Name: Kind, Doc: "Variables of the environment that scripts may read.", Module: Module.Name, Eager: true, InTests: true,
	Fields: []string{"variables", "file"},
	About: map[string]string{
		"variables":            "What scripts may read, by names: null, or what is known of it.",
		"variables.*":          "Null, or what is known of it.",
		"variables.*.from":     "The variable of the system; of the same name if left out.",
		"variables.*.default":  "What it is where the system does not have it.",
		"variables.*.required": "If it is missing the entry cannot be opened.",
		"variables.*.secret":   "Never show its value (41.9).",
		"file":                 "A file of lines NAME=value, relative to the data directory, for what the system does not have.",
	},
	Read: read,
}

// entry is what an entry of kind env says.
type entry struct {
	file      string // relative to the data directory; "": none
	variables []variable
}

// variable is one that is granted.
type variable struct {
	name     string
	from     string  // of the system
	fallback *string // nil: none
	required bool
	secret   bool
}

func read(f spec.Fields) any {
	f.Require("variables")
	e := &entry{}
	use := spec.OneFile
	names, all := f.Names("variables")
	for _, name := range names {
		v := variable{name: name, from: name}
		if of, given := all.MapOrNull(name, "from", "default", "required", "secret"); given {
			v.from = of.TextOr("from", name)
			of.Pattern("from", spec.VariablePattern)
			if !spec.IsVariableName(v.from) {
				of.Fail("from", "is no name of a variable: %q", v.from)
			}
			if text, ok := of.Text("default"); ok {
				v.fallback = &text
			}
			v.required, v.secret = of.Switch("required", false), of.Switch("secret", false)
			of.Rule(spec.Absent("default"), spec.Is("required", true))
			if v.required && v.fallback != nil {
				of.Fail("default", "has no meaning with required: true")
			}
		}
		if v.secret {
			use = spec.SecretFile
		}
		e.variables = append(e.variables, v)
	}
	e.file = f.File("file", use)
	return e
}

// largestFile bounds what is read of a file of variables.
const largestFile = 1 << 20

// Open implements spec.Resource: it reads all values, once.
func (e *entry) Open(_ context.Context, at spec.Place) (any, error) {
	written := map[string]string{}
	if e.file != "" {
		var err error
		if written, err = readFile(at.Path(e.file)); err != nil {
			return nil, hostapi.Errorf(hostapi.Unavailable, "%s: %s", e.file, err)
		}
	}
	lookup := at.Lookup
	if lookup == nil {
		lookup = os.LookupEnv
	}
	values := Variables{}
	var missing []string
	for _, v := range e.variables {
		value, ok := lookup(v.from)
		if !ok {
			value, ok = written[v.from]
		}
		if !ok && v.fallback != nil {
			value, ok = *v.fallback, true
		}
		switch {
		case !ok && v.required:
			missing = append(missing, v.from)
		case ok:
			values[v.name] = value
			if v.secret && at.Conceal != nil {
				at.Conceal(value)
			}
		}
	}
	if len(missing) > 0 {
		return nil, hostapi.Errorf(hostapi.Unavailable, "variable not set: %s", strings.Join(missing, ", "))
	}
	return values, nil
}

// readFile reads a file of variables. Its errors hold nothing of its text.
func readFile(path string) (map[string]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, errors.New("not found")
	case err != nil:
		return nil, errors.New("cannot be read")
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > largestFile:
		return nil, fmt.Errorf("more than %d bytes", largestFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New("cannot be read")
	}
	return spec.ParseEnvFile(string(text))
}
