package supervisor

import "github.com/understudy-run/understudy/hostapi"

// What functions of the module take and give as maps. The defaults are those of
// package core/spec, which tests compare.
var (
	specificationShape = &hostapi.Shape{
		Name: "specification",
		Doc:  "What a supervisor does, a map given to start and start_linked (16.1).",
		Fields: []hostapi.Param{
			{Name: "strategy", Accept: hostapi.AcceptString, Optional: true, Doc: "one_for_one, one_for_all, rest_for_one or simple_one_for_one; default one_for_one"},
			{Name: "intensity", Accept: hostapi.AcceptNumber, Optional: true, Type: "integer", Doc: "restarts allowed within period, at least 0; default 1"},
			{Name: "period", Accept: hostapi.AcceptDuration, Optional: true, Doc: "length of that window; default 5s"},
			{Name: "auto_shutdown", Accept: hostapi.AcceptString, Optional: true, Doc: "never, any_significant or all_significant; default never (16.13)"},
			{Name: "backoff", Accept: hostapi.AcceptTable, Optional: true, Type: "map", Doc: "a backoff; without it a restart is at once"},
			{Name: "host", Accept: hostapi.AcceptString, Optional: true, Doc: "id of the host of the supervisor, and of children that name none; default the caller's"},
			{Name: "children", Accept: hostapi.AcceptTable, Optional: true, Type: "list of map", Doc: "each a child, in start order; exactly one, a template, for simple_one_for_one"},
		},
	}
	backoffShape = &hostapi.Shape{
		Name: "backoff",
		Doc:  "The delay of restarts, as of services (16.1, 15.9).",
		Fields: []hostapi.Param{
			{Name: "initial_delay", Accept: hostapi.AcceptDuration, Optional: true, Doc: "of the first restart; default 0s"},
			{Name: "max_delay", Accept: hostapi.AcceptDuration, Optional: true, Doc: "bound of the delay; default 90s"},
			{Name: "backoff_factor", Accept: hostapi.AcceptNumber, Optional: true, Doc: "by which each delay is longer than the one before; default 2"},
			{Name: "jitter", Accept: hostapi.AcceptNumber, Optional: true, Doc: "share of the delay that is drawn; default 0.1"},
			{Name: "stable_threshold", Accept: hostapi.AcceptDuration, Optional: true, Doc: "after so long a life the count begins anew; default 5s"},
		},
	}
	childShape = &hostapi.Shape{
		Name: "child",
		Doc:  "A child of a supervisor, a map in children, or given to start_child (16.2).",
		Fields: []hostapi.Param{
			{Name: "id", Accept: hostapi.AcceptString, Doc: "name within the supervisor; not used in a template"},
			{Name: "process", Accept: hostapi.AcceptString, Optional: true, Doc: "id of the process entry to run; this or supervisor is required"},
			{Name: "supervisor", Accept: hostapi.AcceptString | hostapi.AcceptTable, Optional: true, Doc: "a nested supervisor: id of a supervisor entry, or a specification"},
			{Name: "host", Accept: hostapi.AcceptString, Optional: true, Doc: "id of the host of the process; default that of its entry, then of the supervisor"},
			{Name: "input", Accept: hostapi.AcceptTable, Optional: true, Type: "list", Doc: "arguments; default those of the entry"},
			{Name: "name", Accept: hostapi.AcceptString, Optional: true, Doc: "registered for each instance before it runs; not in a template (12.2)"},
			{Name: "restart", Accept: hostapi.AcceptString, Optional: true, Doc: "permanent, transient (after failures) or temporary (never); default permanent (16.8)"},
			{Name: "shutdown", Accept: hostapi.AcceptDuration, Optional: true, Doc: "grace period, brutal or infinity; default 5s, infinity for a supervisor"},
			{Name: "significant", Accept: hostapi.AcceptBool, Optional: true, Doc: "counts for auto_shutdown; default false"},
		},
	}
	childInfoShape = &hostapi.Shape{
		Name: "child_info",
		Doc:  "A child as which_children describes it, a map (16.17).",
		Fields: []hostapi.Param{
			{Name: "id", Accept: hostapi.AcceptString, Optional: true, Doc: "absent for simple_one_for_one"},
			{Name: "pid", Accept: hostapi.AcceptString, Optional: true, Type: "PID", Doc: "only if it is running"},
			{Name: "type", Accept: hostapi.AcceptString, Doc: "process or supervisor"},
			{Name: "restart", Accept: hostapi.AcceptString, Doc: "as in its specification"},
			{Name: "status", Accept: hostapi.AcceptString, Doc: "running, restarting or stopped"},
		},
	}
	countShape = &hostapi.Shape{
		Name: "count",
		Doc:  "What count_children gives, a map (16.17).",
		Fields: []hostapi.Param{
			{Name: "specs", Accept: hostapi.AcceptNumber, Type: "integer", Doc: "specifications; 1 for simple_one_for_one"},
			{Name: "active", Accept: hostapi.AcceptNumber, Type: "integer", Doc: "children that run"},
			{Name: "supervisors", Accept: hostapi.AcceptNumber, Type: "integer", Doc: "children that are supervisors, running or not"},
			{Name: "processes", Accept: hostapi.AcceptNumber, Type: "integer", Doc: "children that are processes, running or not"},
		},
	}
)
