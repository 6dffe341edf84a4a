package core

import "github.com/understudy-run/understudy/core/internal/kernel"

// RuntimeEvent is something that has happened in a runtime, as Options.OnEvent
// is told it and as the log tells it: one of the types below. Further ones may
// be added.
type RuntimeEvent = kernel.RuntimeEvent

// The events.
type (
	ProcessStarted    = kernel.ProcessStarted
	EndReport         = kernel.EndReport
	Failure           = kernel.Failure // in an EndReport
	LinkMade          = kernel.LinkMade
	LinkDown          = kernel.LinkDown
	DeadLetter        = kernel.DeadLetter
	LongMailbox       = kernel.LongMailbox
	LongSlice         = kernel.LongSlice
	GraceExpired      = kernel.GraceExpired
	OutsideDone       = kernel.OutsideDone
	OutsideStuck      = kernel.OutsideStuck
	Cascade           = kernel.Cascade
	EntryCount        = kernel.EntryCount // in a Cascade
	ServiceChange     = kernel.ServiceChange
	SupervisorRestart = kernel.SupervisorRestart
)

// DeadLetterReason says why a message reached nobody.
type DeadLetterReason = kernel.DeadLetterReason

// The reasons.
const (
	NoProcess   = kernel.NoProcess
	MailboxFull = kernel.MailboxFull
	Unread      = kernel.Unread
	LateReply   = kernel.LateReply
	NoNode      = kernel.NoNode
)
