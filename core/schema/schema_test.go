package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/schema"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
	"github.com/understudy-run/understudy/world/sql/drivers"
)

func forms() *app.Forms {
	return app.Describe(app.Options{
		Engines: []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()},
		Modules: append(modules.Standard(), world.Modules()...), Kinds: append(world.Kinds(), drivers.Kinds()...),
	})
}

// Each field of each kind is known by its type, and says what it is for.
func TestFieldsAreExplained(t *testing.T) {
	f := forms()
	done := map[*spec.Form]bool{}
	var walk func(path string, form *spec.Form)
	walk = func(path string, form *spec.Form) {
		if form == nil || done[form] {
			return
		}
		done[form] = true
		for name, field := range form.Fields {
			at := path + "." + name
			if field.Doc == "" {
				t.Errorf("%s: nobody says what it is for", at)
			}
			if field.Type == spec.FormAny && at != "index.env.*.default" {
				t.Errorf("%s: of any type", at)
			}
			walk(at, field)
		}
		if form.Type == spec.FormMap {
			walk(path+".*", form.Of)
		} else {
			walk(path, form.Of)
		}
		walk(path, form.Either)
	}
	walk("index", f.Index)
	fields := 0
	for _, k := range f.Kinds {
		if k.Doc == "" {
			t.Errorf("%s: nobody says what it is for", k.Kind)
		}
		fields += len(k.Form.Fields)
		walk(k.Kind, k.Form)
	}
	if len(f.Kinds) < 20 || fields < 150 {
		t.Errorf("%d kinds, %d fields", len(f.Kinds), fields)
	}
}

// What is written has the defaults of the checks, and is not larger than editors like.
func TestSchemaOfAKind(t *testing.T) {
	f := forms()
	text, ok := schema.Kind(f, "process.lua")
	if !ok {
		t.Fatal("no such kind")
	}
	var document struct {
		Schema string `json:"$schema"`
		Ref    string `json:"$ref"`
		Defs   map[string]struct {
			Properties map[string]struct {
				Default any
				AnyOf   []any
				Enum    []any
			}
			Required []string
			Title    string
		} `json:"$defs"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	entry, life := document.Defs["process.lua"], document.Defs["shared:lifecycle"]
	if document.Schema != "https://json-schema.org/draft/2020-12/schema" || document.Ref != "#/$defs/process.lua" || entry.Title != "process.lua" {
		t.Errorf("%+v", document)
	}
	if got := strings.Join(entry.Required, " "); got != "name kind source" {
		t.Errorf("required: %s", got)
	}
	if got := life.Properties["stop_timeout"].Default; got != "10s" {
		t.Errorf("stop_timeout: %v, want 10s (15.1)", got)
	}
	if got := entry.Properties["engine"].Enum; len(got) != 2 {
		t.Errorf("engines of Lua: %v", got)
	}
	if _, ok := schema.Kind(f, "process.lau"); ok {
		t.Error("a kind that there is not")
	}
	if whole := schema.Index(f); len(whole) > 150<<10 {
		t.Errorf("%d bytes", len(whole))
	}
}
