package supervision

import (
	"sync"
	"time"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/hostapi"
)

// Services are those of a runtime that were started and not stopped. Safe for concurrent
// use.
type Services struct {
	mu   sync.Mutex
	list container.Ordered[*Service, *Service]
}

// New implements core.Runtime.NewService.
func (l *Services) New(rt *kernel.Runtime, o ServiceOptions) *Service {
	s := newService(rt, o)
	s.services = l
	return s
}

func (l *Services) add(s *Service) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list.Add(s, s)
}

func (l *Services) remove(s *Service) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list.Remove(s)
}

// ServiceView is what is known of one service at one moment.
type ServiceView struct {
	Name     string
	Entry    string // that it runs
	Host     string
	State    kernel.ServiceState
	PID      hostapi.PID      // of its process, "" if none runs
	Since    time.Time        // of the present process or the last one; zero if there was none
	Restarts int              // in a row
	History  []kernel.Failure // since it was last stable: oldest first, at most five
}

// View implements core.Runtime.Services.
func (l *Services) View() []ServiceView {
	l.mu.Lock()
	list := make([]*Service, 0, l.list.Len())
	for s := range l.list.All() {
		list = append(list, s)
	}
	l.mu.Unlock()
	out := make([]ServiceView, len(list))
	for i, s := range list {
		s.mu.Lock()
		out[i] = ServiceView{
			Name: s.options.Name, Entry: s.options.Spawn.ID, Host: s.options.Spawn.Host, State: s.state, PID: s.pid,
			Since: s.since, Restarts: s.restarts, History: s.history[:len(s.history):len(s.history)],
		}
		s.mu.Unlock()
	}
	return out
}
