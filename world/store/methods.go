package store

import (
	"context"
	"errors"
	"math"

	"github.com/understudy-run/understudy/hostapi"
)

var storeType = &hostapi.ObjectType{
	Name: "store",
	Doc:  "Keys and values. Each call is atomic; those of one process are carried out in order. A write that returned is kept (47.4).",
	Methods: []*hostapi.Func{
		getMethod().function(), entryMethod().function(), setMethod().function(), putMethod().function(), hasMethod().function(),
		deleteMethod().function(), incrMethod().function(), listMethod().function(), infoMethod().function(), release,
	},
}

var (
	keyParam   = hostapi.Param{Name: "key", Accept: hostapi.AcceptString, Doc: "1 to 1024 bytes"}
	valueParam = hostapi.Param{Name: "value", Accept: hostapi.AcceptAny, Doc: "what can be sent (1.1)"}
	ttlParam   = hostapi.Param{Name: "ttl", Accept: hostapi.AcceptDuration, Optional: true, Keyword: true, Doc: "after which the key is absent; never if left out (47.3)"}
	versioned  = hostapi.Param{Name: "if_version", Accept: hostapi.AcceptString, Optional: true, Doc: `only if this is the version there is; else Conflict "version changed" (47.2)`}
	limited    = []hostapi.Kind{hostapi.LimitExceeded}
)

// reading is one that looks at a key; give makes the result of what the driver has given.
func reading(name, doc string, result hostapi.Param, give func(Item, error) (hostapi.Value, error)) method {
	return method{
		name: name, doc: doc,
		params: []hostapi.Param{keyParam},
		result: result,
		begin: func(c hostapi.Call, _ []hostapi.Value) (operation, error) {
			key, err := keyOf(c)
			now := c.Task().Process().Now()
			return operation{[]hostapi.Value{c.Arg(0)}, func(ctx context.Context, d Driver) (hostapi.Value, error) {
				return give(d.Get(ctx, now, key))
			}}, err
		},
	}
}

func getMethod() method {
	m := reading("get", `The value under a key; NotFound "key not found" (47.2).`, hostapi.Param{Name: "value", Accept: hostapi.AcceptAny},
		func(i Item, err error) (hostapi.Value, error) { return i.Value, err })
	m.errors = []hostapi.Kind{hostapi.NotFound}
	return m
}

func entryMethod() method {
	m := reading("entry", "The value under a key, with its version and when it expires (47.2).",
		hostapi.Param{Name: "entry", Accept: hostapi.AcceptTable, Type: entryShape.Name},
		func(i Item, err error) (hostapi.Value, error) { return i.payload(), err })
	m.errors, m.show = []hostapi.Kind{hostapi.NotFound}, entryRecord
	return m
}

func hasMethod() method {
	return reading("has", "Whether there is such a key.", hostapi.Param{Name: "has", Accept: hostapi.AcceptBool},
		func(_ Item, err error) (hostapi.Value, error) {
			if errors.Is(err, hostapi.NotFound) {
				return hostapi.Bool(false), nil
			}
			return hostapi.Bool(true), err
		})
}

func setMethod() method {
	return method{
		name: "set", doc: "Stores a value under a key, whatever was there (47.2).",
		params: []hostapi.Param{keyParam, valueParam, ttlParam},
		result: hostapi.Param{Name: "ok", Accept: hostapi.AcceptBool, Doc: "true"},
		errors: limited, writes: true,
		begin: func(c hostapi.Call, _ []hostapi.Value) (operation, error) {
			o, err := putting(c, c.Arg(2), Put{}, optional([]hostapi.Param{ttlParam}, []hostapi.Value{c.Arg(2)}))
			work := o.work
			o.work = func(ctx context.Context, d Driver) (hostapi.Value, error) {
				_, err := work(ctx, d)
				return hostapi.Bool(true), err
			}
			return o, err
		},
	}
}

func putMethod() method {
	m := method{
		name: "put", doc: "Stores a value under a key, on a condition if one is given, and gives the new entry (47.2).",
		params: []hostapi.Param{keyParam, valueParam},
		options: []hostapi.Param{
			ttlParam,
			{Name: "only_if_absent", Accept: hostapi.AcceptBool, Optional: true, Doc: `true: else AlreadyExists "key exists"`},
			versioned,
		},
		result: hostapi.Param{Name: "entry", Accept: hostapi.AcceptTable, Type: entryShape.Name},
		errors: append(limited, hostapi.AlreadyExists, hostapi.Conflict), writes: true,
		show: entryRecord,
	}
	m.begin = func(c hostapi.Call, given []hostapi.Value) (operation, error) {
		p := Put{OnlyIfAbsent: given[1].Bool(), IfVersion: given[2].Str()}
		if p.OnlyIfAbsent && !given[2].IsNil() {
			return operation{}, hostapi.Errorf(hostapi.Invalid, "put: either only_if_absent or if_version")
		}
		if !given[2].IsNil() && p.IfVersion == "" {
			return operation{}, errChanged() // no version is ""
		}
		return putting(c, given[0], p, optional(m.options, given))
	}
	return m
}

