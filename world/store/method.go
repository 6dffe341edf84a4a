package store

import (
	"context"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
)

// method is one that waits. It takes its parameters, and options by name.
type method struct {
	name, doc string
	params    []hostapi.Param
	options   []hostapi.Param // beside timeout
	result    hostapi.Param
	errors    []hostapi.Kind // beside those of all
	writes    bool
	// begin reads the arguments, by given those of options, and gives the operation: its
	// arguments as data, and the work.
	begin func(c hostapi.Call, given []hostapi.Value) (operation, error)
	// show makes the result of what the operation brings; nil: it is that.
	show func(hostapi.Value) hostapi.Value
}

// operation is what a call has the driver do.
type operation struct {
	args []hostapi.Value
	work func(ctx context.Context, d Driver) (hostapi.Value, error)
}

// function gives the table of a method.
func (m method) function() *hostapi.Func {
	at := len(m.params)
	f := &hostapi.Func{
		Name: m.name, Doc: m.doc,
		Params:   append(m.params, hostapi.Param{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"}),
		Keywords: append(m.options, option.TimeoutParam(DefaultTimeout)),
		Results:  []hostapi.Param{m.result},
		Returns:  hostapi.OrError,
		Errors:   append(m.errors, hostapi.Invalid, hostapi.Timeout, hostapi.Unavailable),
		Load:     hostapi.LoadBlocks,
	}
	if m.writes {
		f.Errors = append(f.Errors, hostapi.PermissionDenied)
	}
	f.Run = func(c hostapi.Call) error {
		s := c.Self().(*Store)
		if s.released {
			return hostapi.Errorf(hostapi.Invalid, "store is closed")
		}
		given, err := option.Read(c, f, at)
		if err != nil {
			return err
		}
		d, err := option.Timeout(given[len(given)-1], DefaultTimeout)
		if err != nil {
			return err
		}
		if m.writes {
			if err := s.grant.Write(); err != nil {
				return err
			}
		}
		o, err := m.begin(c, given)
		if err != nil {
			return err
		}
		op := hostapi.Op{Name: "store." + m.name, Resource: s.grant.ID, Args: o.args, Timeout: d, Places: s.turn}
		done, err := c.Task().Process().Await(op, func(ctx context.Context) (hostapi.Done, error) {
			driver, err := hostapi.Opened[Driver](ctx, s.grant)
			if err != nil {
				return hostapi.Done{}, err
			}
			v, err := o.work(ctx, driver)
			return hostapi.Done{Value: v}, err
		})
		if err != nil {
			return err
		}
		if m.show != nil {
			done.Value = m.show(done.Value)
		}
		c.Push(done.Value)
		return nil
	}
	return f
}

// keyOf reads the key of a call.
func keyOf(c hostapi.Call) (string, error) {
	key := c.Arg(0).Str()
	if key == "" || len(key) > longestKey {
		return "", hostapi.Errorf(hostapi.Invalid, "key must have 1 to %d bytes, not %d", longestKey, len(key))
	}
	return key, nil
}

// valueOf takes the copy of the value of a call, its second argument.
func valueOf(c hostapi.Call) (hostapi.Value, error) {
	cp := hostapi.NewCopier(c.Task().PayloadLimits())
	cp.Argument(2)
	return c.Copy(c.Arg(1), cp)
}

// expiryOf gives when something with a TTL expires, zero if there is none (47.3).
func expiryOf(now time.Time, ttl hostapi.Value) (time.Time, error) {
	d, err := option.Timeout(ttl, 0)
	if err != nil || d == 0 {
		return time.Time{}, err
	}
	if end := now.Add(d); end.Before(endOfTime) {
		return end, nil
	}
	return time.Time{}, nil // nobody will be there to see it
}

// endOfTime is the last time that nanoseconds in 64 bits can tell, about 2262.
var endOfTime = time.Unix(0, 1<<63-1)

// optional gives the options that were given, as one argument of an operation.
func optional(params []hostapi.Param, given []hostapi.Value) hostapi.Value {
	var entries []hostapi.Entry
	for i, p := range params {
		v := given[i]
		if d, ok := hostapi.DurationOf(v); ok && p.Accept == hostapi.AcceptDuration {
			v = hostapi.Int(int64(d))
		}
		if !v.IsNil() {
			entries = append(entries, hostapi.Field(p.Name, v))
		}
	}
	return hostapi.MapOf(entries...)
}
