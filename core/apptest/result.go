package apptest

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Status is how a test came out.
type Status string

// The statuses.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Result is what came of a test.
type Result struct {
	Case   *Case
	Status Status
	// Err is why it failed; its Frames say where.
	Err *hostapi.Error
	// Reason is why it was skipped.
	Reason string
	// Seed repeats the run that failed, the last one otherwise; Schedules are how many
	// were run.
	Seed      uint64
	Schedules int
	Took      time.Duration
	// Events are those of that run, oldest first, and Output the lines that it has
	// printed; Where says where each process was that had not ended, if the time or the
	// steps were over.
	Events []Event
	Output []string
	Where  []string
}
