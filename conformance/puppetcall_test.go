package conformance_test

import (
	"sort"

	"github.com/understudy-run/understudy/hostapi"
)

// own gives the puppet's own form of a value: errors with an identity, lists
// and maps as tables that it can change.
func own(v hostapi.Value) hostapi.Value {
	switch v.Type() {
	case hostapi.TypeError:
		if v.Object() == nil {
			return hostapi.Wrap(&hostapi.ErrorObject{Err: v.Err()})
		}
	case hostapi.TypeObject:
		return hostapi.Wrap(v.Object())
	case hostapi.TypeList:
		t := &table{items: values{}}
		for _, x := range v.List().Items {
			t.items = append(t.items, own(x))
		}
		return hostapi.Table(t)
	case hostapi.TypeMap:
		t := &table{keys: values{}}
		for _, e := range v.Map().Entries {
			t.keys, t.vals = append(t.keys, e.Key), append(t.vals, own(e.Value))
		}
		return hostapi.Table(t)
	case hostapi.TypeRecord:
		r := &hostapi.Record{Shape: v.Record().Shape}
		for _, x := range v.Record().Values {
			r.Values = append(r.Values, own(x))
		}
		return hostapi.Wrap(r)
	}
	return v
}

// goCall is one call by the puppet.
type goCall struct {
	puppet  *puppet
	task    hostapi.Task
	self    hostapi.Object
	args    values
	results values
}

func (c *goCall) Task() hostapi.Task                   { return c.task }
func (c *goCall) Self() hostapi.Object                 { return c.self }
func (c *goCall) Len() int                             { return len(c.args) }
func (c *goCall) Arg(i int) hostapi.Value              { return arg(c.args, i) }
func (c *goCall) Keyword(string) hostapi.Value         { return hostapi.Value{} }
func (c *goCall) Keywords() []hostapi.Entry            { return nil }
func (c *goCall) Strict() bool                         { return false }
func (c *goCall) Import(v hostapi.Value) hostapi.Value { return own(v) }
func (c *goCall) Push(v hostapi.Value)                 { c.results = append(c.results, own(v)) }

func (c *goCall) Function(i int) hostapi.Function {
	f, _ := c.Arg(i).Ref().(hostapi.Function)
	return f
}

func (c *goCall) Field(v hostapi.Value, name string) hostapi.Value { return field(v, name) }

func (c *goCall) Fields(v hostapi.Value) ([]hostapi.Entry, bool) {
	switch {
	case v.Record() != nil:
		return v.Record().Entries(), true
	case v.Map() != nil:
		return v.Map().Entries, true
	}
	t, ok := v.Ref().(*table)
	if !ok {
		return nil, false
	}
	var out []hostapi.Entry
	for i, k := range t.keys {
		if !t.vals[i].IsNil() {
			out = append(out, hostapi.Entry{Key: k, Value: t.vals[i]})
		}
	}
	return out, true
}

func (c *goCall) Elements(v hostapi.Value) (values, bool) { return elements(v) }

func (c *goCall) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return c.puppet.Copy(v, cp)
}

func copyValue(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return cp.Value(v, func(v hostapi.Value) (hostapi.Value, error) { return copyTable(v, cp) })
}

func copyTable(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	t, ok := v.Ref().(*table)
	if !ok {
		return hostapi.Value{}, cp.Refuse(v.TypeName())
	}
	if err := cp.Enter(t); err != nil {
		return hostapi.Value{}, err
	}
	if t.keys == nil {
		items := make(values, len(t.items))
		for i, x := range t.items {
			cp.Index(i + 1)
			var err error
			if items[i], err = copyValue(x, cp); err != nil {
				return hostapi.Value{}, err
			}
		}
		cp.Leave()
		return hostapi.ListOf(items...), nil
	}
	m := &hostapi.Map{Unordered: true}
	for i, k := range t.keys {
		if err := cp.Key(k); err != nil {
			return hostapi.Value{}, err
		}
		x, err := copyValue(t.vals[i], cp)
		if err != nil {
			return hostapi.Value{}, err
		}
		m.Entries = append(m.Entries, hostapi.Entry{Key: k, Value: x})
	}
	cp.Leave()
	sort.SliceStable(m.Entries, func(i, j int) bool { return m.Entries[i].Key.Str() < m.Entries[j].Key.Str() })
	return hostapi.Wrap(m), nil
}
