package app_test

import (
	"testing"
)

// TestEntryErrors holds one case for each error text of sections 14 to 18. The
// entries of a case begin in line 3 of app.yaml, indented by two columns.
func TestEntryErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		entries string
		want    []string // beginnings, after "app.yaml:"
	}{
		// 14.3, 14.5
		{"no name", `
  - kind: pg.scope`, []string{`3:5: name is required`}},
		{"empty name", `
  - name: ""
    kind: pg.scope`, []string{`3:11: name is required`}},
		{"name of another type", `
  - name: 12
    kind: pg.scope`, []string{`3:11: name must be a string, not a number`}},
		{"bad name", `
  - name: "x y"
    kind: pg.scope`, []string{`3:11: a:x y: invalid name "x y"`}},
		{"no kind", `
  - name: x`, []string{`3:5: a:x: kind is required`}},
		{"empty kind", `
  - {name: x, kind: ""}`, []string{`3:21: a:x: kind is required`}},
		{"unknown kind", `
  - name: x
    kind: process.hosts`, []string{`4:11: a:x: unknown kind "process.hosts" (did you mean "process.host"?)`}},
		{"unknown field", `
  - name: x
    kind: pg.scope
    max_group: 1`, []string{`5:5: a:x: max_group is an unknown field (did you mean "max_groups"?)`}},
		{"unknown field without neighbour", `
  - {name: x, kind: pg.scope, 12: 1, [a]: 2}`, []string{`3:31: a:x: 12 is an unknown field`, `3:38: a:x: unknown field: a field name must be a string, not a list`}},
		{"unknown nested field", `
  - name: x
    kind: process.host
    host: {worker: 1}
    lifecycle:
      restart: {jiter: 1}`, []string{`5:12: a:x: host.worker is an unknown field (did you mean "workers"?)`, `7:17: a:x: lifecycle.restart.jiter is an unknown field`}},
		{"duplicate key", `
  - name: x
    kind: pg.scope
    kind: pg.scope`, []string{`5:5: a:x: duplicate key "kind", first used in line 4`}},
		{"duplicate keys inside", `
  - name: x
    kind: process.lua
    source: code
    meta: {b: 1, c: {d: 1, d: 2}}
    input: [{1: a, 1.0: b, "1": c}]`, []string{`6:28: a:x: duplicate key "d"`, `7:20: a:x: duplicate key "1.0"`}},
		{"duplicate entry", `
  - {name: x, kind: pg.scope}
  - {name: x, kind: process.host}`, []string{`4:5: a:x: duplicate entry, first defined at app.yaml:3:5`}},
		{"entries without an id are checked like others", `
  - {kind: process.lua, source: "  syntax error", host: h, modules: [tim]}
  - {name: x, kind: pg.scope}
  - {name: x, kind: process.supervisor, children: [{id: a, process: p}], lifecycle: {requires: [n]}}
  - {name: x, kind: library.lua, source: panic}`,
			[]string{`3:5: name is required`, `3:36: unexpected error`, `3:57: unknown host "a:h"`, `3:70: unknown module "tim"`,
				`5:5: a:x: duplicate entry`, `5:69: a:x: unknown process "a:p"`, `5:97: a:x: unknown id "a:n"`,
				`6:5: a:x: duplicate entry`, `6:42: a:x: internal error of engine`}},
		{"merge key", `
  - &one {name: x, kind: pg.scope}
  - {<<: *one, name: y}`, []string{`4:5: a:y: kind is required`, `4:6: a:y: merge keys (<<) are not supported`}},
		{"entry that is no map", `
  - x`, []string{`3:5: entries[1] must be a map, not a string`}},
		{"meta of another type", `
  - {name: x, kind: pg.scope, meta: 1}`, []string{`3:37: a:x: meta must be a map, not a number`}},

		// 14.7
		{"input beyond 2^53", `
  - {name: x, kind: process.lua, source: code, input: [9007199254740993, 99999999999999999999, -9007199254740992]}`,
			[]string{`3:56: a:x: integer out of range: 9007199254740993`, `3:74: a:x: integer out of range: 99999999999999999999`}},
		{"input with bad keys", `
  - {name: x, kind: process.lua, source: code, input: [{~: 1}, {[1]: 1}, {.nan: 1}, {9007199254740993: 1}]}`,
			[]string{`3:57: a:x: ~ cannot be the key of a map`, `3:65: a:x: a list cannot be the key`, `3:75: a:x: .nan cannot be the key`, `3:86: a:x: integer out of range`}},
		{"input that is no list", `
  - {name: x, kind: process.lua, source: code, input: 1}`, []string{`3:55: a:x: input must be a list, not a number`}},
		{"scalars whose tag is wrong", `
  - {name: x, kind: process.lua, source: code, input: [!!int a, !!bool b, !!float c]}`,
			[]string{`3:56: a:x: not an integer: a`, `3:65: a:x: not a boolean: b`, `3:75: a:x: not a number: c`}},

		// 14.9
		{"no source", `
  - {name: x, kind: process.lua}
  - {name: y, kind: process.lua, source: ""}
  - {name: z, kind: library.lua, source: "file://"}`,
			[]string{`3:5: a:x: source is required`, `4:5: a:y: source is required`, `5:5: a:z: source is required`}},
		{"source of another type", `
  - {name: x, kind: process.lua, source: [1]}`, []string{`3:42: a:x: source must be a string, not a list`}},
		{"source not found", `
  - {name: x, kind: process.lua, source: file://none.lua}
  - {name: y, kind: process.lua, source: file://src}`,
			[]string{`3:42: a:x: source not found: none.lua`, `4:42: a:y: source not found: src: it is a directory`}},
		{"source outside the app", `
  - {name: x, kind: process.lua, source: file://../x.lua}
  - {name: y, kind: process.lua, source: file:///../x.lua}
  - {name: z, kind: process.lua, source: 'file://src\x.lua'}`,
			[]string{`3:42: a:x: source outside the app`, `4:42: a:y: source outside the app`, `5:42: a:z: a path is written with slashes`}},
		{"the name of a file in place of code", `
  - {name: x, kind: process.lua, source: src/x.lua}
  - {name: y, kind: process.starlark, source: y.star}`,
			[]string{`3:42: a:x: source is code or file://<path>: for a file write file://src/x.lua`, `4:47: a:y: source is code or file://<path>`}},
		{"empty method", `
  - {name: x, kind: process.lua, source: code, method: ""}`, []string{`3:56: a:x: method must not be empty`}},
		{"unknown engine", `
  - {name: x, kind: process.lua, source: code, engine: gopherlu}
  - {name: y, kind: process.script, source: code, engine: nothing}
  - {name: z, kind: process.script, source: code, engine: 1}`,
			[]string{`3:56: a:x: unknown engine "gopherlu" (did you mean "gopherlua"?)`, `4:59: a:y: unknown engine "nothing"; there are: go`, `5:59: a:z: engine must be a string`}},
		{"engine of another language", `
  - {name: x, kind: process.lua, source: code, engine: starlark}`, []string{`3:56: a:x: engine starlark does not run lua`}},
		{"unknown module", `
  - {name: x, kind: process.lua, source: code, modules: [tim, time, time, os, math, 1]}
  - {name: y, kind: process.starlark, source: code, modules: [math]}
  - {name: z, kind: library.lua, source: code, modules: time}`,
			[]string{`3:58: a:x: unknown module "tim" (did you mean "time"?)`, `3:85: a:x: modules[6] must be a string`, `4:63: a:y: unknown module "math": it is a library of Lua`, `5:57: a:z: modules must be a list`}},
		{"unknown import", `
  - {name: lib, kind: library.lua, source: code}
  - {name: x, kind: process.lua, source: code, imports: {l: "a:lip", m: x, n: 1, o: lib}}`,
			[]string{`4:61: a:x: unknown import "a:lip" (did you mean "a:lib"?)`, `4:73: a:x: unknown import "a:x": it is a process.lua`, `4:79: a:x: imports.n must be a string`}},
		{"the namespace of another", `
  - {name: lib, kind: library.lua, source: code}
  - {name: x, kind: process.lua, source: code, imports: {l: "other.space:lib", m: "q"}}`,
			[]string{`4:61: a:x: unknown import "other.space:lib" (did you mean "a:lib"?)`, `4:83: a:x: unknown import "a:q"`}},
		{"invalid alias", `
  - {name: lib, kind: library.lua, source: code}
  - {name: x, kind: process.lua, source: code, imports: {time: lib, "": lib, 1: lib, table: lib}}`,
			[]string{`4:58: a:x: invalid alias "time"`, `4:69: a:x: invalid alias`, `4:78: a:x: invalid alias`, `4:86: a:x: invalid alias "table"`}},
		{"imports of another type", `
  - {name: x, kind: process.lua, source: code, imports: [lib]}`, []string{`3:57: a:x: imports must be a map`}},
		{"wrong language", `
  - {name: lib, kind: library.starlark, source: code}
  - {name: both, kind: library.script, source: file://src/both, imports: {l: lib}}
  - {name: x, kind: process.lua, source: code, imports: {l: lib}}
  - {name: y, kind: process.lua, source: code, imports: {b: both}}
  - {name: z, kind: process.starlark, source: code, imports: {b: both}}`,
			[]string{`4:78: a:both: wrong language: a:lib is a library.starlark`, `5:61: a:x: wrong language: a:lib is a library.starlark`}},
		{"import cycle", `
  - {name: c, kind: library.lua, source: code, imports: {a: a}}
  - {name: a, kind: library.lua, source: code, imports: {b: b}}
  - {name: b, kind: library.lua, source: code, imports: {c: c}}
  - {name: self, kind: library.lua, source: code, imports: {s: self}}
  - {name: x, kind: process.lua, source: code, imports: {a: a}}`,
			[]string{`4:61: a:a: import cycle: a:a -> a:b -> a:c -> a:a`, `6:64: a:self: import cycle: a:self -> a:self`}},
		{"unknown host", `
  - {name: x, kind: process.lua, source: code, host: nowhere}
  - {name: y, kind: process.lua, source: code, meta: {default_host: x}}
  - {name: z, kind: process.service, process: x, host: 1}`,
			[]string{`3:54: a:x: unknown host "a:nowhere"`, `4:69: a:y: unknown host "a:x": it is a process.lua`, `5:56: a:z: host must be a string`}},
		{"host is required", `
  - {name: h1, kind: process.host}
  - {name: h2, kind: process.host}
  - {name: x, kind: process.lua, source: code, lifecycle: {auto_start: true}}
  - {name: y, kind: process.lua, source: code}
  - {name: z, kind: process.service, process: y, lifecycle: {auto_start: true, requires: [w]}}
  - {name: w, kind: process.supervisor}
  - {name: v, kind: process.service, process: y}`,
			[]string{`5:5: a:x: host is required: the app has 2 hosts, and the field host names none`, `7:5: a:z: host is required`, `8:5: a:w: host is required`}},

		// 14.11
		{"host options", `
  - {name: x, kind: process.host, host: {workers: 0, queue_size: 0, local_queue_size: -1, max_processes: -1}}`,
			[]string{`3:51: a:x: host.workers must be an integer of at least 1`, `3:66: a:x: host.queue_size must be an integer of at least 1`, `3:87: a:x: host.local_queue_size must be an integer of at least 1`, `3:106: a:x: host.max_processes must be an integer of at least 0`}},
		{"host options of another type", `
  - {name: x, kind: process.host, host: {workers: many, queue_size: 1.5, local_queue_size: [], max_processes: 99999999999999999999}}
  - {name: y, kind: process.host, host: 4}`,
			[]string{`3:51: a:x: host.workers must be an integer, not a string`, `3:69: a:x: host.queue_size must be an integer`, `3:92: a:x: host.local_queue_size must be an integer, not a list`, `3:111: a:x: host.max_processes: integer out of range`, `4:41: a:y: host must be a map, not a number`}},

		// 14.12
		{"service without process", `
  - {name: x, kind: process.service}
  - {name: y, kind: process.service, process: ""}
  - {name: z, kind: process.service, process: x}
  - {name: w, kind: process.service, process: "b:x"}`,
			[]string{`3:5: a:x: process is required`, `4:5: a:y: process is required`, `5:47: a:z: unknown process "a:x": it is a process.service`, `6:47: a:w: unknown process "b:x"`}},
		{"broken definitions are not reported twice", `
  - {name: x, kind: process.lau, source: code}
  - {name: y, kind: process.service, process: x}`, []string{`3:21: a:x: unknown kind`}},

		// 14.13
		{"no source for engine", `
  - {name: x, kind: process.script, source: file://src/star}
  - {name: y, kind: process.script, source: file://src/only.lua, engine: starlark}
  - {name: z, kind: process.script, source: file://src/none}
  - {name: lib, kind: library.script, source: file://src/star}
  - {name: w, kind: process.lua, source: code, imports: {l: lib}}`,
			[]string{`3:45: a:x: no source for engine gopherlua: src/star.lua not found, there is src/star.star`,
				`4:45: a:y: no source for engine starlark: src/only.lua.star not found, there is src/only.lua: write the name without extension`,
				`5:45: a:z: no source for engine gopherlua: src/none.lua not found, nor is there one`,
				`6:47: a:lib: no source for engine gopherlua: src/star.lua not found, there is src/star.star`}},
		{"code in the index without engine", `
  - {name: x, kind: process.script, source: code}
  - {name: y, kind: library.script, source: code}`, []string{`3:45: a:x: engine is required`, `4:45: a:y: a library.script cannot have its code in the index file`}},
		{"unused library without file", `
  - {name: y, kind: library.script, source: file://none}`, []string{`3:45: a:y: no source for engine`}},

		// 15.1, 15.2
		{"durations", `
  - name: x
    kind: pg.scope
    lifecycle:
      start_timeout: 0
      stop_timeout: 5
      stable_threshold: -1s
      restart: {initial_delay: 1d, max_delay: 0.5}
  - {name: y, kind: pg.scope, lifecycle: {start_timeout: true, stop_timeout: "", stable_threshold: [1], restart: {initial_delay: 2s, max_delay: 1s}}}`,
			[]string{`6:22: a:x: lifecycle.start_timeout must be a duration greater than 0, not 0`,
				`7:21: a:x: lifecycle.stop_timeout must be a duration with its unit, as in "5s", not 5`,
				`8:25: a:x: lifecycle.stable_threshold must be a duration of at least 0s, not "-1s"`,
				`9:32: a:x: lifecycle.restart.initial_delay must be a duration, as in 500ms, 10s or 1m30s, not "1d"`,
				`9:47: a:x: lifecycle.restart.max_delay must be a duration with its unit, as in "5s", not 0.5`,
				`10:58: a:y: lifecycle.start_timeout must be a duration, not a boolean`,
				`10:78: a:y: lifecycle.stop_timeout must be a duration, as in 500ms, 10s or 1m30s, not ""`,
				`10:100: a:y: lifecycle.stable_threshold must be a duration, not a list`,
				`10:145: a:y: lifecycle.restart.max_delay must be at least initial_delay, 2s, not 1s`}},
		{"restart", `
  - {name: x, kind: pg.scope, lifecycle: {auto_start: yes, restart: {backoff_factor: 0.5, jitter: 2, max_attempts: -1}}}
  - {name: y, kind: pg.scope, lifecycle: {auto_start: 1, restart: {backoff_factor: x, jitter: .nan, max_attempts: 1.0}}}
  - {name: z, kind: pg.scope, lifecycle: {restart: {backoff_factor: .inf, jitter: 1e999}}}
  - {name: w, kind: pg.scope, lifecycle: }`,
			[]string{`3:55: a:x: lifecycle.auto_start must be a boolean, not a string: write true or false`, `3:86: a:x: lifecycle.restart.backoff_factor must be a number of at least 1`,
				`3:99: a:x: lifecycle.restart.jitter must be a number from 0 to 1`, `3:116: a:x: lifecycle.restart.max_attempts must be an integer of at least 0`,
				`4:55: a:y: lifecycle.auto_start must be a boolean, not a number`, `4:84: a:y: lifecycle.restart.backoff_factor must be a number, not a string`,
				`4:95: a:y: lifecycle.restart.jitter must be a number from 0 to 1`, `4:115: a:y: lifecycle.restart.max_attempts must be an integer, not a number: 1.0 is none`,
				`5:69: a:z: lifecycle.restart.backoff_factor must be a number of at least 1`, `5:83: a:z: lifecycle.restart.jitter: number out of range: 1e999`,
				`6:42: a:w: lifecycle must be a map, not null`}},
		{"requires", `
  - {name: lib, kind: library.lua, source: code}
  - {name: p, kind: process.lua, source: code}
  - {name: x, kind: pg.scope, lifecycle: {requires: [y, lib, p, 1]}}
  - {name: z, kind: pg.scope, lifecycle: {depends_on: w}}
  - {name: both, kind: pg.scope, lifecycle: {requires: [], depends_on: []}}`,
			[]string{`5:54: a:x: unknown id "a:y"`, `5:57: a:x: unknown id "a:lib": it is a library.lua`, `5:62: a:x: unknown id "a:p": a process entry without lifecycle`,
				`5:65: a:x: lifecycle.requires[4] must be a string`, `6:55: a:z: lifecycle.depends_on must be a list`, `7:72: a:both: lifecycle.depends_on is a synonym`}},
		{"requires cycle", `
  - {name: x, kind: pg.scope, lifecycle: {requires: [y]}}
  - {name: y, kind: pg.scope, lifecycle: {requires: [x]}}
  - {name: self, kind: pg.scope, lifecycle: {requires: [self]}}`,
			[]string{`3:53: a:x: requires cycle: a:x -> a:y -> a:x`, `5:56: a:self: requires cycle: a:self -> a:self`}},
		{"requires cycle through the host", `
  - {name: h, kind: process.host, lifecycle: {requires: [s]}}
  - {name: p, kind: process.lua, source: code}
  - {name: s, kind: process.service, process: p}
  - {name: t, kind: process.supervisor, children: [{id: c, process: p}]}`,
			[]string{`3:57: a:h: requires cycle: a:h -> a:s -> a:h`}},

		// 16.1 to 16.3
		{"supervisor fields", `
  - {name: x, kind: process.supervisor, strategy: one_for_on, intensity: -1, period: 0s, auto_shutdown: any}
  - {name: y, kind: process.supervisor, strategy: 1, intensity: 1.5, backoff: {initial_delay: 2s, max_delay: 1s, max_attempts: 1}, children: {}}`,
			[]string{`3:51: a:x: strategy must be one of one_for_one, one_for_all, rest_for_one, simple_one_for_one, not "one_for_on" (did you mean "one_for_one"?)`,
				`3:74: a:x: intensity must be an integer of at least 0`, `3:86: a:x: period must be a duration greater than 0, not "0s"`, `3:105: a:x: auto_shutdown must be one of never`,
				`4:51: a:y: strategy must be a string`, `4:65: a:y: intensity must be an integer`, `4:110: a:y: backoff.max_delay must be at least initial_delay, 2s, not 1s`,
				`4:114: a:y: backoff.max_attempts is an unknown field`, `4:142: a:y: children must be a list`}},
		{"children", `
  - {name: p, kind: process.lua, source: code}
  - name: x
    kind: process.supervisor
    children:
      - {process: p}
      - {id: "", process: p}
      - {id: c, process: p}
      - {id: c, process: p}
      - {id: d}
      - {id: e, process: p, supervisor: x2}
      - {id: f, process: q, host: p}
      - {id: g, process: p, restart: always, shutdown: 5, significant: true, name: "@x", extra: 1}
      - {id: 1, supervisor: 1, input: [1], host: p}
      - word
      - {id: k, supervisor: p}
  - {name: x2, kind: process.supervisor}`,
			[]string{`7:9: a:x: children[1].id is required`, `8:14: a:x: children[2].id must not be empty`, `10:14: a:x: children[4].id must be unique: "c" is taken`,
				`11:9: a:x: children[5].process or supervisor is required`, `12:41: a:x: children[6].supervisor is not possible beside process`,
				`13:26: a:x: unknown process "a:q"`, `13:35: a:x: unknown host "a:p"`,
				`14:38: a:x: children[8].restart must be one of permanent, transient, temporary`, `14:56: a:x: children[8].shutdown must be a duration with its unit, as in "5s", not 5`,
				`14:72: a:x: children[8].significant needs an auto_shutdown`, `14:72: a:x: children[8].significant needs a restart`, `14:84: a:x: children[8].name is an invalid name: "@x"`, `14:90: a:x: children[8].extra is an unknown field`,
				`15:14: a:x: children[9].id must be a string`, `15:29: a:x: children[9].supervisor must be a string or a map, not a number`, `15:39: a:x: children[9].input is for processes`, `15:50: a:x: unknown host "a:p"`, `15:50: a:x: children[9].host is for processes`,
				`16:9: a:x: children[10] must be a map, not a string`, `17:29: a:x: unknown supervisor "a:p"`}},
		{"template", `
  - {name: p, kind: process.lua, source: code}
  - {name: x, kind: process.supervisor, strategy: simple_one_for_one}
  - {name: y, kind: process.supervisor, strategy: simple_one_for_one, auto_shutdown: any_significant, children: [{process: p, name: n}]}
  - {name: z, kind: process.supervisor, strategy: simple_one_for_one, children: [{process: p}, {process: p}]}`,
			[]string{`4:5: a:x: children must be exactly one, the template`, `5:86: a:y: auto_shutdown must be never for simple_one_for_one`, `5:133: a:y: children[1].name is not allowed in a template`, `6:81: a:z: children must be exactly one`}},
		{"nested specification", `
  - {name: x, kind: process.supervisor, children: [{id: c, supervisor: {strategy: all, host: h, lifecycle: {}, children: [{id: d}]}}]}`,
			[]string{`3:83: a:x: children[1].supervisor.strategy must be one of`, `3:94: a:x: unknown host "a:h"`, `3:97: a:x: children[1].supervisor.lifecycle is an unknown field`, `3:123: a:x: children[1].supervisor.children[1].process or supervisor is required`}},
		{"supervisor cycle", `
  - {name: b, kind: process.supervisor, children: [{id: c, supervisor: {children: [{id: d, supervisor: a}]}}]}
  - {name: a, kind: process.supervisor, children: [{id: c, supervisor: b}]}`,
			[]string{`4:72: a:a: supervisor cycle: a:a -> a:b -> a:a`}},

		// 17.1, 17.2, 17.7, 17.8
		{"mailbox", `
  - {name: x, kind: process.lua, source: code, mailbox: {overflow: drop_new, warn_at: 0}}
  - {name: y, kind: process.lua, source: code, mailbox: {limit: 0, overflow: drop, size: 1}}`,
			[]string{`3:68: a:x: mailbox.overflow has no effect without mailbox.limit`, `3:87: a:x: mailbox.warn_at must be an integer of at least 1`,
				`4:65: a:y: mailbox.limit must be an integer of at least 1`, `4:78: a:y: mailbox.overflow must be one of fail_sender, drop_new, drop_old`, `4:84: a:y: mailbox.size is an unknown field`}},
		{"limits", `
  - {name: x, kind: process.lua, source: code, limits: {max_coroutines: 0, payload_depth: 1001, payload_size: 1023, memory: 1KiB, fuel: {total: -1, per_message: x}}}
  - {name: y, kind: process.host, limits: {payload_depth: 0, payload_size: 1MB, memory: 99999999GiB, fuel: 1}}
  - {name: z, kind: process.host, limits: {payload_size: [], memory: xMiB}}`,
			[]string{`3:73: a:x: limits.max_coroutines must be an integer of at least 1`, `3:91: a:x: limits.payload_depth must be an integer from 1 to 1000`, `3:111: a:x: limits.payload_size must be at least 1024 bytes`,
				`3:125: a:x: limits.memory must be at least 1048576 bytes`, `3:145: a:x: limits.fuel.total must be an integer of at least 0`, `3:162: a:x: limits.fuel.per_message must be an integer`,
				`4:59: a:y: limits.payload_depth must be an integer from 1 to 1000`, `4:76: a:y: limits.payload_size must be a size`, `4:89: a:y: limits.memory must be a size`, `4:108: a:y: limits.fuel must be a map`,
				`5:58: a:z: limits.payload_size must be a size`, `5:70: a:z: limits.memory must be a size`}},

		// 18.1
		{"scope", `
  - {name: x, kind: pg.scope, max_groups: -1, max_members_per_group: x}`,
			[]string{`3:43: a:x: max_groups must be an integer of at least 0`, `3:70: a:x: max_members_per_group must be an integer`}},

		// 14.6: compilation
		{"engine that fails", `
  - {name: x, kind: process.lua, source: failure}
  - {name: y, kind: process.lua, source: panic}`,
			[]string{`3:42: a:x: compiler is tired`, `4:42: a:y: internal error of engine gopherlua: engine is broken`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := files("app.yaml", "namespace: a\nentries:"+c.entries+"\n", "src/star.star", "", "src/only.lua", "", "src/both.lua", "", "src/both.star", "")
			a, diags := load(t, fsys, newWorld().options())
			if a != nil {
				t.Error("Load gave an app")
			}
			for i := range c.want {
				c.want[i] = "app.yaml:" + c.want[i]
			}
			expect(t, diags, c.want...)
		})
	}
}

// Everything that is wrong is reported in one go, in order of files and places.
func TestAllErrorsTogether(t *testing.T) {
	fsys := files(
		"b/_index.yaml", "namespace: b\nentries:\n  - {name: x, kind: process.lua, source: file://x.lua, modules: [tme]}\n",
		"b/x.lua", "one\n  syntax error",
		"a.yaml", "version: \"2\"\nnamespace: a\nextra: 1\nentries:\n  - {name: y, kind: process.service}\n  - {name: y, kind: nothing}\n",
	)
	_, diags := load(t, fsys, newWorld().options())
	expect(t, diags,
		`a.yaml:1:10: unsupported version "2"`,
		`a.yaml:3:1: extra is an unknown field`,
		`a.yaml:5:5: a:y: process is required`,
		`a.yaml:6:5: a:y: duplicate entry`,
		`a.yaml:6:21: a:y: unknown kind "nothing"`,
		`b/_index.yaml:3:66: b:x: unknown module "tme" (did you mean "time"?)`,
		`b/x.lua:2:3: b:x: unexpected error`,
	)
}
