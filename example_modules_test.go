package understudy_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/define"
)

// The examples of docs/modules.md: what stands between marks is shown there.

// runLua runs the body of a main in Lua, with a module, and prints what it returns.
func runLua(body string, o understudy.Options, modules ...*hostapi.Module) {
	ctx := context.Background()
	o.Engines, o.Modules = []hostapi.Engine{gopherlua.New()}, modules
	rt, err := understudy.New(o)
	check(err)
	defer func() { check(rt.Shutdown(ctx, 0)) }()
	source := "return { main = function()\n" + body + "\nend }"
	check(rt.Load("shop:main", fstest.MapFS{"main.lua": {Data: []byte(source)}}, "main.lua"))
	p, err := rt.Start(ctx, "shop:main")
	check(err)
	v, err := p.Wait(ctx)
	fmt.Println(v, err)
}

func Example_module() {
	// [module]
	prices := map[string]int{"apples": 3}
	inventory := define.Module("inventory", "What the shop has.",
		define.Func("price", "The price of one item.", func(item string) (int, error) {
			p, ok := prices[item]
			if !ok {
				return 0, hostapi.Errorf(hostapi.NotFound, "no %s", item)
			}
			return p, nil
		}, "item"),
	)
	// [end]
	runLua(`
		local inventory = require("inventory")
		local price = inventory.price("apples")
		local none, err = inventory.price("plums")
		return { price, none == nil, err:kind(), tostring(err) }`, understudy.Options{}, inventory)
	// Output: [3, true, "NotFound", "no plums"] <nil>
}

func Example_waits() {
	// [waits]
	lookup := define.Func("lookup", "Asks somebody far away.",
		func(ctx context.Context, name string) (string, error) {
			select {
			case <-time.After(time.Millisecond): // a query, a request
				return "found " + name, nil
			case <-ctx.Done(): // the process was killed
				return "", ctx.Err()
			}
		}, "name")
	// [end]
	runLua(`return require("directory").lookup("ann")`, understudy.Options{}, define.Module("directory", "", lookup))
	// Output: "found ann" <nil>
}

// Pool is what the module of the next example keeps for one runtime.
type Pool struct{ taken atomic.Int32 }

func Example_facility() {
	// [facility]
	take := define.Func("take", "Takes a ticket.", func(p hostapi.Process) (int, error) {
		pool, err := hostapi.NeedFacility[*Pool](p, "tickets")
		if err != nil {
			return 0, err
		}
		return int(pool.taken.Add(1)), nil
	})
	options := understudy.Options{Facilities: []any{&Pool{}}}
	// [end]
	runLua(`local t = require("tickets") t.take() return t.take()`, options, define.Module("tickets", "", take))
	// Output: 2 <nil>
}

// [held]

// Cursor is held by the process that opened it.
type Cursor struct {
	hostapi.Handle
	rows []string
}

// ObjectType says what scripts can do with a cursor.
func (*Cursor) ObjectType() *hostapi.ObjectType { return cursorType }

// String is its text form.
func (*Cursor) String() string { return "cursor" }

// Release is called once: by close, by an upgrade, or before the end of the process
// is seen.
func (c *Cursor) Release(ctx context.Context, failed bool) { c.rows = nil }

var cursorType = &hostapi.ObjectType{
	Name: "cursor",
	Doc:  "The rows of a query.",
	Methods: []*hostapi.Func{{
		Name:    "next",
		Doc:     "The next row, nil after the last.",
		Results: []hostapi.Param{{Name: "row", Accept: hostapi.AcceptString | hostapi.AcceptNil}},
		Run: func(c hostapi.Call) error {
			cursor := c.Self().(*Cursor)
			if len(cursor.rows) == 0 {
				c.Push(hostapi.Value{})
				return nil
			}
			c.Push(hostapi.String(cursor.rows[0]))
			cursor.rows = cursor.rows[1:]
			return nil
		},
	}},
}

