package understudycli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/inspect"
)

func topCommand() *cli.Command {
	flags := append(filterFlags("steps"),
		&cli.StringFlag{Name: "every", Value: "1s", Usage: "look again after `DURATION`"},
		&cli.IntFlag{Name: "limit", Value: 20, Usage: "without a terminal: the first `N`"},
	)
	return lookCommand("top", "shows the processes of a running node live", "",
		"A table that is looked up again all the time; arrow keys choose a process, enter\nshows it, ? lists the keys. Without a terminal, or with --json, it is printed once.", 0, 0, flags,
		func(l *looking) error {
			q, err := filters(l.c)
			if err != nil {
				return err
			}
			every, err := positiveFlag(l.c, "every")
			if err != nil {
				return err
			}
			if l.c.Int("limit") < 1 {
				return usage("--limit must be at least 1, got %d", l.c.Int("limit"))
			}
			var node inspect.Node // so that an address at which no node is does not make a screen
			if err := l.Get(l.ctx, "node", nil, &node); err != nil {
				return err
			}
			screen, ok := terminalOf(l.c)
			if !ok || l.c.Bool("json") {
				list, err := l.every(q, l.c.Int("limit"))
				if err != nil {
					return err
				}
				if l.c.Bool("json") {
					return l.indented(list)
				}
				return writeProcesses(l.c.App.Writer, list, node.Now)
			}
			m := newTop(l, every, q)
			m.node = node
			_, err = tea.NewProgram(m, tea.WithContext(l.ctx), tea.WithOutput(screen)).Run()
			if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, tea.ErrInterrupted) { // by a signal
				return nil
			}
			return err
		})
}

// terminalOf gives the terminal that the command writes to, if it reads from one too.
func terminalOf(c *cli.Context) (*os.File, bool) {
	o, ok := c.App.Writer.(*output)
	if !ok || !isTerminal(o.w) || !isTerminal(os.Stdin) {
		return nil, false
	}
	f, ok := o.w.(*os.File)
	return f, ok
}

// asker is what top asks: a node, or in tests what pretends to be one.
type asker interface {
	Get(ctx context.Context, path string, query url.Values, into any) error
	Post(ctx context.Context, path string, body, into any) error
}

// askTime is how long top waits for an answer.
const askTime = 10 * time.Second

// The pages of top.
const (
	pageTable = iota
	pageProcess
	pageTree
	pageHelp
)

// top is the state of the screen, as bubbletea wants it: Update alone changes it, View shows
// it, and what is asked of the node comes back as a message.
type top struct {
	ask   asker
	every time.Duration
	width int
	high  int

	node   inspect.Node
	rows   []inspect.ProcessRow
	total  int
	before map[string]int64 // steps of rows when they were looked up before
	at     time.Time        // when that was, by the node
	rates  map[string]float64

	query  url.Values // filters
	sort   string
	up     bool // ascending
	first  int  // of rows in the whole list
	chosen int  // of rows
	paused bool

	page   int
	behind int    // the page that esc leads to from help
	pid    string // of pageProcess
	lines  []string
	scroll int

	typing  bool   // a filter
	filter  string // as it is typed
	doing   string // cancel or terminate, to be confirmed
	on      string // PID of that
	said    string // in the last line
	failed  bool   // said is an error
	asking  bool
	pending bool // something has changed since it was asked
}

func newTop(ask asker, every time.Duration, filters url.Values) *top {
	m := &top{ask: ask, every: every, width: 80, high: 24, query: filters, sort: filters.Get("sort"), up: filters.Get("order") != "desc"}
	m.filter = filters.Get("filter")
	return m
}

// looked is what the node has answered for a page.
type looked struct {
	page  int
	node  inspect.Node
	list  inspect.ProcessList
	lines []string
	err   error
}

// acted is what has come of an action.
type acted struct {
	text string
	err  error
}

// again says that it is time to look.
type again struct{}

// Init implements tea.Model.
func (m *top) Init() tea.Cmd { return m.look() }

// room is how many rows a page has.
func (m *top) room() int { return max(1, m.high-3) }

