package spec

// Overflow says what happens to a message that finds a mailbox full (17.1). ""
// is the default.
type Overflow string

// The policies. The first is the default.
const (
	FailSender Overflow = "fail_sender" // send fails with Unavailable "mailbox full"
	DropNew    Overflow = "drop_new"    // the new message becomes a dead letter
	DropOld    Overflow = "drop_old"    // the oldest unread message becomes a dead letter
)

// Mailbox is the mailbox policy of a process (17.1).
type Mailbox struct {
	Limit    int // unread messages at most; 0: no limit
	Overflow Overflow
	WarnAt   int // length at which one warning is logged; 0: the default
}

// Warning gives the length at which one warning is logged: by default 80 % of the
// limit, 10000 without.
func (m *Mailbox) Warning() int {
	switch {
	case m.WarnAt > 0:
		return m.WarnAt
	case m.Limit > 0:
		return max(1, int(int64(m.Limit)*4/5))
	}
	return 10000
}

// Mailbox reads the field mailbox.
func (f Fields) Mailbox() Mailbox {
	f = f.Map("mailbox", "limit", "overflow", "warn_at")
	m := Mailbox{
		Limit:    f.Count("limit", 1, 0),
		Overflow: Choose(f, "overflow", FailSender, DropNew, DropOld),
		WarnAt:   f.Count("warn_at", 1, 0),
	}
	if f.Describes() {
		f.Rule(Given("limit"), Given("overflow"))
	}
	if f.Has("overflow") && !f.Has("limit") {
		f.Fail("overflow", "has no effect without %s: limit is required", f.path.field("limit"))
	}
	return m
}
