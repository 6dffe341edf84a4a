package enginetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Load loads a program as the task.
func (t *Task) Load(p hostapi.Program) (hostapi.Instance, error) {
	t.loading = true
	defer func() { t.loading = false }()
	return p.Load(t)
}

// Call calls a method of an instance as the task and gives payload copies of its
// results.
func (t *Task) Call(tb testing.TB, in hostapi.Instance, method string, args ...hostapi.Value) ([]hostapi.Value, error) {
	tb.Helper()
	f, err := in.Method(method)
	if err != nil {
		return nil, err
	}
	if f == nil {
		tb.Fatalf("no method %s", method)
	}
	values, err := f.Call(t, args)
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		if values[i], err = in.Copy(v, hostapi.NewCopier(hostapi.DefaultPayloadLimits)); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// Describe gives an error with its stack.
func Describe(err error) string {
	var e *hostapi.Error
	if errors.As(err, &e) {
		return e.Error() + "\n" + e.Stack
	}
	return fmt.Sprint(err)
}
