// The puppet of the conformance suite in JavaScript: it carries out the codes of
// conformance/code.go. A scalar is itself; anything else is a list whose first
// element names an operation. Every operation gives its results as a list.
const stage = require("stage");
const slots = new Map();
let finished = null;

const evaluate = e => Array.isArray(e) ? ops[e[0]](e) : [e];
const first = e => evaluate(e)[0] ?? null;
const operands = (e, i) => e.slice(i).map(x => first(x)); // not map(first): see README.md, coroutines
// What a call gave, as a list of results.
const results = v => v instanceof Results ? Array.from(v) : v === undefined ? [] : [v];

function resolve(path) {
  const [name, ...rest] = path.split(".");
  return rest.reduce((v, member) => v[member], require(name));
}

function get(o, key) {
  return (o instanceof Map ? o.get(key) : o[Array.isArray(o) ? key - 1 : key]) ?? null;
}

function set(o, key, v) {
  if (o instanceof Map) o.set(key, v);
  else o[Array.isArray(o) ? key - 1 : key] = v;
}

function pairs(items) {
  const entries = [];
  for (let i = 0; i < items.length; i += 2) entries.push([items[i], items[i + 1]]);
  return entries.every(([k]) => typeof k === "string") ? Object.fromEntries(entries) : new Map(entries);
}

const recurse = n => n == 0 ? 0 : 1 + recurse(n - 1);

// A thrown error object stays itself; the language's own are text, as in Lua.
const thrown = e => e instanceof Error ? String(e) : e;

const ops = {
  nil: () => [null],
  quote: e => [e[1]],
  get: e => [slots.get(e[1]) ?? null],
  let: e => { slots.set(e[1], first(e[2])); return []; },
  bind: e => {
    const results = evaluate(e[1]);
    for (let i = 2; i < e.length; i++) slots.set(e[i], results[i - 2]);
    return [];
  },
  call: e => results(resolve(e[1])(...operands(e, 2))),
  constant: e => [resolve(e[1])],
  callwith: e => {
    const options = Object.fromEntries(pairsOf(e[2]));
    return results(resolve(e[1])(...operands(e, 3), options));
  },
  method: e => { const o = first(e[1]); return results(o[e[2]](...operands(e, 3))); },
  field: e => [get(first(e[1]), e[2])],
  at: e => [get(first(e[1]), first(e[2]))],
  seq: e => { e.slice(1, -1).forEach(x => evaluate(x)); return evaluate(e[e.length - 1]); },
  values: e => operands(e, 1),
  nth: e => [evaluate(e[2])[e[1] - 1] ?? null],
  if: e => first(e[1]) === true ? evaluate(e[2]) : evaluate(e[3]),
  equal: e => [first(e[1]) === first(e[2])],
  loop: e => { for (;;) evaluate(e[1]); },
  times: e => { for (let n = first(e[1]); n > 0; n--) evaluate(e[2]); return []; },
  spin: () => { for (;;); },
  recurse: e => [recurse(e[1])],
  function: e => [() => returned(evaluate(e[1]))],
  go: e => [coroutine.spawn(evaluate, e[1])],
  try: e => { try { return [true, ...evaluate(e[1])]; } catch (x) { return [false, thrown(x)]; } },
  throw: e => { throw first(e[1]); },
  list: e => [operands(e, 1)],
  table: e => [pairs(operands(e, 1))],
  append: e => { first(e[1]).push(first(e[2])); return []; },
  len: e => [first(e[1]).length],
  set: e => { set(first(e[1]), first(e[2]), first(e[3])); return []; },
  lookup: e => [get(first(e[1]), first(e[2]))],
  select: e => {
    const orElse = first(e[1]), cases = operands(e, 2);
    return [orElse === null ? channel.select(cases) : channel.select(cases, { default: orElse })];
  },
  text: e => [String(first(e[1]))],
  concat: e => [first(e[1]) + first(e[2])],
  nested: e => { let t = []; for (let i = 1; i < e[1]; i++) t = [t]; return [t]; },
  report: e => { stage.report(e[1], ...evaluate(e[2])); return []; },
  finish: e => { finished = operands(e, 1); return []; },
  serve: () => {
    const [commands] = process.listen("do");
    while (finished === null) {
      const [[tag, code]] = commands.receive();
      stage.report(tag, ...evaluate(code));
    }
    return finished;
  },
  places: () => [Object.keys(places).sort()],
  within: e => [places[first(e[1])](() => first(e[2]))],
};

function pairsOf(items) {
  const entries = [];
  for (let i = 0; i < items.length; i += 2) entries.push([items[i], first(items[i + 1])]);
  return entries;
}

const returned = list => list.length == 1 ? list[0] : Results.of(...list);

// Places where code can run, all of which may wait (9.9).
const places = {
  try: f => { try { return f(); } finally { slots.size; } },
  catch: f => { try { throw 1; } catch (e) { return f(); } },
  finally: f => { let v; try { v = 1; } finally { v = f(); } return v; },
  getter: f => ({ get x() { return f(); } }).x,
  constructor: f => { class Box { constructor() { this.v = f(); } } return new Box().v; },
  iterator: f => { for (const v of { *[Symbol.iterator]() { yield f(); } }) return v; },
  comparator: f => { let v; [2, 1].sort(() => { v = f(); return 0; }); return v; },
  callback: f => [0].map(() => f())[0],
  replacer: f => { let v; "x".replace(/x/, () => { v = f(); return ""; }); return v; },
  text: f => { let v; String({ toString() { v = f(); return ""; } }); return v; },
};

// What the scenario wants done during the top level.
evaluate(stage.prologue());

exports.main = code => returned(evaluate(code));
exports.other = (...args) => args.length == 0 ? "other" : Results.of("other", ...args);
