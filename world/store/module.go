package store

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// The kinds of entries that the module serves (47.6). An embedding program gives a Driver of
// its own as one of them (core.Runtime.DefineResource).
const (
	KindFile   = "store.file"
	KindMemory = "store.memory"
)

// Module is the module store. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name:   "store",
	Doc:    "Keys and values that outlive processes (section 47).",
	Funcs:  []*hostapi.Func{open},
	Types:  []*hostapi.ObjectType{storeType},
	Shapes: []*hostapi.Shape{entryShape, pageShape, infoShape},
}).Named()

// DefaultTimeout is how long an operation is waited for by default (40.2).
const DefaultTimeout = 5 * time.Second

// Bounds of clauses 47.1 and 47.5.
const (
	longestKey   = 1024
	defaultLimit = 100
	mostItems    = 1000
	pageBytes    = 4 << 20
)

var open = &hostapi.Func{
	Name:    "get",
	Doc:     "A store by the id of its entry, which the entry of the caller must list under resources (41.4). It waits for nothing.",
	Params:  []hostapi.Param{{Name: "id", Accept: hostapi.AcceptString, Entry: "store", Doc: "namespace:name"}},
	Results: []hostapi.Param{{Name: "store", Object: storeType, Accept: hostapi.AcceptObject}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.PermissionDenied, hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		p := c.Task().Process()
		g, err := p.Resource(c.Arg(0).Str(), KindFile, KindMemory)
		if err != nil {
			return err
		}
		return hostapi.Give(c, hostapi.Wrap(&Store{grant: g, turn: turnOf(p, g.ID)}), nil)
	},
}

// Store is a store in the hands of a script.
type Store struct {
	hostapi.Handle
	grant    hostapi.Grant
	turn     *hostapi.Places // of the process, so that its calls are carried out in order (47.4)
	released bool
}

// ObjectType says what scripts can do with it.
func (*Store) ObjectType() *hostapi.ObjectType { return storeType }

// String names the entry.
func (s *Store) String() string { return "store(" + s.grant.ID + ")" }

// turns are the places, one for each store, by which calls of a process follow each other.
type turns map[string]*hostapi.Places

func turnOf(p hostapi.Process, id string) *hostapi.Places {
	all := hostapi.LocalOf(p, func() turns { return turns{} })
	if all[id] == nil {
		all[id] = hostapi.NewPlaces(1)
	}
	return all[id]
}

var entryShape = &hostapi.Shape{
	Name: "entry",
	Doc:  "A key with its value (47.2).",
	Fields: []hostapi.Param{
		{Name: "key", Accept: hostapi.AcceptString},
		{Name: "value", Accept: hostapi.AcceptAny},
		{Name: "version", Accept: hostapi.AcceptString, Doc: "never used twice for a key"},
		{Name: "expires", Accept: hostapi.AcceptNumber | hostapi.AcceptNil, Doc: "Unix seconds; nil: never"},
	},
}

var pageShape = &hostapi.Shape{
	Name: "page",
	Doc:  "Some entries in the order of their keys (47.5).",
	Fields: []hostapi.Param{
		{Name: "items", Accept: hostapi.AcceptTable, Type: "list of entry"},
		{Name: "cursor", Accept: hostapi.AcceptString | hostapi.AcceptNil, Doc: "for after: what comes next; nil if there was nothing"},
		{Name: "has_more", Accept: hostapi.AcceptBool},
	},
}

var infoShape = &hostapi.Shape{
	Name: "info",
	Doc:  "What a store holds (47.7).",
	Fields: []hostapi.Param{
		{Name: "backend", Accept: hostapi.AcceptString, Doc: `"file", "memory"`},
		{Name: "durable", Accept: hostapi.AcceptBool, Doc: "what was written outlives the program"},
		{Name: "size", Accept: hostapi.AcceptNumber, Doc: "bytes in use"},
		{Name: "keys", Accept: hostapi.AcceptNumber, Doc: "those expired but not yet removed included"},
	},
}

// recordOfMap makes a record of what an operation has brought as a map.
func recordOfMap(shape *hostapi.Shape, v hostapi.Value) hostapi.Value {
	r := &hostapi.Record{Shape: shape, Values: make([]hostapi.Value, len(shape.Fields))}
	for i, f := range shape.Fields {
		r.Values[i] = v.Map().Get(f.Name)
	}
	return hostapi.Wrap(r)
}

func entryRecord(v hostapi.Value) hostapi.Value { return recordOfMap(entryShape, v) }

func pageRecord(v hostapi.Value) hostapi.Value {
	page := recordOfMap(pageShape, v)
	items := &page.Record().Values[0]
	var entries []hostapi.Value
	if l := items.List(); l != nil {
		for _, e := range l.Items {
			entries = append(entries, entryRecord(e))
		}
	}
	*items = hostapi.ListOf(entries...)
	return page
}

func infoRecord(v hostapi.Value) hostapi.Value { return recordOfMap(infoShape, v) }

// payload gives an item as an operation brings it.
func (i Item) payload() hostapi.Value {
	entries := []hostapi.Entry{
		hostapi.Field("key", hostapi.String(i.Key)),
		hostapi.Field("value", i.Value),
		hostapi.Field("version", hostapi.String(i.Version)),
	}
	if !i.Expires.IsZero() {
		entries = append(entries, hostapi.Field("expires", hostapi.Float(float64(i.Expires.UnixNano())/1e9)))
	}
	return hostapi.MapOf(entries...)
}

// payload gives a page as an operation brings it.
func (p Page) payload() hostapi.Value {
	items := make([]hostapi.Value, len(p.Items))
	for i, item := range p.Items {
		items[i] = item.payload()
	}
	entries := []hostapi.Entry{
		hostapi.Field("items", hostapi.ListOf(items...)),
		hostapi.Field("has_more", hostapi.Bool(p.More)),
	}
	if n := len(p.Items); n > 0 {
		entries = append(entries, hostapi.Field("cursor", hostapi.String(p.Items[n-1].Key)))
	}
	return hostapi.MapOf(entries...)
}

// payload gives what is known of a store as an operation brings it.
func (i Info) payload() hostapi.Value {
	return hostapi.MapOf(
		hostapi.Field("backend", hostapi.String(i.Backend)),
		hostapi.Field("durable", hostapi.Bool(i.Durable)),
		hostapi.Field("size", hostapi.Int(i.Size)),
		hostapi.Field("keys", hostapi.Int(i.Keys)),
	)
}
