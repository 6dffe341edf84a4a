package understudycli

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/cluster"
	"github.com/understudy-run/understudy/cluster/nats"
	"github.com/understudy-run/understudy/core"
)

// clusterCommand is about clusters and not about one app (30.10).
func (p *program) clusterCommand() *cli.Command {
	return &cli.Command{
		Name:      "cluster",
		Usage:     "makes the secret of a cluster, and lists its nodes",
		UsageText: "understudy cluster COMMAND\n\nExample: understudy cluster secret > secret && chmod 600 secret",
		Description: "Nodes are runtimes that were started with --node; 'understudy docs 30'\n" +
			"tells how.",
		Subcommands: []*cli.Command{
			{
				Name:      "secret",
				Usage:     "prints a new secret, for --secret-file",
				UsageText: "understudy cluster secret",
				Action: func(c *cli.Context) error {
					if c.NArg() > 0 {
						return usage("cluster secret takes no arguments")
					}
					fmt.Fprintln(c.App.Writer, nats.NewSecret())
					return nil
				},
			},
			{
				Name:      "nodes",
				Usage:     "lists the nodes of the cluster that is at --join",
				UsageText: "understudy cluster nodes --join HOST:PORT [flags] [APPDIR]",
				Description: "Joins for a moment, under a name of its own, and starts nothing. APPDIR is needed\n" +
					"where the app has an entry of the kind cluster.\n\n" +
					"Exit status: 0, 1 if no node is reached, 2 for a usage error.",
				Flags: append([]cli.Flag{
					&cli.BoolFlag{Name: "json", Usage: "print one JSON list", DisableDefaultText: true},
					&cli.StringFlag{Name: "join-timeout", Value: "10s", Usage: "wait `DURATION` for a first contact"},
				}, joinFlags()...),
				Action: p.clusterNodes,
			},
		},
	}
}

// clusterNodes joins for a moment and prints who is there.
func (p *program) clusterNodes(c *cli.Context) error {
	if c.NArg() > 1 {
		return usage("cluster nodes takes one APPDIR, got %d arguments; flags stand before it", c.NArg())
	}
	entry := cluster.DefaultEntry()
	if c.NArg() == 1 {
		a, err := p.loadAppOr(c, c.Args().First(), "the cluster was not asked")
		if err != nil {
			return err
		}
		entry = clusterEntry(a)
	}
	limit, err := positiveFlag(c, "join-timeout")
	if err != nil {
		return err
	}
	o, err := driverOptions(c, entry, slog.New(slog.NewTextHandler(c.App.ErrWriter, nil)))
	if err != nil {
		return err
	}
	if len(o.Join) == 0 {
		return usage("cluster nodes needs --join, an address of a node")
	}
	o.Listen = "127.0.0.1:0" // who asks dials, and need not be dialled
	driver, err := nats.New(o)
	if err != nil {
		return usage("cluster: %v", err)
	}
	self := core.Node{Name: "cli-" + strings.ToLower(rand.Text()[:8]), Incarnation: cluster.NewIncarnation(time.Now())}
	rt := core.New(core.Options{Node: self})
	changed := make(chan struct{}, 1)
	joined, err := cluster.Join(rt, self, cluster.Options{
		Name: entry.Name, Driver: driver, Heartbeat: entry.Heartbeat, DownAfter: entry.DownAfter,
		OnEvent: func(cluster.Event) {
			select {
			case changed <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		return status{statusFailed, fmt.Sprintf("understudy: cluster: %v", err)}
	}
	defer joined.Leave()
	select {
	case <-changed:
	case <-time.After(limit):
		return status{statusFailed, fmt.Sprintf("understudy: no node was reached in %s", limit)}
	}
	for quiet := false; !quiet; { // a node is met with its next heartbeat
		select {
		case <-changed:
		case <-time.After(2 * entry.Heartbeat):
			quiet = true
		}
	}
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(joined.Nodes())
	}
	for _, name := range joined.Nodes() {
		fmt.Fprintln(c.App.Writer, name)
	}
	return nil
}
