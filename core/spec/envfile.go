package spec

import (
	"fmt"
	"strings"
)

// ParseEnvFile reads a file of variables (71.6): lines NAME=value, empty ones, and
// comments that begin with #. A value may be quoted as in a shell: with ' all is taken
// as written, with " a backslash stands before ", \, $ and a backquote. Nothing is
// expanded. The error has the number of the line, and nothing of its text, which may
// be secret.
func ParseEnvFile(text string) (map[string]string, error) {
	values := map[string]string{}
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	for i := 0; i < len(lines); i++ {
		number := i + 1
		line := strings.TrimSpace(lines[i])
		if line == "" || line[0] == '#' {
			continue
		}
		name, rest, found := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "export ")), "=")
		switch {
		case found && IsVariableName(name):
		case found && IsVariableName(strings.TrimSpace(name)):
			return nil, fmt.Errorf("line %d: write NAME=value, without spaces around the =", number)
		default:
			return nil, fmt.Errorf("line %d: write NAME=value", number)
		}
		// A quoted value may go on in further lines.
		value, closed, err := shellWord(rest)
		for err == nil && !closed && i+1 < len(lines) {
			i++
			rest += "\n" + strings.TrimSuffix(lines[i], "\r")
			value, closed, err = shellWord(rest)
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", number, err)
		case !closed:
			return nil, fmt.Errorf("line %d: the quote is not closed", number)
		}
		values[name] = value
	}
	return values, nil
}

// shellWord reads what stands behind the = of a line; closed is false if a quote is
// open at the end.
func shellWord(text string) (word string, closed bool, err error) {
	var b strings.Builder
	var quote byte // 0: none is open
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == 0 && (c == ' ' || c == '\t' || c == '\r'):
			if rest := strings.TrimSpace(text[i:]); rest != "" && rest[0] != '#' {
				return "", true, fmt.Errorf("a value with spaces must be quoted")
			}
			return b.String(), true, nil
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote && quote != 0:
			quote = 0
		case c == '\\' && quote != '\'' && i+1 < len(text) && (quote == 0 || strings.IndexByte("\"\\$`", text[i+1]) >= 0):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), quote == 0, nil
}

// IsVariableName tests the name of a variable (71.5).
func IsVariableName(s string) bool {
	return s != "" && !(s[0] >= '0' && s[0] <= '9') && strings.Trim(s, variableLetters) == ""
}

// VariablePattern is IsVariableName as a regular expression.
const VariablePattern = "^[A-Za-z_][A-Za-z0-9_]*$"

const variableLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
