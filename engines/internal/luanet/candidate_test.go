package luanet

import (
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
)

// candidate runs programs on an engine.
type candidate struct {
	engine  hostapi.Engine
	prelude hostapi.Program
	own     int // which reference has its version of the language
}

func newCandidate(e hostapi.Engine, own int, prelude string) (*candidate, error) {
	p, err := e.Compile(hostapi.Source{ID: "net:prelude", Path: "prelude.lua", Text: prelude})
	if err != nil {
		return nil, err
	}
	return &candidate{engine: e, prelude: p, own: own}, nil
}

const (
	maxTicks  = 20_000
	maxMemory = 512 << 20
)

// run gives what a program prints.
func (c *candidate) run(text string) string {
	p, err := c.engine.Compile(c.source(text))
	if err != nil {
		return "does not compile: " + err.Error()
	}
	return c.execute(p)
}

func (c *candidate) source(text string) hostapi.Source {
	return hostapi.Source{
		ID: "net:test", Path: "src/test.lua", Text: text,
		Imports: []hostapi.Import{{Alias: "prelude", Program: c.prelude}},
	}
}

// execute gives what a compiled program prints.
func (c *candidate) execute(p hostapi.Program) string {
	task := &enginetest.Task{KillAt: maxTicks, Limit: maxMemory}
	err := execute(task, p)
	lines := task.Output.Lines
	switch {
	case task.Cause != nil:
		lines = append(lines, fmt.Sprintf("fault: %v\n%s", task.Cause, task.Stack))
	case task.Killed:
		lines = append(lines, "does not end")
	case err != nil:
		lines = append(lines, "failed: "+err.Error())
	}
	return strings.Join(lines, "\n")
}

func execute(task *enginetest.Task, p hostapi.Program) error {
	in, err := task.Load(p)
	if err != nil {
		return err
	}
	defer in.Close()
	main, err := in.Method("main")
	if err != nil {
		return err
	}
	_, err = main.Call(task, nil)
	return err
}
