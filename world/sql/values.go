package sql

import (
	"context"
	"database/sql/driver"
	"io"
	"strconv"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	modtime "github.com/understudy-run/understudy/hostapi/modules/time"
)

// Bounds of what one query gives (46.1).
const (
	mostRows  = 10_000
	mostBytes = 16 << 20
)

// timeForm is how times are written: in UTC, with three decimals or as many more as they
// have (46.3).
const timeForm = "2006-01-02T15:04:05.000"

func timeText(t time.Time) string {
	t = t.UTC()
	text := t.Format(timeForm)
	if t.Nanosecond()%1_000_000 != 0 {
		text = t.Format("2006-01-02T15:04:05.999999999")
	}
	return text + "Z"
}

// parameter gives a value as the driver takes it.
func parameter(v hostapi.Value) (driver.Value, error) {
	switch v.Type() {
	case hostapi.TypeNil:
		return nil, nil
	case hostapi.TypeBool:
		return v.Bool(), nil
	case hostapi.TypeInt:
		return v.Int(), nil
	case hostapi.TypeFloat:
		return v.Float(), nil
	case hostapi.TypeString:
		return v.Str(), nil
	case hostapi.TypeObject:
		switch o := v.Object().(type) {
		case *Blob:
			return o.bytes, nil
		case *modtime.Time:
			return timeText(o.Time()), nil
		case hostapi.StandIn:
			if o.StandsFor().IsNil() {
				return nil, nil
			}
		}
	}
	return nil, hostapi.Errorf(hostapi.Invalid, "cannot bind a %s", v.TypeName())
}

// parameters reads those of a call, a list or a map, for a statement. told is what an
// observer is told of them.
func parameters(c hostapi.Call, v hostapi.Value, st *statement) (args []driver.NamedValue, told hostapi.Value, err error) {
	given, err := given(c, v, st)
	if err != nil {
		return nil, told, err
	}
	args = make([]driver.NamedValue, len(given))
	seen := make([]hostapi.Value, len(given))
	for i, v := range given {
		args[i].Ordinal = i + 1
		if args[i].Value, err = parameter(v); err != nil {
			return nil, told, err
		}
		seen[i] = v
		switch x := args[i].Value.(type) { // objects are told as what they stand for
		case []byte:
			seen[i] = hostapi.String(string(x))
		case string:
			seen[i] = hostapi.String(x)
		case nil:
			seen[i] = hostapi.Value{}
		}
	}
	return args, hostapi.ListOf(seen...), nil
}

