package understudycli

import "strings"

// luaMain gives a source in which lines begin main, at line 2.
func luaMain(lines ...string) string {
	return "local function main()\n" + strings.Join(lines, "\n") + "\nend\nreturn { main = main }\n"
}

// starMain likewise.
func starMain(lines ...string) string {
	return "def main():\n    " + strings.Join(lines, "\n    ") + "\n"
}

const inLua = "main.lua"

var mistakesInLua = []mistake{
	{what: "Lua: a function is misspelt", lua: luaMain(`local pid, err = process.spwan("shop:worker", "shop:host")`, `return pid, err`), want: []need{says(inLua+":2", "shop:main", "process", "spwan", `did you mean "spawn"?`)}},
	{what: "Lua: an event that there is not", lua: luaMain(`local event = process.events():receive()`, `return event.kind == process.event.EXITS`), want: []need{says(inLua+":3", "shop:main", "process.event", "EXITS", `did you mean "EXIT"?`)}},
	{what: "Lua: a kind of errors that there is not", lua: luaMain(`return nil, errors.new({ message = "x", kind = errors.NOTFOUND })`), want: []need{says(inLua+":2", "shop:main", "errors has no 'NOTFOUND'", `did you mean "NOT_FOUND"?`)}},
	{what: "Lua: a constant is asked for that there is not", lua: "local time = require(\"time\")\n" + luaMain(`return time.SECONDS or 1`), want: []need{says(inLua+":3", "shop:main", "time has no 'SECONDS'", `did you mean "SECOND"?`)}},
	{what: "Lua: a channel in place of a case", lua: luaMain(`local inbox = process.inbox()`, `return channel.select({ inbox }).ok`), want: []need{says(inLua+":3", "shop:main", "channel.select", "element #1", "case, got channel", "case_receive")}},
	{what: "Lua: cases without a list", lua: luaMain(`local inbox = process.inbox()`, `return channel.select(inbox:case_receive(), inbox:case_receive()).ok`), want: []need{says(inLua+":3", "shop:main", "channel.select", "list of cases", "got case")}},
	{what: "Lua: a case is not called", lua: luaMain(`local inbox = process.inbox()`, `return channel.select({ inbox.case_receive }).ok`), want: []need{says(inLua+":3", "shop:main", "channel.select", "element #1", "case, got function", "called")}},
	{what: "Lua: the id of an entry in place of a process", lua: luaMain(`local v, err = process.call("shop:worker", "ask", "1s")`, `return v, err`), want: []need{says(inLua+":2", "shop:main", "warning", "process.call", "shop:worker", "PID")}},
	{what: "Lua: a method is misspelt", lua: luaMain(`local inbox = process.inbox()`, `local msg = inbox:recieve()`, `return msg`), want: []need{says(inLua+":3", "shop:main", "channel", "recieve", `did you mean "receive"?`)}},
	{what: "Lua: a module is misspelt", lua: "local time = require(\"tiem\")\n" + luaMain(`time.sleep("1s")`), want: []need{says(inLua+":1", "shop:main", "'tiem' not found", `did you mean "time"?`)}},
	{what: "Lua: a module that is not granted", lua: luaMain(`local ctx = require("ctx")`, `return ctx.get("x")`), want: []need{says(inLua+":2", "shop:main", "'ctx' not found", "modules")}},
	{what: "Lua: a module without require", lua: luaMain(`time.sleep("1s")`), want: []need{says(inLua+":2", "shop:main", "'time'", `require("time")`)}},
	{what: "Lua: a module that is neither granted nor required", lua: luaMain(`return ctx.get("x")`), want: []need{says(inLua+":2", "shop:main", "'ctx'", "modules", `require("ctx")`)}},
	{what: "Lua: a variable is misspelt", lua: luaMain(`local events = process.events()`, `return evnets:receive()`), want: []need{says(inLua+":3", "shop:main", "unknown global", "evnets")}},
	{what: "Lua: a global function is misspelt", lua: luaMain(`pirnt("hello")`), want: []need{says(inLua+":2", "shop:main", "pirnt", `did you mean "print"?`)}},
	{what: "Lua: io", lua: luaMain(`local f = io.open("x")`, `return f`), want: []need{says(inLua+":2", "shop:main", "unknown global", "'io'")}},
	{what: "Lua: loadstring", lua: luaMain(`return loadstring("return 1")()`), want: []need{says(inLua+":2", "shop:main", "unknown global", "'loadstring'")}},
	{what: "Lua: os.execute", lua: luaMain(`os.execute("ls")`), want: []need{says(inLua+":2", "shop:main", "os", "'execute'", "date")}},
	{what: "Lua: string.trim", lua: luaMain(`return string.trim(" x ")`), want: []need{says(inLua+":2", "shop:main", "string", "'trim'")}},
	{what: "Lua: log.warning", lua: "local log = require(\"log\")\n" + luaMain(`log.warning("careful")`), want: []need{says(inLua+":3", "shop:main", "log", "'warning'", "warn")}},
	{what: "Lua: a duration with a space", lua: "local time = require(\"time\")\n" + luaMain(`time.sleep("5 s")`), want: []need{says(inLua+":3", "shop:main", "time.sleep", `"5 s"`, "10s")}},
	{what: "Lua: a duration in words", lua: "local time = require(\"time\")\n" + luaMain(`return time.after("soon"):receive()`), want: []need{says(inLua+":3", "shop:main", "time.after", `"soon"`)}},
	{what: "Lua: five nanoseconds", lua: "local time = require(\"time\")\n" + luaMain(`time.sleep(5)`), want: []need{says(inLua+":3", "shop:main", "warning", "time.sleep", "5 nanoseconds", `"5s"`)}},
	{what: "Lua: a cancel of seconds", lua: luaMain(`process.cancel(process.pid(), 30)`), want: []need{says(inLua+":2", "shop:main", "warning", "process.cancel", "30 nanoseconds", `"30s"`)}},
	{what: "Lua: an argument is missing", lua: "local time = require(\"time\")\n" + luaMain(`time.sleep()`), want: []need{says(inLua+":3", "shop:main", "time.sleep", "#1")}},
	{what: "Lua: a topic is missing", lua: luaMain(`process.send("logger")`), want: []need{says(inLua+":2", "shop:main", "process.send", "#2", "topic")}},
	{what: "Lua: a channel in place of a name", lua: luaMain(`process.send(process.inbox(), "hello")`), want: []need{says(inLua+":2", "shop:main", "process.send", "dest", "string", "channel")}},
	{what: "Lua: a number in place of a topic", lua: luaMain(`process.send("logger", 5)`), want: []need{says(inLua+":2", "shop:main", "process.send", "topic", "string")}},
	{what: "Lua: an option is misspelt", lua: luaMain(`process.set_options({ trap_link = true })`), want: []need{says(inLua+":2", "shop:main", "set_options", "'trap_link'", `did you mean "trap_links"?`)}},
	{what: "Lua: an option of another type", lua: luaMain(`process.set_options({ trap_links = "yes" })`), want: []need{says(inLua+":2", "shop:main", "trap_links", "boolean")}},
	{what: "Lua: an option that nobody looks at", lua: luaMain(`return process.listen("jobs", { mesage = true }):receive()`), want: []need{says(inLua+":2", "shop:main", "warning", "listen", "'mesage'", `did you mean "message"?`)}},
	{what: "Lua: default is misspelt", lua: luaMain(`return channel.select({ process.inbox():case_receive(), defualt = true }).ok`), want: []need{says(inLua+":2", "shop:main", "warning", "select", "'defualt'", `did you mean "default"?`)}},
	{what: "Lua: a field of a record is misspelt", lua: luaMain(`local inbox = process.inbox()`, `local r = channel.select({ inbox:case_receive() })`, `return r.chanel == inbox`), want: []need{says(inLua+":4", "shop:main", "warning", "result", "'chanel'", `did you mean "channel"?`)}},
	{what: "Lua: a process that there is not", lua: luaMain(`process.spawn("shop:wroker", "shop:host")`), want: []need{says(inLua+":2", "shop:main", "process.spawn", "shop:wroker", `did you mean "shop:worker"?`)}},
	{what: "Lua: a process that there is not, and the error is looked at", lua: luaMain(`local pid, err = process.spawn("shop:wroker", "shop:host")`, `return pid, err`), want: []need{says(inLua+":2", "shop:main", "warning", "process.spawn", "shop:wroker", `did you mean "shop:worker"?`)}},
	{what: "Lua: a process that there is not, and a script that is no Lua", lua: luaMain(`process.spawn("shop:wroker", "shop:host")`), index: mistakenLua + "  - { name: faulty, kind: process.lua, source: \"local = 1\" }\n", want: []need{says(inLua+":2", "shop:main", "process.spawn", "shop:wroker", `did you mean "shop:worker"?`), says(index+":8", "shop:faulty", "syntax error")}},
	{what: "Lua: a short global that is near to nothing", lua: luaMain(`foo()`), want: []need{says(inLua+":2", "shop:main", "unknown global 'foo'\n")}},
	{what: "Lua: a host that there is not", lua: luaMain(`process.spawn("shop:worker", "shop:hots")`), want: []need{says(inLua+":2", "shop:main", "process.spawn", "shop:hots", `did you mean "shop:host"?`)}},
	{what: "Lua: an id without namespace", lua: luaMain(`process.spawn("worker", "shop:host")`), want: []need{says(inLua+":2", "shop:main", "process.spawn", "worker", "namespace:name", `did you mean "shop:worker"?`)}},
	{what: "Lua: a library is started", lua: luaMain(`process.spawn("shop:lib", "shop:host")`), want: []need{says(inLua+":2", "shop:main", "process.spawn", "shop:lib", "library.lua")}},
	{what: "Lua: a supervisor that there is not", lua: "local supervisor = require(\"supervisor\")\n" + luaMain(`return supervisor.start("shop:workers")`), want: []need{says(inLua+":3", "shop:main", "supervisor.start", "supervisor", "shop:workers")}},
	{what: "Lua: a scope that there is not", lua: "local pg = require(\"pg\")\n" + luaMain(`local groups = pg.open("shop:groups")`, `return groups`), want: []need{says(inLua+":3", "shop:main", "pg.open", "scope", "shop:groups")}},
	{what: "Lua: no return at the end", lua: "local function main()\n  return 1\nend\n", want: []need{says(inLua+":3", "shop:main", `"main" not found`, "return { main = <function> }")}},
	{what: "Lua: the method is misspelt at the end", lua: "local function main()\n  return 1\nend\nreturn { mian = main }\n", want: []need{says(inLua+":4", "shop:main", `"main" not found`, `did you mean "mian"?`)}},
	{what: "Lua: what is returned at the end is misspelt", lua: "local function main()\n  return 1\nend\nreturn { main = mian }\n", want: []need{
		says(inLua+":4", "shop:main", "warning", "unknown global", "'mian'"), says(inLua+":4", "shop:main", `"main" not found`, "'mian'"),
	}},
	{what: "Lua: the module has another method", lua: "local M = {}\nfunction M.start()\n  return 1\nend\nreturn M\n", want: []need{says(inLua+":5", "shop:main", `"main" not found`)}},
	{what: "Lua: the method is no function", lua: "return { main = 5 }\n", want: []need{says(inLua+":1", "shop:main", `"main"`, "function")}},
	{what: "Lua: a colon for a dot", lua: luaMain(`process:send("logger", "line")`), want: []need{says(inLua+":2", "shop:main", "process.send", "'.'", "':'")}},
	{what: "Lua: a dot for a colon", lua: luaMain(`local inbox = process.inbox()`, `return inbox.receive()`), want: []need{says(inLua+":3", "shop:main", "receive", "':'", "'.'")}},
	{what: "Lua: a spawn while loading", lua: "local pid = process.spawn(\"shop:worker\", \"shop:host\")\n" + luaMain(`return pid`), want: []need{says(inLua+":1", "shop:main", "process.spawn", "top level")}},
	{what: "Lua: a module is changed", lua: luaMain(`process.version = 1`), want: []need{says(inLua+":2", "shop:main", "process", "read-only", "'version'")}},
	{what: "Lua: a member of a library is misspelt", lua: "local lib = require(\"lib\")\n" + luaMain(`return lib.helo()`), want: []need{says(inLua+":3", "shop:main", "lib", "'helo'", `did you mean "hello"?`)}},
	{what: "Lua: end is missing", lua: "local function main()\n  if true then\n    return 1\nend\nreturn { main = main }\n", want: []need{says(inLua+":6", "shop:main", "end")}},
	{what: "Lua: a C operator", lua: luaMain(`if 1 != 2 then return 1 end`), want: []need{says(inLua+":2", "shop:main", "!")}},
	{what: "Lua: a mistake in pcall", lua: luaMain(`return pcall(function() process.spwan("shop:worker") end)`), want: []need{says(inLua+":2", "shop:main", "warning", "'spwan'", `did you mean "spawn"?`)}},
	{what: "Lua: a mistake in the index file", index: "  - name: main\n    kind: process.lua\n    source: |\n      return function()\n        return process.evnts()\n      end\n", want: []need{says("_index.yaml:9", "shop:main", "'evnts'", `did you mean "events"?`)}},
}

