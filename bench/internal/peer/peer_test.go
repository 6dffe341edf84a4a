package peer

import "testing"

// Every workload ends and measures something.
func TestWorkloads(t *testing.T) {
	for _, s := range Systems() {
		for name := range s.workloads {
			t.Run(s.Name+"/"+name, func(t *testing.T) {
				scale := 0.002
				if name == "idle" {
					scale = 0.05
				}
				r, err := Run(s.Name, name, scale)
				if err != nil {
					t.Fatal(err)
				}
				if r.Value <= 0 || r.Unit == "" || r.Engine != s.Name || r.Workload != name {
					t.Errorf("%+v", r)
				}
			})
		}
	}
	if _, err := Run("goroutines", "cascade-chain", 1); err == nil {
		t.Error("an unknown workload runs")
	}
}
