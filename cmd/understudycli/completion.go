package understudycli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// completion knows what may be typed at an app.
type completion struct {
	language string
	method   string              // stands before the name of a method
	members  map[string][]string // of modules, by their path; sorted
	methods  []string            // of all types of objects; sorted
	entries  []string            // ids

	mu      sync.Mutex
	globals []string // sorted
}

// completionOf gives what is known of an app that was loaded for typing.
func (p *program) completionOf(a *app.App) *completion {
	c := &completion{members: map[string][]string{}}
	if a.Typed == nil {
		return c
	}
	c.language = a.Typed.Engine.Info().Language
	d, _ := p.dialectOf(c.language)
	c.method = d.method
	methods := map[string]bool{}
	if o, ok := a.Typed.Engine.(hostapi.Outliner); ok {
		if outline := o.Outline(hostapi.Source{Path: "repl"}); outline != nil {
			for name, members := range outline.Libraries {
				c.members[name] = append(c.members[name], members...)
			}
		}
	}
	var add func(path string, m *hostapi.Module)
	add = func(path string, m *hostapi.Module) {
		path += m.Name
		for _, f := range m.Funcs {
			c.members[path] = append(c.members[path], d.spelled(f.Name))
		}
		for i := range m.Consts {
			c.members[path] = append(c.members[path], d.spelled(m.Consts[i].Name))
		}
		for _, t := range m.Types {
			for _, f := range t.Methods {
				methods[d.spelled(f.Name)] = true
			}
		}
		for _, nested := range m.Modules {
			c.members[path] = append(c.members[path], d.spelled(nested.Name))
			add(path+".", nested)
		}
	}
	for _, m := range p.modules() {
		add("", m)
	}
	for path, names := range c.members {
		slices.Sort(names)
		c.members[path] = slices.Compact(names)
	}
	c.methods = slices.Sorted(maps.Keys(methods))
	for _, e := range a.Entries {
		c.entries = append(c.entries, e.Head().ID)
	}
	slices.Sort(c.entries)
	return c
}

// names notes what inputs may use now.
func (c *completion) names(globals []string) {
	c.mu.Lock()
	c.globals = globals
	c.mu.Unlock()
}

// candidates gives what may stand where the text before the cursor ends, and how much of
// that text it takes the place of.
func (c *completion) candidates(before string) (word string, found []string) {
	if quote, open := openQuote(before); open {
		return quote, with(quote, c.entries)
	}
	start := len(before)
	for start > 0 && (isWord(before[start-1]) || before[start-1] == '.' || before[start-1] == ':') {
		start--
	}
	expression := before[start:]
	at := strings.LastIndexAny(expression, ".:")
	if at < 0 {
		if expression == "" && start > 0 && before[start-1] == ')' {
			return "", nil
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		return expression, with(expression, c.globals)
	}
	word = expression[at+1:]
	if members := c.members[expression[:at]]; members != nil && expression[at] == '.' {
		return word, with(word, members)
	}
	if expression[at:at+1] == c.method {
		return word, with(word, c.methods)
	}
	return word, nil
}

// openQuote gives what stands behind a quote that is not closed.
func openQuote(text string) (inside string, open bool) {
	var quote byte
	from := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == 0 && (c == '"' || c == '\''):
			quote, from = c, i+1
		case quote != 0 && c == '\\':
			i++
		case c == quote:
			quote = 0
		}
	}
	if quote == 0 {
		return "", false
	}
	return text[from:], true
}

func with(prefix string, names []string) (found []string) {
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			found = append(found, name)
		}
	}
	return found
}

func isWord(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}

// common gives the longest text that all begin with.
func common(names []string) string {
	prefix := names[0]
	for _, name := range names[1:] {
		for !strings.HasPrefix(name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}

// mostCandidates is how many are listed.
const mostCandidates = 60

// complete is the AutoCompleteCallback of the terminal: a tab completes what is before it,
// or lists what may be meant; at the beginning of a line it indents.
func (e *lineEditor) complete(line string, pos int, key rune) (newLine string, newPos int, ok bool) {
	if key != '\t' {
		return "", 0, false
	}
	before, after := line[:pos], line[pos:]
	if strings.TrimSpace(before) == "" {
		before += "  "
		return before + after, len(before), true
	}
	word, found := e.completion.candidates(before)
	if len(found) == 0 {
		return line, pos, true
	}
	if longer := common(found); len(longer) > len(word) {
		before += longer[len(word):]
	} else if len(found) > 1 {
		text := strings.Join(found[:min(len(found), mostCandidates)], "  ")
		if n := len(found) - mostCandidates; n > 0 {
			text += fmt.Sprintf("  and %d more", n)
		}
		fmt.Fprintln(e, text)
	}
	return before + after, len(before), true
}
