package gopherlua

import (
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// maxArray bounds the index up to which the interpreter keeps a table as an
// array, and so what one assignment can allocate: t[maxArray - 1] = 1 fills
// 128 MiB. A list cannot be longer; one of numbers reaches the default memory
// limit of a process before.
const maxArray = 1 << 23

// boundArrays sets that bound. The interpreter has one for the whole program;
// it is only lowered, once, before the first process runs.
var boundArrays = sync.OnceFunc(func() { lua.MaxArrayIndex = min(lua.MaxArrayIndex, maxArray) })
