// Run first in every realm: it takes away what a script must not see (clause
// 19.1) and gives the engine what is easier to write here than in Go.
(() => {
  const NewMap = Map, set = Map.prototype.set, call = Function.prototype.call.bind(Function.prototype.call);
  const allowed = new Set(
    ("Object Array String Number BigInt RegExp Boolean Error TypeError ReferenceError SyntaxError " +
     "RangeError EvalError URIError AggregateError Math JSON Symbol Map Set globalThis NaN undefined " +
     "Infinity isNaN parseInt parseFloat isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent").split(" "));
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!allowed.has(name)) delete globalThis[name];
  }
  // The constructors of functions compile text.
  for (const f of [() => 0, function* () {}]) {
    delete Object.getPrototypeOf(f).constructor;
  }

  // What a function gives that has several results, and what a method returns
  // that has: Results.of(null, "text") fails.
  class Results extends Array {
    static get [Symbol.species]() { return Array; }
  }
  Object.defineProperty(globalThis, "Results", { value: Results });

  return {
    results: Results.prototype,
    apply: (f, ...args) => f(...args),
    mapOf: (...pairs) => {
      const m = new NewMap();
      for (let i = 0; i < pairs.length; i += 2) call(set, m, pairs[i], pairs[i + 1]);
      return m;
    },
    // Nothing may be added: other realms of the process would not see it.
    seal: () => Object.preventExtensions(globalThis),
  };
})()
