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
