package hostapi

// PID names a process: opaque text of the form {host|unique} (clause 2.26).
// Equal PIDs name the same process; a PID is used once in the life of a runtime.
type PID string

// IsPID reports whether text is meant as a PID rather than a registered name:
// whether it begins with an opening brace (clause 3.5).
func IsPID(text string) bool { return len(text) > 0 && text[0] == '{' }

// CheckName gives the error for what can be no registered name (12.2).
func CheckName(name string) error {
	if name == "" || name[0] == '{' || name[0] == '@' {
		return Errorf(Invalid, "invalid name %q", name)
	}
	return nil
}

// CheckTopic gives the error for a topic that cannot be used (3.4, 3.13): verb
// is "send" or "listen".
func CheckTopic(topic, verb string) error {
	switch {
	case topic == "":
		return Errorf(Invalid, "topic cannot be empty")
	case topic[0] == '@':
		return Errorf(Invalid, "cannot %s to @ topics", verb)
	}
	return nil
}

// Dest is whom Go code addresses: a PID or a Name. Text is neither by itself, so that
// what a stranger wrote is not mistaken for a process.
type Dest interface{ dest() }

// Name is a registered name (section 12).
type Name string

func (PID) dest()  {}
func (Name) dest() {}
