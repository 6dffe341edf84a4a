package conformance

import (
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// openStore puts a store into the slot s.
func openStore(id string) Code { return Let("s", Call("store.get", id)) }

// stored calls a method of the store opened by openStore.
func stored(method string, args ...any) Code { return Method(Get("s"), method, args...) }

// storeCases are those of section 47.
func storeCases() []Case {
	absent := Fails(hostapi.NotFound, "key not found")
	return []Case{
		{
			Name:    "store/get",
			Claim:   "A store is opened by the id of its entry, if the caller's lists it: else PERMISSION_DENIED, whether there is one or not.",
			Clauses: "41.4, 0.12, 47.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Call("store.get", Vault), nil, Fails(hostapi.PermissionDenied, "not granted: "+Vault))
				a.Gives(Call("store.get", "app:nothing"), nil, Fails(hostapi.PermissionDenied, "not granted: app:nothing"))
				a.Gives(Call("store.get", Host), nil, Fails(hostapi.PermissionDenied, "not granted"))
				a.Throws(Call("store.get"), Fails(hostapi.Invalid, ""))
				a.Throws(Call("store.get", 5), Fails(hostapi.Invalid, ""))
				a.Do(openStore(Store))
				a.Gives(Get("s"), OfType("store"))
				a.Gives(Text(Get("s")), "store("+Store+")")
				a.Gives(stored("set", "k", 1), true)
				a.Gives(stored("release"), true)
				a.Gives(stored("release"), true)
				a.Gives(stored("get", "k"), nil, Fails(hostapi.Invalid, "store is closed"))
				a.Gives(Method(Call("store.get", Store), "get", "k"), 1)
			},
		},
		{
			Name:    "store/readonly",
			Claim:   "What is granted only to read refuses what writes.",
			Clauses: "41.2",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(openStore(Shelf))
				for _, write := range []Code{stored("set", "k", 1), stored("put", "k", 1), stored("incr", "k"), stored("delete", "k")} {
					a.Gives(write, nil, Fails(hostapi.PermissionDenied, "read only"))
				}
				a.Gives(stored("has", "k"), false)
				a.Gives(stored("get", "k"), nil, absent)
			},
		},
		{
			Name:    "store/values",
			Claim:   "Every payload comes back as a private copy, nil among them, to any process.",
			Clauses: "47.1, 1.1",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(openStore(Store))
				b.Do(openStore(Store))
				for _, v := range []any{
					nil, true, false, 0, -7, int64(hostapi.MaxInt), 1.5, "", "a\x00\xff", []any{1, []any{"x"}}, fields{"a": 1, "b": []any{true}}, fields{},
				} {
					a.Gives(stored("set", "k", v), true)
					b.Gives(stored("get", "k"), v)
					b.Gives(stored("has", "k"), true)
				}
				// A nil in a map of Lua is none, and 1.1 has more than what both have.
				a.Do(Let("t", Table("n", 1)), stored("set", "k", Get("t")), Set(Get("t"), "n", 2))
				b.Do(Let("u", stored("get", "k")), Set(Get("u"), "n", 3))
				a.Gives(Field(stored("get", "k"), "n"), 1)
				a.Do(stored("set", "k", Call("errors.new", Table("message", "gone", "kind", "Mine", "retryable", true))))
				b.Gives(stored("get", "k"), Fails("Mine", "gone"))
				a.Gives(stored("set", "k", Get("s")), nil, Fails(hostapi.Invalid, "cannot send a store at #2"))
				a.Gives(stored("set", "k", List(1, Get("s"))), nil, Fails(hostapi.Invalid, "cannot send a store at #2[2]"))
			},
		},
		{
			Name:    "store/keys",
			Claim:   "Keys have 1 to 1024 bytes, any; other types raise.",
			Clauses: "47.1, 0.9",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(openStore(Store))
				longest := strings.Repeat("\xff", 1024)
				a.Gives(stored("set", longest, 1), true)
				a.Gives(stored("get", longest), 1)
				a.Gives(stored("set", "\x00", 2), true)
				a.Gives(stored("get", "\x00"), 2)
				for _, bad := range []string{"", longest + "x"} {
					for _, method := range []string{"get", "entry", "has", "delete", "incr"} {
						a.Gives(stored(method, bad), nil, Fails(hostapi.Invalid, "key must have 1 to 1024 bytes"))
					}
					a.Gives(stored("set", bad, 1), nil, Fails(hostapi.Invalid, "key must have 1 to 1024 bytes"))
					a.Gives(stored("put", bad, 1), nil, Fails(hostapi.Invalid, "key must have 1 to 1024 bytes"))
				}
				a.Throws(stored("get", 5), Fails(hostapi.Invalid, ""))
				a.Throws(stored("get"), Fails(hostapi.Invalid, ""))
				a.Throws(stored("set", "k"), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "store/conditions",
			Claim:   "put stores on a condition, and a version is never used twice.",
			Clauses: "47.2",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(openStore(Store))
				b.Do(openStore(Store))
				exists, changed := Fails(hostapi.AlreadyExists, "key exists"), Fails(hostapi.Conflict, "version changed")
				first := a.Do(stored("put", "k", 1, Table("only_if_absent", true))).First()
				b.Gives(stored("put", "k", 2, Table("only_if_absent", true)), nil, exists)
				b.Gives(stored("put", "k", 2, Table("if_version", "never")), nil, changed)
				b.Gives(stored("put", "none", 2, Table("if_version", "never")), nil, changed)
				b.Gives(stored("put", "k", 2, Table("if_version", "x", "only_if_absent", true)), nil, Fails(hostapi.Invalid, "either"))
				b.Gives(stored("put", "k", 2, Table("if_versoin", "x")), nil, Fails(hostapi.Invalid, "unknown option"))
				s.True(first.Map().Get("key").Str() == "k" && first.Map().Get("value").Int() == 1, "put gives %s", first)
				version := first.Map().Get("version").Str()
				b.Gives(stored("entry", "k"), fields{"key": "k", "value": 1, "version": version})
				b.Do(Let("second", Field(stored("put", "k", 3, Table("if_version", version)), "version")))
				a.Gives(stored("delete", "k", Table("if_version", version)), nil, changed)
				b.Gives(stored("delete", "k", Table("if_version", Get("second"))), true)
				b.Gives(stored("delete", "k", Table("if_version", Get("second"))), false)
				a.Gives(stored("get", "k"), nil, absent)
				a.Gives(stored("delete", "k"), false)
				third := a.Do(Field(stored("put", "k", 4), "version")).First().Str()
				second := b.Do(Get("second")).First().Str()
				s.True(third != version && third != second && second != version, "versions %q, %q, %q", version, second, third)
			},
		},
		{
			Name:    "store/incr",
			Claim:   "incr adds to an int, from 0 on.",
			Clauses: "47.2",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(openStore(Store))
				b.Do(openStore(Store))
				a.Gives(stored("incr", "k"), 1)
				b.Gives(stored("incr", "k", 5), 6)
				a.Gives(stored("incr", "k", -8), -2)
				b.Gives(stored("get", "k"), -2)
				a.Gives(stored("incr", "k", 1.5), nil, Fails(hostapi.Invalid, "n must be an integer"))
				a.Gives(stored("set", "k", "1"), true)
				a.Gives(stored("incr", "k"), nil, Fails(hostapi.Conflict, "not an integer"))
				a.Gives(stored("set", "k", int64(hostapi.MaxInt)), true)
				a.Gives(stored("incr", "k"), nil, Fails(hostapi.Conflict, "number out of range"))
				// What two add at the same time is the sum.
				x, y := a.Begin(Times(10, stored("incr", "sum"))), b.Begin(Times(10, stored("incr", "sum", 2)))
				x.Wait()
				y.Wait()
				a.Gives(stored("get", "sum"), 30)
			},
		},
		{
			Name:    "store/ttl",
			Claim:   "An expired key is absent at once, on the runtime's clock; set and put without TTL remove an old one, incr keeps it.",
			Clauses: "47.3, 40.2, 10.18",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(openStore(Store))
				a.Gives(stored("set", "a", 1, "10s"), true)
				a.Gives(stored("set", "b", 1, "10s"), true)
				a.Gives(stored("put", "c", 1, Table("ttl", "10s")), Has(fields{"key": "c"}))
				a.Gives(stored("incr", "d", 1, "10s"), 1)
				a.Gives(stored("incr", "d", 1, "1h"), 2)
				a.Gives(stored("set", "b", 2), true)
				s.Pass(9 * time.Second)
				a.Gives(Values(stored("get", "a"), stored("has", "c"), stored("get", "d")), 1, true, 2)
				s.Pass(time.Second)
				a.Gives(stored("get", "a"), nil, absent)
				a.Gives(stored("entry", "a"), nil, absent)
				a.Gives(stored("get", "b"), 2)
				a.Gives(Values(stored("has", "a"), stored("has", "c"), stored("delete", "d")), false, false, false)
				a.Gives(stored("put", "a", 3, Table("only_if_absent", true)), Has(fields{"value": 3, "expires": nil}))
				expires := Where("in an hour", func(v hostapi.Value) bool {
					d := v.Float() - float64(s.Now().UnixNano())/1e9
					return 3599 < d && d <= 3600
				})
				a.Gives(Field(stored("put", "a", 4, Table("ttl", "1h")), "expires"), expires)
				a.Gives(Field(stored("entry", "a"), "expires"), expires)
				for _, bad := range []any{"0s", "999us", "-1s", "soon"} {
					a.Gives(stored("set", "a", 5, bad), nil, Fails(hostapi.Invalid, "invalid duration"))
				}
				a.Gives(stored("set", "a", 5, 60), nil, Fails(hostapi.Invalid, "numbers are nanoseconds"))
				a.Gives(stored("get", "a", Table("timeout", 5)), nil, Fails(hostapi.Invalid, "numbers are nanoseconds"))
				a.Gives(stored("get", "a", Table("timeout", "1s")), 4)
			},
		},
		{
			Name:    "store/list",
			Claim:   "list gives pages in the order of the keys.",
			Clauses: "47.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(openStore(Store))
				for i, key := range []string{"b2", "a", "b", "b1", "c"} {
					a.Gives(stored("set", key, i), true)
				}
				keys := func(options Code) Code { // of the first three
					return Seq(Let("p", stored("list", options)), Let("i", Field(Get("p"), "items")),
						Values(Len(Get("i")), Field(Get("p"), "has_more"), Field(Get("p"), "cursor")))
				}
				a.Gives(keys(Table()), 5, false, "c")
				a.Gives(Values(Field(At(Get("i"), 1), "key"), Field(At(Get("i"), 2), "key"), Field(At(Get("i"), 5), "value")), "a", "b", 4)
				a.Gives(keys(Table("prefix", "b", "limit", 2)), 2, true, "b1")
				a.Gives(Values(Field(At(Get("i"), 1), "key"), Field(At(Get("i"), 2), "key")), "b", "b1")
				a.Gives(keys(Table("prefix", "b", "limit", 2, "after", "b1")), 1, false, "b2")
				a.Gives(keys(Table("prefix", "b", "after", "b2")), 0, false, nil)
				a.Gives(keys(Table("after", "b11", "limit", 1)), 1, true, "b2")
				for _, bad := range []any{0, 1001, -1, 1.5} {
					a.Gives(stored("list", Table("limit", bad)), nil, Fails(hostapi.Invalid, "limit must be an integer from 1 to 1000"))
				}
				a.Gives(stored("list", Table("pre", "b")), nil, Fails(hostapi.Invalid, "unknown option"))
				a.Throws(stored("list", Table("prefix", 5)), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "store/info",
			Claim:   "info tells what the store holds.",
			Clauses: "47.7",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(openStore(Store))
				a.Gives(stored("info"), fields{"backend": "memory", "durable": false, "size": 0, "keys": 0})
				a.Do(stored("set", "a", 1), stored("set", "b", 1))
				a.Gives(stored("info"), Has(fields{"keys": 2}))
			},
		},
		{
			Name:    "store/order",
			Claim:   "Calls of one process are carried out in order, whichever coroutine makes them.",
			Clauses: "47.4, 40.1",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(openStore(Store), Let("done", Call("channel.new", 10)))
				for i := range 5 {
					a.Do(Go(Seq(stored("set", "k", i), Method(Get("done"), "send", i))))
				}
				for i := range 5 {
					a.Gives(Nth(1, Receive(Get("done"))), i)
				}
				a.Gives(stored("get", "k"), 4)
			},
		},
		{
			Name:    "store/load",
			Claim:   "A store may be opened during the top level, but not asked.",
			Clauses: "2.10",
			Solo:    true,
			Scenario: func(s *Stage) {
				s.Prologue(Lead, Seq(openStore(Store), Bind(Try(stored("get", "k")), "ok", "err")))
				a := s.Actor()
				a.Gives(Text(Get("s")), "store("+Store+")")
				a.Gives(Values(Get("ok"), Get("err")), false, Fails(hostapi.Invalid, "cannot block during module load"))
				a.Gives(stored("get", "k"), nil, Fails(hostapi.NotFound, "key not found"))
			},
		},
	}
}
