package clocknet

import (
	"slices"
	"time"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// subject is an engine that answers calls by clock.lua or clock.star.
type subject struct {
	name    string
	program hostapi.Program
}

func newSubject(e hostapi.Engine) (*subject, error) {
	code := map[string]string{"lua": luaCode, "starlark": starlarkCode}[e.Info().Language]
	p, err := e.Compile(hostapi.Source{ID: "net:clock", Path: "clock" + e.Info().Extension, Text: code, Modules: modules.Standard()})
	return &subject{e.Info().Name, p}, err
}

// answer has calls answered in a time zone, each by a list of results; an empty one
// says that the call raised.
func (s *subject) answer(zone *time.Location, calls []call) ([][]hostapi.Value, error) {
	t := &task{zone: zone}
	in, err := s.program.Load(t)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	main, err := in.Method("main")
	if err != nil {
		return nil, err
	}
	var answers [][]hostapi.Value
	for batch := range slices.Chunk(calls, 1000) {
		cases := make([]hostapi.Value, len(batch))
		for i, c := range batch {
			cases[i] = c.value()
		}
		results, err := main.Call(t, []hostapi.Value{hostapi.ListOf(cases...)})
		if err != nil {
			return nil, err
		}
		copied, err := in.Copy(results[0], hostapi.NewCopier(hostapi.DefaultPayloadLimits))
		if err != nil {
			return nil, err
		}
		for _, a := range copied.List().Items {
			answers = append(answers, items(a))
		}
	}
	return answers, nil
}

// items gives those of a list; an empty one out of Lua is a map (1.5).
func items(v hostapi.Value) []hostapi.Value {
	if v.Type() == hostapi.TypeMap {
		return nil
	}
	return v.List().Items
}

// task is one of a process that lives in a time zone.
type task struct {
	enginetest.Task
	zone *time.Location
}

func (t *task) Process() hostapi.Process {
	return &process{Process: t.Task.Process(), now: time.Unix(1e9, 0).In(t.zone)}
}

type process struct {
	hostapi.Process
	now time.Time
}

// Now is always the same.
func (p *process) Now() time.Time { return p.now }
