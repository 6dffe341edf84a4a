package sql

import (
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Syntax is how a database writes what a text must be read for: quotes, comments and
// placeholders.
type Syntax struct {
	// Numbered is the sign before the number of a placeholder in what the database is
	// given: '$' or '?'.
	Numbered byte
	// DollarQuotes says that $tag$ quotes, E'' has escapes, comments nest, and that ??
	// stands for the operator ? (46.2).
	DollarQuotes bool
	// Brackets says that `x` and [x] quote names.
	Brackets bool
}

// statement is one statement of a text, read once and used often. Immutable.
type statement struct {
	text   string   // as the database gets it
	params int      // how many parameters it takes
	names  []string // of :name parameters, in the order of their numbers
	// verb is what it does, in capitals: the first word, or after WITH that of the
	// statement itself.
	verb      string
	returning bool // it has the word RETURNING
	into      bool // it has the word INTO
	lasting   bool // it leaves something on its connection that others would meet
	refused   bool // it would take the connection out of our hands
	line      int  // on which it begins
}

// writes reports whether the statement changes rows by what it is.
func (s *statement) writes() bool {
	switch s.verb {
	case "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE":
		return true
	}
	return false
}

// gives reports whether rows come of it.
func (s *statement) gives() bool {
	switch s.verb {
	case "SELECT", "VALUES", "TABLE", "SHOW", "EXPLAIN", "PRAGMA", "CALL", "FETCH":
		return true
	}
	return s.returning
}

// scanner reads a text word by word.
type scanner struct {
	syntax Syntax
	text   string
	at     int
	out    strings.Builder
	copied int // of text, into out
}

// token is a word, a sign, or a placeholder; quoted texts and comments are none.
type token struct {
	kind tokenKind
	text string // a word in capitals; a name
}

type tokenKind uint8

const (
	endToken tokenKind = iota
	wordToken
	quotedToken
	signToken        // any other character
	placeToken       // ?
	questionToken    // ??, which stands for ?
	namedToken       // :name
	numberedToken    // $1
	unfinishedQuotes // the text ends within quotes or a comment
)

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// peek gives a character from here, 0 beyond the end.
func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.text) {
		return s.text[s.at+n]
	}
	return 0
}

// run goes on while ok, and gives what it passed.
func (s *scanner) run(ok func(byte) bool) string {
	from := s.at
	for s.at < len(s.text) && ok(s.text[s.at]) {
		s.at++
	}
	return s.text[from:s.at]
}

// next gives the next token.
func (s *scanner) next() token {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			s.at++
		case c == '-' && s.peek(1) == '-':
			s.run(func(c byte) bool { return c != '\n' })
		case c == '/' && s.peek(1) == '*':
			if !s.comment() {
				return token{kind: unfinishedQuotes}
			}
		case c == '\'' || c == '"' || s.syntax.Brackets && c == '`':
			return s.quoted(c, false)
		case s.syntax.Brackets && c == '[':
			return s.quoted(']', false)
		case s.syntax.DollarQuotes && (c == 'e' || c == 'E') && s.peek(1) == '\'':
			s.at++
			return s.quoted('\'', true)
		case letter(c):
			word := s.run(func(c byte) bool { return letter(c) || digit(c) || c == '$' })
			return token{wordToken, strings.ToUpper(word)}
		case digit(c): // with what belongs to it, as 1e5 and 0x1f
			s.run(func(c byte) bool { return letter(c) || digit(c) || c == '.' })
			return token{signToken, "0"}
		case c == '$':
			return s.dollar()
		case c == '?':
			s.at++
			if s.syntax.DollarQuotes && s.peek(0) == '?' {
				s.at++
				return token{kind: questionToken}
			}
			return token{kind: placeToken}
		case c == ':':
			return s.colon()
		default:
			s.at++
			return token{signToken, string(c)}
		}
	}
	return token{}
}

// comment passes a comment, and reports whether it ends.
func (s *scanner) comment() bool {
	depth := 0
	for s.at < len(s.text) {
		switch {
		case s.peek(0) == '/' && s.peek(1) == '*' && (depth == 0 || s.syntax.DollarQuotes):
			depth++
			s.at += 2
		case s.peek(0) == '*' && s.peek(1) == '/':
			s.at += 2
			if depth--; depth == 0 {
				return true
			}
		default:
			s.at++
		}
	}
	return s.syntax.Brackets // SQLite ends one at the end of the text
}

// quoted passes what stands in quotes; doubled, the last is part of it.
func (s *scanner) quoted(end byte, escapes bool) token {
	s.at++
	for s.at < len(s.text) {
		c := s.text[s.at]
		s.at++
		switch {
		case escapes && c == '\\':
			s.at++
		case c == end && end != ']' && s.peek(0) == end:
			s.at++
		case c == end:
			return token{kind: quotedToken}
		}
	}
	return token{kind: unfinishedQuotes}
}

// dollar passes $1, $name or a text in dollar quotes.
func (s *scanner) dollar() token {
	s.at++
	if number := s.run(digit); number != "" {
		return token{numberedToken, number}
	}
	tag := s.run(func(c byte) bool { return letter(c) || digit(c) })
	if !s.syntax.DollarQuotes || s.peek(0) != '$' {
		return token{signToken, "$"}
	}
	s.at++
	end := strings.Index(s.text[s.at:], "$"+tag+"$")
	if end < 0 {
		s.at = len(s.text)
		return token{kind: unfinishedQuotes}
	}
	s.at += end + len(tag) + 2
	return token{kind: quotedToken}
}

