package supervisor

import "github.com/understudy-run/understudy/hostapi"

// supervision is what the calls of this module need of the runtime.
func supervision(c hostapi.Call) (hostapi.Supervision, error) {
	return hostapi.NeedFacility[hostapi.Supervision](c.Task().Process(), "supervisor")
}
