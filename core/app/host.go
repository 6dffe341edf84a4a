package app

import "runtime"

// Host is a process.host entry (clause 14.11).
type Host struct {
	Header
	Workers        int // ≥ 1; default the number of CPUs the program may use
	QueueSize      int // ≥ 1; default 1024; no observable effect
	LocalQueueSize int // ≥ 1; default 256; no observable effect
	MaxProcesses   int // live ones at most; -1: no limit, which is written as 0; by default 0, what the runtime allows
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
		MaxProcesses:   int(host.budget("max_processes")),
		Limits:         o.limits(),
		Lifecycle:      o.lifecycle(),
	}
}
