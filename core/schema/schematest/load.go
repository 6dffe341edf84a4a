// Package schematest holds, in tests, that the schema of index files refuses what the
// checks of an app refuse for its form, and nothing else (61.3).
package schematest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/schema"
)

// Load is app.Load, and holds the law by every index file of the app. Tests call it in
// place of app.Load. What comes from outside (Options.Set) is in no file, so that such an
// app is not looked at.
func Load(t testing.TB, fsys fs.FS, o app.Options) (*app.App, app.Diagnostics) {
	t.Helper()
	a, found := app.Load(fsys, o)
	if len(o.Set) == 0 {
		hold(t, fsys, o, found)
	}
	return a, found
}

// beyond are errors that are none of form: about other entries, files, code, names in use,
// the text of a value that has a syntax of its own, or how a value is written in YAML.
var beyond = regexp.MustCompile(strings.Join([]string{
	// Other entries, their languages and hosts.
	`^unknown [\w.]+( or [\w.]+)* "[^"]*:`, `^duplicate (entry|key)`, `cycle: `, `^host is required`, `^wrong language`,
	`does not run`, `none runs`, `^library .* needs`, `is listed twice`, `must be unique`, `conflicts with`, `declared twice`,
	// Files, and code.
	`^source (not found|outside|is code or)`, `^a path is written with slashes`, `outside the app`, `^no source for engine`, `^engine is required`, `cannot have its code`,
	`unexpected error`, `^somewhere$`, `^compiler is tired$`, `^internal error of engine`, `^schema: `, `: no such file`,
	`^method "`, `syntax error`, ` has no '`, `^unknown global`,
	// How a value is written in YAML, and how large it is.
	`merge keys`, `^the tag`, `leading zero`, `some readers of YAML`, `out of range`, `cannot be the key`, `(^|: )not (null|a boolean|an integer|a number): `, `field name must be a string`,
	`^input\[`, `invalid alias: it must be a string`,
	// Variables.
	`^undeclared variable`, `^variable not set`, `^invalid variable "\$`, `^env\.\w+\.default`,
	// Texts with a syntax of their own: plans, zones, hosts, networks, headers, paths.
	`^(cron|zone|hosts|headers|allow_private|trusted_proxies|proxy|path|websocket\.origins|cache|method)\b.* (never due|invalid schedule|unknown time zone|has an? |would go|no network|is none|is no |in conflict|is that of|is an invalid|must be a prefix|at offset)`,
	// Bounds between fields, and of text that stands for a quantity.
	`must be at least initial_delay`, `must be at least [0-9]+ bytes`, `must be a duration of at least`, `must be at most [0-9]+`,
	// Names that are taken.
	`it is the name of a module`,
}, "|"))

// unreadable are errors of files that are no documents.
var unreadable = regexp.MustCompile(`cannot parse|cannot be read|nested too deep|too many values|contain`)

var compiled sync.Map // by names of what apps may use

func schemaOf(t testing.TB, o app.Options) *jsonschema.Schema {
	t.Helper()
	key := ""
	for _, e := range o.Engines {
		key += e.Info().Name + " "
	}
	for _, m := range o.Modules {
		key += m.Name + " "
	}
	for _, k := range o.Kinds {
		key += k.Name + " "
	}
	if s, ok := compiled.Load(key); ok {
		return s.(*jsonschema.Schema)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Index(app.Describe(o))))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("index.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("index.json")
	if err != nil {
		t.Fatal(err)
	}
	compiled.Store(key, s)
	return s
}

func hold(t testing.TB, fsys fs.FS, o app.Options, found app.Diagnostics) {
	t.Helper()
	s := schemaOf(t, o)
	_ = fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && file != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		unread := slices.ContainsFunc(found, func(d app.Diagnostic) bool { return d.File == file && unreadable.MatchString(d.Message) })
		if err != nil || unread || d.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(file)) {
			return nil
		}
		text, err := fs.ReadFile(fsys, file)
		var root yaml.Node
		if err != nil || yaml.Unmarshal(text, &root) != nil || len(root.Content) == 0 {
			return nil
		}
		value, ok := plain(root.Content[0])
		fields, isMap := value.(map[string]any)
		if !ok || !isMap || fields["namespace"] == nil && fields["entries"] == nil {
			return nil
		}
		refused := s.Validate(value)
		any, ofForm := "", ""
		for _, d := range found {
			if d.Warning || d.File != file {
				continue
			}
			if any = d.Message; !beyond.MatchString(d.Message) {
				ofForm = d.Message
			}
		}
		switch {
		case refused != nil && any == "":
			t.Errorf("check accepts, the schema refuses: %v\n%s", refused, text)
		case refused == nil && ofForm != "" && !bytes.Contains(text, []byte("${")): // a value of a variable is not in the file
			t.Errorf("check refuses, the schema accepts: %s\n%s", ofForm, text)
		}
		return nil
	})
}

// plain gives a document as editors see it: JSON.
func plain(n *yaml.Node) (any, bool) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			v, ok := plain(c)
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
		return out, true
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, ok := plain(n.Content[i+1])
			if !ok {
				return nil, false
			}
			out[n.Content[i].Value] = v
		}
		return out, true
	}
	var v any
	switch n.ShortTag() {
	case "!!null":
		return nil, true
	case "!!bool", "!!int", "!!float":
		if n.Decode(&v) != nil {
			return nil, false
		}
		if f, isFloat := v.(float64); isFloat {
			if _, err := json.Marshal(f); err != nil {
				return fmt.Sprint(f), true // .inf is no number of JSON
			}
		}
		return v, true
	}
	return n.Value, true
}
