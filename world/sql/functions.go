package sql

import (
	"context"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
)

// recordOf gives what execute has brought as a record.
func recordOf(v hostapi.Value) hostapi.Value {
	r := &hostapi.Record{Shape: executionShape, Values: make([]hostapi.Value, len(executionShape.Fields))}
	for i, f := range executionShape.Fields {
		r.Values[i] = v.Map().Get(f.Name)
	}
	return hostapi.Wrap(r)
}

func items(v hostapi.Value) []hostapi.Value {
	if l := v.List(); l != nil {
		return l.Items
	}
	return nil
}

// prepare gives the method that prepares a statement: its text is read, and tried on a
// connection, which keeps it; others prepare it when they carry it out.
func (k carrier) prepare() *hostapi.Func {
	return &hostapi.Func{
		Name: "prepare", Doc: "A statement to be carried out often (46).", Params: []hostapi.Param{k.text},
		Results: []hostapi.Param{{Name: "statement", Object: preparedType, Accept: hostapi.AcceptObject}},
		Returns: hostapi.OrError, Errors: kinds, Load: hostapi.LoadBlocks,
		Run: func(c hostapi.Call) error {
			s, st, err := k.find(c)
			if err != nil {
				return err
			}
			p := c.Task().Process()
			op, err := s.ready(p, false)
			if err != nil {
				return err
			}
			op.Name, op.Resource, op.Args = "sql.prepare", s.resource(), []hostapi.Value{hostapi.String(st.text)}
			_, err = p.Await(op, func(ctx context.Context) (hostapi.Done, error) {
				conn, mode, err := s.borrow(ctx, false)
				if err != nil {
					return hostapi.Done{}, err
				}
				if mode == ModeRead && !s.inside() {
					mode = ModeWrite // it is only tried, and may be executed
				}
				err = conn.try(ctx, st, mode)
				return hostapi.Done{Ended: s.giveBack(conn, err)}, err
			})
			if err != nil {
				return err
			}
			c.Push(hostapi.Wrap(&Prepared{session: s, st: st}))
			return nil
		},
	}
}

var closePrepared = &hostapi.Func{
	Name: "close", Doc: "Ends the use of the statement.", Results: []hostapi.Param{doneResult},
	Run: func(c hostapi.Call) error {
		c.Self().(*Prepared).closed = true
		c.Push(hostapi.Bool(true))
		return nil
	},
}

func begins() *hostapi.Func {
	f := &hostapi.Func{
		Name: "begin", Doc: "A transaction, which belongs to the process; rolled back if it lasts too long (46.4).",
		Params: []hostapi.Param{optionsParam},
		Keywords: []hostapi.Param{
			{Name: "read_only", Accept: hostapi.AcceptBool, Optional: true, Doc: "it only reads, what was committed before it began"},
			{Name: "isolation", Accept: hostapi.AcceptString, Optional: true, Doc: "one of sql.isolation"},
			option.TimeoutParam(transactionTime),
		},
		Results: []hostapi.Param{{Name: "transaction", Object: transactionType, Accept: hostapi.AcceptObject}},
		Returns: hostapi.OrError, Errors: kinds, Load: hostapi.LoadBlocks,
	}
	f.Run = func(c hostapi.Call) error {
		h, p := c.Self().(*Handle), c.Task().Process()
		given, err := option.Read(c, f, 0)
		if err != nil {
			return err
		}
		readOnly, isolation := given[0].Bool(), given[1].Str()
		if isolation != "" && !slices.Contains(isolations, isolation) {
			return hostapi.Errorf(hostapi.Invalid, "isolation must be one of %s", strings.Join(isolations, ", "))
		}
		if isolation == "default" {
			isolation = ""
		}
		timeout, err := option.Timeout(given[2], transactionTime)
		if err != nil {
			return err
		}
		if err := h.open(p); err != nil {
			return err
		}
		op, err := h.ready(p, !readOnly)
		if err != nil {
			return err
		}
		op.Name, op.Resource, op.Timeout = "sql.begin", h.resource(), min(timeout, op.Timeout)
		op.Args = []hostapi.Value{hostapi.Bool(readOnly), hostapi.String(isolation)}
		var t *Transaction
		_, err = p.Await(op, func(ctx context.Context) (hostapi.Done, error) {
			var err error
			if t, err = begin(ctx, h, readOnly, isolation); err != nil {
				return hostapi.Done{}, err
			}
			return hostapi.Done{Held: t}, nil
		})
		if err != nil {
			return err
		}
		if t == nil {
			return hostapi.Errorf(hostapi.Unavailable, "a transaction cannot be answered")
		}
		t.limit(p, timeout)
		c.Push(hostapi.Wrap(t))
		return nil
	}
	return f
}

