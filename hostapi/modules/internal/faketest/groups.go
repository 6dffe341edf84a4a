package faketest

import (
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// OpenScope records the id.
func (p *Process) OpenScope(id string) (hostapi.Groups, error) {
	return groups{p}, p.record("open %s", id)
}

// groups records every request and answers from the process's Groups.
type groups struct{ p *Process }

func (g groups) Join(names []string) error {
	return g.p.record("join %s", strings.Join(names, "+"))
}

func (g groups) Leave(names []string) error {
	return g.p.record("leave %s", strings.Join(names, "+"))
}

func (g groups) members(name string) []hostapi.PID {
	i := slices.IndexFunc(g.p.Groups, func(x hostapi.Group) bool { return x.Name == name })
	if i < 0 {
		return nil
	}
	return g.p.Groups[i].Members
}

func (g groups) Members(name string) ([]hostapi.PID, error) {
	return g.members(name), g.p.record("members %s", name)
}

func (g groups) Names() ([]string, error) {
	var names []string
	for _, x := range g.p.Groups {
		names = append(names, x.Name)
	}
	return names, g.p.record("names")
}

func (g groups) Broadcast(name, topic string, payloads []hostapi.Value) error {
	return g.p.record("broadcast %s %s %s", name, topic, List(payloads))
}

func (g groups) Monitor(name string) (hostapi.Subscription, []hostapi.PID, error) {
	return subscription(g), g.members(name), g.p.record("monitor %s", name)
}

func (g groups) MonitorAll() (hostapi.Subscription, []hostapi.Group, error) {
	return subscription(g), g.p.Groups, g.p.record("monitor all")
}

func (g groups) Release() error { return g.p.record("release") }

type subscription struct{ p *Process }

func (s subscription) Channel() hostapi.Channel { return s.p.view("subscription") }

func (s subscription) Close(flush bool) error { return s.p.record("close, flush %v", flush) }
