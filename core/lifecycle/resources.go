package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// resource is one of an app for one run: it opens once.
type resource struct {
	e    *app.Extension
	at   spec.Place
	turn chan struct{} // holds something unless somebody opens or closes the resource

	mu     sync.Mutex
	value  any
	opened func(*resource)
	state  resourceState
}

type resourceState uint8

const (
	notOpen resourceState = iota
	isOpen
	isClosed
)

func newResource(e *app.Extension, at spec.Place, opened func(*resource)) *resource {
	r := &resource{e: e, at: at, turn: make(chan struct{}, 1), opened: opened}
	r.turn <- struct{}{}
	return r
}

// look gives the resource if it is open already.
func (r *resource) look() (value any, state resourceState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.value, r.state
}

// open gives the resource, and opens it if it is not open yet. Whoever comes while it is
// being opened waits for that, and tries again if it fails.
func (r *resource) open(ctx context.Context) (any, error) {
	if value, state := r.look(); state == isOpen {
		return value, nil
	}
	select {
	case <-r.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { r.turn <- struct{}{} }()
	value, state := r.look()
	switch state {
	case isOpen:
		return value, nil
	case isClosed:
		return nil, hostapi.Errorf(hostapi.Unavailable, "%s is closed", r.e.ID)
	}
	value, err := r.e.Says.(spec.Resource).Open(ctx, r.at)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.value, r.state = value, isOpen
	r.mu.Unlock()
	r.opened(r)
	return value, nil
}

// close closes the resource for good.
func (r *resource) close(ctx context.Context) error {
	select {
	case <-r.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { r.turn <- struct{}{} }()
	r.mu.Lock()
	value, state := r.value, r.state
	r.value, r.state = nil, isClosed
	r.mu.Unlock()
	if c, ok := value.(io.Closer); ok && state == isOpen {
		return c.Close()
	}
	return nil
}

// declare makes a resource of the app known to the runtime.
func (r *Run) declare(e *app.Extension) {
	at := r.app.Place(r.rt.Conceal)
	if r.test != "" {
		at.Data, at.Test = r.test, true
	}
	res := newResource(e, at, func(res *resource) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.open = append(r.open, res)
	})
	r.resources = append(r.resources, res)
	r.rt.DeclareResource(e.ID, e.Kind, e.Says, res.open)
}

// Open opens all resources of the app, as it is to happen before anything starts, or only
// those that do not wait for their first use (41.6). The error names what could not be
// opened, each with its place in the app; all that can be opened is. In a simulated run
// it opens nothing: nothing goes outside there but by operations that are performed
// (40.14).
func (r *Run) Open(ctx context.Context, all bool) error {
	if r.rt.Simulated() {
		return nil
	}
	var failed []error
	for _, res := range r.resources {
		if !all && !res.e.Of.Eager {
			continue
		}
		if _, err := res.open(ctx); err != nil {
			failed = append(failed, fmt.Errorf("%s: %s: %w", res.e.Position, res.e.ID, err))
		}
	}
	return errors.Join(failed...)
}

// Close closes the resources of the app, those opened last first. It is for when no
// process is left that may use them: after Stop and the shutdown of the runtime.
func (r *Run) Close(ctx context.Context) error {
	r.mu.Lock()
	open := slices.Clone(r.open)
	r.mu.Unlock()
	for _, res := range r.resources {
		if !slices.Contains(open, res) {
			open = append([]*resource{res}, open...) // closed last: nobody opens it afterwards
		}
	}
	done := make(chan error, 1)
	go func() {
		var failed []error
		for _, res := range slices.Backward(open) {
			if err := res.close(ctx); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", res.e.ID, err))
			}
		}
		done <- errors.Join(failed...)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("lifecycle: resources are still closing: %w", ctx.Err())
	}
}