// colon passes :name; :: and := are none, nor is what follows a name, a number or a
// bracket, as in a[1:n].
func (s *scanner) colon() token {
	before := byte(' ')
	if s.at > 0 {
		before = s.text[s.at-1]
	}
	s.at++
	if c := s.peek(0); c == ':' || c == '=' {
		s.at++
		return token{signToken, "::"}
	}
	if !letter(s.peek(0)) || letter(before) || digit(before) || before == ')' || before == ']' || before == '"' {
		return token{signToken, ":"}
	}
	return token{namedToken, s.run(func(c byte) bool { return letter(c) || digit(c) })}
}

// put writes what stands for the text from there up to here.
func (s *scanner) put(from int, text string) {
	s.out.WriteString(s.text[s.copied:from])
	s.out.WriteString(text)
	s.copied = s.at
}

// read gives the next statement of the text, nil after the last.
func (s *scanner) read() (*statement, error) {
	st := &statement{}
	s.out.Reset()
	s.copied = s.at
	numbers := map[string]int{}
	highest, marks, depth, words := 0, 0, 0, 0
	var block bool // statements within the statement end in END
	var last token
loop:
	for {
		t := s.next()
		switch t.kind {
		case endToken:
			break loop
		case unfinishedQuotes:
			return nil, hostapi.Errorf(hostapi.Invalid, "sql error: the text ends within quotes or a comment")
		case wordToken:
			if words++; words == 1 {
				st.verb = t.text
				st.line = 1 + strings.Count(s.text[:s.at], "\n")
			}
			st.word(t.text, words, depth)
			if st.verb == "CREATE" && depth == 0 && (t.text == "TRIGGER" && words <= 3 && !s.syntax.DollarQuotes || t.text == "ATOMIC") {
				block = true
			}
			if block && t.text == "END" && last.kind == signToken && last.text == ";" {
				block = false
			}
		case signToken:
			switch t.text {
			case "(":
				depth++
			case ")":
				depth--
			case ";":
				if words == 0 && last.kind == endToken { // nothing yet
					s.copied = s.at
					continue
				}
				if !block {
					s.put(s.at-1, "")
					return st.finish(s, marks, highest)
				}
			}
		case placeToken:
			if digit(s.peek(0)) {
				return nil, hostapi.Errorf(hostapi.Invalid, "sql error: placeholders are ?, without a number")
			}
			marks++
			if s.syntax.Numbered == '$' {
				s.put(s.at-1, "$"+strconv.Itoa(marks))
			}
		case questionToken:
			s.put(s.at-2, "?")
		case namedToken:
			n := numbers[t.text]
			if n == 0 {
				st.names = append(st.names, t.text)
				n = len(st.names)
				numbers[t.text] = n
			}
			s.put(s.at-1-len(t.text), string(s.syntax.Numbered)+strconv.Itoa(n))
		case numberedToken:
			if n, err := strconv.Atoi(t.text); err == nil {
				highest = max(highest, min(n, 1<<16))
			}
		}
		last = t
	}
	if last.kind == endToken {
		return nil, nil
	}
	s.put(s.at, "")
	return st.finish(s, marks, highest)
}

// word notes what a word says about the statement; it is the n-th, in as many brackets
// as depth.
func (st *statement) word(word string, n, depth int) {
	switch word {
	case "RETURNING":
		st.returning = true
	case "INTO":
		st.into = true
	case "COPY":
		st.refused = st.refused || n == 1
	case "TRANSACTION":
		st.refused = st.refused || n == 2 && st.verb == "PREPARE"
	case "TEMP", "TEMPORARY", "SET_CONFIG", "PG_TEMP",
		"PG_ADVISORY_LOCK", "PG_ADVISORY_LOCK_SHARED", "PG_TRY_ADVISORY_LOCK", "PG_TRY_ADVISORY_LOCK_SHARED":
		st.lasting = true
	case "SET", "RESET", "LISTEN", "UNLISTEN", "LOAD", "PREPARE", "DEALLOCATE", "DISCARD", "DECLARE", "DO", "CALL":
		st.lasting = st.lasting || n == 1
	}
	if st.verb == "WITH" && depth == 0 {
		switch word {
		case "SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE":
			st.verb = word
		}
	}
}

// finish completes a statement.
func (st *statement) finish(s *scanner, marks, highest int) (*statement, error) {
	st.text = strings.TrimSpace(s.out.String())
	st.params = marks
	if marks == 0 && s.syntax.Numbered == '$' {
		st.params = highest
	}
	switch st.verb {
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE":
		return nil, hostapi.Errorf(hostapi.Invalid, "use begin, commit, rollback, savepoint and release, not %s as text", st.verb)
	}
	if st.refused {
		return nil, hostapi.Errorf(hostapi.PermissionDenied, "not allowed: %s", st.verb)
	}
	return st, nil
}

// parse reads a text with one statement.
func parse(syntax Syntax, text string) (*statement, error) {
	all, err := split(syntax, text)
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, hostapi.Errorf(hostapi.Invalid, "sql error: the text is empty")
	case len(all) > 1:
		return nil, hostapi.Errorf(hostapi.Invalid, "more than one statement: use script")
	}
	return all[0], nil
}

// split reads a text with any number of statements.
func split(syntax Syntax, text string) ([]*statement, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return nil, hostapi.Errorf(hostapi.Invalid, "sql error: the text holds a NUL")
	}
	s := &scanner{syntax: syntax, text: text}
	var all []*statement
	for {
		st, err := s.read()
		if st == nil || err != nil {
			return all, err
		}
		all = append(all, st)
	}
}
