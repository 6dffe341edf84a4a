package starlark

import "github.com/understudy-run/understudy/hostapi"

// Divergences implements hostapi.Divergent.
func (*engine) Divergences() []hostapi.Divergence {
	return []hostapi.Divergence{
		{
			What:        `comparison depth`,
			Interpreter: `== and in fail on values nested more than ten deep`,
			Clauses:     `1.15`,
			Probe: `x = [[[[[[[[[[[[1]]]]]]]]]]]]
y = [[[[[[[[[[[[1]]]]]]]]]]]]
result = x == y`,
			Seen:  `error: comparison exceeded maximum recursion depth`,
			Right: `True`,
		},
		{
			What:        `s |= other`,
			Interpreter: `changes a dict for all its names, a set for none`,
			Engine:      `passed on`,
			Clauses:     `19.12`,
			Probe: `a = {}
b = a
a |= {1: 2}
s = set([1])
t = s
s |= set([2])
result = (b, len(t))`,
			Seen:  `({1: 2}, 1)`,
			Right: `({1: 2}, 1)`,
		},
		{
			What: `what contains itself by way of a struct`, Interpreter: `making its text ends the program`, Engine: `prints dots`, Clauses: `19.12`,
			Test: `TestPrintingOfCyclesThroughStructs`,
		},
		{
			What:        `recursion`,
			Interpreter: `refused unless allowed`,
			Clauses:     `19.12`,
			Probe: `def f(n):
    return n if n == 0 else f(n - 1)
result = f(3)`,
			Seen:  `0`,
			Right: `0`,
		},
		{
			What: `text of floats`, Interpreter: `with exponent from 1e6`, Engine: `passed on`, Clauses: `22.6`,
			Probe: `result = (str(1e6), str(1e17), str(0.1))`,
			Seen:  `("1e+06", "1e+17", "0.1")`, Right: `("1e+06", "1e+17", "0.1")`,
		},
		{
			What: `upper, lower`, Interpreter: `change letters beyond ASCII`, Engine: `passed on`, Clauses: `19.12`,
			Probe: `result = "\u00c4".lower() == "\u00c4"`,
			Seen:  `False`, Right: `False`,
		},
		{
			What: `truth`, Interpreter: `0, "", empty containers and None are false`, Engine: `passed on`, Clauses: `19.12`,
			Probe: `result = [bool(x) for x in [0, "", [], None, {}]]`,
			Seen:  `[False, False, False, False, False]`, Right: `[False, False, False, False, False]`,
		},
		{
			What: `string + number`, Interpreter: `a type error`, Engine: `passed on`, Clauses: `19.12`, Test: `TestScripts`,
		},
		{
			What: `integers`, Interpreter: `of any size`, Engine: `passed on; what is sent must fit`, Clauses: `1.4, 1.6`,
			Probe: `result = 1 << 70`,
			Seen:  `1180591620717411303424`, Right: `1180591620717411303424`,
		},
		{
			What: `dict(d, k = v)`, Interpreter: `keeps the dict and adds`, Clauses: `19.12`,
			Probe: `result = dict({"a": 1}, b = 2)`,
			Seen:  `{"a": 1, "b": 2}`, Right: `{"a": 1, "b": 2}`,
		},
		{
			What: `globals after the top level`, Interpreter: `frozen by the usual loader`, Engine: `not frozen`, Clauses: `2.15`, Test: `TestGlobals`,
		},
		{
			What:        `iteration and change`,
			Interpreter: `changing what is iterated is an error`,
			Engine:      `passed on`,
			Clauses:     `19.12`,
			Probe: `l = [1]
for x in l:
    l.append(x)
result = l`,
			Seen:  `error: append: cannot append to list during iteration`,
			Right: `error: append: cannot append to list during iteration`,
		},
		{
			What:        `keys nested more than ten deep`,
			Interpreter: `are not found, or an error`,
			Clauses:     `19.14`,
			Probe: `x = ((((((((((((1,),),),),),),),),),),),)
y = ((((((((((((1,),),),),),),),),),),),)
result = (y in {x: 1}, set([x]) == set([y]))`,
			Seen:  `(False, False)`,
			Right: `(True, True)`,
		},
		{
			What:        `union of dicts`,
			Interpreter: `ends in silence at a key nested more than ten deep that both have`,
			Clauses:     `19.14`,
			Probe: `x = ((((((((((((1,),),),),),),),),),),),)
y = ((((((((((((1,),),),),),),),),),),),)
result = len({x: 1} | {y: 2, "a": 3})`,
			Seen:  `1`,
			Right: `2`,
		},
		{
			What: `symmetric_difference`, Interpreter: `of an empty set leaves out in silence what cannot be an element`, Clauses: `19.14`,
			Probe: `result = len(set().symmetric_difference([[]]))`,
			Seen:  `0`, Right: `error: symmetric_difference: unhashable type: list`,
		},
		{
			What: `numbers in ranges`, Interpreter: `in finds none of more than 32 bits`, Engine: `passed on`, Clauses: `19.14`,
			Probe: `result = (1 << 40 in range(1 << 41), (1 << 30) in range(1 << 41))`,
			Seen:  `(False, True)`, Right: `(False, True)`,
		},
		{
			What: `place of a slice that fails`, Interpreter: `that of what was evaluated last, which another slice inside may be`, Engine: `another column`,
			Clauses: `19.14`, Test: `TestProgramsAreTheInterpreters`,
		},
		{
			What: `sets with too few arguments`, Interpreter: `some methods fail inside the interpreter`, Clauses: `2.24`, Test: `TestNumbersOfArguments`,
		},
		{
			What: `rsplit at space`, Interpreter: `makes room for as many pieces as are allowed`, Clauses: `20.5`, Test: `TestRoomOfPieces`,
		},
		{
			What: `ranges with a large step`, Interpreter: `cut, they overflow`, Clauses: `20.5`, Test: `TestStepsThatOverflow`,
		},
		{
			What: `one operation`, Interpreter: `cannot be interrupted`, Engine: `large ones go in pieces`, Clauses: `20.5, 20.6`, Test: `TestKill`,
		},
	}
}
