package understudycli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/understudy-run/understudy/inspect"
)

// pretended is a node with many processes, as top asks it.
type pretended struct {
	node    inspect.Node
	rows    int
	asked   []string // paths, with their queries
	posted  []string
	failing error
}

func (n *pretended) Get(_ context.Context, path string, query url.Values, into any) error {
	n.asked = append(n.asked, path+"?"+query.Encode())
	if n.failing != nil {
		return n.failing
	}
	switch x := into.(type) {
	case *inspect.Node:
		*x = n.node
	case *inspect.ProcessList:
		var offset, limit int
		fmt.Sscan(query.Get("offset"), &offset)
		fmt.Sscan(query.Get("limit"), &limit)
		x.Total = n.rows
		for i := offset; i < min(offset+limit, n.rows); i++ {
			x.Processes = append(x.Processes, inspect.ProcessRow{
				PID: fmt.Sprintf("{app:processes|%d}", i), Entry: "app:wörker\x1b[31m", State: "waiting", Steps: int64(i) * n.node.Now.Unix(),
				Names: []string{"漢字漢字漢字漢字漢字漢字漢字"}, Doing: "receive channel(inbox)", Started: n.node.Started, Memory: 123456789,
			})
		}
	case *inspect.ProcessDetail:
		*x = inspect.ProcessDetail{PID: path, Entry: "app:worker\x1b[2J", Doing: strings.Repeat("wait ", 50)}
	case *inspect.Tree:
		x.Tree = []inspect.TreeNode{{ID: "app:root\x07", Kind: "service", State: "running"}}
	}
	return nil
}

func (n *pretended) Post(_ context.Context, path string, _, _ any) error {
	n.posted = append(n.posted, path)
	return n.failing
}

// stage is top at work, without a terminal.
type stage struct {
	*top
	t         *testing.T
	node      *pretended
	confirmed bool // an action is to be carried out
}

func newStage(t *testing.T, rows int) *stage {
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	n := &pretended{node: inspect.Node{Name: "n1", Started: start, Now: start.Add(time.Minute), Processes: rows, Actions: true}, rows: rows}
	s := &stage{top: newTop(n, time.Hour, url.Values{"sort": {"steps"}, "order": {"desc"}}), t: t, node: n}
	s.do(s.Init())
	return s
}

// do carries out what is to be asked, and what follows from the answer, but for the ticks
// of the clock: they are an hour away.
func (s *stage) do(cmd tea.Cmd) {
	for cmd != nil && (s.asking || s.confirmed) {
		s.confirmed = false
		_, cmd = s.Update(cmd())
	}
}

// keys presses keys, one after the other.
func (s *stage) keys(names ...string) {
	for _, name := range names {
		k := tea.KeyPressMsg{}
		switch name {
		case "enter":
			k.Code = tea.KeyEnter
		case "esc":
			k.Code = tea.KeyEscape
		case "down":
			k.Code = tea.KeyDown
		case "up":
			k.Code = tea.KeyUp
		case "pgdown":
			k.Code = tea.KeyPgDown
		case "end":
			k.Code = tea.KeyEnd
		case "backspace":
			k.Code = tea.KeyBackspace
		default:
			k.Code, k.Text = []rune(name)[0], name
		}
		s.confirmed = s.doing != "" && name == "y"
		_, cmd := s.Update(k)
		s.do(cmd)
	}
	s.check()
}

// check looks at the screen: it fills the terminal and nothing else, and nothing that a
// script wrote drives it.
func (s *stage) check() string {
	s.t.Helper()
	lines := s.screen()
	if len(lines) != s.high {
		s.t.Errorf("%d lines on %d", len(lines), s.high)
	}
	for _, l := range lines {
		if ansi.StringWidth(l) > s.width {
			s.t.Errorf("%d columns on %d: %q", ansi.StringWidth(l), s.width, l)
		}
		l = strings.NewReplacer(inverse, "", bold, "", plainly, "").Replace(l)
		if hidden(l, "█…") {
			s.t.Errorf("not visible: %q", l)
		}
	}
	return ansi.Strip(strings.Join(lines, "\n"))
}

