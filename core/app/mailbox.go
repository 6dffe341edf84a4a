package app

// Overflow says what happens to a message that finds a mailbox full (17.1).
type Overflow string

// The policies. The first is the default.
const (
	FailSender Overflow = "fail_sender"
	DropNew    Overflow = "drop_new"
	DropOld    Overflow = "drop_old"
)

// Mailbox is the mailbox policy of a process (17.1).
type Mailbox struct {
	Limit    int // unread messages at most; 0: no limit
	Overflow Overflow
	WarnAt   int // default 80 % of Limit; 10000 without Limit
}

func (o *object) mailbox() Mailbox {
	box := o.child("mailbox", "limit", "overflow", "warn_at")
	m := Mailbox{Limit: box.count("limit", positive, 0), WarnAt: 10000}
	if m.Limit > 0 {
		m.WarnAt = max(1, int(int64(m.Limit)*4/5))
	}
	m.WarnAt = box.count("warn_at", positive, m.WarnAt)
	var written bool
	m.Overflow, written = choice(box, "overflow", FailSender, DropNew, DropOld)
	if written && box.value("limit") == nil {
		box.errorf(box.value("overflow"), "mailbox.overflow has no effect without mailbox.limit: limit is required")
	}
	return m
}
