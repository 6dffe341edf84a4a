package gopherlua

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

const (
	// largeArray is from how many slots on it matters when a table grows: the
	// interpreter then copies as many in one step.
	largeArray = 1 << 16
	// nearlyFull is how many are added between two ticks, at most.
	nearlyFull = 2 * interval
	// registers is how many a Lua function has, at most.
	registers = 250
)

// prepared is a table whose growth was announced, by its address, since it is not to
// be kept from the collector, and how large it was then.
type prepared struct {
	address uintptr
	room    int
}

// prepare announces that a large table is about to grow, if the running function
// works on one. What it works on is in its registers.
func (s *strand) prepare() error {
	known := s.in.engine.layout
	if len(s.levels) == 0 {
		return nil
	}
	l := s.levels[len(s.levels)-1]
	for i := min(l.GetTop(), registers); i > 0; i-- {
		t, ok := l.Get(i).(*lua.LTable)
		if !ok {
			continue
		}
		pointer := reflect.ValueOf(t)
		fields := pointer.Elem()
		array, keys := fields.Field(known.array), fields.Field(known.keys)
		if room := array.Cap() + keys.Cap(); room >= largeArray && (tight(array) || tight(keys)) && s.in.prepared != (prepared{pointer.Pointer(), room}) {
			s.in.prepared = prepared{pointer.Pointer(), room}
			if err := s.task.host.Reserve(int64(room) * slotBytes * 5 / 4); err != nil {
				return err
			}
		}
	}
	return nil
}

// tight reports whether a slice is large and has hardly any room.
func tight(slice reflect.Value) bool {
	all := slice.Cap()
	return all >= largeArray && all-slice.Len() < nearlyFull
}