// given gives the values of a call for the placeholders of a statement, in order.
func given(c hostapi.Call, v hostapi.Value, st *statement) ([]hostapi.Value, error) {
	fields, _ := c.Fields(v)
	named := false
	for _, e := range fields {
		named = named || e.Key.Type() == hostapi.TypeString
	}
	if !named {
		var list []hostapi.Value
		if !v.IsNil() {
			var ok bool
			if list, ok = c.Elements(v); !ok && len(fields) > 0 {
				return nil, hostapi.Errorf(hostapi.Invalid, "params must be a list, or a map for :name")
			}
			if keys := len(fields); ok && keys > len(list) { // nil in between ends a Lua list
				return nil, hostapi.Errorf(hostapi.Invalid, "params is a list with holes: use sql.NULL")
			}
		}
		if len(st.names) > 0 {
			return nil, hostapi.Errorf(hostapi.Invalid, "expects a map for :%s", st.names[0])
		}
		if len(list) != st.params {
			return nil, hostapi.Errorf(hostapi.Invalid, "expects %d parameters, got %d", st.params, len(list))
		}
		return list, nil
	}
	if st.params > 0 || len(st.names) == 0 {
		return nil, hostapi.Errorf(hostapi.Invalid, "expects %d parameters, as a list", st.params)
	}
	list := make([]hostapi.Value, len(st.names))
	used := 0
next:
	for i, name := range st.names {
		for _, e := range fields {
			if e.Key.Str() == name {
				list[i] = e.Value
				used++
				continue next
			}
		}
		if _, tables := c.(hostapi.ListMarker); !tables { // there, nil is what is not in the table
			return nil, hostapi.Errorf(hostapi.Invalid, "expects a parameter :%s", name)
		}
	}
	if used < len(fields) {
		for _, e := range fields {
			if !contains(st.names, e.Key.Str()) {
				return nil, hostapi.Errorf(hostapi.Invalid, "no parameter :%s in the text", e.Key.Str())
			}
		}
	}
	return list, nil
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// reader makes values of rows.
type reader struct {
	rows  driver.Rows
	names []hostapi.Value
	types []string // of the columns, as the database names them; nil if it does not
	dest  []driver.Value
	bytes int
}

// newReader looks at the columns.
func newReader(rows driver.Rows) (*reader, error) {
	columns := rows.Columns()
	r := &reader{rows: rows, names: make([]hostapi.Value, len(columns)), dest: make([]driver.Value, len(columns))}
	typed, ok := rows.(driver.RowsColumnTypeDatabaseTypeName)
	for i, name := range columns {
		for _, other := range columns[:i] {
			if other == name {
				return nil, hostapi.Errorf(hostapi.Invalid, "duplicate column %s", name)
			}
		}
		r.names[i] = hostapi.String(name)
		if ok {
			r.types = append(r.types, typed.ColumnTypeDatabaseTypeName(i))
		}
	}
	return r, nil
}

// next gives the next row; io.EOF after the last.
func (r *reader) next() (hostapi.Value, error) {
	if err := r.rows.Next(r.dest); err != nil {
		return hostapi.Value{}, err
	}
	entries := make([]hostapi.Entry, 0, len(r.dest))
	for i, x := range r.dest {
		var v hostapi.Value
		if x != nil {
			v = r.value(i, x)
		}
		r.bytes += 32 + len(v.Str())
		entries = append(entries, hostapi.Entry{Key: r.names[i], Value: v})
	}
	return hostapi.MapOf(entries...), nil
}

// whole gives an integer; one beyond 2^53 as its digits (42.4).
func whole(i int64) hostapi.Value {
	if i > hostapi.MaxInt || i < -hostapi.MaxInt {
		return hostapi.String(strconv.FormatInt(i, 10))
	}
	return hostapi.Int(i)
}

// value gives a value of the driver as one of scripts (46.3).
func (r *reader) value(i int, x driver.Value) hostapi.Value {
	switch x := x.(type) {
	case int64:
		return whole(x)
	case float64:
		return hostapi.Float(x)
	case float32:
		return hostapi.Float(float64(x))
	case bool:
		return hostapi.Bool(x)
	case string:
		return hostapi.String(x)
	case []byte:
		return hostapi.String(string(x))
	case time.Time:
		name := ""
		if r.types != nil {
			name = r.types[i]
		}
		switch name {
		case "DATE":
			return hostapi.String(x.Format("2006-01-02"))
		case "TIME":
			return hostapi.String(x.Format("15:04:05.999999"))
		case "TIMETZ":
			return hostapi.String(x.Format("15:04:05.999999Z07:00"))
		}
		return hostapi.String(timeText(x))
	}
	return hostapi.Value{}
}

// all gives the rows that are left, within the bounds of 46.1.
func (r *reader) all(ctx context.Context) (hostapi.Value, error) {
	items := []hostapi.Value{}
	charged := 0
	for {
		row, err := r.next()
		if err == io.EOF {
			return hostapi.ListOf(items...), nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return hostapi.Value{}, err
		}
		if len(items) == mostRows || r.bytes > mostBytes {
			return hostapi.Value{}, errTooManyRows()
		}
		if r.bytes-charged >= 64<<10 {
			if err := hostapi.Grow(ctx, int64(r.bytes-charged)); err != nil {
				return hostapi.Value{}, err
			}
			charged = r.bytes
		}
		items = append(items, row)
	}
}

func errTooManyRows() error {
	return hostapi.Errorf(hostapi.LimitExceeded, "too many rows: more than %d, or 16 MiB: use LIMIT or rows", mostRows)
}