var script = &hostapi.Func{
	Name: "script", Doc: "Carries out many statements in one transaction, without parameters (46.2).",
	Params:  []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString, Doc: "statements, with ; in between"}},
	Results: []hostapi.Param{doneResult}, Returns: hostapi.OrError, Errors: kinds, Load: hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		h, p := c.Self().(*Handle), c.Task().Process()
		if err := h.open(p); err != nil {
			return err
		}
		text := c.Arg(0).Str()
		all, err := split(h.db.dialect.Syntax, text)
		if err != nil {
			return err
		}
		for _, st := range all {
			if n := st.params + len(st.names); n > 0 {
				return hostapi.Errorf(hostapi.Invalid, "script takes no parameters")
			}
		}
		op, err := h.ready(p, true)
		if err != nil {
			return err
		}
		op.Name, op.Resource, op.Args = "sql.script", h.resource(), []hostapi.Value{hostapi.String(text)}
		d, err := p.Await(op, func(ctx context.Context) (hostapi.Done, error) {
			conn, _, err := h.borrow(ctx, true)
			if err != nil {
				return hostapi.Done{}, err
			}
			err = h.db.script(ctx, conn, all)
			return hostapi.Done{Value: hostapi.Bool(true), Ended: h.giveBack(conn, err)}, err
		})
		return hostapi.Give(c, d.Value, err)
	},
}

var databaseKind = &hostapi.Func{
	Name: "type", Doc: `"sqlite" or "postgres".`, Results: []hostapi.Param{{Name: "type", Accept: hostapi.AcceptString}},
	Returns: hostapi.OrError, Errors: []hostapi.Kind{hostapi.Invalid, hostapi.Unavailable}, Load: hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		h := c.Self().(*Handle)
		if h.released {
			return errClosed("database")
		}
		c.Push(hostapi.String(strings.TrimPrefix(h.grant.Kind, "db.")))
		return nil
	},
}

var stats = &hostapi.Func{
	Name: "stats", Doc: "The connections of the database.",
	Results: []hostapi.Param{{Name: "stats", Accept: hostapi.AcceptTable, Type: "stats"}},
	Returns: hostapi.OrError, Errors: []hostapi.Kind{hostapi.Invalid, hostapi.Unavailable}, Load: hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		h := c.Self().(*Handle)
		if err := h.open(c.Task().Process()); err != nil {
			return err
		}
		most, open, used, waiting := h.db.InUse()
		r := &hostapi.Record{Shape: statsShape}
		for _, n := range []int{most, open, used, waiting} {
			r.Values = append(r.Values, hostapi.Int(int64(n)))
		}
		c.Push(hostapi.Wrap(r))
		return nil
	},
}

var releaseDatabase = &hostapi.Func{
	Name: "release", Doc: "Ends the use of this object; others of the same database are as before.",
	Results: []hostapi.Param{doneResult},
	Run: func(c hostapi.Call) error {
		c.Self().(*Handle).released = true
		c.Push(hostapi.Bool(true))
		return nil
	},
}