// putting is what set and put have done.
func putting(c hostapi.Call, ttl hostapi.Value, p Put, options hostapi.Value) (operation, error) {
	key, err := keyOf(c)
	if err != nil {
		return operation{}, err
	}
	now := c.Task().Process().Now()
	if p.Expires, err = expiryOf(now, ttl); err != nil {
		return operation{}, err
	}
	if p.Value, err = valueOf(c); err != nil {
		return operation{}, err
	}
	return operation{[]hostapi.Value{c.Arg(0), p.Value, options}, func(ctx context.Context, d Driver) (hostapi.Value, error) {
		item, err := d.Put(ctx, now, key, p)
		return item.payload(), err
	}}, nil
}

func deleteMethod() method {
	m := method{
		name: "delete", doc: "Removes a key, and tells whether it was there (47.2).",
		params:  []hostapi.Param{keyParam},
		options: []hostapi.Param{versioned},
		result:  hostapi.Param{Name: "was", Accept: hostapi.AcceptBool},
		errors:  []hostapi.Kind{hostapi.Conflict}, writes: true,
	}
	m.begin = func(c hostapi.Call, given []hostapi.Value) (operation, error) {
		key, err := keyOf(c)
		if err == nil && !given[0].IsNil() && given[0].Str() == "" {
			err = errChanged() // no version is ""
		}
		now := c.Task().Process().Now()
		return operation{[]hostapi.Value{c.Arg(0), optional(m.options, given)}, func(ctx context.Context, d Driver) (hostapi.Value, error) {
			was, err := d.Delete(ctx, now, key, given[0].Str())
			return hostapi.Bool(was), err
		}}, err
	}
	return m
}

func incrMethod() method {
	return method{
		name: "incr", doc: "Adds to the integer under a key, which begins at 0 and then gets the TTL, and gives the sum (47.2).",
		params: []hostapi.Param{
			keyParam,
			{Name: "n", Accept: hostapi.AcceptNumber, Optional: true, Keyword: true, Doc: "an integer; 1 if left out"},
			ttlParam,
		},
		result: hostapi.Param{Name: "sum", Accept: hostapi.AcceptNumber},
		errors: append(limited, hostapi.Conflict), writes: true,
		begin: func(c hostapi.Call, _ []hostapi.Value) (operation, error) {
			key, err := keyOf(c)
			if err != nil {
				return operation{}, err
			}
			n := hostapi.Int(1)
			if v := c.Arg(1); !v.IsNil() {
				n = v
			}
			if n.Type() != hostapi.TypeInt || math.Abs(n.Float()) > hostapi.MaxInt {
				return operation{}, hostapi.Errorf(hostapi.Invalid, "incr: n must be an integer up to 2^53, got %s", n)
			}
			now := c.Task().Process().Now()
			expires, err := expiryOf(now, c.Arg(2))
			options := optional([]hostapi.Param{ttlParam}, []hostapi.Value{c.Arg(2)})
			return operation{[]hostapi.Value{c.Arg(0), n, options}, func(ctx context.Context, d Driver) (hostapi.Value, error) {
				sum, err := d.Incr(ctx, now, key, n.Int(), expires)
				return hostapi.Int(sum), err
			}}, err
		},
	}
}

func listMethod() method {
	m := method{
		name: "list", doc: "Entries in the order of their keys, page by page: no snapshot, but none that stays is skipped or doubled (47.5).",
		options: []hostapi.Param{
			{Name: "prefix", Accept: hostapi.AcceptString, Optional: true, Doc: "with which the keys begin"},
			{Name: "after", Accept: hostapi.AcceptString, Optional: true, Doc: "the cursor of the page before"},
			{Name: "limit", Accept: hostapi.AcceptNumber, Optional: true, Doc: "at most so many, up to 1000; 100 if left out, and not more than 4 MiB"},
		},
		result: hostapi.Param{Name: "page", Accept: hostapi.AcceptTable, Type: pageShape.Name},
		show:   pageRecord,
	}
	m.begin = func(c hostapi.Call, given []hostapi.Value) (operation, error) {
		q := Query{Prefix: given[0].Str(), After: given[1].Str(), Limit: defaultLimit, Bytes: pageBytes}
		if v := given[2]; !v.IsNil() {
			if q.Limit = int(v.Int()); v.Type() != hostapi.TypeInt || v.Int() < 1 || v.Int() > mostItems {
				return operation{}, hostapi.Errorf(hostapi.Invalid, "list: limit must be an integer from 1 to %d, got %s", mostItems, v)
			}
		}
		now := c.Task().Process().Now()
		return operation{[]hostapi.Value{optional(m.options, given)}, func(ctx context.Context, d Driver) (hostapi.Value, error) {
			page, err := d.List(ctx, now, q)
			return page.payload(), err
		}}, nil
	}
	return m
}

func infoMethod() method {
	return method{
		name: "info", doc: "What the store holds (47.7).",
		result: hostapi.Param{Name: "info", Accept: hostapi.AcceptTable, Type: infoShape.Name},
		show:   infoRecord,
		begin: func(hostapi.Call, []hostapi.Value) (operation, error) {
			return operation{nil, func(_ context.Context, d Driver) (hostapi.Value, error) {
				return d.Info().payload(), nil
			}}, nil
		},
	}
}

var release = &hostapi.Func{
	Name:    "release",
	Doc:     "Gives the store back: calls then fail with Invalid \"store is closed\". Nothing else depends on it.",
	Results: []hostapi.Param{{Name: "ok", Accept: hostapi.AcceptBool, Doc: "true"}},
	Run: func(c hostapi.Call) error {
		c.Self().(*Store).released = true
		c.Push(hostapi.Bool(true))
		return nil
	},
}
