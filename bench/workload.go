package main

// workload is one row of the comparison. What is done stands in `understudy
// bench --list`.
type workload struct {
	name string
	// cores is what every system gets: GOMAXPROCS, or schedulers of the BEAM.
	// It is the number of workers that the workload uses.
	cores int
	// schedulers of the BEAM, if these are not as many as the cores.
	schedulers int
	// inChart says that the ratio to the BEAM compares the same thing.
	inChart bool
}

func workloads() []workload {
	return []workload{
		{name: "ping-pong-raw", cores: 1, inChart: true},
		{name: "ping-pong", cores: 1, inChart: true},
		{name: "ping-pong-2-workers", cores: 2, inChart: true},
		{name: "ring", cores: 2, inChart: true},
		{name: "fan-in", cores: 2, inChart: true},
		{name: "fan-out", cores: 2, inChart: true},
		{name: "spawn", cores: 1, inChart: true},
		{name: "idle", cores: 2, inChart: true},
		{name: "cascade-chain", cores: 2, inChart: true},
		{name: "cascade-star", cores: 2, inChart: true},
		{name: "payload-1KB", cores: 1, inChart: true},
		{name: "payload-1MB", cores: 1, inChart: true},
		{name: "timers", cores: 1, inChart: true},
		{name: "channel", cores: 1},
		{name: "cpu", cores: 1},
		{name: "cpu-bare", cores: 1},
		{name: "cpu-2-workers", cores: 2},
		// The asking side of our workload has a second core, which the loops
		// cannot use; on the BEAM it has a higher priority.
		{name: "fairness", cores: 2, schedulers: 1},
		{name: "send-among-million", cores: 1},
	}
}

func (w workload) beamSchedulers() int {
	if w.schedulers > 0 {
		return w.schedulers
	}
	return w.cores
}
