package spec

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
)

// Require notes which of some fields are absent.
func (f Fields) Require(names ...string) {
	for _, name := range names {
		if f.Describes() {
			f.Rule(Given(name))
		} else if !f.Has(name) {
			f.Fail(name, "is required")
		}
	}
}

// OneOf notes unless exactly one of some fields is given.
func (f Fields) OneOf(names ...string) {
	if f.Describes() {
		var any []Condition
		for i, name := range names {
			any = append(any, Given(name))
			for _, other := range names[i+1:] {
				f.Rule(Absent(other), Given(name))
			}
		}
		f.Rule(Condition{Any: any})
		return
	}
	given := 0
	for _, name := range names {
		if f.Has(name) {
			given++
		}
	}
	if given == 1 {
		return
	}
	text := ""
	for i, name := range names {
		switch {
		case i > 0 && i == len(names)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		text += name
	}
	f.d.Violations = append(f.d.Violations, Violation{Path: f.path, Bare: true, Text: fmt.Sprintf("exactly one of %s is required", text)})
}

// Switch gives a field that is true or false, otherwise absent.
func (f Fields) Switch(name string, absent bool) bool {
	if f.Describes() {
		f.note(name, Form{Type: FormBoolean, Default: absent})
		return absent
	}
	if !f.Has(name) {
		return absent
	}
	return f.Boolean(name)
}

// Value gives the value of a field as it is.
func (f Fields) Value(name string) (v hostapi.Value, given bool) { return f.get(name) }

// TextOr gives a field that is a string, otherwise absent.
func (f Fields) TextOr(name, absent string) string {
	if f.Describes() {
		form := Form{Type: FormText}
		if absent != "" {
			form.Default = absent
		}
		f.note(name, form)
		return absent
	}
	if text, ok := f.Text(name); ok {
		return text
	}
	return absent
}

// Texts gives a field that is a list of strings.
func (f Fields) Texts(name string) []string {
	if f.Describes() {
		f.note(name, Form{Type: FormList, Of: &Form{Type: FormText}})
		return nil
	}
	var out []string
	for i, v := range f.List(name) {
		if v.Type() != hostapi.TypeString {
			f.mustBeAt(f.path.field(name).element(i+1), "a string", hostapi.TypeString, v)
			continue
		}
		out = append(out, v.Str())
	}
	return out
}

// TextMap gives a field that is a map from names to strings, in the order of the names.
func (f Fields) TextMap(name string) (names []string, texts map[string]string) {
	if f.Describes() {
		f.note(name, Form{Type: FormMap, Of: &Form{Type: FormText}})
		return nil, nil
	}
	v, ok := f.get(name)
	if !ok {
		return nil, nil
	}
	if v.Map() == nil {
		f.mustBe(name, "a map", hostapi.TypeMap, v)
		return nil, nil
	}
	texts = map[string]string{}
	for _, e := range v.Map().Sorted() {
		key, at := e.Key.Str(), f.path.field(name)
		switch {
		case e.Key.Type() != hostapi.TypeString:
			f.mustBeAt(at, "a map whose keys are strings", hostapi.TypeNil, e.Key)
		case e.Value.Type() != hostapi.TypeString:
			f.mustBeAt(at.field(key), "a string", hostapi.TypeString, e.Value)
		default:
			names = append(names, key)
			texts[key] = e.Value.Str()
		}
	}
	return names, texts
}

// Items begins to read a field that is a list of maps, each with these fields.
func (f Fields) Items(name string, names ...string) []Fields {
	if f.Describes() {
		f.note(name, Form{Type: FormList, Of: newMapForm(names)})
		item := f.below(name)
		if item.form != nil {
			item.form = item.form.Of
		}
		return []Fields{item}
	}
	var out []Fields
	for i, v := range f.List(name) {
		out = append(out, f.d.Fields(v, f.path.field(name).element(i+1), names...))
	}
	return out
}

// Entry gives the full id of an entry of one of these kinds, "" if the field is absent.
// Of hosts and scopes it has the entry start after them (15.4); a part has that the
// services to which it refers.
func (f Fields) Entry(name string, kinds ...string) string {
	if _, ok := f.Text(name); !ok {
		return ""
	}
	id, err := f.d.App.Entry(f.path.field(name), kinds)
	f.d.refer(f.path.field(name), err)
	return id
}

// Spawn gives the process entry that a field names, and its host by another (14.14). The
// entry starts after the host (15.4). ID is "" if the field is absent.
func (f Fields) Spawn(process, host string) hostapi.Spawn {
	_, ok := f.Text(process)
	f.Needs(process, host)
	if f.Describes() {
		f.note(host, Form{Type: FormText})
	}
	if !ok {
		return hostapi.Spawn{}
	}
	s, err := f.d.App.Spawn(f.path.field(process), f.path.field(host))
	f.d.refer(f.path.field(process), err)
	return s
}

// File gives a field that is a path, relative to the data directory (41.7): for
// Place.Path. "" if it is absent.
func (f Fields) File(name string, use Use) string {
	file, ok := f.Text(name)
	f.NotEmpty(name)
	switch {
	case !ok:
		return ""
	case file == "":
		f.Fail(name, "must not be empty")
	default:
		f.d.App.Path(f.path.field(name), file, use)
	}
	return file
}

// AppText gives the text of the file of the app that a field names (14.17), "" if it is
// absent.
func (f Fields) AppText(name string) string {
	if _, ok := f.Text(name); !ok {
		return ""
	}
	text, err := f.d.App.Text(f.path.field(name))
	f.d.refer(f.path.field(name), err)
	return text
}

// AppDirectory gives the path in Place.App of the directory of the app that a field names
// as file://<path> (14.17).
func (f Fields) AppDirectory(name string) string {
	if f.Describes() {
		f.note(name, Form{Type: FormText})
		return ""
	}
	dir, err := f.d.App.Directory(f.path.field(name))
	f.d.refer(f.path.field(name), err)
	return dir
}
