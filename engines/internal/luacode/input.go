package luacode

import (
	"slices"
	"strings"
)

// Input is a text that somebody types at a process, as a chunk that has the variables
// of the inputs before it, and leaves its own to those behind it (61.7).
//
// The chunk gives a function that is the input. Of the variables that there are already
// it has those that it uses as upvalues, by their names: the engine puts the known ones in
// their place. For each variable that the input declares at its outermost level, Declares,
// the function gives a function of which that is the only upvalue, before its own results.
type Input struct {
	Chunk    string
	Declares []string
}

// NewInput makes an input of a text that is a chunk by itself. known are the variables
// that there are already. All stays on its line.
func NewInput(text string, known []string) Input {
	s := inputScan{nesting: nesting{text: text, line: 1}, returns: -1}
	for s.token() {
		s.look(text[s.from:s.pos])
	}
	var chunk, keeps strings.Builder
	begins := len(text) - len(strings.TrimLeft(text, "\n"))
	chunk.WriteString(text[:begins])
	if known = slices.DeleteFunc(slices.Clone(known), func(name string) bool { return !s.words[name] }); len(known) > 0 {
		chunk.WriteString("local " + strings.Join(known, ", ") + " ")
	}
	chunk.WriteString("return function(...) ")
	for i, name := range s.declared {
		if i > 0 {
			keeps.WriteString(", ")
		}
		keeps.WriteString("function() return " + name + " end")
	}
	switch {
	case len(s.declared) == 0:
		chunk.WriteString(text[begins:])
	case s.returns < 0:
		chunk.WriteString(text[begins:] + "\nreturn " + keeps.String())
	default:
		chunk.WriteString(text[begins:s.returns] + "return " + keeps.String())
		if s.gives {
			chunk.WriteByte(',')
		}
		chunk.WriteString(text[s.returns+len("return"):])
	}
	chunk.WriteString("\nend")
	return Input{Chunk: chunk.String(), Declares: s.declared}
}

// Expression gives the text as one that returns the values of an expression, as which it
// may be meant.
func Expression(text string) string {
	begins := len(text) - len(strings.TrimLeft(text, "\n"))
	return text[:begins] + "return " + text[begins:]
}

// Open reports whether a text ends inside a long string or comment.
func Open(text string) bool {
	s := nesting{text: text, line: 1}
	for s.token() {
	}
	return s.unclosed
}

// inputScan finds what an input declares and where it returns.
type inputScan struct {
	nesting
	words    map[string]bool
	declared []string
	state    declaring
	blocks   int  // that are open
	brackets int  // that are open
	returns  int  // where the return statement of the outermost level begins
	gives    bool // it has values
}

// declaring says where in a declaration a scan is.
type declaring uint8

const (
	declaresNothing  declaring = iota
	declaresVariable           // a name, or function, comes next
	declaresFunction           // its name comes next
	declared                   // a comma may come next
)

// look takes the next token into account.
func (s *inputScan) look(word string) {
	if isLetter(word[0]) {
		if s.words == nil {
			s.words = map[string]bool{}
		}
		s.words[word] = true
	}
	if s.returns >= 0 && word != ";" {
		s.gives = true
	}
	state := s.state
	s.state = declaresNothing
	switch {
	case state == declaresVariable && word == "function":
		s.state = declaresFunction
		s.blocks++
		return
	case state == declaresVariable, state == declaresFunction:
		s.declared = append(slices.DeleteFunc(s.declared, func(name string) bool { return name == word }), word)
		if state == declaresVariable {
			s.state = declared
		}
		return
	case state == declared && word == ",":
		s.state = declaresVariable
		return
	}
	outermost := s.blocks == 0 && s.brackets == 0
	switch word {
	case "(", "[", "{":
		s.brackets++
	case ")", "]", "}":
		s.brackets--
	case "do", "repeat", "if", "function":
		s.blocks++
	case "end", "until":
		s.blocks--
	case "return":
		if outermost {
			s.returns = s.from
		}
	case "local":
		if outermost {
			s.state = declaresVariable
		}
	}
}