// transactional gives a method of transactions that carries out something of ours.
func transactional(name, doc string, params []hostapi.Param, run func(ctx context.Context, t *Transaction, c []hostapi.Value) (hostapi.Held, error)) *hostapi.Func {
	return &hostapi.Func{
		Name: name, Doc: doc, Params: params, Results: []hostapi.Param{doneResult}, Returns: hostapi.OrError,
		Errors: kinds, Load: hostapi.LoadBlocks,
		Run: func(c hostapi.Call) error {
			t, p := c.Self().(*Transaction), c.Task().Process()
			op, err := t.ready(p, false)
			if err != nil {
				return err
			}
			op.Name, op.Resource = "sql."+name, t.resource()
			for i := range params {
				op.Args = append(op.Args, c.Arg(i))
				if !identifier(c.Arg(i).Str()) {
					return hostapi.Errorf(hostapi.Invalid, "invalid name %s", c.Arg(i))
				}
			}
			d, err := p.Await(op, func(ctx context.Context) (hostapi.Done, error) {
				ended, err := run(ctx, t, op.Args)
				return hostapi.Done{Value: hostapi.Bool(true), Ended: ended}, err
			})
			return hostapi.Give(c, d.Value, err)
		},
	}
}

// identifier reports whether a name can stand in a text as it is.
func identifier(name string) bool {
	for i := range len(name) {
		if c := name[i]; c >= 0x80 || !letter(c) && (i == 0 || !digit(c)) {
			return false
		}
	}
	return name != "" && len(name) <= 63
}

func point(name, doc, verb string) *hostapi.Func {
	return transactional(name, doc, []hostapi.Param{nameParam},
		func(ctx context.Context, t *Transaction, args []hostapi.Value) (hostapi.Held, error) {
			return t.point(ctx, verb, args[0].Str())
		})
}

var commit = transactional("commit", "Keeps what the transaction has done, and ends it (46.4).", nil,
	func(ctx context.Context, t *Transaction, _ []hostapi.Value) (hostapi.Held, error) {
		return t.commit(ctx)
	})

var rollback = transactional("rollback", "Undoes what the transaction has done, and ends it (46.4).", nil,
	func(_ context.Context, t *Transaction, _ []hostapi.Value) (hostapi.Held, error) {
		return t.rollbackAll()
	})

var next = &hostapi.Func{
	Name: "next", Doc: "The next row; nil after the last.",
	Results: []hostapi.Param{{Name: "row", Accept: hostapi.AcceptTable | hostapi.AcceptNil, Type: "map or nil"}},
	Returns: hostapi.OrError, Errors: kinds, Load: hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		cursor := c.Self().(*Cursor)
		for {
			switch {
			case cursor.shut:
				return errClosed("cursor")
			case len(cursor.ahead) > 0:
				c.Push(cursor.ahead[0])
				cursor.ahead = cursor.ahead[1:]
				return nil
			case cursor.ended:
				c.Push(hostapi.Value{})
				return nil
			}
			p := c.Task().Process()
			op, err := cursor.session.ready(p, false)
			if err != nil {
				return err
			}
			op.Name, op.Resource, op.Places = "sql.next", cursor.session.resource(), cursor.places()
			var rows []hostapi.Value
			var all bool
			_, err = p.Await(op, func(ctx context.Context) (d hostapi.Done, err error) {
				rows, all, d, err = cursor.more(ctx)
				return d, err
			})
			if err != nil {
				return err
			}
			cursor.ahead, cursor.ended = rows, all
		}
	},
}

var closeCursor = &hostapi.Func{
	Name: "close", Doc: "Closes the cursor; true again if it was closed before.", Results: []hostapi.Param{doneResult},
	Load: hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		cursor := c.Self().(*Cursor)
		cursor.shut, cursor.ahead = true, nil
		if _, err := c.Task().Process().Release(cursor); err != nil {
			return err
		}
		c.Push(hostapi.Bool(true))
		return nil
	},
}
