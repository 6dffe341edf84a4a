package understudycli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cluster"
	"github.com/understudy-run/understudy/cluster/nats"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
)

// defaultListen is where a node listens unless it says so.
const defaultListen = "127.0.0.1:7946"

// joinFlags are those by which a program reaches and proves itself to a cluster (30.1).
func joinFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "join", Usage: "`HOST:PORT[,...]` of other nodes, possibly also the own"},
		&cli.StringFlag{Name: "secret-file", Usage: "`FILE` with the secret of the cluster ('understudy cluster secret' makes one)"},
		&cli.StringFlag{Name: "tls-cert", Usage: "`FILE` with the certificate of this node, in place of one that the secret gives"},
		&cli.StringFlag{Name: "tls-key", Usage: "`FILE` with its key"},
		&cli.StringFlag{Name: "tls-ca", Usage: "`FILE` with the authorities that say who is a node"},
		&cli.BoolFlag{Name: "insecure", Usage: "let in whoever reaches the port, also on other addresses than those of this machine", DisableDefaultText: true},
	}
}

// nodeFlags are those of run and exec by which the runtime becomes a node.
func nodeFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "node", Usage: "be the node `NAME` of a cluster", DefaultText: "not a node"},
		&cli.StringFlag{Name: "listen", Usage: "`HOST:PORT` for other nodes; port 0: any", DefaultText: defaultListen},
		&cli.StringFlag{Name: "advertise", Usage: "`HOST:PORT` that other nodes are told", DefaultText: "that of --listen"},
		&cli.StringFlag{Name: "join-timeout", Usage: "wait `DURATION` for a first contact before anything is started", DefaultText: "10s with --join"},
	}, joinFlags()...)
}

// membership is the part of a session that is a node.
type membership struct {
	self    core.Node
	driver  *nats.Driver
	options cluster.Options
	limit   time.Duration // for the first contact
	cluster *cluster.Cluster

	met chan struct{} // told of nodes that are up; has room for one
}

// membership reads the flags of a node; nil for what is none.
func (p *program) membership(c *cli.Context, a *app.App, log *slog.Logger) (*membership, error) {
	if !c.IsSet("node") {
		for _, f := range nodeFlags() {
			if name := f.Names()[0]; c.IsSet(name) {
				return nil, usage("--%s has no meaning without --node", name)
			}
		}
		return nil, nil
	}
	name := c.String("node")
	if !cluster.IsName(name) {
		return nil, usage("--node must be 1 to 63 letters, digits, \"_\", \"-\" and \".\", the first a letter or digit, not %q", name)
	}
	entry := clusterEntry(a)
	o, err := driverOptions(c, entry, log)
	if err != nil {
		return nil, err
	}
	if o.Listen = c.String("listen"); o.Listen == "" {
		o.Listen = defaultListen
	}
	o.Advertise = c.String("advertise")
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, usage("--listen: invalid address %q: write it as HOST:PORT", o.Listen)
	}
	ip := net.ParseIP(host)
	if o.Advertise == "" && (host == "" || ip != nil && ip.IsUnspecified()) {
		return nil, usage("--advertise is required: others cannot be told %s", o.Listen)
	}
	if !(host == "localhost" || ip != nil && ip.IsLoopback()) && o.Secret == nil && o.TLS == nil && !c.Bool("insecure") {
		return nil, usage("cluster: a secret or certificates are required to listen on %s: --secret-file, --tls-cert, or --insecure", o.Listen)
	}
	m := &membership{self: core.Node{Name: name, Incarnation: cluster.NewIncarnation(time.Now())}, met: make(chan struct{}, 1)}
	if len(o.Join) > 0 {
		m.limit = 10 * time.Second
	}
	if c.IsSet("join-timeout") {
		if m.limit, err = durationFlag(c, "join-timeout"); err != nil {
			return nil, err
		}
	}
	if m.driver, err = nats.New(o); err != nil {
		return nil, usage("cluster: %v", err)
	}
	m.options = cluster.Options{Name: entry.Name, Driver: m.driver, Heartbeat: entry.Heartbeat, DownAfter: entry.DownAfter}
	return m, nil
}

