package engines_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

// 17.8: what others send and reply counts against the limit of who keeps it, though the
// script takes hardly a step for it.
func TestWhatArrivesIsCharged(t *testing.T) {
	const (
		lua  = "return function(other)\n local kept, inbox = {}, process.inbox()\n for i = 1, 300 do\n %s\n end\nend"
		star = "def main(other):\n    kept, inbox = [], process.inbox()\n    for i in range(300):\n        %s"
	)
	for name, scripts := range map[string]struct{ lua, starlark string }{
		"messages": {"process.send(other, 'next'); kept[i] = inbox:receive()", "process.send(other, 'next')\n        kept.append(inbox.receive())"},
		"payloads": {"process.send(other, 'next'); kept[i] = inbox:receive():payload():data()", "process.send(other, 'next')\n        kept.append(inbox.receive()[0].payload().data())"},
		"replies":  {"kept[i] = process.call(other, 'large')", "kept.append(process.call(other, 'large'))"},
		"cases":    {"kept[i] = process.call_case(other, 'large'); channel.select({kept[i]})", "kept.append(process.call_case(other, 'large')[0])\n        channel.select([kept[-1]])"},
	} {
		for e, code := range map[hostapi.Engine]string{
			gopherlua.New(): fmt.Sprintf(lua, scripts.lua), golua.New(): fmt.Sprintf(lua, scripts.lua), starlark.New(): fmt.Sprintf(star, scripts.starlark),
		} {
			t.Run(e.Info().Name+"/"+name, func(t *testing.T) {
				rt := core.New(core.Options{Scheduler: core.NewSimulation(1)})
				rt.DefineHost(core.HostOptions{ID: hostID})
				if err := rt.StartHost(hostID); err != nil {
					t.Fatal(err)
				}
				other, err := rt.Attach(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				ended := false
				var end hostapi.Result
				rt.Define(core.Entry{ID: "app:keeper", Program: compile(t, e, code), Method: "main", Limits: core.Limits{Memory: 4 << 20}})
				keeper, err := rt.Start(t.Context(), hostapi.Spawn{ID: "app:keeper", Host: hostID, Args: []hostapi.Value{hostapi.String(string(other.PID()))}}, func(r hostapi.Result) { ended, end = true, r })
				if err != nil {
					t.Fatal(err)
				}
				sent := 0
				for ; sent < 300 && !ended; sent++ {
					large := hostapi.String(strings.Repeat("x", 200_000) + fmt.Sprint(sent))
					d, err := other.Receive(t.Context())
					if err != nil {
						break
					}
					if d.Message.Topic == "next" {
						err = rt.Send(keeper, "large", large)
					} else {
						err = d.Message.Reply(large, nil)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				if end.Err == nil || end.Err.Kind != hostapi.LimitExceeded {
					t.Errorf("it ended with %v, %v", end.Value, end.Err)
				}
				if err := rt.Shutdown(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}
