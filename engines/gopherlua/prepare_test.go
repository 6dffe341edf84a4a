package gopherlua

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
)

// A table that is about to grow by much is announced, each time once, wherever the
// script has it.
func TestLargeTablesAreAnnounced(t *testing.T) {
	// Slices of more than 65,536 elements grow by a quarter: from there to 300,000
	// about seven times.
	for _, c := range []struct {
		what, text  string
		least, most int
	}{
		{"local list", "local t = {} for i = 1, 300000 do t[i] = i end", 5, 9},
		{"pushed", "local t = {} for i = 1, 300000 do t[#t + 1] = i end", 5, 9},
		{"inserted", "local t, insert = {}, table.insert for i = 1, 300000 do insert(t, i) end", 5, 9},
		{"global", "t = {} for i = 1, 300000 do t[i] = i end", 5, 9},
		{"upvalue", "local t = {} local function put(x) t[#t + 1] = x end for i = 1, 300000 do put(i) end", 5, 9},
		{"field", "local o = { list = {} } for i = 1, 300000 do o.list[i] = i end", 5, 9},
		{"keys", "local t = {} for i = 1, 300000 do t['k' .. i] = i end", 5, 9},
		{"only read", "local t = {} for i = 1, 70000 do t[i] = i end local n = 0 for _ = 1, 20 do for i = 1, #t do n = n + t[i] end end", 0, 2},
		{"small", "local n = 0 for _ = 1, 100 do local t = {} for i = 1, 10000 do t[i] = i end end", 0, 0},
	} {
		task := &enginetest.Task{}
		if _, err := suite().Run(t, task, "return function() "+c.text+" end"); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		if task.Large < c.least || task.Large > c.most {
			t.Errorf("%s: announced %d times, want %d to %d", c.what, task.Large, c.least, c.most)
		}
	}
}

// A kill that comes with the answer ends the script.
func TestKillOfAnAnnouncedTable(t *testing.T) {
	task := &enginetest.Task{KillLarge: true}
	_, err := suite().Run(t, task, "return function() local t = {} while true do t[#t + 1] = 1 end end")
	if !errors.Is(err, hostapi.ErrKilled) {
		t.Errorf("ended with %v", err)
	}
}
