package time

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/number"
)

// Time is a point in time as an object of scripts (10.15).
type Time struct {
	hostapi.Handle
	t time.Time
}

// ObjectType is the type of times.
func (*Time) ObjectType() *hostapi.ObjectType { return timeType }

// String gives date, time of day, offset and zone.
func (t *Time) String() string {
	return t.t.Round(0).String() // without the monotonic reading
}

// Time gives the point in time, for modules that write it.
func (t *Time) Time() time.Time { return t.t }

// New gives a time as an object, for modules that find one.
func New(t time.Time) *Time { return &Time{t: t} }

// wrapTime gives a time as a value of scripts.
func wrapTime(t time.Time) hostapi.Value { return hostapi.ObjectOf(&Time{t: t}) }

// timeOf gives the time whose method is called.
func timeOf(c hostapi.Call) time.Time { return c.Self().(*Time).t }

var timeType = newTimeType()

// newTimeType makes the type in a function, since its methods name it as their
// parameter and result.
func newTimeType() *hostapi.ObjectType {
	t := &hostapi.ObjectType{
		Name: "time",
		Doc:  "A point in time, with a time zone. Compare with equal: == is identity (10.15, 10.16).",
	}
	other := hostapi.Param{Name: "t", Object: t, Accept: hostapi.AcceptObject, Doc: "a time"}
	result := hostapi.Param{Name: "time", Object: t, Accept: hostapi.AcceptObject, Doc: "a new time"}
	t.Methods = append(arithmetic(other, result), timeFields()...)
	return t
}

// arithmetic lists the methods that compute with times.
func arithmetic(other, result hostapi.Param) []*hostapi.Func {
	rounding := func(name, doc string, round func(time.Time, time.Duration) time.Time) *hostapi.Func {
		return method(name, doc, func(c hostapi.Call) (hostapi.Value, error) {
			return wrapTime(round(timeOf(c), c.Arg(0).Object().(*Duration).d)), nil
		}, result, hostapi.Param{Name: "d", Object: durationType, Accept: hostapi.AcceptObject, Doc: "a duration object, no other form (10.1)"})
	}
	comparison := func(name, doc string, compare func(t, u time.Time) bool) *hostapi.Func {
		return method(name, doc, func(c hostapi.Call) (hostapi.Value, error) {
			return hostapi.Bool(compare(timeOf(c), c.Arg(0).Object().(*Time).t)), nil
		}, hostapi.Param{Name: name, Accept: hostapi.AcceptBool, Doc: "the answer"}, other)
	}
	add := method("add", "The time d later (10.15).", func(c hostapi.Call) (hostapi.Value, error) {
		d, err := duration(c.Arg(0))
		return wrapTime(timeOf(c).Add(d)), err
	}, result, hostapi.Param{Name: "d", Accept: hostapi.AcceptDuration, Doc: "may be negative"})
	add.Returns = hostapi.OrThrow
	return []*hostapi.Func{
		add,
		method("sub", "The duration from t to this time (10.15).", func(c hostapi.Call) (hostapi.Value, error) {
			return hostapi.ObjectOf(&Duration{d: timeOf(c).Sub(c.Arg(0).Object().(*Time).t)}), nil
		}, hostapi.Param{Name: "duration", Object: durationType, Accept: hostapi.AcceptObject, Doc: "a new duration"}, other),
		method("add_date", "The time so many years, months and days later; fields out of range normalise (10.15).",
			func(c hostapi.Call) (hostapi.Value, error) {
				n, err := integers(c, []string{"years", "months", "days"}, number.Years, number.Months, number.Days)
				if err != nil {
					return hostapi.Value{}, err
				}
				return wrapTime(timeOf(c).AddDate(n[0], n[1], n[2])), nil
			}, result,
			hostapi.Param{Name: "years", Accept: hostapi.AcceptNumber, Doc: "integer, may be negative"},
			hostapi.Param{Name: "months", Accept: hostapi.AcceptNumber, Doc: "integer, may be negative"},
			hostapi.Param{Name: "days", Accept: hostapi.AcceptNumber, Doc: "integer, may be negative"}),
		comparison("before", "Whether this time is earlier than t (10.15).", time.Time.Before),
		comparison("after", "Whether this time is later than t (10.15).", time.Time.After),
		comparison("equal", "Whether both are the same instant, in whatever time zone (10.15, 10.16).", time.Time.Equal),
		method("in_location", "The same instant in another time zone (10.15).", func(c hostapi.Call) (hostapi.Value, error) {
			return wrapTime(timeOf(c).In(c.Arg(0).Object().(*Location).loc)), nil
		}, result, hostapi.Param{Name: "location", Object: locationType, Accept: hostapi.AcceptObject, Doc: "a time zone"}),
		method("utc", "The same instant in UTC (10.15).", func(c hostapi.Call) (hostapi.Value, error) {
			return wrapTime(timeOf(c).UTC()), nil
		}, result),
		method("in_local", "The same instant in the local time zone of the runtime (10.15).", func(c hostapi.Call) (hostapi.Value, error) {
			return wrapTime(timeOf(c).In(c.Task().Process().Now().Location())), nil
		}, result),
		rounding("round", "The multiple of d since the zero time that is nearest (10.15).", time.Time.Round),
		rounding("truncate", "The last multiple of d since the zero time that is not later (10.15).", time.Time.Truncate),
	}
}

// method makes a method with one result.
func method(name, doc string, run func(hostapi.Call) (hostapi.Value, error), result hostapi.Param, params ...hostapi.Param) *hostapi.Func {
	f := &hostapi.Func{
		Name:    name,
		Doc:     doc,
		Params:  params,
		Results: []hostapi.Param{result},
		Run: func(c hostapi.Call) error {
			v, err := run(c)
			return hostapi.Give(c, v, err)
		},
	}
	if len(params) > 0 {
		f.Errors = []hostapi.Kind{hostapi.Invalid}
	}
	return f
}