// query opens a cursor.
var query = &hostapi.Func{
	Name:    "query",
	Doc:     "Opens a cursor.",
	Results: []hostapi.Param{{Name: "cursor", Object: cursorType, Accept: hostapi.AcceptObject}},
	Returns: hostapi.OrError,
	Load:    hostapi.LoadBlocks,
	Run: func(c hostapi.Call) error {
		op := hostapi.Op{Name: "db.query", Timeout: 5 * time.Second}
		d, err := c.Task().Process().Await(op, func(ctx context.Context) (hostapi.Done, error) {
			return hostapi.Done{Held: &Cursor{rows: []string{"a", "b"}}}, nil
		})
		if err != nil {
			return err
		}
		c.Push(hostapi.Wrap(d.Held.(*Cursor)))
		return nil
	},
}

// [end]

func Example_held() {
	db := &hostapi.Module{Name: "db", Funcs: []*hostapi.Func{query}, Types: []*hostapi.ObjectType{cursorType}}
	runLua(`
		local c, err = require("db").query()
		return { c:next(), c:next(), c:next() == nil, tostring(c) }`, understudy.Options{}, db)
	// Output: ["a", "b", true, "cursor"] <nil>
}

// [money]

// Money is a value that scripts pass around: it never changes.
type Money struct {
	hostapi.Handle
	cents int
}

// ObjectType says what scripts can do with money.
func (*Money) ObjectType() *hostapi.ObjectType { return moneyType }

// String is its text form.
func (m *Money) String() string { return fmt.Sprintf("%d.%02d", m.cents/100, m.cents%100) }

// Share makes it sendable.
func (m *Money) Share() hostapi.Sendable { return &Money{cents: m.cents} }

var moneyType = &hostapi.ObjectType{
	Name: "money",
	Doc:  "An amount.",
	Methods: []*hostapi.Func{{
		Name:    "plus",
		Doc:     "The sum.",
		Params:  []hostapi.Param{{Name: "other", Accept: hostapi.AcceptObject}},
		Results: []hostapi.Param{{Name: "sum", Accept: hostapi.AcceptObject}},
		Run: func(c hostapi.Call) error {
			other, ok := c.Arg(0).Object().(*Money)
			if !ok {
				return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "plus: no money"))
			}
			c.Push(hostapi.Wrap(&Money{cents: c.Self().(*Money).cents + other.cents}))
			return nil
		},
	}},
}

// [end]

func Example_sendable() {
	price := define.Func("price", "", func() *Money { return &Money{cents: 250} })
	shop := &hostapi.Module{Name: "shop", Funcs: []*hostapi.Func{&price.Func}, Types: []*hostapi.ObjectType{moneyType}}
	runLua(`
		local price = require("shop").price()
		process.send(process.pid(), "bill", { items = { price, price } })
		local items = process.inbox():receive():payload():data().items
		return tostring(items[1]:plus(items[2]))`, understudy.Options{}, shop)
	// Output: "5.00" <nil>
}

func Example_feed() {
	// [feed]
	lines := &hostapi.Func{
		Name:    "lines",
		Doc:     "A channel of lines.",
		Results: []hostapi.Param{{Name: "channel", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject}},
		Run: func(c hostapi.Call) error {
			feed, err := c.Task().Process().Feed(16)
			if err != nil {
				return err
			}
			go func() {
				defer feed.Close()
				for i := range 3 {
					// Waits while the channel is full, and fails when the process has ended.
					if err := feed.Put(context.Background(), hostapi.String(fmt.Sprint("line ", i))); err != nil {
						return
					}
				}
			}()
			c.Push(hostapi.Wrap(feed.Channel()))
			return nil
		},
	}
	// [end]
	runLua(`
		local ch, out = require("input").lines(), {}
		while true do
			local line, ok = ch:receive()
			if not ok then return out end
			out[#out + 1] = line
		end`, understudy.Options{}, &hostapi.Module{Name: "input", Funcs: []*hostapi.Func{lines}})
	// Output: ["line 0", "line 1", "line 2"] <nil>
}

