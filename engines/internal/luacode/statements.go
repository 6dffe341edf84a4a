package luacode

import "strings"

// Statement is one that is marked.
type Statement struct {
	Line     int // where it begins
	Function int // it belongs to, by the order in which they begin in the text; 0 is the top level
}

// MarkStatements puts a mark in front of each statement that does something of its own:
// an assignment of a global variable, whose name stands nowhere in the text. value gives
// what is assigned before statement i. So lines stay what they are. Not marked are do,
// repeat, local without a value, labels and empty statements. The source must be one that
// compiles; what is done with another does not matter.
func MarkStatements(text string, value func(i int) string) (marked, name string, statements []Statement) {
	name = "_mark"
	for strings.Contains(text, name) {
		name += "_"
	}
	m := marker{nesting: nesting{text: text, line: 1}, start: true, functions: []int{0}}
	var out strings.Builder
	done := 0
	for m.token() {
		at, line := m.from, m.line
		if !m.look(text[m.from:m.pos]) {
			continue
		}
		out.WriteString(text[done:at])
		out.WriteString(name + "=" + value(len(statements)) + ";")
		done = at
		statements = append(statements, Statement{line, m.functions[len(m.functions)-1]})
	}
	out.WriteString(text[done:])
	return out.String(), name, statements
}

// Lines gives where statements begin.
func Lines(statements []Statement) []int {
	lines := make([]int, len(statements))
	for i, s := range statements {
		lines[i] = s.Line
	}
	return lines
}

// marker finds where statements begin.
type marker struct {
	nesting
	start bool // a statement may begin here
	ended bool // the last token may end an expression
	open  []opener
	// functions are the numbers of those around, the innermost last; count is how many
	// have begun.
	functions []int
	count     int

	last      string // token
	parameter bool   // the next ( begins the parameters of a function
	label     bool   // between the colons of one
}

// opener is what opens a bracket or block.
type opener struct {
	word       string
	expression bool // of a function
	parameters bool // of a bracket
}

func (m *marker) push(o opener) { m.open = append(m.open, o) }

func (m *marker) pop() (o opener) {
	if last := len(m.open) - 1; last >= 0 {
		o, m.open = m.open[last], m.open[:last]
	}
	return o
}

// look takes the next token into account, and reports whether a statement that is to be
// marked begins with it.
func (m *marker) look(word string) (begins bool) {
	start, ended, last := m.start, m.ended, m.last
	m.start, m.ended, m.last = false, false, word
	switch word {
	case ";":
		m.start = len(m.open) == 0 || !strings.Contains("([{", m.open[len(m.open)-1].word)
	case ":":
		if last == ":" && m.text[m.from-1] == ':' {
			m.label, m.last = !m.label, ""
			m.start = !m.label
		}
	case "if", "while", "for", "return", "goto":
		return true
	case "local":
		return m.assigns()
	case "break":
		m.start = true
		return true
	case "do", "repeat", "then":
		m.push(opener{word: word})
		m.start = true
	case "else":
		m.pop()
		m.push(opener{word: word})
		m.start = true
	case "elseif", "until":
		m.pop()
	case "end":
		if o := m.pop(); o.word == "function" {
			m.functions = m.functions[:len(m.functions)-1]
			m.start, m.ended = !o.expression, o.expression
		} else {
			m.start = true
		}
	case "function":
		own := last != "local" && (start || ended) // a statement
		m.push(opener{word: word, expression: !own && last != "local"})
		m.parameter = true
		return own
	case "(":
		m.push(opener{word: word, parameters: m.parameter})
		m.parameter = false
		return start
	case "[", "{":
		m.push(opener{word: word})
	case ")", "]", "}":
		if m.pop().parameters {
			m.count++
			m.functions = append(m.functions, m.count)
			m.start = true
		} else {
			m.ended = true
		}
	case "and", "or", "not", "in":
	default:
		c := word[0]
		if !isLetter(c) {
			m.ended = isDigit(c) || c == '"' || c == '\'' || len(word) > 1 && (c == '[' || c == '.' && (isDigit(word[1]) || word == "..."))
			return false
		}
		if last == "goto" {
			m.start = true
			return false
		}
		m.ended = !m.label
		return (start || ended) && !m.label
	}
	return false
}

// assigns looks ahead whether a local statement, of which the first word was read, gives
// its variables a value.
func (m *marker) assigns() bool {
	ahead := m.nesting
	ahead.chains = nil
	for first, name := true, true; ahead.token(); first, name = false, !name {
		word := ahead.text[ahead.from:ahead.pos]
		if word == "=" || first && word == "function" {
			return true
		}
		if name != isLetter(word[0]) || !name && word != "," {
			return false
		}
	}
	return false
}