// clusterEntry is what the app says of its cluster.
func clusterEntry(a *app.App) *cluster.Entry {
	for _, e := range a.Entries {
		if x, ok := e.(*app.Extension); ok && x.Of == cluster.Kind {
			return x.Says.(*cluster.Entry)
		}
	}
	return cluster.DefaultEntry()
}

// driverOptions are those that joinFlags and the entry of the app give.
func driverOptions(c *cli.Context, entry *cluster.Entry, log *slog.Logger) (nats.Options, error) {
	o := nats.Options{Cluster: entry.Name, Compress: entry.Compression, Log: log}
	for _, to := range strings.Split(c.String("join"), ",") {
		if to = strings.TrimSpace(to); to != "" {
			o.Join = append(o.Join, to)
		}
	}
	if file := c.String("secret-file"); file != "" {
		var err error
		if o.Secret, err = nats.ReadSecret(file); err != nil {
			return o, usage("--secret-file: %v", err)
		}
	}
	certificate, key, authorities := c.String("tls-cert"), c.String("tls-key"), c.String("tls-ca")
	if certificate+key+authorities == "" {
		return o, nil
	}
	if certificate == "" || key == "" || authorities == "" {
		return o, usage("--tls-cert, --tls-key and --tls-ca are given together")
	}
	own, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return o, usage("--tls-cert: %v", err)
	}
	text, err := os.ReadFile(authorities)
	if err != nil {
		return o, usage("--tls-ca: %v", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return o, usage("--tls-ca: no certificate in %s", authorities)
	}
	o.TLS = &tls.Config{Certificates: []tls.Certificate{own}, RootCAs: pool}
	return o, nil
}

// join makes the session a node, before anything of the app runs, and waits for a first
// contact (31.2). Afterwards leave is called once.
func (s *session) join(asked context.Context) error {
	m := s.member
	if m == nil {
		return nil
	}
	m.options.OnEvent = func(e cluster.Event) {
		switch {
		case e.Up:
			select {
			case m.met <- struct{}{}:
			default:
			}
			s.tell("node "+e.Node.Name+" is up", "node.up", "node", e.Node.Name, "incarnation", e.Node.Incarnation)
		case e.Reason == "lost":
			s.say(slog.LevelWarn, "node "+e.Node.Name+" is down: lost", "node.down", "node", e.Node.Name, "reason", e.Reason)
		default:
			s.tell("node "+e.Node.Name+" is down: "+e.Reason, "node.down", "node", e.Node.Name, "reason", e.Reason)
		}
	}
	var err error
	if m.cluster, err = cluster.Join(s.rt, m.self, m.options); err != nil {
		return status{statusFailed, fmt.Sprintf("understudy: cluster: %v; nothing was started", err)}
	}
	s.tell(fmt.Sprintf("node %s listens on %s", m.self.Name, m.driver.Addr()), "node listens", "node", m.self.Name, "address", m.driver.Addr().String())
	if m.limit == 0 {
		return nil
	}
	late := time.NewTimer(m.limit)
	defer late.Stop()
	// Those who are met at all are met within a heartbeat of each other.
	var quiet <-chan time.Time
	for {
		select {
		case <-m.met:
			quiet = time.After(m.options.Heartbeat * 3 / 2)
		case <-quiet:
			return nil
		case <-asked.Done():
			return nil
		case <-late.C:
			if quiet == nil {
				s.say(slog.LevelWarn, fmt.Sprintf("no other node was met in %s, starting anyway", m.limit), "no other node was met", "limit", m.limit)
			}
			return nil
		}
	}
}

// tell is say for what is no news to who asked for warnings only, as exec does.
func (s *session) tell(line, record string, attrs ...any) {
	if s.log.Enabled(context.Background(), slog.LevelInfo) {
		s.say(slog.LevelInfo, line, record, attrs...)
	}
}

// leave tells the others that the node has left, after its processes have ended (31.4).
func (s *session) leave() {
	if s.member != nil && s.member.cluster != nil {
		s.member.cluster.Leave()
	}
}
