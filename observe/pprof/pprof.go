// Package pprof writes profiles of scripts (64.3) as go tool pprof and others read them.
package pprof

import (
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// Write writes what core.Runtime.Profile has found, compressed. Functions of scripts are the
// frames, with file and line; the entry stands below them all, and with engine and host as
// labels. Values are samples and, as cpu, nanoseconds on a worker; of a simulated run samples
// and steps of the interpreter. end and took say when that was. The error is that of w.
func Write(w io.Writer, samples []core.ProfileSample, end time.Time, took time.Duration) error {
	b := newBuilder()
	steps := false
	for _, s := range samples {
		steps = steps || s.Steps > 0
	}
	b.p.SampleType = []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}
	if steps {
		b.p.SampleType[1] = &profile.ValueType{Type: "steps", Unit: "count"}
	}
	b.p.DefaultSampleType = b.p.SampleType[1].Type
	b.p.TimeNanos, b.p.DurationNanos = end.Add(-took).UnixNano(), took.Nanoseconds()
	for _, s := range samples {
		second := s.Time.Nanoseconds()
		if steps {
			second = s.Steps
		}
		b.add(s.Entry, s.Stack, map[string][]string{"engine": label(s.Engine), "host": label(s.Host)}, s.Count, second)
	}
	return b.p.Compact().Write(w)
}

// Memory is what is charged to the processes of an entry.
type Memory struct {
	Entry, Engine    string
	Processes, Bytes int64
}

// WriteMemory writes what is charged to processes, by entry. Values are processes and bytes.
func WriteMemory(w io.Writer, charged []Memory, at time.Time) error {
	b := newBuilder()
	b.p.SampleType = []*profile.ValueType{{Type: "processes", Unit: "count"}, {Type: "charged", Unit: "bytes"}}
	b.p.DefaultSampleType = "charged"
	b.p.TimeNanos = at.UnixNano()
	for _, m := range charged {
		b.add(m.Entry, nil, map[string][]string{"engine": label(m.Engine)}, m.Processes, m.Bytes)
	}
	return b.p.Compact().Write(w)
}

func label(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// builder gives functions and places their numbers.
type builder struct {
	p         *profile.Profile
	functions map[[2]string]*profile.Function // by file and name
	locations map[place]*profile.Location
}

type place struct {
	function *profile.Function
	line     int
}

func newBuilder() *builder {
	return &builder{&profile.Profile{}, make(map[[2]string]*profile.Function), make(map[place]*profile.Location)}
}

func (b *builder) add(entry string, stack []hostapi.Frame, labels map[string][]string, values ...int64) {
	s := &profile.Sample{Value: values, Label: map[string][]string{"entry": {entry}}}
	for name, v := range labels {
		if v != nil {
			s.Label[name] = v
		}
	}
	for _, f := range stack {
		// A function without a name is called <a.lua:3> by its place; pprof takes that for
		// a parameter of a template and leaves it out.
		name := cmp.Or(strings.Trim(f.Name, "<>"), f.Source)
		s.Location = append(s.Location, b.location(f.Source, name, f.Line))
	}
	s.Location = append(s.Location, b.location("", entry, 0))
	b.p.Sample = append(b.p.Sample, s)
}

func (b *builder) location(file, name string, line int) *profile.Location {
	f := b.functions[[2]string{file, name}]
	if f == nil {
		f = &profile.Function{ID: uint64(len(b.p.Function) + 1), Name: name, SystemName: name, Filename: file}
		b.functions[[2]string{file, name}] = f
		b.p.Function = append(b.p.Function, f)
	}
	l := b.locations[place{f, line}]
	if l == nil {
		l = &profile.Location{ID: uint64(len(b.p.Location) + 1), Line: []profile.Line{{Function: f, Line: int64(line)}}}
		b.locations[place{f, line}] = l
		b.p.Location = append(b.p.Location, l)
	}
	return l
}
