package gopherlua

import (
	"runtime"
	"sync/atomic"
	"weak"
)

// collections counts Go's garbage collections. One assignment can fill a large
// array, and many of them fit between two ticks; but they make Go collect
// garbage. So a tick is due after each collection.
type collections struct{ atomic.Uint32 }

// sentinel is what a collection finds to be garbage.
type sentinel struct{ _ *sentinel }

func watchCollections() *collections {
	c := &collections{}
	c.watch()
	return c
}

// watch goes on until c is garbage.
func (c *collections) watch() {
	runtime.AddCleanup(&sentinel{}, func(p weak.Pointer[collections]) {
		if c := p.Value(); c != nil {
			c.Add(1)
			c.watch()
		}
	}, weak.Make(c))
}