const inStar = "main.star"

var mistakesInStarlark = []mistake{
	{what: "Starlark: a function is misspelt", star: starMain(`return process.spwan("shop:worker", "shop:host")`), want: []need{says(inStar+":2", "shop:main", "process", "spwan", `did you mean "spawn"?`)}},
	{what: "Starlark: a channel in place of a case", star: starMain(`inbox = process.inbox()`, `return channel.select([inbox]).ok`), want: []need{says(inStar+":3", "shop:main", "channel.select", "element #1", "case, got channel", "case_receive")}},
	{what: "Starlark: the id of an entry in place of a process", star: starMain(`return process.call("shop:worker", "ask", "1s")`), want: []need{says(inStar+":2", "shop:main", "warning", "process.call", "shop:worker", "PID")}},
	{what: "Starlark: an event that there is not", star: starMain(`event, ok = process.events().receive()`, `return event.kind == process.event.EXITS`), want: []need{says(inStar+":3", "shop:main", "process.event", "EXITS", `did you mean "EXIT"?`)}},
	{what: "Starlark: a method is misspelt", star: starMain(`inbox = process.inbox()`, `msg, ok = inbox.recieve()`, `return msg`), want: []need{says(inStar+":3", "shop:main", "channel", "recieve", `did you mean "receive"?`)}},
	{what: "Starlark: a module is misspelt", star: "time = require(\"tiem\")\n" + starMain(`time.sleep("1s")`), want: []need{says(inStar+":1", "shop:main", "'tiem' not found", `did you mean "time"?`)}},
	{what: "Starlark: a module that is not granted", star: starMain(`ctx = require("ctx")`, `return ctx.get("x")`), want: []need{says(inStar+":2", "shop:main", "'ctx' not found", "modules")}},
	{what: "Starlark: load of a module that is misspelt", star: "load(\"tiem\", \"sleep\")\n" + starMain(`sleep("1s")`), want: []need{says(inStar+":1", "shop:main", "'tiem' not found")}},
	{what: "Starlark: load of a name that is misspelt", star: "load(\"time\", \"slep\")\n" + starMain(`slep("1s")`), want: []need{says(inStar+":1", "shop:main", "slep", "did you mean sleep?")}},
	{what: "Starlark: a module without require", star: starMain(`time.sleep("1s")`), want: []need{says(inStar+":2", "shop:main", "undefined: time")}},
	{what: "Starlark: a variable is misspelt", star: starMain(`events = process.events()`, `return evnets.receive()`), want: []need{says(inStar+":3", "shop:main", "undefined: evnets")}},
	{what: "Starlark: a duration with a space", star: "time = require(\"time\")\n" + starMain(`time.sleep("5 s")`), want: []need{says(inStar+":3", "shop:main", "time.sleep", `"5 s"`, "10s")}},
	{what: "Starlark: five nanoseconds", star: "load(\"time\", \"sleep\")\n" + starMain(`sleep(5)`), want: []need{says(inStar+":3", "shop:main", "warning", "time.sleep", "5 nanoseconds", `"5s"`)}},
	{what: "Starlark: an option is misspelt", star: starMain(`process.set_options(trap_link = True)`), want: []need{says(inStar+":2", "shop:main", "set_options", "'trap_link'", `did you mean "trap_links"?`)}},
	{what: "Starlark: an option in a dict is misspelt", star: starMain(`process.set_options({"trap_link": True})`), want: []need{says(inStar+":2", "shop:main", "set_options", "'trap_link'", `did you mean "trap_links"?`)}},
	{what: "Starlark: a keyword that there is not", star: starMain(`return channel.select([process.inbox().case_receive()], defualt = True)`), want: []need{says(inStar+":2", "shop:main", "select", "'defualt'", `did you mean "default"?`)}},
	{what: "Starlark: a process that there is not", star: starMain(`process.spawn("shop:wroker", "shop:host")`), want: []need{says(inStar+":2", "shop:main", "process.spawn", "shop:wroker", `did you mean "shop:worker"?`)}},
	{what: "Starlark: a process that is a host", star: starMain(`pid, err = process.spawn("shop:host", "shop:host")`, `return pid, err`), want: []need{says(inStar+":2", "shop:main", "warning", "process.spawn", "shop:host", "process.host")}},
	{what: "Starlark: no main", star: "def mian():\n    return 1\n", want: []need{says(inStar+":2", "shop:main", `"main" not found`, "def main(...)", `did you mean "mian"?`)}},
	{what: "Starlark: main is no function", star: "main = 5\n", want: []need{says(inStar+":1", "shop:main", `"main"`, "function")}},
	{what: "Starlark: too many arguments", star: starMain(`return process.inbox().receive("1s")`), want: []need{says(inStar+":2", "shop:main", "receive", "at most 0 arguments", "1")}},
	{what: "Starlark: an argument is missing", star: starMain(`process.send("logger")`), want: []need{says(inStar+":2", "shop:main", "process.send", "#2", "topic")}},
	{what: "Starlark: a spawn while loading", star: "pid = process.spawn(\"shop:worker\", \"shop:host\")\n" + starMain(`return pid`), want: []need{says(inStar+":1", "shop:main", "process.spawn", "top level")}},
	{what: "Starlark: a field of a record is misspelt", star: starMain(`r = channel.select([process.inbox().case_receive()])`, `return r.chanel`), want: []need{says(inStar+":3", "shop:main", "result", "'chanel'", `did you mean "channel"?`)}},
	{what: "Starlark: a member of a library is misspelt", star: "lib = require(\"lib\")\n" + starMain(`return lib.helo()`), want: []need{says(inStar+":3", "shop:main", "lib", "'helo'", `did you mean "hello"?`)}},
	{what: "Starlark: a colon is missing", star: "def main()\n    return 1\n", want: []need{says(inStar+":1", "shop:main", "':'")}},
}

// mistakesAtRunTime depend on values, which a text does not show.
var mistakesAtRunTime = []mistake{
	{what: "Lua: nil is called", exec: true, lua: luaMain(`local handlers = {}`, `local name = "add"`, `return handlers[name](1)`), want: []need{says("main.lua:4", "attempt to call")}},
	{what: "Lua: a list of text and tables is joined", exec: true, lua: luaMain(`local parts = { "a", {} }`, `return table.concat(parts)`), want: []need{says("main.lua:3", "concat")}},
	{what: "Lua: a function is sent", exec: true, lua: luaMain(`assert(process.send(process.pid(), "job", { run = main, done = print }))`), want: []need{says("main.lua:2", "function")}},
	{what: "Starlark: a key that is not there", exec: true, star: starMain(`jobs = {}`, `return jobs["first"]`), want: []need{says("main.star:3", "key", "first")}},
	{what: "Starlark: text and number are added", exec: true, star: starMain(`return "total: " + 5`), want: []need{says("main.star:2", "string + int")}},
}
