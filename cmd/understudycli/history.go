package understudycli

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// maxHistory is how many lines are remembered.
const maxHistory = 1000

// history is what was typed, the newest line last. It implements term.History. Where its
// file cannot be written, it lasts as long as the program.
type history struct {
	mu    sync.Mutex
	path  string // "": no file
	lines []string
}

// historyPath is where the lines of a language are kept, "" if nobody knows.
func historyPath(language string) string {
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			return ""
		}
	}
	return filepath.Join(dir, "understudy", "repl_history_"+language)
}

// openHistory reads what there is, and drops what is too much.
func openHistory(language string) *history {
	h := &history{path: historyPath(language)}
	text, err := os.ReadFile(h.path)
	if err != nil {
		return h
	}
	h.lines = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if n := len(h.lines) - maxHistory; n > 0 {
		h.lines = h.lines[n:]
		_ = os.WriteFile(h.path, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600)
	}
	return h
}

// Add adds a line, unless it is empty or was the last one.
func (h *history) Add(line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if strings.TrimSpace(line) == "" || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	if h.path == "" {
		return
	}
	if os.MkdirAll(filepath.Dir(h.path), 0o700) != nil {
		return
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = f.WriteString(line + "\n")
	_ = f.Close()
}

// Len is how many lines there are.
func (h *history) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.lines)
}

// At gives a line, 0 being the newest.
func (h *history) At(i int) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lines[len(h.lines)-1-i]
}
