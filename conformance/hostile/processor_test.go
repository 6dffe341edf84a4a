package hostile

import (
	"syscall"
	"time"
)

// usage is what the system counts of this program, all its threads together.
func usage() syscall.Rusage {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // for a wrong argument only
	}
	return u
}

// processor is the processor time that this program has taken. What is judged
// here is judged by it, and not by the time that passes: a machine that does
// other work as well changes nothing.
func processor() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// mostResident is the most memory that this program has had so far, in bytes.
func mostResident() int64 { return usage().Maxrss << 10 }

const (
	lookEvery = 2 * time.Millisecond

	// A program that waits for what never comes takes no processor time, but
	// for these looks. Over so many of them any other gets far more than this,
	// however busy the machine is.
	idleLooks = 30_000
	idleMost  = 700 * time.Millisecond
)

// whenUsed calls f once when this program has taken so much more processor
// time, or waits for what never comes; unless stop is called before. stop
// returns when f is not called any more, or has returned.
func whenUsed(d time.Duration, f func()) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		end := processor() + d
		since, looks := processor(), 0
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			now := processor()
			idle := false
			if looks++; looks == idleLooks {
				idle = now-since < idleMost
				since, looks = now, 0
			}
			if idle || now >= end {
				f()
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
