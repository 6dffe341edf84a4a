package luatest_test

import (
	"context"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// limited runs the body of main with a memory limit of its process and none of the
// runtime. What is never charged ends by fuel.
func limited(t *testing.T, e hostapi.Engine, body string) error {
	t.Helper()
	s := newStage(t, e, core.Options{MemoryLimit: -1})
	defer s.stop()
	s.Define(core.Entry{
		ID: "app:main", Program: s.compile("main", `return { main = function() `+body+` end }`),
		Limits: core.Limits{Memory: 16 << 20, Fuel: 100e6},
	})
	_, err := s.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID})
	return err
}

// What lies in channels, and in objects inside them, counts (17.8).
func TestChannelsAreCharged(t *testing.T) {
	for name, body := range map[string]string{
		"buffer":       `local c = channel.new(1e9) while true do c:send({1, 2, 3}) end`,
		"strings":      `local c, i = channel.new(1e9), 0 while true do i = i + 1 c:send(("x"):rep(1000) .. i) end`,
		"numbers":      `local c, i = channel.new(1e9), 0 while true do i = i + 1 c:send(i) end`,
		"closures":     `local c = channel.new(1e9) while true do local t = {} c:send(function() return t end) end`,
		"many":         `local all = {} while true do local c = channel.new(10) for i = 1, 10 do c:send({i}) end all[#all + 1] = c end`,
		"many empty":   `local all = {} while true do all[#all + 1] = channel.new(1) end`,
		"chain":        `local c = channel.new(1) while true do local d = channel.new(1) d:send(c) c = d end`,
		"ring":         `local c = channel.new(1e9) c:send(c) while true do local d = channel.new(1) d:send(c) c:send(d) end`,
		"cases":        `local all, c = {}, channel.new() while true do all[#all + 1] = c:case_send({1, 2, 3}) end`,
		"only a case":  `local function case() local c = channel.new(1e9) for i = 1, 1000 do c:send({i}) end return c:case_receive() end local all = {} while true do all[#all + 1] = case() end`,
		"errors":       `local c = channel.new(1e9) while true do c:send(errors.new(("x"):rep(100))) end`,
		"coroutines":   `local c = channel.new(1e9) while true do local t = {} c:send(coroutine.create(function() return t end)) end`,
		"in a library": `string.c = channel.new(1e9) while true do string.c:send({1, 2, 3}) end`,
		"in a local":   `coroutine.wrap(function() local c = channel.new(1e9) while true do c:send({1, 2, 3}) end end)()`,
		"sender":       `local c = channel.new() local t = {} coroutine.spawn(function() c:send(t) end) coroutine.yield() local u = t t = nil while true do u[#u + 1] = {} end`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, e := range engines() {
				err := limited(t, e, body)
				if failure := hostapi.AsError(err); failure == nil || failure.Kind != hostapi.LimitExceeded || failure.Message != "memory limit exceeded" {
					t.Errorf("%s: it ended with %v", e.Info().Name, err)
				}
			}
		})
	}
}

// Channels that are lost do not, however many, nor what was received.
func TestLostChannelsAreNotCharged(t *testing.T) {
	for name, body := range map[string]string{
		"lost":     `for i = 1, 100000 do local c = channel.new(10) c:send({i, {}, {}}) end`,
		"chain":    `for i = 1, 1000 do local c = channel.new(1) for k = 1, 100 do local d = channel.new(1) d:send(c) c = d end end`,
		"ring":     `for i = 1, 100000 do local c = channel.new(1) c:send(c) end`,
		"received": `local c = channel.new(1000) for i = 1, 200 do for k = 1, 1000 do c:send({k, {}}) end for k = 1, 1000 do c:receive() end end`,
		"cases":    `local c = channel.new() for i = 1, 200000 do local k = c:case_send({1, 2, 3}) end`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, e := range engines() {
				if err := limited(t, e, body); err != nil {
					t.Errorf("%s: it ended with %v", e.Info().Name, err)
				}
			}
		})
	}
}
