package kernel

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// What one node writes the other reads.
func TestFramesAreReadAsWritten(t *testing.T) {
	at := time.Unix(1_600_000_000, 5).UTC()
	failed := hostapi.Errorf(hostapi.Conflict, "no").With("n", hostapi.Int(1))
	for _, f := range []*frame{
		{kind: frameMessage, to: "{b#1/app:host|1}", from: "{a#1/app:host|2}", text: "topic", values: []hostapi.Value{hostapi.Int(1), hostapi.String("\xff")}},
		{kind: frameMessage, to: "{b#1/app:host|1}", text: "topic", number: 7, values: []hostapi.Value{}},
		{kind: frameReply, from: "{b#1/app:host|1}", number: 1 << 40, result: hostapi.Result{Value: hostapi.ListOf(hostapi.Bool(true))}},
		{kind: frameReply, from: "{b#1/app:host|1}", number: 3, result: hostapi.Result{Err: failed}},
		{kind: frameMonitor, to: "x", from: "y"}, {kind: frameUnmonitor, to: "x", from: "y"},
		{kind: frameLink, to: "x", from: "y"}, {kind: frameUnlink, to: "x", from: "y"}, {kind: frameTerminate, to: "x", from: "y"},
		{kind: frameEnd, from: "y", at: at}, {kind: frameEnd, from: "y", at: at, result: hostapi.Result{Err: failed}},
		{kind: frameEnd, from: "y", to: "{c#1/app:host|1}", text: "first", at: at, result: hostapi.Result{Err: failed}},
		{kind: frameSpawn, to: "app:host", from: "y", text: "app:entry", number: 4, values: []hostapi.Value{hostapi.Int(3), hostapi.String("n"), hostapi.ListOf(hostapi.Int(1))}},
		{kind: frameFate, from: "y", text: fateLive, number: 4}, {kind: frameFate, text: fateFailed, number: 4, result: hostapi.Result{Err: failed}},
		{kind: frameAbandon, number: 4}, {kind: frameResolved, to: "@b/x", from: "y", text: "z", number: 1},
		{kind: frameHosts, values: []hostapi.Value{hostapi.ListOf(hostapi.String("app:host"), hostapi.Int(1), hostapi.Int(2))}},
		{kind: frameCancel, to: "x", from: "y", text: "why", grace: -1, number: 1, at: at},
	} {
		b, err := f.append(nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readFrame(b)
		if err != nil {
			t.Errorf("%v: %v", f, err)
			continue
		}
		if !reflect.DeepEqual(got, f) {
			t.Errorf("%+v was read as %+v", f, got)
		}
		for n := range b { // cut off anywhere
			if _, err := readFrame(b[:n]); err == nil {
				t.Errorf("%d bytes of %d of %v are a frame too", n, len(b), f)
			}
		}
		if _, err := readFrame(append(b, 0)); !errors.Is(err, hostapi.Invalid) {
			t.Errorf("a byte too many gives %v", err)
		}
	}
}

// Bytes that are no frame are refused, and what is read is written the same.
func FuzzReadFrame(f *testing.F) {
	b, err := (&frame{kind: frameMessage, to: "{b#1/h|1}", text: "t", values: []hostapi.Value{hostapi.Int(1)}}).append(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{byte(frameEnd), 0, 1, 'x', 0, 0, 0, 0, 1, 6, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		read, err := readFrame(b)
		if err != nil {
			if !errors.Is(err, hostapi.Invalid) {
				t.Fatal(err)
			}
			return
		}
		once, err := read.append(nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readFrame(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := again.append(nil); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%x is written as %x, then %x (%v)", b, once, twice, err)
		}
	})
}

// Stand-ins to which nothing leads are forgotten, others stay; who holds one that was
// forgotten still reaches the process.
func TestStandInsAreForgotten(t *testing.T) {
	rt := New(Options{Node: Node{Name: "a", Incarnation: "1"}}, Parts{})
	frames := 0
	peer, err := rt.Connect(Node{Name: "b", Incarnation: "1"}, func([]byte) { frames++ })
	if err != nil {
		t.Fatal(err)
	}
	pid := func(i uint64) hostapi.PID { return makePID("b#1/", "app:host", i) }
	watched, first := peer.standIn(pid(0)), peer.standIn(pid(1))
	watcher := &process{rt: rt, pid: makePID(rt.prefix, "app:host", 1), entry: unknownEntry, live: true, behaviour: &Script{}}
	if err := watcher.monitor(watched); err != nil {
		t.Fatal(err)
	}
	for i := range uint64(100_000) {
		peer.standIn(pid(i + 2))
		if n := len(peer.standIns); n > 3*leastSweep {
			t.Fatalf("%d stand-ins after %d, of which one is needed", n, i)
		}
	}
	if peer.known(pid(0)) != watched {
		t.Error("one that is watched was forgotten")
	}
	if !first.forgotten() {
		t.Error("one that nothing leads to was not")
	}
	sent := frames
	if err := first.behaviour.Message(first, &hostapi.Message{Topic: "t"}, nil); err != nil || frames != sent+1 {
		t.Errorf("a message to it gives %v, %d frames", err, frames-sent)
	}
	if first.addWatcher(watcher) {
		t.Error("it can be watched")
	}
}

// What another node asks for is made only if it makes sense.
func TestCommissionsAreChecked(t *testing.T) {
	none, some := hostapi.ListOf(), hostapi.String("s")
	good := func() *frame {
		return &frame{kind: frameSpawn, to: "app:host", text: "app:entry", values: []hostapi.Value{hostapi.Int(0), some, none, none, none}}
	}
	if c, _, ok := creationOf(good()); !ok || c.ID != "app:entry" || c.Host != "app:host" {
		t.Errorf("%+v, %t", c, ok)
	}
	for what, spoil := range map[string]func(*frame){
		"too few values":           func(f *frame) { f.values = f.values[:4] },
		"too many values":          func(f *frame) { f.values = append(f.values, none) },
		"a text as wishes":         func(f *frame) { f.values[0] = some },
		"a number as name":         func(f *frame) { f.values[1] = hostapi.Int(1) },
		"arguments that are none":  func(f *frame) { f.values[2] = some },
		"a key without value":      func(f *frame) { f.values[3] = hostapi.ListOf(some) },
		"a number as key":          func(f *frame) { f.values[3] = hostapi.ListOf(hostapi.Int(1), some) },
		"a message without topic":  func(f *frame) { f.values[4] = hostapi.ListOf(none) },
		"a message that is a text": func(f *frame) { f.values[4] = hostapi.ListOf(some) },
		"a link to nobody":         func(f *frame) { f.values[0] = hostapi.Int(int64(wantsLink)) },
		"a host elsewhere":         func(f *frame) { f.to = "@c/app:host" },
	} {
		f := good()
		spoil(f)
		if _, _, ok := creationOf(f); ok {
			t.Errorf("%s is accepted", what)
		}
	}
}
