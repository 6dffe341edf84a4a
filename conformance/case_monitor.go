package conformance

func monitorCases() []Case { return nil }
