package inspect

import (
	"net/http"
	"reflect"
	"time"
)

// Node is what is known of the node itself.
type Node struct {
	Name      string    `json:"name"`
	Version   string    `json:"version,omitempty" doc:"of the program"`
	Started   time.Time `json:"started" doc:"since when it is looked into"`
	Now       time.Time `json:"now" doc:"by the clock of the runtime"`
	Processes int       `json:"processes" doc:"being created or alive"`
	Hosts     int       `json:"hosts"`
	Token     bool      `json:"token" doc:"whether requests have to carry the token"`
	Actions   bool      `json:"actions" doc:"whether there are actions"`
}

// HostList are the hosts of a node.
type HostList struct {
	Hosts []Host `json:"hosts" doc:"by id"`
}

// Host is one host.
type Host struct {
	ID           string `json:"id"`
	State        string `json:"state" enum:"defined,running,stopping,stopped"`
	Workers      int    `json:"workers" doc:"processes that execute at the same time"`
	Processes    int    `json:"processes" doc:"being created or alive"`
	MaxProcesses int    `json:"max_processes"`
	Operations   int    `json:"operations" doc:"outside, of its processes, under way"`
	MaxOutside   int    `json:"max_outside" doc:"0: no limit"`
}

// Credentials are what a browser exchanges for the token.
type Credentials struct {
	Code string `json:"code"`
}

// Session has the token.
type Session struct {
	Token string `json:"token"`
}

func nodeRoutes() []*route {
	return []*route{
		{
			method: http.MethodGet, path: "/api/v1/node", summary: "The node, and what may be done here.",
			gives: reflect.TypeFor[Node](),
			answer: func(i *Inspector, _ *request) (any, error) {
				hosts := i.rt.Hosts()
				n := Node{
					Name: i.options.Name, Version: i.options.Version, Started: i.started, Now: i.rt.Now(), Hosts: len(hosts),
					Token: i.options.Token != "", Actions: i.actions(),
				}
				for _, h := range hosts {
					n.Processes += h.Processes // who asks for the node alone does not count all of them
				}
				return n, nil
			},
		},
		{
			method: http.MethodGet, path: "/api/v1/hosts", summary: "The hosts.",
			gives: reflect.TypeFor[HostList](),
			answer: func(i *Inspector, _ *request) (any, error) {
				out := HostList{Hosts: []Host{}}
				for _, h := range i.rt.Hosts() {
					out.Hosts = append(out.Hosts, Host(h))
				}
				return out, nil
			},
		},
		{
			method: http.MethodPost, path: "/api/v1/session", right: open,
			summary: "Exchanges the code of the address that run prints for the token, once.",
			body:    reflect.TypeFor[Credentials](), gives: reflect.TypeFor[Session](),
			answer: func(i *Inspector, r *request) (any, error) {
				var c Credentials
				if err := r.read(&c); err != nil {
					return nil, err
				}
				if !i.redeem(c.Code) {
					return nil, refused(http.StatusUnauthorized, "the code is wrong, or was used")
				}
				return Session{i.options.Token}, nil
			},
		},
	}
}

// redeem takes the code that a browser was given.
func (i *Inspector) redeem(code string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !same(code, i.code) {
		return false
	}
	i.code = ""
	return true
}
