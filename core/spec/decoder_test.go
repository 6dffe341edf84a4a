package spec_test

import (
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// world has the host h, and the process p with that host and an argument.
type world struct{}

func (world) Host(_ spec.Path, id string) (string, error) {
	if id != "h" {
		return "", hostapi.Errorf(hostapi.NotFound, "no host %s", id)
	}
	return "x:h", nil
}

func (world) Process(_ spec.Path, id string) (spec.Process, error) {
	if id != "p" {
		return spec.Process{}, hostapi.Errorf(hostapi.NotFound, "no process %s", id)
	}
	return spec.Process{ID: "x:p", Host: "x:own", Input: []hostapi.Value{hostapi.Int(1)}}, nil
}

func (world) Supervisor(_ spec.Path, id string) (string, *spec.Supervisor, error) {
	return "", nil, hostapi.Errorf(hostapi.NotFound, "no supervisor %s", id)
}

// value reads the JSON form of a payload.
func value(t *testing.T, text string) hostapi.Value {
	t.Helper()
	var v hostapi.Value
	if err := v.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return v
}

// Everything that is wrong is noted, with its path (16.1 to 16.3).
func TestAllViolations(t *testing.T) {
	d := spec.Decoder{Entries: world{}}
	d.Supervisor(value(t, `{"intensity": -1, "color": 1, "backoff": {"jitter": 2}, "host": "q", "children": [
		{"id": "a", "process": "q", "shutdown": "soon"}, 7, {"id": "a", "supervisor": {"period": 0}, "input": []}, {"id": "b", "supervisor": "q"}]}`), "")
	var got []string
	for _, v := range d.Violations {
		got = append(got, v.Path.String()+": "+v.Error())
	}
	want := []string{
		"backoff.jitter: backoff.jitter must be a number from 0 to 1",
		"children[1].process: no process q",
		`children[1].shutdown: children[1].shutdown must be a duration, as in 500ms, 10s or 1m30s, not "soon"`,
		"children[2]: children[2] must be a map, not a number",
		"children[3].id: children[3].id must be unique: \"a\" is taken",
		"children[3].input: children[3].input is for processes, not for a supervisor",
		"children[3].supervisor.period: children[3].supervisor.period must be a duration greater than 0, not 0",
		"children[4].supervisor: no supervisor q",
		"color: color is an unknown field; there are: strategy, intensity, period, auto_shutdown, backoff, host, children",
		"host: no host q",
		"intensity: intensity must be an integer of at least 0",
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// What is not given has the defaults of clauses 16.1 and 16.2, and what the
// process entry and the supervisor give.
func TestDefaults(t *testing.T) {
	d := spec.Decoder{Entries: world{}}
	s := d.Supervisor(value(t, `{"children": [{"id": "a", "process": "p"}, {"id": "b", "process": "p", "host": "h", "input": []}, {"id": "n", "supervisor": {}}]}`), "x:sup")
	if len(d.Violations) > 0 {
		t.Fatal(d.Violations)
	}
	if s.Strategy != spec.OneForOne || s.Intensity != 1 || s.Period != 5*time.Second || s.AutoShutdown != spec.NeverShutdown ||
		s.Backoff != (spec.Backoff{MaxDelay: 90 * time.Second, Factor: 2, Jitter: 0.1}) || s.StableThreshold != 5*time.Second || s.Host != "x:sup" {
		t.Errorf("supervisor %+v", s)
	}
	a, b, n := s.Children[0], s.Children[1], s.Children[2]
	if a.Process != "x:p" || a.Host != "x:own" || len(a.Input) != 1 || a.Restart != spec.Permanent || a.Shutdown != (spec.Shutdown{Timeout: 5 * time.Second}) {
		t.Errorf("child %+v", a)
	}
	if b.Host != "x:h" || len(b.Input) != 0 {
		t.Errorf("child %+v", b)
	}
	if n.Shutdown != (spec.Shutdown{Infinity: true}) || n.Supervisor.Host != "x:sup" {
		t.Errorf("nested %+v %+v", n, n.Supervisor)
	}
}

// Null, an empty map for a list and a duration without unit are legal where a
// script gives them, and errors where they are written in a file (14.7).
func TestWritten(t *testing.T) {
	for _, text := range []string{`{"strategy": null}`, `{"children": {}}`, `{"period": 5000000000}`} {
		for _, written := range []bool{false, true} {
			d := spec.Decoder{Written: written, Entries: world{}}
			s := d.Supervisor(value(t, text), "")
			if failed := len(d.Violations) > 0; failed != written {
				t.Errorf("%s, written %t: %v", text, written, d.Violations)
			}
			if !written && (s.Strategy != spec.OneForOne || len(s.Children) > 0 || s.Period != 5*time.Second) {
				t.Errorf("%s gives %+v", text, s)
			}
		}
	}
}

// What an entry does not limit, its host does, and then the default (17.8).
func TestLimits(t *testing.T) {
	entry, host := spec.Limits{Memory: 1 << 20, MaxCoroutines: -1}, spec.Limits{Memory: 2 << 20, Fuel: 7}
	got := entry.Or(host).Or(spec.DefaultLimits)
	want := spec.Limits{MaxCoroutines: -1, Payload: hostapi.PayloadLimits{Depth: 128, Size: 16 << 20}, Fuel: 7, Memory: 1 << 20, Outside: 1000, Handles: 256}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
