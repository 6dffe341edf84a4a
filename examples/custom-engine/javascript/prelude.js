// Run first in every realm. It takes away what compiles text at run time (clause
// 19.1), and gives the engine what is easier to write here than in Go.
(generators => {
  delete Object.getPrototypeOf(() => 0).constructor;
  if (generators) delete Object.getPrototypeOf(function* () {}).constructor;

  // What a function gives that has several results, and what a method returns
  // that has: Results.of(null, "text") fails.
  function Results() { return Results.of(); }
  Results.prototype = Object.create(Object.getPrototypeOf([]));
  Results.of = (...list) => Object.setPrototypeOf(list, Results.prototype);

  return { Results, apply: (f, ...args) => f(...args) };
})
