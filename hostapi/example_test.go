package hostapi_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// A kind is itself an error to compare with: errors are told apart by their kind,
// not by their text.
func ExampleErrorf() {
	err := hostapi.Errorf(hostapi.NotFound, "no %s in stock", "pears")
	fmt.Println(err)
	fmt.Println(errors.Is(fmt.Errorf("order 7: %w", err), hostapi.NotFound))
	// Output:
	// no pears in stock
	// true
}

// Values that travel between processes are made by constructors and are
// immutable; the same value may go to any number of receivers.
func ExampleListOf() {
	job := hostapi.ListOf(hostapi.String("resize"), hostapi.Int(640), hostapi.Bool(true))
	fmt.Println(job)
	fmt.Println(len(job.List().Items), job.List().Items[1].Int())
	// Output:
	// ["resize", 640, true]
	// 3 640
}

func ExampleParseDuration() {
	d, ok := hostapi.ParseDuration("1m30s")
	fmt.Println(d == 90*time.Second, ok)
	_, ok = hostapi.ParseDuration("90")
	fmt.Println(ok)
	// Output:
	// true true
	// false
}
