// Package native is an engine whose programs are Go functions: for actors
// written in Go beside those written in scripts, and as the reference for what
// an engine has to do. It has no source language: programs are made by
// [Program], not compiled.
package native

import (
	"runtime/debug"

	"github.com/understudy-run/understudy/hostapi"
)

// Main is the body of a process: it calls the host API through t and returns
// its results, of which the first is the value and the second may be an error
// (clause 2.16 of docs/spec). An error that is no *hostapi.Error fails the
// process with its text. When a call of the host API returns
// hostapi.ErrKilled, Main returns it at once.
type Main func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error)

// Program gives the program whose every method is main.
func Program(main Main) hostapi.Program {
	return program(func(hostapi.Task) (func(string) Main, error) {
		return func(string) Main { return main }, nil
	})
}

// Loaded gives a program that runs load as its top level. load returns what
// finds a method by name; that gives nil if there is none.
func Loaded(load func(t hostapi.Task) (func(method string) Main, error)) hostapi.Program {
	return program(load)
}

type program func(hostapi.Task) (func(string) Main, error)

// Load implements hostapi.Program.
func (p program) Load(t hostapi.Task) (hostapi.Instance, error) {
	methods, err := p(t)
	if err != nil {
		return nil, err
	}
	return instance(methods), nil
}

type instance func(string) Main

// Method implements hostapi.Instance.
func (i instance) Method(name string) (hostapi.Function, error) {
	if main := i(name); main != nil {
		return Function(main), nil
	}
	return nil, nil
}

// Copy implements hostapi.Instance.
func (i instance) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return cp.Value(v, nil)
}

// Close implements hostapi.Instance.
func (i instance) Close() {}

// Function makes a Go function one that the core can run as a task.
type Function Main

// Call implements hostapi.Function.
func (f Function) Call(t hostapi.Task, args []hostapi.Value) (results []hostapi.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = t.Fault(r, debug.Stack())
		}
	}()
	return f(t, args)
}
