package golua

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/engines/internal/luatest"
	"github.com/understudy-run/understudy/hostapi"
)

// sparse is a module with which a script has a table treated as one that takes long.
var sparse = &hostapi.Module{Name: "sparse", Always: true, Funcs: []*hostapi.Func{{
	Name:   "spread",
	Params: []hostapi.Param{{Name: "table", Accept: hostapi.AcceptAny}},
	Run: func(c hostapi.Call) error {
		own := c.(*call)
		own.th.spread(own.l, own.Arg(0).Ref())
		return nil
	},
}}}

// A table whose keys are put into it by the engine behaves as any other.
func TestSparseTablesAreTables(t *testing.T) {
	const script = `
		local out = {}
		local function show(...) for i = 1, select("#", ...) do out[#out + 1] = tostring((select(i, ...))) end end
		local t = {}
		for i = 1, 1000 do t[i * 7] = i end
		MARK(t)
		for i = 1, 1000 do t[i * 7 + 1] = i t["k" .. i] = i end
		local function count(t) local n, sum = 0, 0 for k, v in pairs(t) do n = n + 1 sum = sum + v end return n, sum end
		show(count(t))
		t[3] = 3 t[7] = nil t[8] = nil t[8] = nil t[-1] = 1 t[0] = 2 t[2.5] = 3 t[1e15] = 4 t[true] = 5 t[7] = 1
		show(count(t)) show(t[3], t[7], t[8], t[14], t[15], t[16], t.k5, t.missing, t[2^53], getmetatable(t), rawget(t, 14))
		show(pcall(function() t[nil] = 1 end)) show(pcall(function() t[0/0] = 1 end))
		rawset(t, 99999, 1) rawset(t, 14, nil) rawset(t, 21, "x") show(t[99999], t[14], t[21]) t[21] = 1
		local n = 0 for k in next, t do n = n + 1 t[k] = nil end show(n, next(t), #t)
		for i = 1, 600 do t[i] = i end show(#t, count(t)) t[#t + 1] = "last" show(#t, t[601], table.remove(t), #t)
		table.insert(t, 601) table.insert(t, 1, 0) show(#t, t[1], t[602], table.concat(t, ",", 599))
		table.sort(t, function(a, b) return a > b end) show(t[1], t[602]) show(select("#", unpack(t)))
		-- one with a metatable
		local log = {}
		local class = {} class.__index = class class.name = "queue"
		local q = setmetatable({first = 1, last = 0}, class)
		for i = 1, 2000 do q.last = q.last + 1 q[q.last] = i if i > 400 then q[q.first] = nil q.first = q.first + 1 end end
		MARK(q)
		for i = 1, 2000 do q.last = q.last + 1 q[q.last] = i q[q.first] = nil q.first = q.first + 1 end
		local sum = 0 for i = q.first, q.last do sum = sum + q[i] end show(sum, q.last - q.first, q.name, q[q.first - 1])
		show(class.__newindex, rawget(class, "__newindex"), getmetatable(q) == class)
		for k in pairs(class) do show(k == "__index" or k == "name") end
		class.__newindex = function(t, k, v) log[#log + 1] = k rawset(t, k, v) end
		q[q.last + 1] = 1 q[q.last + 1] = 2 q.new = 1 show(#log, log[1] == q.last + 1, log[2])
		local taken = setmetatable({}, {__newindex = function() error("taken") end})
		MARK(taken) show(pcall(function() taken[1000] = 1 end))
		-- and one that gets a metatable
		local late = {} for i = 1, 500 do late[i * 9] = i end
		MARK(late)
		local mt = {__index = function(t, k) return k end, __len = function() return 5 end, __newindex = function(t, k, v) rawset(t, k, -v) end}
		setmetatable(late, mt) late[9000] = 1 show(late[9000], late.x, #late, getmetatable(late) == mt)
		return table.concat(out, " ")`
	run := func(mark string) string {
		values, err := suite().RunWith(t, &luatest.Task{}, "return function() "+strings.ReplaceAll(script, "MARK", mark)+" end", []*hostapi.Module{sparse})
		if err != nil || len(values) != 1 {
			t.Fatal(values, err)
		}
		return values[0].Str()
	}
	got, want := run("sparse.spread"), run("type")
	if got != want || !strings.HasPrefix(want, "3000 1501500 ") { // three times each number to 1000
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Where steps take long for that reason, the engine finds the table.
func TestSparseTablesAreFound(t *testing.T) {
	for name, body := range map[string]string{
		"ids":     `t = {} for i = 1, 2000 do t[100000 + i * 3] = i end`,
		"queue":   `t = {} local first, last = 1, 0 for i = 1, 6000 do last = last + 1 t[last] = i if i > 400 then t[first] = nil first = first + 1 end end`,
		"reverse": `t = {} for i = 2000, 1, -1 do t[i] = i end`,
		"object":  `local class = {} class.__index = class t = setmetatable({n = 1e6}, class) function class:add(v) self.n = self.n + 2 self[self.n] = v end for i = 1, 2000 do t:add(i) end`,
		"nothing": `t = {} for i = 1, 2000 do t[i] = i end`,
		"named":   `t = {} for i = 1, 2000 do t["k" .. i] = i end`,
	} {
		e := New().(*engine)
		var now time.Duration
		e.clock = func() time.Duration { now += 50 * time.Millisecond; return now } // all takes long
		s := luatest.Suite{Engine: e}
		task := &luatest.Task{}
		loaded, err := task.Load(s.Compile(t, fmt.Sprintf("return function() %s end", body)))
		if err != nil {
			t.Fatal(err)
		}
		in := loaded.(*instance)
		f, _ := in.Method("main")
		if _, err := f.Call(task, nil); err != nil {
			t.Fatal(name, err)
		}
		l := in.main.state
		l.PushLightUserData(in.globals)
		l.PushString("t")
		l.RawGet(-2)
		found := l.MetaTable(-1) && in.main.rawField(l, newindexEvent) == e.insert
		if want := name != "nothing" && name != "named"; found != want {
			t.Errorf("%s: found is %v", name, found)
		}
	}
}
