package lifecycle_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/hostapi"
)

const never = "restart: {max_attempts: 1, initial_delay: 1s, jitter: 0}"

// 71.3, 71.4: when an app is done, and with what.
func TestFinish(t *testing.T) {
	entry := func(name, source, life string) string {
		return "\n  - {name: " + name + ", kind: process.lua, engine: gopherlua, source: " + source + ", lifecycle: {auto_start: true" + life + "}}\n"
	}
	for _, c := range []struct {
		name, entries string
		want          string
		after         time.Duration
	}{
		{"all exited", entry("a", "short", "") + entry("b", "short", ""), "", 0},
		{"one failed", entry("a", "short", "") + entry("b", "broken", ", "+never), "lifecycle: failed: a:b", time.Second},
		{"an essential one failed", entry("a", "patient", "") + entry("b", "broken", ", essential: true, "+never), "essential entry failed: a:b", time.Second},
		{"an essential one exited", entry("a", "short", ", essential: true"), "", 0},
		{"an essential one cannot start", entry("a", "flaky xxxxx", ", essential: true, "+never), "essential entry failed: a:a", time.Second},
		{"an essential one that is given up by itself", entry("a", "patient", "") + entry("b", "resigns", ", essential: true"), "essential entry failed: a:b", 0},
		{"what requires a failed one", entry("a", "flaky xxxxx", ", "+never) + entry("b", "short", ", requires: [a]"), "lifecycle: failed: a:a, a:b", time.Second},
		{"a process that nobody started", entry("a", "leaves", ""), "", 5 * time.Second},
		{"nothing", "", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := services()
			code["resigns"] = func(*stage, []string, hostapi.Task) ([]hostapi.Value, error) {
				return nil, &hostapi.Error{Kind: hostapi.Internal, Message: "no use", Retryable: hostapi.False, Script: true}
			}
			code["leaves"] = func(_ *stage, _ []string, t hostapi.Task) ([]hostapi.Value, error) {
				_, err := t.Process().Spawn(hostapi.Spawn{ID: "a:orphan"})
				return nil, err
			}
			code["sleeps"] = func(_ *stage, _ []string, t hostapi.Task) ([]hostapi.Value, error) {
				return nil, t.Process().Sleep(5 * time.Second)
			}
			for seed := range uint64(20) {
				s := open(t, seed, code, host+c.entries+"  - {name: orphan, kind: process.lua, engine: gopherlua, source: sleeps}\n")
				s.run.AutoStart()
				began := s.sim.Now()
				err := s.run.Finish(context.Background())
				got := ""
				if err != nil {
					got = err.Error()
				}
				if got != c.want || errors.Is(err, lifecycle.ErrEssential) != strings.HasPrefix(c.want, "essential") {
					t.Errorf("finished with %q, want %q", got, c.want)
				}
				if took := s.sim.Now().Sub(began); took < c.after || took > c.after+200*time.Millisecond {
					t.Errorf("after %s, want %s", took, c.after)
				}
				lines := strings.Count(s.log.String(), `level=ERROR msg="essential entry failed: `)
				if want := strings.Count(c.want, "essential"); lines != want {
					t.Errorf("%d lines, want %d:\n%s", lines, want, s.log.String())
				}
			}
		})
	}
}

// 71.4: what runs, or will, keeps the app going; a stopped app is no finished one.
func TestFinishWaits(t *testing.T) {
	s := open(t, 1, services(), host+`
  - {name: a, kind: process.lua, engine: gopherlua, source: short, lifecycle: {auto_start: true}}
  - {name: b, kind: process.lua, engine: gopherlua, source: broken, lifecycle: {auto_start: true, restart: {initial_delay: 1h, jitter: 0}}}
`)
	s.run.AutoStart()
	if want := []string{"a:host", "a:a", "a:b"}; !slices.Equal(s.run.Started(), want) {
		t.Errorf("started %q, want %q", s.run.Started(), want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.AfterFunc(10*time.Hour, cancel)
	if err := s.run.Finish(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("finished: %v", err)
	}
}
