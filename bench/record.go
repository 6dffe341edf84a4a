package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// record is what a comparison gave.
type record struct {
	Time       time.Time `json:"time"`
	Machine    machine   `json:"machine"`
	LoadBefore string    `json:"load_before"` // load averages of 1, 5 and 15 minutes
	LoadAfter  string    `json:"load_after"`
	Runs       int       `json:"runs"`
	Scale      float64   `json:"scale"`
	Samples    []sample  `json:"samples"`
}

type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
	Go     string `json:"go"`
	BEAM   string `json:"beam"`
}

// sample is one run of one workload on one system.
type sample struct {
	Run      int                `json:"run"`
	System   string             `json:"engine"`
	Workload string             `json:"workload"`
	Unit     string             `json:"unit,omitempty"`
	Value    float64            `json:"value"`
	More     map[string]float64 `json:"more,omitempty"`
	Error    string             `json:"error,omitempty"`
}

const recordFile = "results.json"

func readRecord(dir string) (*record, error) {
	text, err := os.ReadFile(filepath.Join(dir, recordFile))
	if err != nil {
		return nil, err
	}
	r := &record{}
	return r, json.Unmarshal(text, r)
}

func writeRecord(dir string, r *record) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, recordFile), append(text, '\n'), 0o644)
}

// find gives the sample of a run, nil if it failed or was not made.
func (r *record) find(run int, system, workload string) *sample {
	i := slices.IndexFunc(r.Samples, func(s sample) bool {
		return s.Run == run && s.System == system && s.Workload == workload && s.Error == ""
	})
	if i < 0 {
		return nil
	}
	return &r.Samples[i]
}

// failure gives the first error of a system with a workload.
func (r *record) failure(system, workload string) string {
	for _, s := range r.Samples {
		if s.System == system && s.Workload == workload && s.Error != "" {
			return s.Error
		}
	}
	return ""
}

// spread sums up the figures of several runs.
type spread struct {
	median, min, max float64
	n                int // figures; 0: there are none
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	slices.Sort(values)
	n := len(values)
	return spread{(values[(n-1)/2] + values[n/2]) / 2, values[0], values[n-1], n}
}

// values sums up what a system measured.
func (r *record) values(system, workload string) spread {
	var all []float64
	for run := 1; run <= r.Runs; run++ {
		if s := r.find(run, system, workload); s != nil {
			all = append(all, s.Value)
		}
	}
	return spreadOf(all)
}

// ratios sums up the quotients of two systems, each taken within one run.
func (r *record) ratios(system, against, workload string) spread {
	var all []float64
	for run := 1; run <= r.Runs; run++ {
		a, b := r.find(run, system, workload), r.find(run, against, workload)
		if a != nil && b != nil && b.Value > 0 {
			all = append(all, a.Value/b.Value)
		}
	}
	return spreadOf(all)
}
