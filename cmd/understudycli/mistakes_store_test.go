package understudycli

// withStore is an index whose main is granted a store.
const withStore = "  - { name: state, kind: store.memory }\n  - { name: main, kind: process.lua, source: \"file://main.lua\", modules: [store], resources: [state] }"

var mistakesAboutStores = []mistake{
	{what: "a store is misspelt", index: withStore, lua: "local store = require(\"store\")\n" + luaMain(`return assert(store.get("shop:stat")):get("k")`), want: []need{says(inLua+":3", "shop:main", `unknown store "shop:stat"`, `did you mean "shop:state"?`)}},
	{what: "a host in place of a store", index: withStore, lua: "local store = require(\"store\")\n" + luaMain(`return assert(store.get("shop:host")):get("k")`), want: []need{says(inLua+":3", "shop:main", "shop:host is a process.host, and no store")}},
	{what: "a method of stores is misspelt", index: withStore, lua: "local store = require(\"store\")\n" + luaMain(`local s = store.get("shop:state")`, `return s:fetch("k")`), want: []need{says(inLua+":4", "shop:main", "store has no", "'fetch'")}},
	{what: "a TTL of a minute in seconds", index: withStore, lua: "local store = require(\"store\")\n" + luaMain(`local s = store.get("shop:state")`, `return s:set("k", 1, 60)`), want: []need{says(inLua+":4", "shop:main", "set", "60 nanoseconds", `"60s"`)}},
	{what: "a TTL with a space", index: withStore, lua: "local store = require(\"store\")\n" + luaMain(`local s = store.get("shop:state")`, `return s:set("k", 1, "60 s")`), want: []need{says(inLua+":4", "shop:main", "set", `"60 s"`)}},
	{what: "a store that is not granted", index: "  - { name: main, kind: process.lua, source: \"file://main.lua\", modules: [store], resources: [other] }\n  - { name: state, kind: store.memory }\n  - { name: other, kind: store.memory }", lua: "local store = require(\"store\")\n" + luaMain(`return assert(store.get("shop:state")):get("k")`), want: []need{says(inLua+":3", "shop:main", "store.get: not granted: shop:state: list it under resources"), says(index+":6", "shop:state", "no entry lists it")}},
	{what: "a store without its resource", index: "  - { name: main, kind: process.lua, source: \"file://main.lua\", modules: [store] }", lua: "local store = require(\"store\")\n" + luaMain(`return store.get("shop:state")`), want: []need{says(inLua+":3", "shop:main", "unknown store"), says(index+":5", "shop:main", "module store is of no use")}},
	{what: "a schedule that is never due", index: "  - { name: s, kind: schedule, cron: '0 0 31 2 *', process: w }\n  - { name: w, kind: process.lua, source: \"file://worker.lua\" }", want: []need{says(index+":5", "shop:s", "never due")}},
	{what: "a schedule of six fields", index: "  - { name: s, kind: schedule, cron: '0 0 0 1 1 *', process: w }\n  - { name: w, kind: process.lua, source: \"file://worker.lua\" }", want: []need{says(index+":5", "shop:s", "invalid schedule", "6 fields")}},
}
