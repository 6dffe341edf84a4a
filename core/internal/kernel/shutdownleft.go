package kernel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// waitsNamed is how many coroutines of one process are named when it is told
// what it waits for.
const waitsNamed = 3

// Doing implements core.Runtime.
func (rt *Runtime) Doing(pid hostapi.PID) string {
	p, _ := rt.table.find(string(pid))
	if p == nil {
		return ""
	}
	return p.doing()
}

func (p *process) doing() string {
	p.mu.Lock()
	ended := p.end != nil
	var waits []string
	for t := p.tasks.first; t != nil; t = t.after {
		if t.wait.waiting {
			waits = append(waits, t.wait.describe())
		}
	}
	busy, prints, halted := p.state != idle, p.state == stalled, p.halted()
	child := p.behaviour.Stops()
	p.mu.Unlock()
	switch {
	case ended:
		return ""
	case child != nil:
		if text := child.doing(); text != "" {
			return "stops " + child.String() + ": " + text
		}
		return "stops " + child.String()
	case halted:
		return "suspended"
	case prints:
		return "waits to print"
	case busy || waits == nil:
		return "running"
	}
	if len(waits) > waitsNamed {
		waits = append(waits[:waitsNamed], "...")
	}
	return strings.Join(waits, "; ")
}

// Remaining implements core.Runtime.
func (rt *Runtime) Remaining(most int) []string {
	return abridged(rt.remaining(func(*process) bool { return true }), most)
}

// abridged shortens a list for people.
func abridged(list []string, most int) []string {
	if len(list) > most {
		return append(list[:most:most], fmt.Sprintf("and %d more", len(list)-most))
	}
	return list
}

// left names the processes of a host that have not ended.
func (h *Host) left() []string {
	return h.rt.remaining(func(p *process) bool { return p.host == h })
}

func (rt *Runtime) remaining(which func(*process) bool) []string {
	var out []string
	for _, p := range rt.table.all() {
		if !which(p) {
			continue
		}
		text := p.String()
		if doing := p.doing(); doing != "" {
			text += " (" + doing + ")"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}
