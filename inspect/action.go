package inspect

import (
	"net/http"
	"reflect"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// SendBody is a message to a process.
type SendBody struct {
	Topic    string          `json:"topic"`
	Payloads []hostapi.Value `json:"payloads,omitempty"`
}

// CancelBody says how a process is asked to stop.
type CancelBody struct {
	Grace  string `json:"grace,omitempty" doc:"until it is killed, as 10s; absent: it never is"`
	Reason string `json:"reason,omitempty"`
}

// Nothing is a body that says nothing.
type Nothing struct{}

// Reloaded is what a new version of the app has changed (13.15).
type Reloaded struct {
	Replaced []string `json:"replaced" doc:"entries that serve from now on"`
	Removed  []string `json:"removed" doc:"entries that are gone, which stay as they are"`
	NeedRun  []string `json:"need_run" doc:"entries that need a new run"`
}

func actionRoutes() []*route {
	act := func(name, summary string, body reflect.Type, do func(i *Inspector, pid hostapi.PID, r *request) error) *route {
		return &route{
			method: http.MethodPost, path: "/api/v1/processes/{pid}/" + name, summary: summary, right: action, body: body,
			answer: func(i *Inspector, r *request) (any, error) {
				pid := hostapi.PID(r.PathValue("pid"))
				if _, ok := i.rt.Inspect(pid); !ok {
					return nil, i.gone(pid)
				}
				return nil, do(i, pid, r)
			},
		}
	}
	plain := func(name, summary string, do func(rt Runtime, pid hostapi.PID) error) *route {
		return act(name, summary, reflect.TypeFor[Nothing](), func(i *Inspector, pid hostapi.PID, r *request) error {
			if err := r.read(&Nothing{}); err != nil {
				return err
			}
			return do(i.rt, pid)
		})
	}
	return []*route{
		act("send", "Sends a message without a sender (3.1).", reflect.TypeFor[SendBody](), func(i *Inspector, pid hostapi.PID, r *request) error {
			var b SendBody
			if err := r.read(&b); err != nil {
				return err
			}
			return i.rt.Send(pid, b.Topic, b.Payloads...)
		}),
		act("cancel", "Asks a process to stop (7.1).", reflect.TypeFor[CancelBody](), func(i *Inspector, pid hostapi.PID, r *request) error {
			var b CancelBody
			if err := r.read(&b); err != nil {
				return err
			}
			grace := time.Duration(-1)
			if b.Grace != "" {
				d, ok := hostapi.ParseDuration(b.Grace)
				if !ok || d < 0 {
					return invalid("grace: %q is no duration: write it as 500ms, 10s or 1m30s", b.Grace)
				}
				grace = d
			}
			return i.rt.Cancel(pid, grace, b.Reason)
		}),
		plain("terminate", "Kills a process (7.9).", Runtime.Terminate),
		plain("suspend", "Lets a process run no more, until resume: it still gets messages, events and kills.", Runtime.Suspend),
		plain("resume", "Lets a process run again.", Runtime.Resume),
		plain("upgrade", "Sends OUTDATED to a process that has the option upgradable (13.17).", Runtime.Outdate),
		{
			method: http.MethodPost, path: "/api/v1/reload", right: action, body: reflect.TypeFor[Nothing](), gives: reflect.TypeFor[Reloaded](),
			summary: "Reads the app again, and lets its new version serve from now on (13.15).",
			answer: func(i *Inspector, r *request) (any, error) {
				if err := r.read(&Nothing{}); err != nil {
					return nil, err
				}
				if i.options.Reload == nil {
					return nil, hostapi.Errorf(hostapi.Unavailable, "the app cannot be read again: it is a part of the program")
				}
				c, err := i.options.Reload(r.Context())
				if err != nil {
					return nil, err
				}
				return Reloaded{append([]string{}, c.Replaced...), append([]string{}, c.Removed...), append([]string{}, c.NeedRun...)}, nil
			},
		},
	}
}
