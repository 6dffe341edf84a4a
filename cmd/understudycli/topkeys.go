package understudycli

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/understudy-run/understudy/inspect"
)

// topKeys are what the help page lists.
var topKeys = [][2]string{
	{"up down, k j", "choose a process, or scroll"},
	{"pgup pgdn, home end", "by pages; to the first, to the last"},
	{"enter", "show the process: stacks, limits, links, messages"},
	{"t", "supervision tree"},
	{"/", "filter by text in PID, entry or name; esc drops it"},
	{"c m u l a e h z", "sort by steps memory unread links age entry host state"},
	{"r", "the other way round"},
	{"p, space", "pause and go on"},
	{"x", "cancel: ask the process to stop, after y"},
	{"X", "terminate: kill it, after y"},
	{"esc", "back"},
	{"q, ctrl+c", "quit"},
}

// sortBy are the keys that sort.
var sortBy = map[string]string{
	"c": "steps", "m": "memory", "u": "unread", "l": "links", "a": "age", "e": "entry", "h": "host", "z": "state",
}

// key does what a key means.
func (m *top) key(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	if name == "ctrl+c" {
		return tea.Quit
	}
	switch {
	case m.doing != "":
		return m.confirm(name)
	case m.typing:
		return m.typed(k)
	}
	if !m.failed {
		m.said = ""
	}
	switch name {
	case "q":
		return tea.Quit
	case "esc", "backspace":
		return m.back()
	case "?", "f1":
		if m.page != pageHelp {
			m.behind, m.page, m.scroll = m.page, pageHelp, 0
		}
	case "p", "space":
		m.paused = !m.paused
	case "t":
		return m.open(pageTree)
	case "up", "k":
		return m.move(-1)
	case "down", "j":
		return m.move(1)
	case "pgup":
		return m.move(-m.room())
	case "pgdown":
		return m.move(m.room())
	case "home", "g":
		return m.move(-1 << 30)
	case "end", "G":
		return m.move(1 << 30)
	case "x", "X":
		m.want(name)
	}
	if m.page != pageTable {
		return nil
	}
	switch {
	case name == "enter" && m.chosenPID() != "":
		m.pid = m.chosenPID()
		return m.open(pageProcess)
	case name == "/":
		m.typing = true
	case name == "r":
		m.up = !m.up
		return m.fresh()
	case sortBy[name] != "":
		m.sort = sortBy[name]
		m.up = !descending(m.sort)
		return m.fresh()
	}
	return nil
}

// open goes to another page.
func (m *top) open(page int) tea.Cmd {
	m.page, m.lines, m.scroll = page, nil, 0
	return m.look()
}

func (m *top) back() tea.Cmd {
	switch {
	case m.page == pageHelp:
		m.page = m.behind
		return m.look()
	case m.page != pageTable:
		return m.open(pageTable)
	case m.filter != "":
		m.filter = ""
		return m.fresh()
	}
	return nil
}

// fresh shows the list from its beginning.
func (m *top) fresh() tea.Cmd {
	m.first, m.chosen, m.rows = 0, 0, nil
	return m.look()
}

// move chooses another process, or scrolls.
func (m *top) move(by int) tea.Cmd {
	if m.page != pageTable {
		length := len(m.lines)
		if m.page == pageHelp {
			length = len(topKeys)
		}
		m.scroll = max(0, min(m.scroll+by, length-m.room()))
		return nil
	}
	at := max(0, min(m.first+m.chosen+by, m.total-1))
	switch room := m.room(); {
	case at < m.first:
		m.first = at
	case at >= m.first+room:
		m.first = at - room + 1
	default:
		m.chosen = at - m.first
		return nil
	}
	m.chosen = at - m.first
	m.rows = nil // others stand there
	return m.look()
}

// typed takes a key of the filter.
func (m *top) typed(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		m.typing = false
		return nil
	case "esc":
		m.typing, m.filter = false, ""
	case "backspace":
		if r := []rune(m.filter); len(r) > 0 {
			m.filter = string(r[:len(r)-1])
		}
	case "ctrl+u":
		m.filter = ""
	default:
		if k.Text == "" {
			return nil
		}
		m.filter += k.Text
	}
	return m.fresh()
}

// want asks whether an action is meant.
func (m *top) want(key string) {
	pid := m.pid
	if m.page == pageTable {
		pid = m.chosenPID()
	}
	switch {
	case pid == "" || m.page == pageTree || m.page == pageHelp:
	case !m.node.Actions:
		m.said, m.failed = "this node allows no actions: it is read-only, or was started without --inspect-token-file", true
	default:
		m.doing, m.on = map[string]string{"x": "cancel", "X": "terminate"}[key], pid
	}
}

// confirm does what was asked for, if it is meant.
func (m *top) confirm(name string) tea.Cmd {
	doing, pid, ask := m.doing, m.on, m.ask
	m.doing, m.on = "", ""
	if name != "y" && name != "Y" {
		m.said, m.failed = "nothing was done", false
		return nil
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), askTime)
		defer cancel()
		var body any = inspect.Nothing{}
		text := "%s is killed"
		if doing == "cancel" {
			body, text = inspect.CancelBody{Reason: "by hand"}, "%s is asked to stop"
		}
		if err := ask.Post(ctx, processPath(pid)+"/"+doing, body, nil); err != nil {
			return acted{err: err}
		}
		return acted{text: fmt.Sprintf(text, pid)}
	}
}
