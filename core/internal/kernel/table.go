package kernel

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// processTable finds processes by PID. A PID is {host|number}, on a node
// {node#incarnation/host|number}; the number alone is unique.
type processTable struct {
	shards [64]tableShard
}

type tableShard struct {
	mu sync.RWMutex
	m  map[uint64]*process

	// The last that were removed, so that what is said about a dead PID can name its
	// entry: a fixed number, the oldest makes room.
	removed [16]removedProcess
	next    int
}

type removedProcess struct {
	pid   hostapi.PID
	entry string
}

func makePID(prefix, host string, serial uint64) hostapi.PID {
	var buffer [64]byte // on the stack
	b := append(buffer[:0], '{')
	b = append(b, prefix...)
	b = append(b, host...)
	b = append(b, '|')
	b = strconv.AppendUint(b, serial, 36)
	b = append(b, '}')
	return hostapi.PID(b)
}

func (t *processTable) shard(serial uint64) *tableShard { return &t.shards[serial%64] }

func (t *processTable) add(p *process) {
	s := t.shard(p.serial)
	s.mu.Lock()
	if s.m == nil {
		s.m = make(map[uint64]*process)
	}
	s.m[p.serial] = p
	s.mu.Unlock()
}

func (t *processTable) remove(p *process) {
	s := t.shard(p.serial)
	s.mu.Lock()
	delete(s.m, p.serial)
	s.removed[s.next%len(s.removed)] = removedProcess{p.pid, p.entry.ID}
	s.next++
	s.mu.Unlock()
}

// past gives the entry of a process that was removed lately, "" if it is not
// remembered.
func (t *processTable) past(pid string) string {
	serial, wellFormed := serialOf(pid)
	if !wellFormed {
		return ""
	}
	s := t.shard(serial)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, r := range s.removed {
		if string(r.pid) == pid {
			return r.entry
		}
	}
	return ""
}

// serialOf gives the number in the text of a PID; false if the text is none.
func serialOf(pid string) (serial uint64, wellFormed bool) {
	bar := strings.LastIndexByte(pid, '|')
	if bar < 0 || pid[0] != '{' || pid[len(pid)-1] != '}' {
		return 0, false
	}
	serial, err := strconv.ParseUint(pid[bar+1:len(pid)-1], 36, 64)
	return serial, err == nil
}

// find gives the process with that PID, nil if there is none. wellFormed is
// false if the text is no PID.
func (t *processTable) find(pid string) (p *process, wellFormed bool) {
	serial, wellFormed := serialOf(pid)
	if !wellFormed {
		return nil, false
	}
	s := t.shard(serial)
	s.mu.RLock()
	p = s.m[serial]
	s.mu.RUnlock()
	if p == nil || string(p.pid) != pid {
		return nil, true
	}
	return p, true
}

// each calls f for every process, in no order. f must take no lock.
func (t *processTable) each(f func(*process)) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.RLock()
		for _, p := range s.m {
			f(p)
		}
		s.mu.RUnlock()
	}
}

// all gives every process, oldest first.
func (t *processTable) all() []*process {
	out := t.some()
	bySerial(out)
	return out
}

func bySerial(list []*process) {
	slices.SortFunc(list, func(a, b *process) int {
		if a.serial < b.serial {
			return -1
		}
		return 1
	})
}

// some gives them in no order.
func (t *processTable) some() (out []*process) {
	t.each(func(p *process) { out = append(out, p) })
	return out
}
