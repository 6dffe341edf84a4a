package pprof_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/observe/pprof"
)

func read(t *testing.T, b *bytes.Buffer) *profile.Profile {
	t.Helper()
	p, err := profile.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckValid(); err != nil {
		t.Fatal(err)
	}
	return p
}

// 64.3: what was found comes back with functions, places, labels and units.
func TestProfilesAreRead(t *testing.T) {
	main := hostapi.Frame{Source: "a.lua", Line: 9, Name: "<a.lua:8>"}
	samples := []core.ProfileSample{
		{Entry: "app:a", Engine: "gopherlua", Host: "app:h", Count: 3, Time: 15 * time.Millisecond, Stack: []hostapi.Frame{{Source: "a.lua", Line: 3, Name: "hot"}, main}},
		{Entry: "app:a", Engine: "gopherlua", Host: "app:h", Count: 1, Time: 5 * time.Millisecond, Stack: []hostapi.Frame{{Source: "a.lua", Line: 4, Name: "hot"}, main}},
		{Entry: "app:go", Host: "app:h", Count: 2, Time: 10 * time.Millisecond},
	}
	var b bytes.Buffer
	end := time.Date(2030, 1, 1, 0, 0, 10, 0, time.UTC)
	if err := pprof.Write(&b, samples, end, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	p := read(t, &b)
	if p.DurationNanos != 10e9 || p.TimeNanos != end.Add(-10*time.Second).UnixNano() || p.SampleType[1].Type != "cpu" || p.SampleType[1].Unit != "nanoseconds" {
		t.Errorf("%v", p)
	}
	if len(p.Sample) != 3 || len(p.Function) != 4 || len(p.Location) != 5 {
		t.Fatalf("%d samples, %d functions, %d places: %v", len(p.Sample), len(p.Function), len(p.Location), p)
	}
	s := p.Sample[0]
	if l := s.Location[0].Line[0]; s.Value[0] != 3 || s.Value[1] != 15e6 || l.Function.Name != "hot" || l.Function.Filename != "a.lua" || l.Line != 3 {
		t.Errorf("%v", s)
	}
	if l := s.Location[1].Line[0]; l.Function.Name != "a.lua:8" || l.Line != 9 {
		t.Errorf("the function without a name is %v", l)
	}
	if s.Label["entry"][0] != "app:a" || s.Label["engine"][0] != "gopherlua" || s.Label["host"][0] != "app:h" {
		t.Errorf("labels %v", s.Label)
	}
	if s := p.Sample[2]; len(s.Location) != 1 || s.Location[0].Line[0].Function.Name != "app:go" || s.Label["engine"] != nil {
		t.Errorf("%v", s)
	}

	b.Reset()
	samples[0].Steps = 1000
	if err := pprof.Write(&b, samples[:1], end, 0); err != nil {
		t.Fatal(err)
	}
	if p := read(t, &b); p.SampleType[1].Type != "steps" || p.Sample[0].Value[1] != 1000 {
		t.Errorf("of a simulated run: %v", p)
	}

	b.Reset()
	if err := pprof.WriteMemory(&b, []pprof.Memory{{"app:a", "golua", 7, 4096}}, end); err != nil {
		t.Fatal(err)
	}
	if p := read(t, &b); p.SampleType[1].Unit != "bytes" || p.Sample[0].Value[0] != 7 || p.Sample[0].Value[1] != 4096 {
		t.Errorf("of memory: %v", p)
	}
}
