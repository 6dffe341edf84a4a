package nats_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/cluster"
	"github.com/understudy-run/understudy/cluster/nats"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// patience bounds waits for what happens in real time: it is only ever reached by a failure.
const patience = time.Minute

// node is a runtime in a cluster over loopback.
type node struct {
	*core.Runtime
	*cluster.Cluster
	core.Node
	addr   string
	events chan cluster.Event
	log    *record
}

// record keeps what is logged.
type record struct {
	mu    sync.Mutex
	bytes bytes.Buffer
	more  chan struct{}
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case r.more <- struct{}{}:
	default:
	}
	return r.bytes.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes.String()
}

// await waits until all texts were logged.
func (r *record) await(t *testing.T, texts ...string) {
	t.Helper()
	late := time.After(patience)
	for _, text := range texts {
		for !strings.Contains(r.String(), text) {
			select {
			case <-r.more:
			case <-late:
				t.Fatalf("%q is not logged, but\n%s", text, r)
			}
		}
	}
}

func start(t *testing.T, name string, o nats.Options) *node {
	t.Helper()
	n := &node{Node: core.Node{Name: name, Incarnation: cluster.NewIncarnation(time.Now())}, events: make(chan cluster.Event, 100), log: &record{more: make(chan struct{}, 1)}}
	n.Runtime = core.New(core.Options{Node: n.Node})
	must(t, n.DefineHost(core.HostOptions{ID: "town:host"}))
	must(t, n.StartHost("town:host"))
	o.Listen, o.Log = "127.0.0.1:0", slog.New(slog.NewTextHandler(n.log, nil))
	d, err := nats.New(o)
	must(t, err)
	n.Cluster, err = cluster.Join(n.Runtime, n.Node, cluster.Options{
		Name: o.Cluster, Driver: d, Heartbeat: 100 * time.Millisecond, DownAfter: 5 * time.Second,
		OnEvent: func(e cluster.Event) { n.events <- e },
	})
	must(t, err)
	n.addr = d.Addr().String()
	t.Cleanup(func() {
		n.Leave()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		must(t, n.Shutdown(ctx, 0))
	})
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// await waits for the next event of the node, which must be this one.
func (n *node) await(t *testing.T, want cluster.Event) {
	t.Helper()
	select {
	case got := <-n.events:
		if got != want {
			t.Fatalf("%s is told %v, not %v; it logs\n%s", n.Name, got, want, n.log)
		}
	case <-time.After(patience):
		t.Fatalf("%s is not told %v; it logs\n%s", n.Name, want, n.log)
	}
}

func (n *node) context(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

var secret = bytes.Repeat([]byte("s"), nats.LeastSecret)

// connect makes two nodes that are connected.
func connect(t *testing.T, o nats.Options) (a, b *node) {
	t.Helper()
	a = start(t, "a", o)
	o.Join = []string{a.addr}
	b = start(t, "b", o)
	a.await(t, cluster.Event{Node: b.Node, Up: true})
	b.await(t, cluster.Event{Node: a.Node, Up: true})
	return a, b
}

// A message and a monitor cross, and a node that leaves says so (23.6, 24.5, 25.8), with and
// without a secret.
func TestTwoNodes(t *testing.T) {
	for name, o := range map[string]nats.Options{"open": {}, "secret": {Secret: secret}} {
		t.Run(name, func(t *testing.T) {
			a, b := connect(t, o)
			here, err := a.Attach(t.Context())
			must(t, err)
			there, err := b.Attach(t.Context())
			must(t, err)
			must(t, here.Monitor(there.PID()))
			for i := range int64(1000) {
				must(t, here.Send(there.PID(), "n", hostapi.Int(i)))
			}
			for i := range int64(1000) {
				d, err := there.Receive(b.context(t))
				must(t, err)
				if got := d.Message.Values[0].Int(); got != i {
					t.Fatalf("%d came in place of %d", got, i)
				}
			}
			large := hostapi.String(string(bytes.Repeat([]byte("x"), 3<<20)))
			must(t, there.Send(here.PID(), "large", large))
			d, err := here.Receive(a.context(t))
			must(t, err)
			if d.Message == nil || d.Message.Values[0].Str() != large.Str() {
				t.Fatalf("a large message came as %v", d)
			}
			there.Close()
			d, err = here.Receive(a.context(t))
			must(t, err)
			if d.Event == nil || d.Event.Kind != hostapi.EventExit || d.Event.From != there.PID() {
				t.Fatalf("the end of a process of the other node is told as %v", d)
			}
			b.Leave()
			a.await(t, cluster.Event{Node: b.Node, Reason: "left"})
		})
	}
}

// 23.2: who knows one address comes to know all nodes.
func TestNodesTellOfEachOther(t *testing.T) {
	a, b := connect(t, nats.Options{Secret: secret})
	c := start(t, "c.with-dot", nats.Options{Secret: secret, Join: []string{b.addr}})
	a.await(t, cluster.Event{Node: c.Node, Up: true})
	b.await(t, cluster.Event{Node: c.Node, Up: true})
}

// 23.3, 30.5: who has another secret, none, or no idea of the protocol is not let in, and does
// not disturb those who are.
func TestWhoIsNotLetIn(t *testing.T) {
	a, b := connect(t, nats.Options{Secret: secret})
	none := start(t, "none", nats.Options{Join: []string{a.addr}})
	other := start(t, "other", nats.Options{Secret: bytes.Repeat([]byte("o"), nats.LeastSecret), Join: []string{a.addr}})
	elsewhere := start(t, "elsewhere", nats.Options{Cluster: "elsewhere", Secret: secret, Join: []string{a.addr}})
	// One line for each of the three: who has no TLS, who has a certificate of somebody else, who
	// is of another cluster.
	a.log.await(t, "not authorised", "does not look like a TLS handshake", "certificate", "other cluster")
	conn, err := net.Dial("tcp", a.addr)
	must(t, err)
	_, _ = fmt.Fprint(conn, "Hello, is anybody there?\r\n\r\n")
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	for b := make([]byte, 1024); err == nil; {
		_, err = conn.Read(b)
	}
	_ = conn.Close()
	for _, n := range []*node{none, other, elsewhere} {
		if up := n.Nodes(); len(up) > 0 {
			t.Errorf("%s has got in: %v", n.Name, up)
		}
	}
	for n, want := range map[*node]*node{a: b, b: a} {
		if up := n.Nodes(); len(up) != 1 || up[0] != want.Name {
			t.Errorf("%s is connected with %v", n.Name, up)
		}
	}
}

// A port that is taken is an error, not the end of the program.
func TestPortIsTaken(t *testing.T) {
	a := start(t, "a", nats.Options{})
	d, err := nats.New(nats.Options{Listen: a.addr})
	must(t, err)
	var e *hostapi.Error
	if err := d.Start(core.Node{Name: "b", Incarnation: "1"}, nil); !errors.As(err, &e) || e.Kind != hostapi.Unavailable {
		t.Errorf("a port that is taken gives %v", err)
	}
}
