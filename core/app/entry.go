package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/spec"
	"go.yaml.in/yaml/v3"
)

// Entry is one named definition of an app: a *Host, *Process, *Library,
// *Service, *Supervisor, *Scope, *Extension or *ExtensionService.
type Entry interface {
	// Head gives what all entries have in common.
	Head() *Header
}

// Startable is an entry that the runtime can start, restart and stop
// (clause 15.1): every kind but libraries.
type Startable interface {
	Entry
	// Life gives the fields of lifecycle, complete with defaults.
	Life() *Lifecycle
}

// Header is what all entries have in common (clauses 14.3 and 14.5).
type Header struct {
	ID        string // namespace:name
	Namespace string
	Name      string
	Kind      string
	// Meta is the meta of the entry over that of its file. Values are nil,
	// bool, int64, float64, string, []any and map[string]any.
	Meta     map[string]any
	Position Position
	// Hash identifies the definition of the entry and the texts of its sources:
	// equal hashes, equal entries.
	Hash Hash

	reporter    reporter
	node        *yaml.Node
	defaultHost reference    // meta.default_host (14.14)
	sources     []sourceText // files it was compiled from
	text        sourceText   // its code; the zero value if it has none
}

// Code gives the code of the entry and the file that holds it, for people; "" if it has
// none.
func (h *Header) Code() (file, text string) { return h.text.path, h.text.text }

// Definition gives the fields of the entry as its index file and what fills in its
// variables have them, but for the code: nil, bool, int, float64, string, []any and
// map[string]any.
func (h *Header) Definition() (map[string]any, error) {
	var fields map[string]any
	if err := h.node.Decode(&fields); err != nil {
		return nil, err
	}
	if text, ok := fields["source"].(string); ok && !strings.HasPrefix(text, "file://") {
		delete(fields, "source")
	}
	return fields, nil
}

// Head gives the header itself.
func (h *Header) Head() *Header { return h }

// declaration is an id that an index file defines. Its entry is nil if the
// definition is too broken to say what it is; references to it are then silent.
type declaration struct {
	entry    Entry
	position Position
}

// entry reads entry number i, counted from 1, of an index file.
func (l *loader) entry(f *indexFile, i int, n *yaml.Node) {
	r := reporter{l.collector, f.path, ""}
	if n = target(n); n.Kind != yaml.MappingNode {
		r.mustBe(n, fmt.Sprintf("entries[%d]", i), "a map")
		return
	}
	h := &Header{Namespace: f.namespace, Position: r.at(n), node: n}
	if name := fieldNode(n, "name"); name != nil && isText(name) && name.Value != "" {
		h.Name, h.ID = name.Value, f.namespace+":"+name.Value
	}
	r.entry = h.ID
	h.reporter = r
	r.wellFormed(n)
	if name, ok := r.required(n, "name"); ok && !validName(name) {
		r.errorf(fieldNode(n, "name"), "invalid name %q: %s", name, nameRule)
	}
	kind, ok := r.required(n, "kind")
	h.Kind = kind
	h.mergeMeta(f)
	var e Entry
	if ok {
		e = l.decode(h)
	}
	l.declare(h, e)
}

// required gives a string field that every entry has.
func (r reporter) required(n *yaml.Node, name string) (string, bool) {
	value := fieldNode(n, name)
	if value == nil {
		r.errorf(n, "%s is required", name)
		return "", false
	}
	s, ok := r.textOf(value, name)
	if ok && s == "" {
		r.errorf(value, "%s is required", name)
	}
	return s, ok && s != ""
}

func (l *loader) declare(h *Header, e Entry) {
	if e != nil {
		l.all = append(l.all, e)
	}
	if h.ID == "" {
		return
	}
	if first, twice := l.declared[h.ID]; twice {
		h.reporter.errorf(h.node, "duplicate entry, first defined at %s", first.position)
		return
	}
	l.declared[h.ID] = declaration{e, h.Position}
	if e != nil {
		l.app.Entries = append(l.app.Entries, e)
	}
}

// decode reads the fields of the kind; nil if there is no such kind.
func (l *loader) decode(h *Header) Entry {
	switch h.Kind {
	case KindHost:
		return decodeHost(h)
	case KindService:
		return decodeService(h)
	case KindSupervisor:
		return decodeSupervisor(h)
	case KindScope:
		return decodeScope(h)
	}
	for _, k := range l.opts.Kinds {
		if k.Name == h.Kind {
			return decodeExtension(h, k)
		}
	}
	for _, k := range l.kinds {
		if k == h.Kind && strings.HasPrefix(k, "library.") {
			return decodeLibrary(h)
		}
		if k == h.Kind {
			return decodeProcess(h)
		}
	}
	h.reporter.offer(fieldNode(h.node, "kind"), check.CandidateWord, "kind", l.kinds...)
	hint := spec.SuggestOrList(h.Kind, l.kinds)
	if process := "process." + h.Kind; slices.Contains(l.kinds, process) { // as in kind: lua
		hint = fmt.Sprintf(" (did you mean %q?)", process)
	}
	h.reporter.errorf(fieldNode(h.node, "kind"), "unknown kind %q%s", h.Kind, hint)
	return nil
}

// object begins to read the fields of the entry: the common ones and names.
func (h *Header) object(names ...string) *object {
	return h.reporter.object(h.node, append([]string{"name", "kind", "meta"}, names...)...)
}

// mergeMeta lays the meta of the entry over that of its file (clause 14.2).
func (h *Header) mergeMeta(f *indexFile) {
	h.Meta = map[string]any{}
	own := fieldNode(h.node, "meta")
	if own != nil && own.Kind != yaml.MappingNode {
		h.reporter.mustBe(own, "meta", "a map")
		own = nil
	}
	maps.Copy(h.Meta, f.plainMeta)
	if own != nil {
		maps.Copy(h.Meta, plain(own).(map[string]any))
	}
	for _, m := range []*yaml.Node{f.meta, own} {
		if m == nil {
			continue
		}
		if host := fieldNode(m, "default_host"); host != nil {
			h.defaultHost = reference{node: host, field: "meta.default_host"}
		}
	}
}

const nameRule = "letters, digits, _, - and . are allowed"

// validName tests names and namespaces (clause 14.2).
func validName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.", r) || r == unicode.ReplacementChar
	})
}
