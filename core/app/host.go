package app

import "runtime"

// DefaultMaxProcesses stands for what the runtime allows a host that does not say
// (17.8): the core knows it by the same number.
const DefaultMaxProcesses = -1

// Host is a process.host entry (clause 14.11).
type Host struct {
	Header
	Workers        int // ≥ 1; default the number of CPUs the program may use
	QueueSize      int // ≥ 1; default 1024; no observable effect
	LocalQueueSize int // ≥ 1; default 256; no observable effect
	MaxProcesses   int // live ones at most; 0: no limit; by default DefaultMaxProcesses
	Limits         Limits
	Lifecycle      Lifecycle
}

// Life gives the lifecycle.
func (h *Host) Life() *Lifecycle { return &h.Lifecycle }

func decodeHost(head *Header) *Host {
	o := head.object("host", "limits", "lifecycle")
	host := o.child("host", "workers", "queue_size", "local_queue_size", "max_processes")
	return &Host{
		Header:         *head,
		Workers:        host.count("workers", positive, runtime.GOMAXPROCS(0)),
		QueueSize:      host.count("queue_size", positive, 1024),
		LocalQueueSize: host.count("local_queue_size", positive, 256),
		MaxProcesses:   host.count("max_processes", notNegative, DefaultMaxProcesses),
		Limits:         o.limits(),
		Lifecycle:      o.lifecycle(),
	}
}