// look asks for what the page shows, unless that is under way.
func (m *top) look() tea.Cmd {
	if m.asking {
		m.pending = true
		return nil
	}
	m.asking, m.pending = true, false
	page, pid, ask := m.page, m.pid, m.ask
	q := url.Values{"limit": {fmt.Sprint(m.room())}, "offset": {fmt.Sprint(m.first)}}
	for _, name := range []string{"entry", "host", "state"} {
		if text := m.query.Get(name); text != "" {
			q.Set(name, text)
		}
	}
	if m.filter != "" {
		q.Set("filter", m.filter)
	}
	if m.sort != "" {
		q.Set("sort", m.sort)
	}
	if !m.up {
		q.Set("order", "desc")
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), askTime)
		defer cancel()
		a := looked{page: page}
		if a.err = ask.Get(ctx, "node", nil, &a.node); a.err != nil {
			return a
		}
		var b strings.Builder
		switch page {
		case pageTable:
			a.err = ask.Get(ctx, "processes", q, &a.list)
		case pageProcess:
			var p inspect.ProcessDetail
			if a.err = ask.Get(ctx, processPath(pid), nil, &p); a.err == nil {
				var box inspect.Mailbox
				if p.Unread > 0 { // it may end meanwhile: then it has none
					_ = ask.Get(ctx, processPath(pid)+"/mailbox", nil, &box)
				}
				a.err = writeProcess(&b, &p, &box, a.node.Now)
			}
		case pageTree:
			var t inspect.Tree
			if a.err = ask.Get(ctx, "tree", nil, &t); a.err == nil {
				writeTree(&b, t, a.node.Now)
			}
		}
		a.lines = strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
		return a
	}
}

// Update implements tea.Model.
func (m *top) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.high = msg.Width, msg.Height
		m.chosen = min(m.chosen, m.room()-1)
		return m, m.look()
	case looked:
		return m, m.answered(msg)
	case again:
		if m.paused || m.page == pageHelp {
			return m, m.later()
		}
		return m, m.look()
	case acted:
		m.said, m.failed = msg.text, msg.err != nil
		if msg.err != nil {
			m.said = reasonOf(msg.err)
		}
		return m, m.look()
	case tea.PasteMsg:
		if m.typing {
			m.filter += strings.Map(printable, msg.Content)
		}
	case tea.KeyPressMsg:
		return m, m.key(msg)
	}
	return m, nil
}

// later lets it look again after a while.
func (m *top) later() tea.Cmd {
	return tea.Tick(m.every, func(time.Time) tea.Msg { return again{} })
}

// answered takes what the node says.
func (m *top) answered(a looked) tea.Cmd {
	m.asking = false
	next := m.later()
	if m.pending {
		next = m.look()
	}
	if a.err != nil {
		m.said, m.failed = reasonOf(a.err), true
		return next
	}
	if m.failed {
		m.said, m.failed = "", false
	}
	m.node = a.node
	if a.page != m.page {
		return next
	}
	if m.page != pageTable {
		m.lines = a.lines
		m.scroll = min(m.scroll, max(0, len(m.lines)-m.room()))
		return next
	}
	chosen := m.chosenPID()
	m.rates = make(map[string]float64)
	steps := make(map[string]int64)
	for _, r := range a.list.Processes {
		steps[r.PID] = r.Steps
		if before, ok := m.before[r.PID]; ok && a.node.Now.After(m.at) {
			m.rates[r.PID] = float64(r.Steps-before) / a.node.Now.Sub(m.at).Seconds()
		}
	}
	m.before, m.at = steps, a.node.Now
	m.rows, m.total = a.list.Processes, a.list.Total
	m.chosen = max(0, min(m.chosen, len(m.rows)-1))
	for i, r := range m.rows {
		if r.PID == chosen {
			m.chosen = i
		}
	}
	if len(m.rows) == 0 && m.first > 0 { // the list has become shorter
		m.first = 0
		return m.look()
	}
	return next
}

func (m *top) chosenPID() string {
	if m.chosen < len(m.rows) {
		return m.rows[m.chosen].PID
	}
	return ""
}

// reasonOf says an error in a line.
func reasonOf(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the node does not answer"
	}
	told := said(err)
	if told == nil {
		return "stopped"
	}
	return strings.TrimPrefix(firstLine(told.Error()), "understudy: ")
}

func printable(r rune) rune {
	if isHidden(r, 0, "") {
		return -1
	}
	return r
}
