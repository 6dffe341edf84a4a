package conformance

// T is what Run needs of *testing.T. The suite does not import testing, so that
// a command can contain it.
type T[S any] interface {
	Helper()
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
	Run(name string, f func(S)) bool
}

// Run plays the suite on an engine, one subtest a case:
//
//	func TestConformance(t *testing.T) {
//		conformance.Run(t, conformance.Engine{Engine: myengine.New()})
//	}
func Run[S T[S]](t S, e Engine) {
	t.Helper()
	RunSuite(t, Options{Engines: []Engine{e}})
}

// RunSuite plays a suite, one subtest a result.
func RunSuite[S T[S]](t S, o Options) {
	t.Helper()
	results, err := Play(o)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	for _, r := range results {
		t.Run(r.Engine+"/"+r.Case.Name, func(t S) {
			t.Helper()
			switch r.Status {
			case Failed:
				t.Errorf("%s", r.Text())
			case Skipped:
				t.Logf("skipped: %s", r.Reason)
			case Lacking:
				t.Logf("lacks: %s", r.Reason)
			}
		})
	}
}
