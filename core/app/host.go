package app

import (
	"cmp"
	"runtime"

	"github.com/understudy-run/understudy/core/spec"
)

// Host is a process.host entry (clause 14.11).
type Host struct {
	Header
	Workers        int // ≥ 1; default the number of CPUs the program may use
	QueueSize      int // ≥ 1; default 1024; no observable effect
	LocalQueueSize int // ≥ 1; default 256; no observable effect
	MaxProcesses   int // live ones at most; -1: no limit, which is written as 0; by default 0, what the runtime allows
	MaxOutside     int // operations outside of all its processes at once; 0: no limit
	Limits         spec.Limits
	Lifecycle      Lifecycle
}

// Life gives the lifecycle.
func (h *Host) Life() *Lifecycle { return &h.Lifecycle }

var hostFields = []string{"host", "limits", "lifecycle"}

func decodeHost(head *Header) *Host {
	head.object(hostFields...)
	h := &Host{Header: *head}
	h.read(spec.Decoder{}, h.fields, hostFields...)
	return h
}

func (h *Host) fields(f spec.Fields) {
	host := f.Map("host", "workers", "queue_size", "local_queue_size", "max_processes", "max_outside")
	h.Workers = cmp.Or(host.Count("workers", 1, 0), runtime.GOMAXPROCS(0))
	h.QueueSize = host.Count("queue_size", 1, 1024)
	h.LocalQueueSize = host.Count("local_queue_size", 1, 256)
	h.MaxProcesses = int(host.Budget("max_processes"))
	h.MaxOutside = host.Count("max_outside", 1, 0)
	h.Limits = f.Limits()
	h.Lifecycle = h.lifecycle(f)
}
