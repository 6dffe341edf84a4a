package hostapi

// Divergent is implemented by engines that say in what their interpreter differs from
// what scripts are promised (appendix A of docs/spec).
type Divergent interface {
	// Divergences gives the table. Always the same; the caller does not change it.
	Divergences() []Divergence
}

// Divergence is one thing that an interpreter does otherwise.
type Divergence struct {
	What        string // the construct, in few words
	Interpreter string // what the interpreter makes of it
	Engine      string // what scripts see: "" stands for what the clauses promise
	Clauses     string // that decide
	// Probe is a program that shows it, Seen what the interpreter gives for it, Right
	// what the engine does: a test compares both, so that an upgrade says what has
	// changed. A probe is harmless to the interpreter. Without one, Test names the test
	// that would notice.
	Probe, Seen, Right string
	Test               string
}
