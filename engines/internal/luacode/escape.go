package luacode

import "fmt"

// escape reads the digits of a byte in a string but for the last one.
func (n *nesting) escape() {
	value := 0
	for i := range 3 {
		if !isDigit(n.at(i)) {
			n.pos += i - 1
			return
		}
		value = value*10 + int(n.at(i)-'0')
	}
	n.pos += 2
	if value > 255 {
		n.wrong = fmt.Sprintf("escape sequence too large near '\\%d'", value)
	}
}
