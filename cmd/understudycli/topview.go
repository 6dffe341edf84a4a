package understudycli

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/understudy-run/understudy/inspect"
)

// Styles, as terminals know them.
const (
	inverse = "\x1b[7m"
	bold    = "\x1b[1m"
	plainly = "\x1b[0m"
)

// View implements tea.Model.
func (m *top) View() tea.View {
	v := tea.NewView(strings.Join(m.screen(), "\n"))
	v.AltScreen = true
	return v
}

// screen gives as many lines as the terminal has.
func (m *top) screen() []string {
	lines := []string{m.line(m.headline())}
	switch m.page {
	case pageTable:
		lines = append(lines, m.table()...)
	case pageHelp:
		lines = append(lines, bold+m.line("KEYS")+plainly)
		for _, k := range topKeys[min(m.scroll, len(topKeys)):] {
			lines = append(lines, m.line(fmt.Sprintf("%-20s %s", k[0], k[1])))
		}
	default:
		title := "SUPERVISION"
		if m.page == pageProcess {
			title = "PROCESS " + m.pid
		}
		lines = append(lines, bold+m.line(title)+plainly)
		for _, l := range m.lines[min(m.scroll, len(m.lines)):] {
			lines = append(lines, m.line(l))
		}
	}
	for len(lines) < m.high-1 {
		lines = append(lines, "")
	}
	return append(lines[:max(0, m.high-1)], m.footline())
}

// line fits a text into the width. What scripts write was made visible before.
func (m *top) line(text string) string {
	return ansi.Truncate(strings.ReplaceAll(text, "\t", "  "), m.width, "…")
}

func (m *top) headline() string {
	words := []string{visible(m.node.Name, ""), "up " + ago(m.node.Now.Sub(m.node.Started)), fmt.Sprintf("%d processes", m.node.Processes)}
	if m.page == pageTable {
		order := "sorted by " + orDash(m.sort)
		if m.sort == "" {
			order = "oldest first"
		}
		if !m.up && m.sort == "" {
			order = "newest first"
		}
		words = append(words, order)
		if m.filter != "" || m.query.Has("entry") || m.query.Has("host") || m.query.Has("state") {
			words = append(words, fmt.Sprintf("%d match", m.total))
		}
		if len(m.rows) > 0 && m.total > len(m.rows) {
			words = append(words, fmt.Sprintf("%d-%d of %d", m.first+1, m.first+len(m.rows), m.total))
		}
	}
	if m.paused {
		words = append(words, "PAUSED")
	}
	return strings.Join(words, "  ")
}

func (m *top) footline() string {
	switch {
	case m.doing != "":
		return inverse + m.line(fmt.Sprintf("%s %s? y/n", m.doing, m.on)) + plainly
	case m.typing:
		return m.line("filter: " + m.filter + "█")
	case m.said != "":
		return m.line(m.said)
	case m.page == pageTable && m.filter != "":
		return m.line("filter: " + m.filter + "   esc drops it   ? keys   q quit")
	case m.page == pageTable:
		return m.line("enter show   / filter   c m u sort   t tree   x cancel   p pause   ? keys   q quit")
	}
	return m.line("esc back   up down scroll   ? keys   q quit")
}

// column is one of the table: those that others stand before are left out first where there
// is no room.
type column struct {
	title string
	wide  int // 0: what is left
	right bool
	text  func(*top, *inspect.ProcessRow) string
}

var columns = []column{
	{"PID", 20, false, func(_ *top, r *inspect.ProcessRow) string { return r.PID }},
	{"ENTRY", 24, false, func(_ *top, r *inspect.ProcessRow) string { return r.Entry }},
	{"STATE", 9, false, func(_ *top, r *inspect.ProcessRow) string { return r.State }},
	{"MEMORY", 8, true, func(_ *top, r *inspect.ProcessRow) string { return bytesOf(r.Memory) }},
	{"UNREAD", 6, true, func(_ *top, r *inspect.ProcessRow) string { return countOf(int64(r.Unread)) }},
	{"STEPS/S", 8, true, func(m *top, r *inspect.ProcessRow) string {
		rate, ok := m.rates[r.PID]
		if !ok {
			return "-"
		}
		return countOf(int64(rate))
	}},
	{"AGE", 6, true, func(m *top, r *inspect.ProcessRow) string { return ago(m.node.Now.Sub(r.Started)) }},
	{"DOING", 0, false, func(_ *top, r *inspect.ProcessRow) string { return r.Doing }},
	{"STEPS", 7, true, func(_ *top, r *inspect.ProcessRow) string { return countOf(r.Steps) }},
	{"NAMES", 14, false, func(_ *top, r *inspect.ProcessRow) string { return strings.Join(r.Names, ",") }},
}

// leastFlexible is the room that a column of no width needs to be worth it.
const leastFlexible = 12

// shown gives the columns for which there is room, and their widths.
func (m *top) shown() (out []column) {
	left := m.width
	for _, c := range columns {
		wide := c.wide
		if wide == 0 {
			wide = leastFlexible
		}
		if left < wide {
			continue
		}
		out = append(out, c)
		left -= wide + 1
	}
	for i := range out {
		if out[i].wide == 0 {
			out[i].wide = leastFlexible + max(0, left+1)
			left = 0
		}
	}
	if n := len(out); n == 0 {
		out = []column{{columns[0].title, m.width, false, columns[0].text}}
	} else if left > 0 && out[n-1].wide > 0 { // PIDs and entries are what is long
		out[min(1, n-1)].wide += left
	}
	return out
}

func (m *top) table() []string {
	shown := m.shown()
	row := func(text func(*column) string) string {
		var cells []string
		for i := range shown {
			cells = append(cells, cell(text(&shown[i]), shown[i].wide, shown[i].right))
		}
		return ansi.Truncate(strings.Join(cells, " "), m.width, "")
	}
	lines := []string{bold + row(func(c *column) string { return c.title }) + plainly}
	for i := range m.rows {
		if i == m.room() {
			break
		}
		text := row(func(c *column) string { return visible(c.text(m, &m.rows[i]), "") })
		if i == m.chosen {
			text = inverse + text + strings.Repeat(" ", max(0, m.width-ansi.StringWidth(text))) + plainly
		}
		lines = append(lines, text)
	}
	if len(m.rows) == 0 && !m.asking {
		lines = append(lines, "no processes")
	}
	return lines
}

// cell fits a text into a width.
func cell(text string, wide int, right bool) string {
	text = ansi.Truncate(text, wide, "…")
	gap := strings.Repeat(" ", max(0, wide-ansi.StringWidth(text)))
	if right {
		return gap + text
	}
	return text + gap
}
