// Package nats carries frames between nodes over an embedded NATS server: each node runs one,
// these are connected with each other by routes, and it is the only package that knows of it.
// A program that does not import it links no network engine.
package nats

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/understudy-run/understudy/cluster"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// Options of New.
type Options struct {
	Cluster   string   // its name; nodes of others are refused; "understudy" if ""
	Listen    string   // HOST:PORT for other nodes, the only port that is opened; port 0: any
	Advertise string   // HOST:PORT that others are told; that of Listen if ""
	Join      []string // HOST:PORT of nodes, possibly also of this one; tried for ever
	// Secret, at least LeastSecret bytes, decides who is in: connections are TLS with
	// certificates that are derived from it (30.5). See ReadSecret.
	Secret []byte
	// TLS decides it by certificates: that of this node, and in RootCAs the authorities of all.
	// With neither, connections are not encrypted, and whoever reaches the port is in.
	TLS      *tls.Config
	Compress bool         // what nodes send each other
	Log      *slog.Logger // takes what is refused and lost; nil: nothing does
}

// Driver is one for cluster.Options, for one Join.
type Driver struct {
	o      Options
	host   string
	port   int
	routes []*url.URL

	server *server.Server
	data   *lane
	beats  *lane

	mu     sync.RWMutex // held while receive runs
	closed bool
}

var _ cluster.Driver = (*Driver)(nil)

