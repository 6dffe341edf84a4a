package starlark_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// within runs main under a memory limit of its own, and no other.
func within(t *testing.T, limit int64, text string) (hostapi.Value, error) {
	t.Helper()
	h := open(t, core.Options{MemoryLimit: -1}, core.Limits{Memory: limit}, map[string]string{"main": text})
	v, err := h.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID})
	if e := h.Shutdown(context.Background(), time.Minute); e != nil {
		t.Error(e)
	}
	return v, err
}

// Growth ends at the limit of the process, wherever it is held (17.8).
func TestGrowthEndsAtTheLimit(t *testing.T) {
	for name, text := range map[string]string{
		"channel":             "c = channel.new(1000000000)\n    while True: c.send([1, 2, 3])",
		"channel of numbers":  "c = channel.new(1000000000)\n    while True: c.send(1)",
		"channel of texts":    "c = channel.new(1000000000)\n    i = 0\n    while True:\n        i += 1\n        c.send('x' * 1000 + str(i))",
		"channels":            "l = []\n    while True:\n        c = channel.new(1)\n        c.send([1])\n        l.append(c)",
		"channel in channel":  "last = channel.new(1)\n    while True:\n        c = channel.new(1)\n        c.send(last)\n        last = c",
		"methods of channels": "last = None\n    while True:\n        c = channel.new(1)\n        c.send(last)\n        last = c.send",
		"cases":               "l = []\n    while True: l.append(channel.new().case_send([1]))",
		"channel in itself":   "l = []\n    while True:\n        c = channel.new(1)\n        c.send(c)\n        l.append(c)",
		"senders":             "c = channel.new()\n    while True: coroutine.spawn(lambda: c.send('x' * 1000 + str(c)))",
		"messages":            "l, inbox = [], process.inbox()\n    while True:\n        process.send(process.pid(), 'x', 'x' * 1000)\n        l.append(inbox.receive())",
		"payloads":            "l, inbox = [], process.inbox()\n    while True:\n        process.send(process.pid(), 'x', {'a': 'x' * 1000})\n        msg, _ = inbox.receive()\n        l.append(msg.payload())",
		"errors":              "l = []\n    while True: l.append(errors.new('x' * 1000 + str(len(l))))",
		"errors with details": "l = []\n    while True: l.append(errors.new({'message': 'x', 'details': {'a': 'x' * 1000 + str(len(l))}}))",
		"wrapped errors":      "l = []\n    while True: l.append(errors.wrap(errors.new('x'), 'x' * 1000 + str(len(l))))",
	} {
		t.Run(name, func(t *testing.T) {
			v, err := within(t, 8<<20, "def main():\n    "+text)
			if err == nil || !strings.Contains(err.Error(), "memory limit exceeded") {
				t.Errorf("got %v, %v", v, err)
			}
		})
	}
}

// What is dropped is not charged, and what is shared is charged once.
func TestGarbageStaysWithinTheLimit(t *testing.T) {
	for name, text := range map[string]string{
		"channels":        "for i in range(100000):\n        c = channel.new(1)\n        c.send([i] * 10)",
		"shared":          "c, big = channel.new(10000), 'x' * 1000000\n    for _ in range(10000): c.send(big)\n    for _ in range(200000): pass",
		"read":            "c = channel.new(1)\n    for i in range(100000):\n        c.send([i] * 10)\n        c.receive()",
		"messages":        "inbox = process.inbox()\n    for _ in range(20000):\n        process.send(process.pid(), 'x', 'x' * 1000)\n        inbox.receive()",
		"message in many": "l, inbox = [], process.inbox()\n    process.send(process.pid(), 'x', 'x' * 1000000)\n    msg, _ = inbox.receive()\n    for _ in range(20000): l.append(msg.payload())",
	} {
		t.Run(name, func(t *testing.T) {
			if v, err := within(t, 8<<20, "def main():\n    "+text+"\n    return 'done'"); err != nil || v.Str() != "done" {
				t.Errorf("got %v, %v", v, err)
			}
		})
	}
}

// Comprehensions that wait in their elements, in several tasks at once, keep
// apart (20.5).
func TestComprehensionsWait(t *testing.T) {
	gives(t, `[[[0, [1, 1], [2, 2]], [0, 1], {x: 1}], [[10, [11, 11], [12, 12]], [10, 11], {x: 11}], [[20, [21, 21], [22, 22]], [20, 21], {x: 21}]]`, map[string]string{"main": `
def get(c):
    v, ok = c.receive()
    return v
def collect(c, out):
    a = [x if x % 10 == 0 else [y for y in [x, x] if pcall(get, c)[0]] for x in [get(c) for _ in range(3)] if get(c) == None]
    b = [y for y in [get(c), get(c)] if get(c) == None]
    failed = pcall(lambda: [[1 // (get(c) or 0) for y in range(2)] for x in range(2)])
    d = {k: v for k in ["x"] for v in [get(c)] if get(c) == None if failed[0] == False}
    out.send([a, b, d])
def main():
    channels, out = [channel.new() for _ in range(3)], channel.new(3)
    for c in channels:
        coroutine.spawn(collect, c, out)
    feed = [0, 1, 2] + [None] + [None] + [None] * 2 + [None] + [None] * 2 + [0, 1] + [None] * 2 + [5, None] + [1, None]
    for v in feed:
        for i, c in enumerate(channels):
            c.send(v if v in (None, 5) else v + 10 * i)
    return sorted([out.receive()[0] for c in channels])
`})
}
