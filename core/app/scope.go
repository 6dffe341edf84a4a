package app

import "github.com/understudy-run/understudy/core/spec"

// Scope is a pg.scope entry: process groups that see each other (18.1).
type Scope struct {
	Header
	MaxGroups          int // 0: no limit
	MaxMembersPerGroup int // memberships; 0: no limit
	Lifecycle          Lifecycle
}

// Life gives the lifecycle.
func (s *Scope) Life() *Lifecycle { return &s.Lifecycle }

var scopeFields = []string{"max_groups", "max_members_per_group", "lifecycle"}

func decodeScope(head *Header) *Scope {
	head.object(scopeFields...)
	s := &Scope{Header: *head}
	s.read(spec.Decoder{}, s.fields, scopeFields...)
	return s
}

func (s *Scope) fields(f spec.Fields) {
	s.MaxGroups = f.Count("max_groups", 0, 0)
	s.MaxMembersPerGroup = f.Count("max_members_per_group", 0, 0)
	s.Lifecycle = s.lifecycle(f)
}
