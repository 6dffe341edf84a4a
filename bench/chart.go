package main

import (
	"fmt"
	"math"
	"strings"
)

// The chart has a row for each workload and in it a lane for each system: a dot
// at the median, a line from the least to the greatest ratio, a tick at the
// target. The scale is logarithmic; 1 is the BEAM.
const (
	chartWidth  = 860
	plotLeft    = 190
	plotRight   = 800
	plotTop     = 112
	laneHeight  = 9
	rowPadding  = 7
	chartFooter = 58
)

// series is a system in the chart. Colours of light and dark backgrounds, all
// distinct without colour vision too by lightness and by their order in a row.
type series struct{ system, light, dark string }

func chartSeries() []series {
	return []series{
		{"native", "#1f3a5f", "#e6edf3"},
		{"gopherlua", "#0b6bcb", "#58a6ff"},
		{"golua", "#0f8a6c", "#3fc79a"},
		{"starlark", "#c2410c", "#ff9b5e"},
		{"protoactor", "#8b5cf6", "#bc9cff"},
		{"goroutines", "#8a8f98", "#8b949e"},
	}
}

// titles of the rows, where the name alone says too little.
func rowTitle(workload string) (title, note string) {
	switch workload {
	case "ping-pong-raw":
		return "Ping-pong, raw", "round trip, listened topics"
	case "ping-pong":
		return "Ping-pong", "inbox, message, payload"
	case "ping-pong-2-workers":
		return "Ping-pong", "on two workers"
	case "ring":
		return "Ring", "100 processes"
	case "fan-in":
		return "Fan-in", "4 senders to 1"
	case "fan-out":
		return "Fan-out", "1 sender to 100"
	case "spawn":
		return "Spawn", "monitor, exit, event"
	case "idle":
		return "Memory", "of a waiting process"
	case "cascade-chain":
		return "Failure cascade", "chain of 100,000 links"
	case "cascade-star":
		return "Failure cascade", "star of 100,000 links"
	case "payload-1KB":
		return "Payload 1 KB", "map of 25 fields"
	case "payload-1MB":
		return "Payload 1 MB", "one string"
	case "timers":
		return "Timers", "set and fired"
	}
	return workload, ""
}

type chartRow struct {
	workload string
	lanes    []chartLane
}

type chartLane struct {
	series int
	ratio  spread
	target float64 // 0: none
}

