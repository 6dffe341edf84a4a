// Package driven has programs of scripts whose process runs a function of Go: tests, and
// what people type.
package driven

import "github.com/understudy-run/understudy/hostapi"

// Program loads the script, and then has Drive give the instance that the core runs.
type Program struct {
	hostapi.Program
	Drive func(t hostapi.Task, in hostapi.Instance) hostapi.Instance
}

// Load loads the script.
func (p Program) Load(t hostapi.Task) (hostapi.Instance, error) {
	in, err := p.Program.Load(t)
	if err != nil {
		return nil, err
	}
	return p.Drive(t, in), nil
}

// Instance is that of a script, with Run for its method.
type Instance struct {
	hostapi.Instance
	Run hostapi.Function
}

// Method gives Run for any name.
func (i Instance) Method(string) (hostapi.Function, error) { return i.Run, nil }

// Where tells where the code of the script stands.
func (i Instance) Where(t hostapi.Task) (string, []hostapi.Frame) {
	if l, ok := i.Instance.(hostapi.Locator); ok {
		return l.Where(t)
	}
	return "", nil
}

// Function is a function of Go that the core runs as a task.
type Function func(t hostapi.Task) ([]hostapi.Value, error)

// Call calls it.
func (f Function) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) { return f(t) }
