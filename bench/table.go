package main

import (
	"fmt"
	"strconv"
	"strings"
)

// table gives the figures as Markdown.
func (r *record) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Taken on %s: %d rounds at scale %v, medians, least and greatest in brackets.\n",
		r.Time.Format("2006-01-02"), r.Runs, r.Scale)
	fmt.Fprintf(&b, "%s, %d cores, %s, %s, %s. Load averages before: %s; after: %s.\n",
		r.Machine.CPU, r.Machine.Cores, r.Machine.System, r.Machine.Go, r.Machine.BEAM, r.LoadBefore, r.LoadAfter)
	b.WriteString("\n## Against the BEAM\n\nHow many times the BEAM's figure of the same round; less is better.\n\n")
	columns := append(engines(), "protoactor", "goroutines")
	b.WriteString("| workload | BEAM | " + strings.Join(columns, " | ") + " |\n")
	b.WriteString("|---|--:|" + strings.Repeat("--:|", len(columns)) + "\n")
	for _, w := range workloads() {
		base := r.values(beam, w.name)
		if base.n == 0 || !w.inChart {
			continue
		}
		fmt.Fprintf(&b, "| %s | %s %s |", w.name, number(base.median), r.unit(w.name))
		for _, system := range columns {
			b.WriteString(" " + r.cell(w.name, system) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Other targets\n\n| what | system | figure | target | |\n|---|---|--:|--:|---|\n")
	for _, t := range targets() {
		if t.title == "" {
			continue
		}
		s := t.figure(r)
		if s.n == 0 {
			if r.failure(t.system, t.workload) != "" {
				fmt.Fprintf(&b, "| %s | %s | failed | %s | **missed** |\n", t.title, t.system, t.bound())
			}
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %s (%s..%s) %s | %s | %s |\n", t.title, t.system,
			number(s.median), number(s.min), number(s.max), t.unit, t.bound(), verdict(t.met(s)))
	}
	b.WriteString("\n## All figures\n\nMedians.\n\n")
	columns = append([]string{beam}, columns...)
	b.WriteString("| workload | unit | " + strings.Join(columns, " | ") + " |\n")
	b.WriteString("|---|---|" + strings.Repeat("--:|", len(columns)) + "\n")
	for _, w := range workloads() {
		if r.unit(w.name) == "" {
			continue
		}
		fmt.Fprintf(&b, "| %s | %s |", w.name, r.unit(w.name))
		for _, system := range columns {
			cell := ""
			if s := r.values(system, w.name); s.n > 0 {
				cell = number(s.median)
			} else if r.failure(system, w.name) != "" {
				cell = "failed"
			}
			b.WriteString(" " + cell + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cell gives the ratio of a system to the BEAM, and how its target fares.
func (r *record) cell(workload, system string) string {
	s := r.ratios(system, beam, workload)
	if s.n == 0 {
		if r.failure(system, workload) != "" {
			return "failed"
		}
		return ""
	}
	text := fmt.Sprintf("%s (%s..%s)", number(s.median), number(s.min), number(s.max))
	for _, t := range targets() {
		if t.workload == workload && t.system == system && t.against == beam {
			text += " " + verdict(t.met(s)) + " " + t.bound()
		}
	}
	return text
}

func (t target) bound() string {
	if t.atLeast {
		return "≥ " + number(t.limit)
	}
	return "≤ " + number(t.limit)
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "**missed**"
}

func (r *record) unit(workload string) string {
	for _, s := range r.Samples {
		if s.Workload == workload && s.Unit != "" {
			return s.Unit
		}
	}
	return ""
}

// number gives three digits that count.
func number(f float64) string {
	switch {
	case f >= 1000:
		digits := strconv.FormatFloat(f, 'f', 0, 64)
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + "," + digits[i:]
		}
		return digits
	case f >= 100:
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	text := strconv.FormatFloat(f, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
