package inspect

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// EntryList are the entries that are known.
type EntryList struct {
	Entries []EntryRow `json:"entries" doc:"by id"`
}

// EntryRow is one entry in a list.
type EntryRow struct {
	ID        string `json:"id"`
	Kind      string `json:"kind,omitempty" doc:"absent for one that the program has defined"`
	Engine    string `json:"engine,omitempty"`
	Processes int    `json:"processes" doc:"that are live and run it"`
}

// EntryDetail is one entry.
type EntryDetail struct {
	ID         string                   `json:"id"`
	Kind       string                   `json:"kind,omitempty" doc:"absent for one that the program has defined"`
	Engine     string                   `json:"engine,omitempty"`
	Processes  int                      `json:"processes" doc:"that are live and run it"`
	Memory     int64                    `json:"memory" doc:"bytes charged to them"`
	At         string                   `json:"at,omitempty" doc:"file:line of its definition"`
	File       string                   `json:"file,omitempty" doc:"that holds its code"`
	Source     string                   `json:"source,omitempty" doc:"its code, as the newest version has it"`
	Definition map[string]hostapi.Value `json:"definition,omitempty" doc:"its other fields"`
}

func entryRoutes() []*route {
	return []*route{
		{
			method: http.MethodGet, path: "/api/v1/entries", summary: "The entries that are known.",
			gives:  reflect.TypeFor[EntryList](),
			answer: func(i *Inspector, _ *request) (any, error) { return i.entries(), nil },
		},
		{
			method: http.MethodGet, path: "/api/v1/entries/{id}", summary: "One entry, with its code.",
			gives:  reflect.TypeFor[EntryDetail](),
			answer: func(i *Inspector, r *request) (any, error) { return i.entry(r.PathValue("id")) },
		},
	}
}

// app gives the app that runs, nil if there is none.
func (i *Inspector) app() *app.App {
	if i.options.App == nil {
		return nil
	}
	return i.options.App()
}

// known gives the entries by id, without their processes.
func (i *Inspector) known() map[string]*EntryRow {
	rows := make(map[string]*EntryRow)
	if a := i.app(); a != nil {
		for _, e := range a.Entries {
			h := e.Head()
			rows[h.ID] = &EntryRow{ID: h.ID, Kind: h.Kind}
		}
	}
	for _, e := range i.rt.Entries() {
		if rows[e.ID] == nil {
			rows[e.ID] = &EntryRow{ID: e.ID}
		}
		rows[e.ID].Engine = e.Engine
	}
	return rows
}

func (i *Inspector) entries() EntryList {
	rows := i.known()
	for b := range i.rt.Survey() {
		if row := rows[b.Entry]; row != nil {
			row.Processes++
		}
	}
	out := EntryList{[]EntryRow{}}
	for _, row := range rows {
		out.Entries = append(out.Entries, *row)
	}
	slices.SortFunc(out.Entries, func(a, b EntryRow) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (i *Inspector) entry(id string) (*EntryDetail, error) {
	row := i.known()[id]
	if row == nil {
		return nil, hostapi.Errorf(hostapi.NotFound, "no entry %s", id)
	}
	out := &EntryDetail{ID: id, Kind: row.Kind, Engine: row.Engine}
	for b := range i.rt.Survey() {
		if b.Entry == id {
			out.Processes++
			out.Memory += b.Memory
		}
	}
	a := i.app()
	if a == nil || a.Lookup(id) == nil {
		return out, nil
	}
	h := a.Lookup(id).Head()
	out.At = h.Position.String()
	file, text := h.Code()
	out.File, out.Source = file, i.rt.ConcealedValue(hostapi.String(text)).Str()
	fields, err := h.Definition()
	if err != nil {
		return out, nil // it has keys that are no text: the rest is shown
	}
	out.Definition = make(map[string]hostapi.Value)
	for name, x := range fields {
		if v, err := hostapi.ValueOf(x); err == nil && name != "name" && name != "kind" {
			out.Definition[name] = i.rt.ConcealedValue(v)
		}
	}
	return out, nil
}
