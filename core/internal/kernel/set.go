package kernel

import "github.com/understudy-run/understudy/hostapi"

// processSet is a set of processes that iterates in a reproducible order and
// needs no map while it is small. The zero value is empty.
type processSet struct {
	items []*process
	index map[*process]int // only when large
}

const processSetMap = 16

func (s *processSet) find(p *process) int {
	if s.index != nil {
		if i, ok := s.index[p]; ok {
			return i
		}
		return -1
	}
	for i, q := range s.items {
		if q == p {
			return i
		}
	}
	return -1
}

// withPID gives the member with that PID, nil if there is none.
func (s *processSet) withPID(pid hostapi.PID) *process {
	for _, q := range s.items {
		if q.pid == pid {
			return q
		}
	}
	return nil
}

// pids gives the PIDs of the members.
func (s *processSet) pids() []hostapi.PID {
	out := make([]hostapi.PID, len(s.items))
	for i, q := range s.items {
		out[i] = q.pid
	}
	return out
}

func (s *processSet) has(p *process) bool { return s.find(p) >= 0 }

// add reports whether p is new.
func (s *processSet) add(p *process) bool {
	if s.has(p) {
		return false
	}
	s.items = append(s.items, p)
	switch {
	case s.index != nil:
		s.index[p] = len(s.items) - 1
	case len(s.items) > processSetMap:
		s.index = make(map[*process]int, 2*len(s.items))
		for i, q := range s.items {
			s.index[q] = i
		}
	}
	return true
}

// remove reports whether p was there. The last element takes its place.
func (s *processSet) remove(p *process) bool {
	i := s.find(p)
	if i < 0 {
		return false
	}
	last := len(s.items) - 1
	moved := s.items[last]
	s.items[i] = moved
	s.items[last] = nil
	s.items = s.items[:last]
	if s.index != nil {
		s.index[moved] = i
		delete(s.index, p)
	}
	if last == 0 && cap(s.items) > processSetMap {
		*s = processSet{} // what once was large is given back
	}
	return true
}
