package app

import (
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
)

// Forms is what index files may say: for those who tell editors of it (61.3). It is made
// from what reads them.
type Forms struct {
	Index *spec.Form // of the whole file; its entries are in Kinds
	Kinds []KindForm // in the order in which kinds are listed
}

// KindForm is the form of the entries of a kind.
type KindForm struct {
	Kind string
	Doc  string
	Form *spec.Form
}

// Of gives the form of a kind; nil if there is none.
func (f *Forms) Of(kind string) *spec.Form {
	for _, k := range f.Kinds {
		if k.Kind == kind {
			return k.Form
		}
	}
	return nil
}

const (
	// namePattern is validName.
	namePattern = `^[\p{L}\p{Nd}_.-]+$`
	filled      = `^[\s\S]`
)

// aboutOf names what says what the fields of a kind of the core are for.
func aboutOf(kind string) string {
	switch first, _, _ := strings.Cut(kind, "."); {
	case kind == KindHost || kind == KindService || kind == KindSupervisor || kind == KindScope:
		return kind
	default:
		return first
	}
}

// Describe gives the forms of index files for the engines, modules and kinds of the
// options.
func Describe(opts Options) *Forms {
	l := newLoader(nil, opts)
	out := &Forms{Index: l.indexForm()}
	for _, kind := range l.kinds {
		k := KindForm{Kind: kind}
		k.Doc, k.Form = l.kindForm(kind)
		about := abouts[aboutOf(kind)]
		for _, further := range l.opts.Kinds {
			if further.Name == kind {
				k.Doc, about = further.Doc, further.About
			}
		}
		explain(k.Form, "", about, map[*spec.Form]bool{})
		out.Kinds = append(out.Kinds, k)
	}
	return out
}

func (l *loader) indexForm() *spec.Form {
	f := spec.Describe([]string{"version", "namespace", "env", "entries", "meta"}, func(f spec.Fields) {
		spec.Choose(f, "version", "1.0")
		f.Require("namespace", "entries")
		f.Text("namespace")
		f.Pattern("namespace", namePattern)
		f.List("entries")
		f.Names("meta")
		names, env := f.Names("env")
		for _, name := range names {
			v, _ := env.MapOrNull(name, "default", "type", "secret")
			var types []string
			for _, t := range variableTypes {
				types = append(types, string(t.name))
			}
			spec.Choose(v, "type", types...)
			v.Boolean("secret")
		}
	})
	f.Fields["env"].NamesFit = spec.VariablePattern
	explain(f, "", abouts["index"], map[*spec.Form]bool{})
	return f
}

// kindForm gives the form of a kind, with what the kind is for if it is one of the core.
func (l *loader) kindForm(kind string) (doc string, form *spec.Form) {
	h := &Header{}
	describe := func(names []string, read ...func(spec.Fields)) *spec.Form {
		form := spec.Describe(append([]string{"name", "kind", "meta"}, names...), func(f spec.Fields) {
			f.Require("name", "kind")
			f.Text("name")
			f.Pattern("name", namePattern)
			spec.Choose(f, "kind", kind)
			f.Names("meta")
			for _, read := range read {
				read(f)
			}
		})
		form.Fields["kind"].Default = nil
		return form
	}
	reference := func(names ...string) func(spec.Fields) {
		return func(f spec.Fields) {
			for _, name := range names {
				f.Text(name)
			}
		}
	}
	switch kind {
	case KindHost:
		return "Runs processes: an independent scheduler.", describe(hostFields, (&Host{}).fields)
	case KindService:
		return "One process that the runtime keeps running.", describe(serviceFields, reference("process", "host"), (&Service{}).fields, func(f spec.Fields) {
			f.Require("process")
			f.NotEmpty("process")
		})
	case KindSupervisor:
		return "Keeps its children running, by the rules of Erlang/OTP.", describe(append(spec.SupervisorFields(), "lifecycle"),
			func(f spec.Fields) { f.Supervisor("") }, func(f spec.Fields) { h.lifecycle(f) })
	case KindScope:
		return "Process groups that see each other.", describe(scopeFields, (&Scope{}).fields)
	}
	for _, k := range l.opts.Kinds {
		if k.Name != kind {
			continue
		}
		names := slices.Clone(k.Fields)
		read := []func(spec.Fields){func(f spec.Fields) { k.Read(f) }}
		if k.Role == spec.BesideThem {
			names = append(names, "lifecycle")
			read = append(read, func(f spec.Fields) { h.lifecycle(f) })
		}
		return "", describe(names, read...)
	}
	code := func(f spec.Fields) {
		f.Require("source")
		f.Text("source")
		f.NotEmpty("source")
		f.Texts("modules")
		f.TextMap("imports")
	}
	if strings.HasPrefix(kind, "library.") {
		form = describe(libraryFields, code)
		doc = "Code that processes import."
	} else {
		form = describe(processFields, code, reference("method", "engine", "host"), (&Process{}).fields, func(f spec.Fields) { f.NotEmpty("method") })
		form.Fields["engine"].Words = l.enginesOf(kind)
		doc = "A script that runs as processes."
	}
	form.Fields["modules"].Of.Words = l.modulesOf(kind)
	grant := spec.Describe([]string{"id", "mode"}, func(f spec.Fields) {
		f.Require("id")
		f.Text("id")
		spec.Choose(f, "mode", "read")
	})
	grant.Fields["mode"].Default = nil
	form.Fields["resources"].Type = spec.FormList
	form.Fields["resources"].Of = &spec.Form{Type: spec.FormText, Either: grant}
	form.Fields["imports"].NamesFit = filled
	return doc, form
}

// enginesOf gives the engines that run a kind.
func (l *loader) enginesOf(kind string) (names []string) {
	for _, e := range l.opts.Engines {
		if language := languageOf(kind); language == "" || language == e.Info().Language {
			names = append(names, e.Info().Name)
		}
	}
	return names
}

// modulesOf gives the modules that an entry of a kind may list.
func (l *loader) modulesOf(kind string) (names []string) {
	for _, name := range l.moduleNames {
		if !luaLibrary(name) || l.modules[name] != nil || mayBeLua(kind) {
			names = append(names, name)
		}
	}
	return names
}

// explain says of each field what it is for. about has that by the paths of fields, where
// * stands for any name and nothing for the elements of a list.
func explain(f *spec.Form, path string, about map[string]string, done map[*spec.Form]bool) {
	if f == nil || done[f] {
		return
	}
	done[f] = true
	if f.Doc == "" {
		f.Doc = about[path]
	}
	below := func(name string) string {
		if path == "" {
			return name
		}
		return path + "." + name
	}
	for name, field := range f.Fields {
		if text := abouts["common"][below(name)]; text != "" && about[below(name)] == "" {
			field.Doc = text
		}
		explain(field, below(name), about, done)
	}
	if f.Type == spec.FormMap {
		explain(f.Of, below("*"), about, done)
	} else {
		explain(f.Of, path, about, done)
	}
	explain(f.Either, path, about, done)
}