func Example_outside() {
	fetch := define.Func("fetch", "", func(ctx context.Context, url string) (string, error) { panic("not in a test") }, "url")
	// [outside]
	options := understudy.Options{
		Simulation: core.NewSimulation(1),
		Outside: func(entry string, op hostapi.Op) core.Handling {
			if op.Name == "web.fetch" && op.Args[0].Str() == "slow" {
				return core.Answer(time.Minute, hostapi.Done{Value: hostapi.String("at last")}, nil)
			}
			return core.Refuse(hostapi.Errorf(hostapi.Unavailable, "offline"))
		},
	}
	// [end]
	runLua(`
		local web = require("web")
		local text = web.fetch("slow")
		local _, err = web.fetch("other")
		return text .. ", " .. tostring(err)`, options, define.Module("web", "", fetch))
	// Output: "at last, offline" <nil>
}

// [kind]

// Till is what an entry of kind shop.till says.
type Till struct {
	File    string
	Key     spec.Secret
	Timeout time.Duration
}

// Open opens the till for one run of the app.
func (t *Till) Open(ctx context.Context, at spec.Place) (any, error) {
	key, err := t.Key.Value(at)
	if err != nil {
		return nil, err
	}
	return &OpenTill{Till: t, path: at.Path(t.File), key: key}, nil
}

// OpenTill is what modules get.
type OpenTill struct {
	*Till
	path, key string
	sum       atomic.Int64
}

// Close is called when no process is left.
func (t *OpenTill) Close() error { return nil }

// TillKind is given to the runtime in Options.Kinds.
var TillKind = &spec.Kind{
	Name: "shop.till", Doc: "A till.", Module: "till",
	Fields: []string{"file", "key", "timeout"},
	Read: func(f spec.Fields) any {
		f.Require("file", "key")
		return &Till{
			File:    f.File("file", spec.Database),
			Key:     f.Secret("key"),
			Timeout: f.Duration("timeout", time.Millisecond, time.Second),
		}
	},
}

// pay is a function of the module.
var pay = define.Func("pay", "Puts money into a till.",
	func(p hostapi.Process, id string, amount int) (int64, error) {
		grant, err := p.Resource(id, "shop.till")
		if err == nil {
			err = grant.Write() // nil unless mode is read
		}
		if err != nil {
			return 0, err
		}
		op := hostapi.Op{Name: "till.pay", Resource: grant.ID, Args: []hostapi.Value{hostapi.Int(int64(amount))}, Timeout: time.Second}
		d, err := p.Await(op, func(ctx context.Context) (hostapi.Done, error) {
			till, err := hostapi.Opened[*OpenTill](ctx, grant)
			if err != nil {
				return hostapi.Done{}, err
			}
			return hostapi.Done{Value: hostapi.Int(till.sum.Add(int64(amount)))}, nil
		})
		return d.Value.Int(), err
	}, "till", "amount")

// [end]

func Example_kind() {
	ctx := context.Background()
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()},
		Modules: []*hostapi.Module{define.Module("till", "Tills.", pay)},
		Kinds:   []*spec.Kind{TillKind},
		Lookup:  func(name string) (string, bool) { return "a long secret", name == "TILL_KEY" },
	})
	check(err)
	defer func() { check(rt.Shutdown(ctx, 0)) }()
	app, err := rt.LoadApp(fstest.MapFS{
		"_index.yaml": {Data: []byte(`namespace: shop
entries:
  - {name: host, kind: process.host, lifecycle: {auto_start: true}}
  - {name: front, kind: shop.till, file: front.till, key: {env: TILL_KEY}}
  - {name: back, kind: shop.till, file: back.till, key: {env: TILL_KEY}}
  - name: clerk
    kind: process.lua
    source: file://clerk.lua
    modules: [till]
    resources: [front]
`)},
		"clerk.lua": {Data: []byte(`
			local till = require("till")
			return { main = function()
				till.pay("shop:front", 3)
				local _, err = till.pay("shop:back", 1)
				return { till.pay("shop:front", 4), tostring(err) }
			end }`)},
	})
	check(err)
	check(app.Start(ctx))
	clerk, err := rt.Start(ctx, "shop:clerk")
	check(err)
	fmt.Println(clerk.Wait(ctx))
	// Output: [7, "not granted: shop:back"] <nil>
}
