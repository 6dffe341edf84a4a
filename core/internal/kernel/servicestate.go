package kernel

// ServiceState is the state of a service (15.12).
type ServiceState uint8

// The states of a service.
const (
	ServiceStopped  ServiceState = iota // not started, or stopped by Stop
	ServiceStarting                     // the top level of the process runs
	ServiceRunning                      // the process is live
	ServiceExited                       // the process exited normally: final
	ServiceWaiting                      // for the delay before a restart
	ServiceFailed                       // given up: final
	ServiceStopping                     // CANCEL was sent
)

var serviceStates = [...]string{"stopped", "starting", "running", "exited", "waiting", "failed", "stopping"}

// String names the state as the specification does.
func (s ServiceState) String() string { return serviceStates[s] }
