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
	seen := make([]hostapi.Value, len(items))
	all = make([][]driver.NamedValue, len(items))
	for i, item := range items {
		if all[i], seen[i], err = itemParameters(c, i, item, st, &e); err != nil {
			break
		}
	}
	if left := e.Release(); err == nil {
		err = left
	}
	return all, hostapi.ListOf(seen...), err
}

// itemParameters reads the parameters for one time, from item i of the list.
func itemParameters(c hostapi.Call, i int, item hostapi.Value, st *statement, e *effort.Effort) (args []driver.NamedValue, told hostapi.Value, err error) {
	if _, isMap := c.Fields(item); !isMap {
		if _, isList := c.Elements(item); !isList {
			return nil, told, errNoList()
		}
	}
	if args, told, err = parameters(c, item, st); err != nil {
		return nil, told, hostapi.AsError(err).With("index", hostapi.Int(int64(i+1)))
	}
	n := bytesPerParameter
	for _, a := range args {
		n += bytesPerParameter
		switch v := a.Value.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		}
	}
	if err = e.Work(n); err == nil {
		err = e.Hold(n)
	}
	return args, told, err
}

func errNoList() error {
	return hostapi.Errorf(hostapi.Invalid, "list must be a list of lists or maps")
}

// bytesPerParameter is what is held for one.
const bytesPerParameter = 64