// New checks options. The error is Invalid, and says which of them is wrong.
func New(o Options) (*Driver, error) {
	if o.Cluster == "" {
		o.Cluster = "understudy"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Driver{o: o}
	var err error
	if d.host, d.port, err = address(o.Listen); err != nil {
		return nil, err
	}
	if o.Advertise != "" {
		if _, port, err := address(o.Advertise); err != nil {
			return nil, err
		} else if port == 0 {
			return nil, hostapi.Errorf(hostapi.Invalid, "invalid address %q: others must be told a port", o.Advertise)
		}
	}
	if o.Secret != nil && len(o.Secret) < LeastSecret {
		return nil, errShort
	}
	for _, to := range o.Join {
		host, port, err := address(to)
		if err == nil && (port == 0 || host == "") {
			err = hostapi.Errorf(hostapi.Invalid, "invalid address %q: write it as HOST:PORT", to)
		}
		if err != nil {
			return nil, err
		}
		u := &url.URL{Scheme: "nats-route", Host: net.JoinHostPort(host, strconv.Itoa(port))}
		if o.Secret != nil {
			u.User = url.UserPassword(routeUser, password(o.Secret))
		}
		d.routes = append(d.routes, u)
	}
	return d, nil
}

func address(text string) (host string, port int, err error) {
	host, digits, err := net.SplitHostPort(text)
	if err == nil {
		port, err = strconv.Atoi(digits)
	}
	if err != nil || port < 0 || port > 65535 {
		return "", 0, hostapi.Errorf(hostapi.Invalid, "invalid address %q: write it as HOST:PORT", text)
	}
	return host, port, nil
}

// Accounts and subjects. What runs in an account of its own has a connection of its own between
// servers, so that heartbeats do not wait behind messages.
const (
	dataAccount = "data"
	beatAccount = "beats"
	beatSubject = "beat"
	routeUser   = "node"
)

// Times and sizes. What decides whether a node is down are the heartbeats of cluster: these
// only have a connection that is dead replaced soon.
const (
	pingInterval   = time.Second
	mostPings      = 2
	connectTimeout = 5 * time.Second
	closeTimeout   = time.Second
	mostUnderWay   = 32 << 20 // bytes that wait for the server at most; what is more is lost
)

// Start is called by cluster.Join. The error is Unavailable if the port cannot be opened.
func (d *Driver) Start(self core.Node, receive func(from core.Node, frame []byte)) error {
	log := &serverLog{log: d.o.Log}
	accounts := []*server.Account{server.NewAccount(dataAccount), server.NewAccount(beatAccount)}
	var users []*server.User
	for _, a := range accounts { // no port is open for clients: the names only choose an account
		users = append(users, &server.User{Username: a.Name, Password: a.Name, Account: a})
	}
	o := &server.Options{
		// Two lives of a node, or two nodes that claim a name, must be able to meet: it is the
		// connection layer that decides which of them stays.
		ServerName: self.String(),
		DontListen: true, NoSigs: true,
		Accounts: accounts, Users: users,
		Routes: d.routes,
		// One node that stands still must not hold those who send to others.
		NoFastProducerStall: true,
		Cluster: server.ClusterOpts{
			Name: d.o.Cluster, Host: d.host, Port: d.port, Advertise: d.o.Advertise,
			PoolSize: 1, PinnedAccounts: []string{beatAccount},
			PingInterval: pingInterval, MaxPingsOut: mostPings,
			TLSTimeout: connectTimeout.Seconds(), AuthTimeout: connectTimeout.Seconds(),
		},
	}
	if d.port == 0 {
		o.Cluster.Port = server.RANDOM_PORT
	}
	if d.o.Secret != nil {
		o.Cluster.Username, o.Cluster.Password = routeUser, password(d.o.Secret)
	}
	if d.o.Compress {
		o.Cluster.Compression.Mode = server.CompressionS2Fast
	}
	config, err := d.tlsConfig(self)
	if err != nil {
		return err
	}
	o.Cluster.TLSConfig = config
	s, err := server.NewServer(o)
	if err != nil {
		return hostapi.Errorf(hostapi.Invalid, "%v", err)
	}
	s.SetLogger(log, false, false)
	s.Start()
	// Without a port for clients the server would wait for ever before it opens that for nodes.
	opened := make(chan struct{})
	close(opened)
	s.StartRouting(opened)
	if s.ClusterAddr() == nil {
		s.Shutdown()
		return hostapi.Errorf(hostapi.Unavailable, "cannot listen on %s: %s", d.o.Listen, log.fatal())
	}
	d.server = s
	take := func(m *nats.Msg) {
		name, incarnation, ok := strings.Cut(m.Reply, "#")
		if !ok || name == "" || incarnation == "" {
			return // who sends this is no node
		}
		d.mu.RLock()
		defer d.mu.RUnlock()
		if !d.closed {
			receive(core.Node{Name: name, Incarnation: incarnation}, m.Data)
		}
	}
	if d.data, err = newLane(s, dataAccount, subject(self), self, take, d.o.Log); err == nil {
		d.beats, err = newLane(s, beatAccount, beatSubject, self, take, d.o.Log)
	}
	if err != nil {
		d.Close()
		return hostapi.Errorf(hostapi.Internal, "%v", err)
	}
	return nil
}

// subject is that of what is sent to one life of a node.
func subject(node core.Node) string {
	return "to." + strings.ReplaceAll(node.Name, ".", "~") + "." + node.Incarnation
}

// Send is called by cluster, with locks held.
func (d *Driver) Send(to core.Node, frame []byte) { d.data.send(subject(to), frame) }

// Broadcast is called by cluster.
func (d *Driver) Broadcast(frame []byte) { d.beats.send(beatSubject, frame) }

// Addr is where the node listens, after Start.
func (d *Driver) Addr() net.Addr { return d.server.ClusterAddr() }

// Close is called by cluster's Leave. What was sent before goes out, unless that takes longer
// than a second.
func (d *Driver) Close() {
	for _, l := range []*lane{d.beats, d.data} {
		if l != nil {
			l.close()
		}
	}
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	if d.server != nil {
		d.server.Shutdown()
		d.server.WaitForShutdown()
	}
}

// lane is a connection with the server of the node, on which frames do not overtake each other.
// Who sends does not wait for the server: that may hold its clients.
type lane struct {
	conn *nats.Conn
	self string
	done chan struct{} // closed when all was published

	mu      sync.Mutex
	waiting []parcel
	size    int
	closed  bool
	filled  chan struct{} // has room for one
}

type parcel struct {
	subject string
	frame   []byte
}

func newLane(s *server.Server, account, listen string, self core.Node, take nats.MsgHandler, log *slog.Logger) (*lane, error) {
	conn, err := nats.Connect("", nats.InProcessServer(s), nats.UserInfo(account, account), nats.NoEcho(),
		nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond), nats.ReconnectBufSize(-1), nats.Timeout(connectTimeout),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("frames are lost and sent again", "lane", account, "error", err.Error())
		}))
	if err != nil {
		return nil, err
	}
	l := &lane{conn: conn, self: self.String(), done: make(chan struct{}), filled: make(chan struct{}, 1)}
	sub, err := conn.Subscribe(listen, take)
	if err == nil {
		err = sub.SetPendingLimits(-1, -1)
	}
	if err == nil {
		err = conn.FlushTimeout(connectTimeout)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	go l.run()
	return l, nil
}

func (l *lane) send(subject string, frame []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.size+len(frame) > mostUnderWay {
		return
	}
	l.waiting = append(l.waiting, parcel{subject, append([]byte(nil), frame...)})
	l.size += len(frame)
	select {
	case l.filled <- struct{}{}:
	default:
	}
}

// run publishes what waits, until close.
func (l *lane) run() {
	defer close(l.done)
	for range l.filled {
		for {
			l.mu.Lock()
			parcels, closed := l.waiting, l.closed
			l.waiting = nil
			l.mu.Unlock()
			for _, p := range parcels {
				// An error means that it is lost, as it may be without one.
				_ = l.conn.PublishRequest(p.subject, l.self, p.frame)
				l.mu.Lock()
				l.size -= len(p.frame)
				l.mu.Unlock()
			}
			if len(parcels) > 0 {
				continue
			}
			if closed {
				return
			}
			break
		}
	}
}

// close waits until what was sent is with the server, but not for ever.
func (l *lane) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	select {
	case l.filled <- struct{}{}:
	default:
	}
	select {
	case <-l.done:
		_ = l.conn.FlushTimeout(closeTimeout)
	case <-time.After(closeTimeout):
	}
	l.conn.Close() // which ends a publish that is held
	<-l.done
}
