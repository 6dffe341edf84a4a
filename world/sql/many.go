package sql

import (
	"context"
	"database/sql/driver"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// mostAtOnce is how often execute_many carries out its statement at most.
const mostAtOnce = 10000

// executeMany carries out a statement once for each item of a list, in one operation: in
// the transaction, or else in one of its own.
func executeMany(c hostapi.Call, p hostapi.Process, s call, list hostapi.Value) error {
	if s.st.gives() {
		return hostapi.Errorf(hostapi.Invalid, "execute_many takes no statement that gives rows")
	}
	all, told, err := manyParameters(c, list, s.st)
	if err != nil {
		return err
	}
	return s.write(c, p, told, func(ctx context.Context, conn *connection, mode Mode) (hostapi.Value, error) {
		affected := int64(0)
		do := func() error {
			for i, args := range all {
				did, err := conn.execute(ctx, s.st, args, mode, false, s.named)
				if err != nil {
					return hostapi.AsError(err).With("index", hostapi.Int(int64(i+1)))
				}
				affected += did.Map().Get("rows_affected").Int()
			}
			return nil
		}
		var err error
		if s.session.inside() {
			err = do()
		} else {
			err = s.session.database().inOne(ctx, conn, do)
		}
		return hostapi.MapOf(hostapi.Field("rows_affected", hostapi.Int(affected))), err
	})
}

// manyParameters reads the parameters of a statement for each time.
func manyParameters(c hostapi.Call, list hostapi.Value, st *statement) (all [][]driver.NamedValue, told hostapi.Value, err error) {
	items, ok := c.Elements(list)
	if fields, _ := c.Fields(list); len(fields) > 0 && (!ok || len(fields) > len(items)) {
		return nil, told, errNoList()
	}
	if len(items) > mostAtOnce {
		return nil, told, hostapi.Errorf(hostapi.LimitExceeded, "too many rows")
	}
	e := effort.Of(c)
	all = make([][]driver.NamedValue, len(items))
	seen := make([]hostapi.Value, len(items))
	for i, item := range items {
		if _, ok := c.Fields(item); !ok {
			if _, ok := c.Elements(item); !ok {
				return nil, told, errNoList()
			}
		}
		if all[i], seen[i], err = parameters(c, item, st); err != nil {
			return nil, told, hostapi.AsError(err).With("index", hostapi.Int(int64(i+1)))
		}
		n := bytesPerParameter
		for _, a := range all[i] {
			n += bytesPerParameter
			switch v := a.Value.(type) {
			case string:
				n += len(v)
			case []byte:
				n += len(v)
			}
		}
		if err := e.Work(n); err != nil {
			return nil, told, err
		}
		if err := e.Hold(n); err != nil {
			return nil, told, err
		}
	}
	return all, hostapi.ListOf(seen...), e.Release()
}

func errNoList() error {
	return hostapi.Errorf(hostapi.Invalid, "list must be a list of lists or maps")
}

// bytesPerParameter is what is held for one.
const bytesPerParameter = 64
