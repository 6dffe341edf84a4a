package supervisor

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

func TestCalls(t *testing.T) {
	spec := hostapi.MapOf(hostapi.Field("strategy", hostapi.String("one_for_all")))
	for _, c := range []struct {
		name string
		args []any
		want string // outcome
		line string // asked of the process, "" if nothing
	}{
		{"start", []any{"app:tree"}, `"{h|4}", nil`, `start supervisor "app:tree" link false`},
		{"start", []any{spec}, `"{h|4}", nil`, `start supervisor {strategy: "one_for_all"} link false`},
		{"start_linked", []any{spec}, `"{h|4}", nil`, `start supervisor {strategy: "one_for_all"} link true`},
		{"start", nil, "raise Invalid: *", ""},
		{"start", []any{1}, "raise Invalid: *", ""},
		{"start", []any{hostapi.FunctionRef(t)}, "raise Invalid: *", ""},
		{"start_child", []any{"sup", spec}, `"{h|5}", nil`, `start child of sup [{strategy: "one_for_all"}]`},
		{"start_child", []any{"sup", 1, nil, 2}, `"{h|5}", nil`, `start child of sup [1, nil, 2]`},
		{"start_child", []any{"sup"}, `"{h|5}", nil`, `start child of sup []`},
		{"start_child", []any{"sup", hostapi.FunctionRef(t)}, "nil, error(Invalid: cannot send a function at #2)", ""},
		{"start_child", nil, "raise Invalid: *", ""},
		{"terminate_child", []any{"sup", "a"}, "true, nil", "terminate child of sup a"},
		{"terminate_child", []any{"sup"}, "raise Invalid: *", ""},
		{"terminate_child", []any{"sup", 1}, "raise Invalid: *", ""},
		{"restart_child", []any{"sup", "a"}, `"{h|6}", nil`, "restart child of sup a"},
		{"delete_child", []any{"sup", "a"}, "true, nil", "delete child of sup a"},
		{"which_children", []any{"sup"}, `[{id: "a", pid: "{h|7}", type: "process", restart: "permanent", status: "running"}, ` +
			`{id: "n", type: "supervisor", restart: "transient", status: "restarting"}, ` +
			`{type: "process", restart: "temporary", status: "stopped"}], nil`, "children of sup"},
		{"which_children", nil, "raise Invalid: *", ""},
		{"count_children", []any{"sup"}, "{specs: 3, active: 1, supervisors: 1, processes: 2}, nil", "count children of sup"},
		{"count_children", []any{true}, "raise Invalid: *", ""},
	} {
		p := &faketest.Process{
			Children: []hostapi.ChildInfo{
				{ID: "a", PID: "{h|7}", Restart: "permanent", Status: hostapi.ChildRunning},
				{ID: "n", Supervisor: true, Restart: "transient", Status: hostapi.ChildRestarting},
				{Restart: "temporary", Status: hostapi.ChildStopped},
			},
			Count: hostapi.ChildCount{Specs: 3, Active: 1, Supervisors: 1, Processes: 2},
		}
		call := &faketest.Call{Process: p, Args: faketest.Values(c.args...)}
		if got := call.Run(faketest.Func(Module, c.name)); !faketest.Matches(c.want, got) {
			t.Errorf("%s%v gave %s, want %s", c.name, c.args, got, c.want)
		}
		if got := strings.Join(p.Lines, "; "); got != c.line {
			t.Errorf("%s%v asked %q, want %q", c.name, c.args, got, c.line)
		}
	}
}

// What the runtime refuses is returned, for every function.
func TestErrors(t *testing.T) {
	for _, f := range Module.Funcs {
		p := &faketest.Process{Err: hostapi.Errorf(hostapi.Unavailable, "supervisor is shutting down")}
		call := &faketest.Call{Process: p, Args: faketest.Values("sup", "a")[:min(2, len(f.Params))]}
		if got, want := call.Run(f), "nil, error(Unavailable: supervisor is shutting down)"; got != want {
			t.Errorf("%s gave %s, want %s", f.Name, got, want)
		}
		call.Load = true
		if got, want := call.Run(f), "raise Invalid: cannot block during module load"; got != want {
			t.Errorf("2.10: %s gave %s, want %s", f.Name, got, want)
		}
	}
}
