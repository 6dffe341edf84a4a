package hostapi_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestRetryableFollowsFromTheKind(t *testing.T) {
	// The table of 11.2.
	for kind, want := range map[hostapi.Kind]hostapi.Tristate{
		hostapi.NotFound: hostapi.False, hostapi.AlreadyExists: hostapi.False, hostapi.Invalid: hostapi.False,
		hostapi.Conflict: hostapi.False, hostapi.Unavailable: hostapi.True, hostapi.Timeout: hostapi.True,
		hostapi.RateLimited: hostapi.True, hostapi.Canceled: hostapi.Unset, hostapi.LimitExceeded: hostapi.Unset,
		hostapi.Internal: hostapi.Unset,
	} {
		if got := hostapi.Errorf(kind, "x").Retryable; got != want {
			t.Errorf("retryable of %s is %v, want %v", kind, got, want)
		}
	}
}

func TestErrorsAreImmutable(t *testing.T) {
	e := hostapi.Errorf(hostapi.Invalid, "bad").With("a", hostapi.Int(1))
	e.With("b", hostapi.Int(2))
	e.Wrap("context")
	if len(e.Details.Entries) != 1 || e.Error() != "bad" {
		t.Errorf("changed: %s with %d details", e, len(e.Details.Entries))
	}
	if got := e.Wrap("inner").Wrap("outer").Error(); got != "outer: inner: bad" {
		t.Errorf("wrapped text %q", got)
	}
}

func TestKindsWorkWithErrorsIs(t *testing.T) {
	err := fmt.Errorf("package: %w", hostapi.Errorf(hostapi.NotFound, "gone"))
	if !errors.Is(err, hostapi.NotFound) || errors.Is(err, hostapi.Invalid) {
		t.Error("errors.Is does not see the kind")
	}
	if got := hostapi.AsError(err); got.Kind != hostapi.NotFound || got.Message != "gone" {
		t.Errorf("AsError gives %s %q", got.Kind, got.Message)
	}
	if got := hostapi.AsError(errors.New("other")); got.Kind != hostapi.Internal || got.Message != "other" {
		t.Errorf("AsError of a foreign error gives %s %q", got.Kind, got.Message)
	}
	if hostapi.AsError(nil) != nil {
		t.Error("AsError(nil) is an error")
	}
}

func TestUnknownBecomesInternalAtTheEnd(t *testing.T) {
	// 2.18
	if got := (&hostapi.Error{Message: "x"}).Ended().Kind; got != hostapi.Internal {
		t.Errorf("kind %s", got)
	}
	if got := hostapi.Errorf(hostapi.Conflict, "x").Ended().Kind; got != hostapi.Conflict {
		t.Errorf("kind %s", got)
	}
}