func (r *record) chartRows() []chartRow {
	var rows []chartRow
	for _, w := range workloads() {
		row := chartRow{workload: w.name}
		for i, s := range chartSeries() {
			ratio := r.ratios(s.system, beam, w.name)
			if !w.inChart || ratio.n == 0 {
				continue
			}
			lane := chartLane{series: i, ratio: ratio}
			for _, t := range targets() {
				if t.workload == w.name && t.system == s.system && t.against == beam {
					lane.target = t.limit
				}
			}
			row.lanes = append(row.lanes, lane)
		}
		if len(row.lanes) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// chart draws the ratios to the BEAM as SVG that follows the reader's choice of
// light or dark.
func (r *record) chart() string {
	rows := r.chartRows()
	low, high := 0.5, 2.0
	height := plotTop
	for _, row := range rows {
		height += len(row.lanes)*laneHeight + 2*rowPadding
		for _, l := range row.lanes {
			low, high = min(low, l.ratio.min), max(high, l.ratio.max)
		}
	}
	bottom := height
	height += chartFooter
	low, high = math.Log10(low)-0.05, math.Log10(high)+0.05
	x := func(ratio float64) float64 {
		return plotLeft + (math.Log10(ratio)-low)/(high-low)*(plotRight-plotLeft)
	}

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="title">`+"\n",
		chartWidth, height, chartWidth, height)
	b.WriteString("<title id=\"title\">How many times what the BEAM needs Understudy and its peers need; less is better</title>\n<style>\n")
	b.WriteString(style(false))
	b.WriteString("@media (prefers-color-scheme: dark) {\n" + style(true) + "}\n</style>\n")
	fmt.Fprintf(&b, `<rect class="paper" width="%d" height="%d" rx="8"/>`+"\n", chartWidth, height)
	b.WriteString(`<text class="head" x="20" y="30">How many times what the BEAM needs</text>` + "\n")
	b.WriteString(`<text class="note" x="20" y="49">The same work on the same cores, taking turns; less is better; logarithmic. Dot: median, line: least to greatest, tick: target.</text>` + "\n")

	// The legend.
	at := 20.0
	for i, s := range chartSeries() {
		fmt.Fprintf(&b, `<circle class="s%d" cx="%.0f" cy="70" r="4.5"/><text class="label" x="%.0f" y="74">%s</text>`+"\n", i, at+5, at+14, s.system)
		at += 34 + 6.8*float64(len(s.system))
	}

	// Every other row has a ground of its own, so that the eye keeps the line.
	top := plotTop
	for i, row := range rows {
		tall := len(row.lanes)*laneHeight + 2*rowPadding
		if i%2 == 0 {
			fmt.Fprintf(&b, `<rect class="band" x="12" y="%d" width="%d" height="%d" rx="4"/>`+"\n", top, chartWidth-24, tall)
		}
		top += tall
	}

	// The grid.
	for _, tick := range []float64{0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} {
		if l := math.Log10(tick); l < low || l > high {
			continue
		}
		class := "grid"
		if tick == 1 {
			class = "beam"
		}
		fmt.Fprintf(&b, `<line class="%s" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>`+"\n", class, x(tick), x(tick), plotTop, bottom)
		fmt.Fprintf(&b, `<text class="axis" x="%.1f" y="%d">%s×</text>`+"\n", x(tick), bottom+16, number(tick))
	}
	fmt.Fprintf(&b, `<text class="axis strong" x="%.1f" y="%d">BEAM</text>`+"\n", x(1), plotTop-6)

	top = plotTop
	for _, row := range rows {
		tall := len(row.lanes)*laneHeight + 2*rowPadding
		title, note := rowTitle(row.workload)
		middle := float64(top) + float64(tall)/2
		fmt.Fprintf(&b, `<text class="label" x="20" y="%.1f">%s</text><text class="note" x="20" y="%.1f">%s</text>`+"\n",
			middle-2, title, middle+12, note)
		for i, l := range row.lanes {
			y := float64(top+rowPadding+i*laneHeight) + laneHeight/2.0
			if l.target > 0 {
				fmt.Fprintf(&b, `<line class="t%d" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`+"\n",
					l.series, x(l.target), x(l.target), y-4, y+4)
			}
			fmt.Fprintf(&b, `<line class="l%d" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><circle class="s%d" cx="%.1f" cy="%.1f" r="3.5"/>`+"\n",
				l.series, x(l.ratio.min), x(l.ratio.max), y, y, l.series, x(l.ratio.median), y)
		}
		top += tall
	}
	fmt.Fprintf(&b, `<text class="note" x="20" y="%d">%s, %d cores; %s; %s; %d rounds, %s</text>`+"\n", height-16,
		escape(r.Machine.CPU), r.Machine.Cores, escape(r.Machine.Go), escape(r.Machine.BEAM), r.Runs, r.Time.Format("2006-01-02"))
	b.WriteString("</svg>\n")
	return b.String()
}

func style(dark bool) string {
	paper, band, ink, faint, grid := "#ffffff", "#f6f8fa", "#1f2328", "#656d76", "#d8dee4"
	if dark {
		paper, band, ink, faint, grid = "#0d1117", "#161b22", "#e6edf3", "#9198a1", "#30363d"
	}
	var b strings.Builder
	fmt.Fprintf(&b, ".paper{fill:%s} .band{fill:%s}\n", paper, band)
	fmt.Fprintf(&b, "text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:12px;fill:%s}\n", ink)
	fmt.Fprintf(&b, ".head{font-size:16px;font-weight:600} .label{font-weight:500} .note{font-size:11px;fill:%s}\n", faint)
	fmt.Fprintf(&b, ".axis{font-size:11px;fill:%s;text-anchor:middle} .strong{font-weight:600;fill:%s}\n", faint, ink)
	fmt.Fprintf(&b, ".grid{stroke:%s;stroke-width:1} .beam{stroke:%s;stroke-width:1.5}\n", grid, ink)
	for i, s := range chartSeries() {
		colour := s.light
		if dark {
			colour = s.dark
		}
		fmt.Fprintf(&b, ".s%d{fill:%s} .l%d{stroke:%s;stroke-width:2;stroke-opacity:.55} .t%d{stroke:%s;stroke-width:1.5}\n",
			i, colour, i, colour, i, colour)
	}
	return b.String()
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
