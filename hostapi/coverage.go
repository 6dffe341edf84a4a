package hostapi

import "sync/atomic"

// Coverer is implemented by engines that can tell which statements of a source were
// executed (60.13). Of the sources of an engine that does not implement it nothing is
// counted, and who shows the figures says so.
type Coverer interface {
	// CompileCovered compiles as Compile does; the processes of the program note in the
	// coverage each statement that they begin to execute. It is safe for concurrent use,
	// as Compile is. What such a process does is the same, in more steps; how many does not
	// depend on what others have noted. An error that Compile does not give says that
	// there is no room for what takes the notes: then nothing of the source is counted.
	CompileCovered(src Source) (Program, *Coverage, error)
}

// Coverage says which statements of one source were executed, by any process. Engines
// make it; whoever had the source compiled reads it at any time. Safe for concurrent use.
type Coverage struct {
	lines []int
	begun []atomic.Bool
}

// NewCoverage makes a coverage of statements that begin at these lines, from 1: in the
// order of the text, of which none was executed.
func NewCoverage(lines []int) *Coverage {
	return &Coverage{lines, make([]atomic.Bool, len(lines))}
}

// Begin notes that a process begins to execute statement i. The engine calls it, on the
// goroutine of the process; it does not wait and allocates nothing.
func (c *Coverage) Begin(i int) {
	if !c.begun[i].Load() { // others read it too
		c.begun[i].Store(true)
	}
}

// Len is the number of statements.
func (c *Coverage) Len() int { return len(c.lines) }

// Statement gives the line at which statement i begins, and whether it was executed.
func (c *Coverage) Statement(i int) (line int, executed bool) {
	return c.lines[i], c.begun[i].Load()
}

// Reset forgets what was executed: for whoever reads it, before what is to be measured.
func (c *Coverage) Reset() {
	for i := range c.begun {
		c.begun[i].Store(false)
	}
}