func (s *stage) shows(texts ...string) {
	s.t.Helper()
	screen := s.check()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			s.t.Errorf("no %q on\n%s", text, screen)
		}
	}
}

func TestTopOnScreensOfAllSizes(t *testing.T) {
	for _, size := range [][2]int{{120, 30}, {80, 24}, {40, 10}, {20, 3}, {5, 2}} {
		s := newStage(t, 10000)
		_, cmd := s.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		s.do(cmd)
		for _, page := range []string{"", "enter", "esc", "t", "esc", "?"} {
			if page != "" {
				s.keys(page)
			}
			s.check()
		}
	}
}

func TestTopGoesThroughTheList(t *testing.T) {
	s := newStage(t, 10000)
	s.shows("n1  up 1m", "sorted by steps", "1-21 of 10000", `app:wörker\x1b[31m`)
	s.keys("down", "down")
	if s.chosenPID() != "{app:processes|2}" {
		t.Errorf("chosen %s", s.chosenPID())
	}
	s.keys("pgdown")
	if s.chosenPID() != "{app:processes|23}" {
		t.Errorf("after a page chosen %s", s.chosenPID())
	}
	s.keys("end")
	if s.chosenPID() != "{app:processes|9999}" {
		t.Errorf("at the end chosen %s", s.chosenPID())
	}
	s.shows("9980-10000 of 10000")
	s.keys("m")
	s.shows("sorted by memory", "1-21 of 10000")
	s.keys("/", "a", "b", "backspace")
	s.shows("filter: a█")
	if last := s.node.asked[len(s.node.asked)-1]; !strings.Contains(last, "filter=a&") || !strings.Contains(last, "sort=memory") || !strings.Contains(last, "order=desc") {
		t.Errorf("asked %s", last)
	}
	s.keys("enter", "enter")
	s.shows("PROCESS {app:processes|0}", `app:worker\x1b[2J`)
	s.keys("esc", "t")
	s.shows("SUPERVISION", `app:root\a  running`)
	s.keys("?")
	s.shows("KEYS", "quit")
	s.keys("esc")
	s.shows("SUPERVISION")
}

// Steps a second are what was made between two looks.
func TestTopRates(t *testing.T) {
	s := newStage(t, 3)
	s.node.node.Now = s.node.node.Now.Add(10 * time.Second) // each process makes its number of steps a second
	_, cmd := s.Update(again{})
	s.do(cmd)
	for i, want := range []float64{0, 1, 2} {
		if got := s.rates[fmt.Sprintf("{app:processes|%d}", i)]; got != want {
			t.Errorf("process %d: %v steps a second, want %v", i, got, want)
		}
	}
	s.keys("p")
	s.shows("PAUSED")
	asked := len(s.node.asked)
	s.Update(again{})
	if len(s.node.asked) != asked {
		t.Error("it asks while it is paused")
	}
}

func TestTopActs(t *testing.T) {
	s := newStage(t, 3)
	s.keys("down", "X")
	s.shows("terminate {app:processes|1}? y/n")
	s.keys("n")
	s.shows("nothing was done")
	if len(s.node.posted) > 0 {
		t.Errorf("did %v", s.node.posted)
	}
	s.keys("x", "y")
	if len(s.node.posted) != 1 || s.node.posted[0] != "processes/%7Bapp:processes%7C1%7D/cancel" {
		t.Errorf("did %v", s.node.posted)
	}
	s.shows("{app:processes|1} is asked to stop")
	s.top.node.Actions = false
	s.keys("x")
	s.shows("this node allows no actions")
}

// A node that goes is told, and when it comes back all goes on.
func TestTopWithoutItsNode(t *testing.T) {
	s := newStage(t, 3)
	s.node.failing = errors.New("gone \x1b[2J")
	_, cmd := s.Update(again{})
	s.do(cmd)
	s.shows(`gone \x1b[2J`, "{app:processes|2}")
	s.node.failing = nil
	_, cmd = s.Update(again{})
	s.do(cmd)
	s.shows("enter show")
}
