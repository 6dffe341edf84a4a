package app

// Scope is a pg.scope entry: process groups that see each other (18.1).
type Scope struct {
	Header
	MaxGroups          int // 0: no limit
	MaxMembersPerGroup int // memberships; 0: no limit
	Lifecycle          Lifecycle
}

// Life gives the lifecycle.
func (s *Scope) Life() *Lifecycle { return &s.Lifecycle }

func decodeScope(head *Header) *Scope {
	o := head.object("max_groups", "max_members_per_group", "lifecycle")
	return &Scope{
		Header:             *head,
		MaxGroups:          o.count("max_groups", notNegative, 0),
		MaxMembersPerGroup: o.count("max_members_per_group", notNegative, 0),
		Lifecycle:          o.lifecycle(),
	}
}
