package understudycli

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strconv"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/spec"
)

const (
	// memoryShare is the part of the memory there is that the program may use by
	// default. The rest is for what scripts allocate before the guard (17.13) has
	// acted, and for all else that runs on the machine.
	memoryShare = 0.6
	// leastMemory is what a runtime with a few processes needs.
	leastMemory = 32 << 20
)

func memoryFlag() cli.Flag {
	return &cli.StringFlag{
		Name:        "memory-limit",
		Usage:       "keep the program below `SIZE` of memory, e.g. 512MiB, by killing processes that seem to be the cause; off: do not",
		DefaultText: fmt.Sprintf("GOMEMLIMIT if that is set, else %d%% of the container's or the machine's memory", int(100*memoryShare)),
	}
}

// memoryLimit gives the limit for core.Options and tells it to the garbage
// collector, which then works harder near it. known gives the memory there is.
func memoryLimit(flag string, known func() (int64, error), log *slog.Logger) (int64, error) {
	limit := int64(0)
	switch {
	case flag == "off":
		return -1, nil
	case flag != "":
		n, ok := spec.ParseSize(flag)
		if bytes, err := strconv.ParseInt(flag, 10, 64); err == nil {
			n, ok = bytes, true
		}
		if !ok {
			return 0, usage("--memory-limit: invalid size %q: write it as 512MiB, 2GiB, or off", flag)
		}
		if n < leastMemory {
			return 0, usage("--memory-limit must be at least %dMiB", leastMemory>>20)
		}
		limit = n
	case os.Getenv("GOMEMLIMIT") != "":
		return 0, nil // core asks the Go runtime
	default:
		n, err := known()
		switch {
		case n == 0:
			log.Warn("no memory limit: the memory of this machine is not known; set --memory-limit", "error", err)
			return -1, nil
		case err != nil:
			log.Warn("the memory limit of the container is not known, only that of the machine; set --memory-limit", "error", err)
		}
		limit = max(leastMemory, int64(memoryShare*float64(n)))
	}
	// The ballast counts as used, and takes no room.
	counted := min(limit, math.MaxInt64-ballastBytes()) + ballastBytes()
	debug.SetMemoryLimit(counted)
	log.Debug("memory limit", "bytes", limit)
	return counted, nil
}

// machineMemory gives how much memory this program can have: what the machine
// has, or the smallest limit of its control groups if that is less. An error says
// what of this is not known; without any of it there are 0 bytes.
func machineMemory() (int64, error) {
	n, err := memlimit.FromSystem()
	if err != nil {
		n = 0
	}
	group, groupErr := memlimit.FromCgroup()
	switch {
	case groupErr == nil && (n == 0 || group < n):
		return int64(min(group, math.MaxInt64)), nil
	case unlimited(groupErr):
		groupErr = nil
	}
	return int64(min(n, math.MaxInt64)), errors.Join(err, groupErr)
}

// unlimited reports whether there is no control group that limits memory.
func unlimited(err error) bool {
	return err == nil || errors.Is(err, memlimit.ErrNoLimit) || errors.Is(err, memlimit.ErrNoCgroup) ||
		errors.Is(err, memlimit.ErrCgroupsNotSupported)
}
